/** DPoP: thumbprints by the vectors of RFC 7638 and RFC 8037, and proofs, RFC 9449 §4.3. */
import type { JWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  requireGrantKey,
  requireTokenKey,
  thumbprintOf,
  verifyProof,
} from '../../../src/oauth/tokens/dpop.ts'
import { type DpopKey, dpopKey, proof } from '../../support/dpop.ts'
import { asyncOutcomeOf, outcomeOf } from '../../support/rules.ts'

const n =
  '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw'
const rsa: JWK = { kty: 'RSA', n, e: 'AQAB' }
const ed: JWK = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }

describe('thumbprint of a key', () => {
  it.each<[string, JWK, string]>([
    ['RSA (RFC 7638 §3.1)', rsa, 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs'],
    [
      'RSA with alg, kid and use (RFC 7638 §3.1)',
      { ...rsa, alg: 'RS256', kid: '2011-04-29', use: 'sig' },
      'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
    ],
    ['Ed25519 (RFC 8037 §A.3)', ed, 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k'],
    [
      'Ed25519 with its private half (RFC 8037 §A.3)',
      { ...ed, d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A' },
      'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    ],
  ])('thumbprint of a key: %s', async (_case, key, expected) => {
    expect(await thumbprintOf(key)).toBe(expected)
  })
})

const htu = 'https://as.example.com/token'
const now = 1_700_000_000_000
const seconds = now / 1000
const invalid = (number: string) => `invalid_dpop_proof (P0160${number})`

describe('DPoP proof', () => {
  let key: DpopKey
  let other: DpopKey
  beforeAll(async () => {
    key = await dpopKey()
    other = await dpopKey()
  })
  type Made = { claims?: object; header?: object; htm?: string; htu?: string; accessToken?: string }
  const check = async (made: Made, expected: object = {}) => {
    const text = await proof(key, { htu, now, ...(made as object) })
    return asyncOutcomeOf(verifyProof(text, { htm: 'POST', htu, now, ...expected }))
  }
  const bound = { accessToken: 'the token' }

  it.each<[string, Made, object]>([
    ['as it should be', {}, {}],
    ['a query in the URL of the request', {}, { htu: `${htu}?a=b#c` }],
    ['a query in htu', { htu: `${htu}?a=b` }, {}],
    ['the host of htu in capitals, with its port', { htu: 'HTTPS://AS.example.com:443/token' }, {}],
    ['five minutes old', { claims: { iat: seconds - 300 } }, {}],
    ['a minute ahead', { claims: { iat: seconds + 60 } }, {}],
    ['the hash of the access token', bound, bound],
    ['a hash that was not expected', bound, {}],
  ])('DPoP proof: %s is accepted (RFC 9449 §4.3)', async (_case, made, expected) => {
    const { thumbprint } = (await check(made, expected)) as { thumbprint: string }
    expect(thumbprint).toBe(await thumbprintOf(key.publicJwk))
  })

  it.each<[string, Made, object, string]>([
    ['another method', { htm: 'GET' }, {}, invalid('05')],
    ['the method in lower case', { htm: 'post' }, {}, invalid('05')],
    ['another path', { htu: `${htu}/` }, {}, invalid('06')],
    ['another host', { htu: 'https://rs.example.com/token' }, {}, invalid('06')],
    ['http for https', { htu: htu.replace('https', 'http') }, {}, invalid('06')],
    ['an htu that is no URI', { htu: 'token' }, {}, invalid('06')],
    ['older than five minutes', { claims: { iat: seconds - 301 } }, {}, invalid('07')],
    ['more than a minute ahead', { claims: { iat: seconds + 61 } }, {}, invalid('07')],
    ['no jti', { claims: { jti: undefined } }, {}, invalid('04')],
    ['an empty jti', { claims: { jti: '' } }, {}, invalid('04')],
    ['an iat that is text', { claims: { iat: String(seconds) } }, {}, invalid('04')],
    ['no htm', { claims: { htm: undefined } }, {}, invalid('04')],
    ['no ath for an access token', {}, bound, invalid('08')],
    ['the ath of another access token', { accessToken: 'another' }, bound, invalid('08')],
    ['another typ', { header: { typ: 'JWT' } }, {}, invalid('01')],
    ['no jwk', { header: { jwk: undefined } }, {}, invalid('02')],
    ['an algorithm that the profile does not allow', {}, { algorithms: ['PS256'] }, invalid('02')],
  ])('DPoP proof: %s is refused (RFC 9449 §4.3)', async (_case, made, expected, outcome) => {
    expect(await check(made, expected)).toBe(outcome)
  })

  it('DPoP proof: a signature by another key, or a private key, is refused (RFC 9449 §4.3)', async () => {
    const foreign = { header: { jwk: other.publicJwk } }
    expect(await check(foreign)).toBe(invalid('03'))
    const priv = { header: { jwk: { ...key.publicJwk, d: 'AA' } } }
    expect(await check(priv)).toBe(invalid('02'))
    expect(await asyncOutcomeOf(verifyProof('a.b', { htm: 'POST', htu, now }))).toBe(invalid('01'))
  })
})

describe('key of a bound token', () => {
  const made = { thumbprint: 't', jwtId: 'j', nonce: undefined, expiresAt: 0 }
  it('bound token: requires a proof by its key (RFC 9449 §7.1)', () => {
    expect(outcomeOf(() => requireTokenKey('t', made))).toBeUndefined()
    expect(outcomeOf(() => requireTokenKey('u', made))).toBe('invalid_token (P016011)')
    expect(outcomeOf(() => requireTokenKey('t', undefined))).toBe('invalid_token (P016011)')
    expect(outcomeOf(() => requireTokenKey(undefined, made))).toBeUndefined()
  })

  it('bound grant: a code and a refresh token require the same key (RFC 9449 §5)', () => {
    expect(outcomeOf(() => requireGrantKey('t', { dpopThumbprint: 't' }))).toBeUndefined()
    expect(outcomeOf(() => requireGrantKey('t', {}))).toBe('invalid_grant (P016012)')
    expect(outcomeOf(() => requireGrantKey(undefined, {}))).toBeUndefined()
  })
})
