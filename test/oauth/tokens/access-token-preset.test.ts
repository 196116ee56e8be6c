/** The payload of JWT access tokens with the claims of other servers. */
import { describe, expect, it } from 'vitest'
import { writeExact } from '../../../src/model/exact-json.ts'
import { Grant } from '../../../src/model/grant.ts'
import { unsignedAccessToken } from '../../../src/oauth/tokens/access-token.ts'
import { clientWith, serviceWith } from '../../support/rules.ts'

const issuer = 'https://as.example.com'
const service = (preset?: string, more: object = {}) =>
  serviceWith({
    issuer,
    attributes: preset === undefined ? [] : [{ key: 'ext.at.preset', value: preset }],
    ...more,
  })
const parts = {
  signing: { alg: 'RS256' },
  ...{ subject: 'alice', jwtId: 'an-id', now: 1_000_000_400, expiresAt: 1_060_000_400 },
}
const payload = (
  preset: string | undefined,
  grant: object = { scopes: ['read', 'write'] },
  more: object = {},
) => {
  const unsigned = unsignedAccessToken(service(preset), clientWith(), {
    ...parts,
    grant: Grant.parse(grant),
    ...more,
  })
  expect(unsigned.header).toEqual({ typ: 'at+jwt' })
  return JSON.parse(writeExact(unsigned.claims))
}
const standard = {
  ...{ iss: issuer, sub: 'alice', client_id: '1', iat: 1_000_000, exp: 1_060_000, jti: 'an-id' },
  scope: 'read write',
}
const api = 'https://api.example.com'
const both = [api, 'https://other.example.com']

describe('preset of access tokens', () => {
  it('is absent by default: the claims are those of RFC 9068 §2.2', () => {
    expect(payload(undefined)).toEqual({ ...standard, aud: issuer })
    expect(payload('unknown')).toEqual({ ...standard, aud: issuer })
  })

  it('glewlwyd adds type, salt, username, expires_in and nbf, and the client is aud', () => {
    expect(payload('glewlwyd')).toEqual({
      ...{ ...standard, aud: '1', type: 'access_token', salt: 'an-id', username: 'alice' },
      ...{ nbf: 1_000_000, expires_in: 60_000 },
    })
  })

  it('hydra adds scp, nbf and ext, and aud is an array', () => {
    expect(payload('hydra')).toEqual({
      ...{ ...standard, aud: [issuer], scp: ['read', 'write'], nbf: 1_000_000, ext: {} },
    })
  })

  it.each([
    ['none', 'glewlwyd', [], '1'],
    ['one', 'glewlwyd', [api], api],
    ['several', 'glewlwyd', both, both],
    ['none', 'hydra', [], [issuer]],
    ['one', 'hydra', [api], [api]],
    ['several', 'hydra', both, both],
    ['one', undefined, [api], api],
  ])(
    'with %s of the resources, %s has the right aud (RFC 8707 §2.2)',
    (_many, preset, resources, aud) => {
      expect(payload(preset, { resources }).aud).toEqual(aud)
    },
  )

  it('keeps its claims and those of RFC 9068 from the caller', () => {
    const jwtAtClaims = JSON.stringify({
      ...{ type: 'id_token', salt: 'x', nbf: 1, expires_in: 1, sub: 'mallory', iss: 'x', aud: 'x' },
      ...{ exp: 1, iat: 1, jti: 'x', client_id: 'x', scope: 'admin', scp: ['admin'] },
    })
    const grant = { scopes: ['read'], jwtAtClaims }
    expect(payload('glewlwyd', grant)).toMatchObject({
      ...{ ...standard, scope: 'read', type: 'access_token', salt: 'an-id', nbf: 1_000_000 },
      ...{ aud: '1', expires_in: 60_000, username: 'alice' },
    })
    const hydra = payload('hydra', grant)
    expect(hydra).toMatchObject({ ...standard, scope: 'read', scp: ['read'], nbf: 1_000_000 })
    expect(hydra.ext).toEqual({ type: 'id_token', salt: 'x', expires_in: 1 })
  })

  it('glewlwyd has the username that is given, and none without a user', () => {
    const userClaims = { username: 'alice@example.com' }
    expect(payload('glewlwyd', {}, { userClaims }).username).toBe('alice@example.com')
    const own = payload('glewlwyd', {}, { subject: undefined })
    expect([own.sub, 'username' in own]).toEqual(['1', false])
    expect(payload('glewlwyd', { sub: 'other' }).username).toBe('other')
  })

  it('hydra repeats given claims in ext, with the members of an ext that is given', () => {
    const properties = [
      { key: 'tenant', value: 'a' },
      { key: 'secret', value: 'b', hidden: true },
    ]
    const jwtAtClaims = '{"ext":{"tier":1.10,"tenant":"c"},"role":"admin"}'
    const claims = payload('hydra', { properties, jwtAtClaims })
    expect(claims.ext).toEqual({ tenant: 'c', role: 'admin', tier: 1.1 })
    expect([claims.tenant, claims.role, claims.secret]).toEqual(['a', 'admin', undefined])
    for (const ext of ['1.10', '[1]', '"text"', 'null']) {
      expect(payload('hydra', { jwtAtClaims: `{"ext":${ext},"role":"admin"}` }).ext).toEqual({
        role: 'admin',
      })
    }
  })

  it('has no expires_in for a token that does not expire', () => {
    const persistent = payload('glewlwyd', {}, { expiresAt: undefined })
    expect([persistent.exp, persistent.expires_in]).toEqual([undefined, undefined])
  })
})
