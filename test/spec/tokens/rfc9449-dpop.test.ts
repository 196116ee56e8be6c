/**
 * Sender-constrained tokens by DPoP, RFC 9449, at the token endpoint and at protected resources.
 */
import { exportJWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DpopKey, dpopKey, type ProofOptions, proof } from '../../support/dpop.ts'
import {
  createService,
  issuer,
  obtainCode,
  redirectUri,
  requestToken,
  type TestService,
  verifier,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

const tokenEndpoint = `${issuer}/token`
const resource = 'https://rs.example.com/things'

let service: TestService
let client: Json
let key: DpopKey
let otherKey: DpopKey
beforeAll(async () => {
  service = await createService()
  client = await service.client()
  key = await dpopKey()
  otherKey = await dpopKey()
})
afterAll(() => service.close())

const proofFor = (more: Partial<ProofOptions> = {}, by = key) =>
  proof(by, { htu: tokenEndpoint, now: service.system.clock(), ...more })

async function redeemWith(dpop: string | undefined, by: Json = client, more = {}): Promise<Json> {
  const code = await obtainCode(service, by)
  const parameters = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
  return requestToken(service, by, { ...parameters, code_verifier: verifier }, { dpop, ...more })
}

const introspect = async (token: string, dpop: string | undefined, more = {}) =>
  service.api('/auth/introspection', { token, dpop, htm: 'GET', htu: resource, ...more })

describe('DPoP at the token endpoint', () => {
  it('binds tokens to the key of the proof, with token_type=DPoP (RFC 9449 §5)', async () => {
    const tokens = await redeemWith(await proofFor())
    expect(tokens.action).toBe('OK')
    expect(JSON.parse(tokens.responseContent).token_type).toBe('DPoP')
  })

  it.each<[string, string, () => Promise<string>]>([
    ['no JWT', 'P016001', async () => 'nonsense'],
    ['two proofs', 'P016001', async () => `${await proofFor()}, ${await proofFor()}`],
    ['another typ', 'P016001', () => proofFor({ header: { typ: 'JWT' } })],
    ['no key', 'P016002', () => proofFor({ header: { jwk: undefined } })],
    [
      'a private key',
      'P016002',
      async () => proofFor({ header: { jwk: await exportJWK(key.privateKey) } }),
    ],
    ['the jwk of another key', 'P016003', () => proofFor({ header: { jwk: otherKey.publicJwk } })],
    ['no jti', 'P016004', () => proofFor({ claims: { jti: undefined } })],
    ['an iat that is a string', 'P016004', () => proofFor({ claims: { iat: 'now' } })],
    ['another method', 'P016005', () => proofFor({ htm: 'GET' })],
    ['another URL', 'P016006', () => proofFor({ htu: `${issuer}/other` })],
    ['an old iat', 'P016007', () => proofFor({ now: service.system.clock() - 3_600_000 })],
    [
      'an iat in the future',
      'P016007',
      () => proofFor({ now: service.system.clock() + 3_600_000 }),
    ],
  ])('rejects a proof with %s (RFC 9449 §4.3)', async (_what, resultCode, make) => {
    const refused = await redeemWith(await make())
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode })
    expect(JSON.parse(refused.responseContent).error).toBe('invalid_dpop_proof')
  })

  it('ignores query, fragment, case of the host and default port in htu', async () => {
    const htu = 'HTTPS://AS.example.com:443/token?x=1#y'
    expect(await redeemWith(await proofFor({ htu }))).toMatchObject({ action: 'OK' })
    const dotted = 'https://as.example.com/a/../%74oken'
    expect(await redeemWith(await proofFor({ htu: dotted }))).toMatchObject({ action: 'OK' })
  })

  it.each([
    ...['https://as.example.com@evil.example/token', 'https://u:p@as.example.com/token'],
    ...[
      'https://as.example.com\\token',
      'https://as.example.com/to\nken',
      ' https://as.example.com/token',
    ],
    ...[
      'https://as.example.com/token ',
      'https://ａs.example.com/token',
      'https:/as.example.com/token',
    ],
    ...[
      'https://as.example.com/token/',
      'https://as.example.com/Token',
      'as.example.com/token',
      '',
    ],
  ])('rejects a proof with the htu %j, which is not its URL (RFC 9449 §4.3)', async (htu) => {
    const refused = await redeemWith(await proofFor({ htu }))
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P016006' })
  })

  it('rejects a replay on a node whose clock is 20 seconds ahead (RFC 9449 §11.1)', async () => {
    const dpop = await proofFor({ now: service.system.clock() - 290_000 })
    expect(await redeemWith(dpop)).toMatchObject({ action: 'OK' })
    await service.store.purge(service.system.clock() + 20_000)
    expect(await redeemWith(dpop)).toMatchObject({ resultCode: 'P016009' })
  })

  it('accepts a proof once of twenty concurrent requests (RFC 9449 §11.1)', async () => {
    const dpop = await proofFor()
    const codes = await Promise.all(Array.from({ length: 20 }, () => redeemWith(dpop)))
    expect(codes.filter(({ action }) => action === 'OK')).toHaveLength(1)
    expect(codes.filter(({ resultCode }) => resultCode === 'P016009')).toHaveLength(19)
  })

  it('requires a proof of a client with dpopRequired (RFC 9449 §5.2)', async () => {
    const demanding = await service.client({ dpopRequired: true })
    expect(await redeemWith(undefined, demanding)).toMatchObject({ resultCode: 'P016010' })
    expect(await redeemWith(await proofFor(), demanding)).toMatchObject({ action: 'OK' })
  })

  it('binds refresh tokens of public clients only (RFC 9449 §5)', async () => {
    const open = await service.publicClient()
    for (const [by, expected] of [
      [open, { action: 'BAD_REQUEST', resultCode: 'P016012' }],
      [client, { action: 'OK' }],
    ] as const) {
      const { refreshToken } = await redeemWith(await proofFor(), by)
      const parameters = { grant_type: 'refresh_token', refresh_token: refreshToken }
      const dpop = await proofFor({}, otherKey)
      expect(await requestToken(service, by, parameters, { dpop })).toMatchObject(expected)
    }
  })
})

