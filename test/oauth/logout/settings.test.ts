/** Attributes of sessions and logout: their defaults, their values and their limits. */
import { describe, expect, it } from 'vitest'
import { attributeProblem } from '../../../src/oauth/attribute.ts'
import {
  logoutSettings,
  skipsLogoutConfirmation,
} from '../../../src/oauth/logout/logout-settings.ts'
import {
  hasRegistry,
  sessionRefresh,
  sessionSettings,
} from '../../../src/oauth/logout/session-settings.ts'

const owner = (values: Record<string, string>) => ({
  attributes: Object.entries(values).map(([key, value]) => ({ key, value })),
})
const problem = (of: 'service' | 'client', key: string, value: string) =>
  attributeProblem('attributes', of, owner({ [key]: value }))?.message

describe('settings of sessions', () => {
  it('have defaults: the registry is off, sessions last eight hours and end silently', () => {
    expect(sessionSettings({})).toEqual({
      registry: false,
      maxSeconds: 28_800,
      idleSeconds: 0,
      rememberMaxSeconds: 2_592_000,
      maxPerSubject: 100,
      overflow: 'end_oldest',
      expiry: 'silent',
      refresh: 'independent',
      revokeOffline: false,
      historySeconds: 2_592_000,
    })
    expect(hasRegistry({})).toBe(false)
  })

  it('are read from the attributes of the service', () => {
    const service = owner({
      'ext.session.registry': 'on',
      'ext.session.max_seconds': '600',
      'ext.session.idle_seconds': '60',
      'ext.session.remember_max_seconds': '6000',
      'ext.session.max_per_subject': '3',
      'ext.session.overflow': 'refuse',
      'ext.session.expiry': 'logout',
      'ext.session.refresh': 'bound',
      'ext.session.revoke_offline': 'true',
      'ext.session.history_seconds': '0',
    })
    expect(attributeProblem('attributes', 'service', service)).toBeUndefined()
    expect(sessionSettings(service)).toEqual({
      registry: true,
      maxSeconds: 600,
      idleSeconds: 60,
      rememberMaxSeconds: 6000,
      maxPerSubject: 3,
      overflow: 'refuse',
      expiry: 'logout',
      refresh: 'bound',
      revokeOffline: true,
      historySeconds: 0,
    })
    expect(hasRegistry(service)).toBe(true)
  })

  it.each([
    [undefined, undefined, 'independent'],
    ['bound', undefined, 'bound'],
    ['bound', 'independent', 'independent'],
    [undefined, 'bound', 'bound'],
  ])(
    'ext.session.refresh %s of the service and %s of the client give %s',
    (ofService, ofClient, expected) => {
      const of = (value: string | undefined) =>
        value === undefined ? {} : owner({ 'ext.session.refresh': value })
      expect(sessionRefresh(of(ofService), of(ofClient))).toBe(expected)
    },
  )
})

describe('settings of logouts', () => {
  it('have defaults: the user confirms unless a hint matches, and a logout waits a second', () => {
    expect(logoutSettings({})).toEqual({
      confirmation: 'hint',
      waitMilliseconds: 1000,
      retrySeconds: 86_400,
      frontchannelTimeoutMilliseconds: 2000,
    })
    expect(skipsLogoutConfirmation({})).toBe(false)
  })

  it('are read from the attributes of the service and of the client', () => {
    const service = owner({
      'ext.logout.confirmation': 'always',
      'ext.logout.wait_ms': '0',
      'ext.logout.retry_seconds': '60',
      'ext.logout.frontchannel_timeout_ms': '500',
    })
    expect(attributeProblem('attributes', 'service', service)).toBeUndefined()
    expect(logoutSettings(service)).toEqual({
      confirmation: 'always',
      waitMilliseconds: 0,
      retrySeconds: 60,
      frontchannelTimeoutMilliseconds: 500,
    })
    const client = owner({ 'ext.logout.skip_consent': 'true' })
    expect(attributeProblem('attributes', 'client', client)).toBeUndefined()
    expect(skipsLogoutConfirmation(client)).toBe(true)
  })
})

describe('an attribute of sessions or logout', () => {
  it.each([
    ['service', 'ext.session.registry', 'true', '`off` or `on`'],
    ['service', 'ext.session.max_seconds', '0', 'from 1 to 315360000'],
    ['service', 'ext.session.idle_seconds', '-1', 'from 0 to 315360000'],
    ['service', 'ext.session.remember_max_seconds', '1.5', 'from 1 to 315360000'],
    ['service', 'ext.session.max_per_subject', '101', 'from 0 to 100'],
    ['service', 'ext.session.overflow', 'end_newest', '`end_oldest` or `refuse`'],
    ['service', 'ext.session.expiry', 'LOGOUT', '`silent` or `logout`'],
    ['service', 'ext.session.refresh', '', '`independent` or `bound`'],
    ['client', 'ext.session.refresh', 'tied', '`independent` or `bound`'],
    ['service', 'ext.session.revoke_offline', 'yes', '`true` or `false`'],
    ['service', 'ext.session.history_seconds', '315360001', 'from 0 to 315360000'],
    ['service', 'ext.logout.confirmation', 'never', '`hint` or `always`'],
    ['client', 'ext.logout.skip_consent', '1', '`true` or `false`'],
    ['service', 'ext.logout.wait_ms', '10001', 'from 0 to 10000'],
    ['service', 'ext.logout.retry_seconds', '259201', 'from 0 to 259200'],
    ['service', 'ext.logout.frontchannel_timeout_ms', '499', 'from 500 to 10000'],
  ] as const)('of a %s is refused with a wrong value: %s=%s', (of, key, value, expected) => {
    expect(problem(of, key, value)).toContain(expected)
  })
})
