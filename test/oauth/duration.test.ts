/** Durations: the shortest of service, client and scopes applies. */
import { describe, expect, it } from 'vitest'
import type { GrantType } from '../../src/model/enums.ts'
import { durationOf, effectiveSeconds } from '../../src/oauth/duration.ts'
import { clientWith, serviceWith } from '../support/rules.ts'

type Kind = Parameters<typeof durationOf>[0]

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
      expect(durationOf('accessToken', service, client, 'PASSWORD', scopes)).toBe(expected)
    },
  )
})

describe('lifespan of a client for one grant', () => {
  const grants: [GrantType, string, ...Kind[]][] = [
    ['AUTHORIZATION_CODE', 'authorization_code', 'accessToken', 'idToken', 'refreshToken'],
    ['IMPLICIT', 'implicit', 'accessToken', 'idToken'],
    ['PASSWORD', 'password', 'accessToken', 'idToken', 'refreshToken'],
    ['CLIENT_CREDENTIALS', 'client_credentials', 'accessToken'],
    ['REFRESH_TOKEN', 'refresh_token', 'accessToken', 'idToken', 'refreshToken'],
    ['CIBA', 'ciba', 'accessToken', 'idToken', 'refreshToken'],
    ['DEVICE_CODE', 'device_code', 'accessToken', 'idToken', 'refreshToken'],
    ['TOKEN_EXCHANGE', 'token_exchange', 'accessToken', 'idToken', 'refreshToken'],
    ['JWT_BEARER', 'jwt_bearer', 'accessToken', 'refreshToken'],
  ]
  const names = { accessToken: 'access_token', idToken: 'id_token', refreshToken: 'refresh_token' }
  const all = grants.flatMap(([type, grant, ...kinds]) =>
    kinds.map((kind) => ({ type, kind, name: `ext.lifespan.${grant}.${names[kind]}` })),
  )
  const seconds = { accessTokenDuration: 600, idTokenDuration: 600, refreshTokenDuration: 600 }
  const limited = (key: string, value: string) =>
    clientWith({ extension: seconds, attributes: [{ key, value }] })

  it.each(all)('$name is of its grant and its token only (OIDC Core §2)', ({ name }) => {
    const client = limited(name, '5000')
    const changed = all.filter(
      ({ type, kind }) => durationOf(kind, serviceWith(), client, type, []) === 5_000,
    )
    expect(changed.map((each) => each.name)).toEqual([name])
  })

  it.each<[string, string, string[], number]>([
    ['is shorter than service and client', '60', [], 60],
    ['is longer than service and client', '9000', [], 9_000],
    ['is longer than a scope', '9000', ['long'], 7_200],
    ['is shorter than a scope', '50', ['short'], 50],
    ['has no value', '0', [], 600],
  ])('the lifespan %s (RFC 6749 §5.1)', (_case, value, scopes, expected) => {
    const service = serviceWith({ supportedScopes, accessTokenDuration: 3_600 })
    const client = limited('ext.lifespan.password.access_token', value)
    expect(durationOf('accessToken', service, client, 'PASSWORD', scopes)).toBe(expected)
    expect(durationOf('accessToken', service, client, 'IMPLICIT', [])).toBe(600)
    expect(durationOf('accessToken', service, client, undefined, [])).toBe(600)
  })
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