describe('DPoP nonce', () => {
  it('is requested, accepted while it is valid, and renewed (RFC 9449 §8)', async () => {
    await service.configure({ dpopNonceRequired: true })
    const challenged = await redeemWith(await proofFor())
    expect(challenged).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P016013' })
    expect(JSON.parse(challenged.responseContent).error).toBe('use_dpop_nonce')
    const nonce = challenged.dpopNonce
    const granted = await redeemWith(await proofFor({ claims: { nonce } }))
    expect(granted).toMatchObject({ action: 'OK', dpopNonce: expect.any(String) })
    service.system.clock.advance(301_000)
    expect(await redeemWith(await proofFor({ claims: { nonce } }))).toMatchObject({
      resultCode: 'P016013',
    })
    expect(await redeemWith(await proofFor({ claims: { nonce: 'invented' } }))).toMatchObject({
      resultCode: 'P016013',
    })
    await service.configure({})
  })
})

describe('DPoP at protected resources', () => {
  it('requires a proof by the bound key for this request (RFC 9449 §7.1)', async () => {
    const { accessToken } = await redeemWith(await proofFor())
    const at = { htu: resource, htm: 'GET', accessToken }
    expect(await introspect(accessToken, await proofFor(at))).toMatchObject({ action: 'OK' })
    expect(await introspect(accessToken, undefined)).toMatchObject({
      action: 'UNAUTHORIZED',
      resultCode: 'P016011',
      responseContent: expect.stringMatching(/^DPoP error="invalid_token"/),
    })
    const byOther = await introspect(accessToken, await proofFor(at, otherKey))
    expect(byOther).toMatchObject({ action: 'UNAUTHORIZED', resultCode: 'P016011' })
    const aboutOther = await introspect(accessToken, await proofFor({ ...at, accessToken: 'x' }))
    expect(aboutOther).toMatchObject({ action: 'UNAUTHORIZED', resultCode: 'P016008' })
    const elsewhere = await introspect(accessToken, await proofFor({ ...at, htm: 'POST' }))
    expect(elsewhere).toMatchObject({ action: 'UNAUTHORIZED', resultCode: 'P016005' })
  })

  it('lists the proof algorithms in the challenge (RFC 9449 §7.1)', async () => {
    const { accessToken: token } = await redeemWith(await proofFor())
    const algs = /^DPoP .*,algs="RS256 [\w ]+ ES256 [\w ]*EdDSA Ed25519"$/
    const answers = [
      await introspect(token, undefined),
      await service.api('/auth/userinfo', { token }),
      await introspect(token, await proofFor({ htu: resource, htm: 'POST', accessToken: token })),
    ]
    for (const answer of answers) expect(answer.responseContent).toMatch(algs)
    const unknown = await introspect('unknown', undefined)
    expect(unknown.responseContent).toMatch(/^Bearer (?!.*algs)/)
  })

  it('requests a nonce if the caller requires one (RFC 9449 §9)', async () => {
    const { accessToken } = await redeemWith(await proofFor())
    const at = { htu: resource, htm: 'GET', accessToken }
    const more = { dpopNonceRequired: true }
    const challenged = await introspect(accessToken, await proofFor(at), more)
    expect(challenged).toMatchObject({ action: 'UNAUTHORIZED', resultCode: 'P016013' })
    const dpop = await proofFor({ ...at, claims: { nonce: challenged.dpopNonce } })
    expect(await introspect(accessToken, dpop, more)).toMatchObject({ action: 'OK' })
  })

  it('verifies the proof at UserInfo (RFC 9449 §7.1)', async () => {
    const { accessToken: token } = await redeemWith(await proofFor())
    const at = { htu: `${issuer}/userinfo`, htm: 'GET', accessToken: token }
    const dpop = await proofFor(at)
    expect(await service.api('/auth/userinfo', { token, dpop })).toMatchObject({ action: 'OK' })
    expect(await service.api('/auth/userinfo', { token, dpop })).toMatchObject({
      action: 'UNAUTHORIZED',
      resultCode: 'P016009',
    })
    expect(await service.api('/auth/userinfo', { token })).toMatchObject({
      action: 'UNAUTHORIZED',
    })
  })
})
