/** Durations: the shortest of service, client and scopes applies. */
import { describe, expect, it } from 'vitest'
import { durationOf, effectiveSeconds } from '../../src/oauth/duration.ts'
import { clientWith, serviceWith } from '../support/rules.ts'

const attribute = 'access_token.duration'
const scope = (name: string, value: string, key = attribute) => ({
  ...{ name, attributes: [{ key, value }] },
})
const supportedScopes = [
  scope('short', '60'),
  scope('long', '7200'),
  scope('zero', '0'),
  scope('text', '1h'),
  scope('other', '1', 'refresh_token.duration'),
]

describe('duration of an access token', () => {
  it.each<[string, number | undefined, number | undefined, string[], number]>([
    ['the default of a day', undefined, undefined, [], 86_400],
    ['0 is the default', 0, 0, [], 86_400],
    ['of the service', 3_600, undefined, [], 3_600],
    ['of the client where it is shorter', 3_600, 600, [], 600],
    ['of the service where it is shorter', 3_600, 7_200, [], 3_600],
    ['of a scope where it is shorter', 3_600, 600, ['short'], 60],
    ['of the shortest of several scopes', 3_600, undefined, ['long', 'short'], 60],
    ['no scope makes it longer', 3_600, undefined, ['long'], 3_600],
    ['a scope of 0 says nothing', 3_600, undefined, ['zero'], 3_600],
    ['a scope with text says nothing', 3_600, undefined, ['text'], 3_600],
    ['the attribute of another token says nothing', 3_600, undefined, ['other'], 3_600],
    ['a scope without an entry says nothing', 3_600, undefined, ['gone'], 3_600],
  ])(
    'duration of an access token: %s (RFC 6749 §5.1)',
    (_case, ofService, ofClient, scopes, expected) => {
      const service = serviceWith({ supportedScopes, accessTokenDuration: ofService })
      const client = clientWith({ extension: { accessTokenDuration: ofClient } })
      expect(durationOf('accessToken', service, client, scopes)).toBe(expected)
    },
  )
})

describe('duration of a service', () => {
  it.each([
    ['refreshTokenDuration', 864_000],
    ['idTokenDuration', 86_400],
    ['authorizationCodeDuration', 600],
    ['pushedAuthReqDuration', 600],
    ['backchannelAuthReqIdDuration', 600],
    ['backchannelPollingInterval', 5],
    ['deviceFlowCodeDuration', 600],
    ['deviceFlowPollingInterval', 5],
  ] as const)('duration of a service: %s is %i seconds if it is absent or 0', (name, expected) => {
    expect(effectiveSeconds(serviceWith(), name)).toBe(expected)
    expect(effectiveSeconds(serviceWith({ [name]: 0 }), name)).toBe(expected)
    expect(effectiveSeconds(serviceWith({ [name]: 42 }), name)).toBe(42)
  })
})
