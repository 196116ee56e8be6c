/** Exchange of sender-constrained tokens by proof of possession: RFC 8693, RFC 9449, RFC 8705. */
import { createHash, X509Certificate } from 'node:crypto'
import { exportJWK, importJWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { selfSigned } from '../../support/certificates.ts'
import { type DpopKey, dpopKey, proof } from '../../support/dpop.ts'
import {
  createService,
  issuer,
  obtainCode,
  obtainTokens,
  redirectUri,
  requestToken,
  type TestService,
  verifier,
} from '../../support/flows.ts'
import { clientKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
const bearerGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const type = (name: string) => `urn:ietf:params:oauth:token-type:${name}`
const certificate = selfSigned('/CN=client')
const otherCertificate = selfSigned('/CN=other')
const thumbprint = createHash('sha256')
  .update(new X509Certificate(certificate).raw)
  .digest('base64url')

let service: TestService
let owner: Json
let gateway: Json
let key: DpopKey
let otherKey: DpopKey
let jkt: string
beforeAll(async () => {
  service = await createService({ tlsClientCertificateBoundAccessTokens: true })
  owner = await service.client()
  gateway = await service.client()
  key = await dpopKey()
  otherKey = await dpopKey()
  const { crv, kty, x, y } = key.publicJwk
  jkt = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
})
afterAll(() => service.close())

const proofBy = (by: DpopKey) => proof(by, { htu: `${issuer}/token`, now: service.system.clock() })

/** Tokens of the code flow, bound to the key or certificate of the token request. */
async function tokensOf(client: Json, proven: Record<string, unknown>): Promise<Json> {
  const code = await obtainCode(service, client)
  const request = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
  return requestToken(service, client, { ...request, code_verifier: verifier }, proven)
}
const exchange = (parameters: Record<string, string>, proven = {}, by = gateway) =>
  requestToken(service, by, { grant_type: exchangeGrant, ...parameters }, proven)
const subject = (token: string, name = 'access_token') => ({
  subject_token: token,
  subject_token_type: type(name),
})
const unproven = { action: 'BAD_REQUEST', resultCode: 'P027017' }

describe('access token that is bound to a DPoP key', () => {
  it('is not exchanged without a proof by the key (RFC 9449 §7.1)', async () => {
    const { accessToken } = await tokensOf(owner, { dpop: await proofBy(key) })
    for (const by of [gateway, owner]) {
      const refused = await exchange(subject(accessToken), {}, by)
      expect(refused).toMatchObject(unproven)
      expect(JSON.parse(refused.responseContent).error).toBe('invalid_request')
      const another = { dpop: await proofBy(otherKey) }
      expect(await exchange(subject(accessToken), another, by)).toMatchObject(unproven)
      const presented = { clientCertificate: certificate }
      expect(await exchange(subject(accessToken), presented, by)).toMatchObject(unproven)
    }
  })

  it('is exchanged with a proof by the key, which the caller gets (RFC 9449 §6)', async () => {
    const { accessToken } = await tokensOf(owner, { dpop: await proofBy(key) })
    const asked = await exchange(subject(accessToken), { dpop: await proofBy(key) })
    expect(asked).toMatchObject({ action: 'TOKEN_EXCHANGE', subjectTokenInfo: { cnf: { jkt } } })
    const created = await service.api('/auth/token/create', {
      ...{ grantType: 'TOKEN_EXCHANGE', clientId: gateway.clientId, subject: 'alice' },
      dpopKeyThumbprint: asked.subjectTokenInfo.cnf.jkt,
    })
    expect(created).toMatchObject({ action: 'OK', tokenType: 'DPoP' })
  })

  it('is not accepted as actor token without a proof by the key (RFC 8693 §2.2.2)', async () => {
    const { accessToken: bound } = await tokensOf(owner, { dpop: await proofBy(key) })
    const { accessToken } = await obtainTokens(service, owner)
    const asActor = {
      ...subject(accessToken),
      ...{ actor_token: bound, actor_token_type: type('access_token') },
    }
    expect(await exchange(asActor)).toMatchObject(unproven)
    const asked = await exchange(asActor, { dpop: await proofBy(key) })
    expect(asked).toMatchObject({ action: 'TOKEN_EXCHANGE', actorTokenInfo: { cnf: { jkt } } })
    expect(asked.subjectTokenInfo).not.toHaveProperty('cnf')
  })

  it('is not exchanged by an anonymous request without a proof', async () => {
    const { accessToken } = await tokensOf(owner, { dpop: await proofBy(key) })
    const form = new URLSearchParams({ grant_type: exchangeGrant, ...subject(accessToken) })
    const parameters = form.toString()
    expect(await service.api('/auth/token', { parameters })).toMatchObject(unproven)
    const dpop = await proofBy(key)
    expect(await service.api('/auth/token', { parameters, dpop })).toMatchObject({
      action: 'TOKEN_EXCHANGE',
    })
  })
})

describe('access token that is bound to a certificate', () => {
  it('is exchanged over a connection with the certificate only (RFC 8705 §3)', async () => {
    const bound = await service.client({ tlsClientCertificateBoundAccessTokens: true })
    const { accessToken } = await tokensOf(bound, { clientCertificate: certificate })
    for (const proven of [
      {},
      { clientCertificate: otherCertificate },
      { dpop: await proofBy(key) },
    ]) {
      expect(await exchange(subject(accessToken), proven)).toMatchObject(unproven)
    }
    const asked = await exchange(subject(accessToken), { clientCertificate: certificate })
    expect(asked).toMatchObject({
      ...{ action: 'TOKEN_EXCHANGE', subjectTokenInfo: { cnf: { 'x5t#S256': thumbprint } } },
    })
  })
})

describe('refresh token in a token exchange', () => {
  it('is rejected for another client, and for anonymous requests (RFC 6749 §10.4)', async () => {
    const { refreshToken, accessToken } = await obtainTokens(service, owner)
    const foreign = { action: 'BAD_REQUEST', resultCode: 'P027018' }
    const asSubject = subject(refreshToken, 'refresh_token')
    const asActor = {
      ...subject(accessToken),
      ...{ actor_token: refreshToken, actor_token_type: type('refresh_token') },
    }
    for (const parameters of [asSubject, asActor]) {
      expect(await exchange(parameters)).toMatchObject(foreign)
      const form = new URLSearchParams({ grant_type: exchangeGrant, ...parameters })
      expect(await service.api('/auth/token', { parameters: form.toString() })).toMatchObject(
        foreign,
      )
      expect(await exchange(parameters, {}, owner)).toMatchObject({ action: 'TOKEN_EXCHANGE' })
    }
  })

  it('that is bound to a DPoP key needs a proof by the key (RFC 9449 §5)', async () => {
    const open = await service.publicClient()
    const { refreshToken } = await tokensOf(open, { dpop: await proofBy(key) })
    const parameters = subject(refreshToken, 'refresh_token')
    expect(await exchange(parameters, {}, open)).toMatchObject(unproven)
    const dpop = await proofBy(key)
    expect(await exchange(parameters, { dpop }, open)).toMatchObject({ action: 'TOKEN_EXCHANGE' })
  })
})

describe('JWT with a cnf claim', () => {
  const sign = async (cnf: unknown, more: Json = {}) => {
    const exp = Math.floor(service.system.clock() / 1000) + 60
    return new SignJWT({
      iss: 'https://other.example.com',
      sub: 'bob',
      aud: issuer,
      exp,
      cnf,
      ...more,
    })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(await importJWK(clientKey, 'ES256'))
  }

  it.each<[string, () => unknown | Promise<unknown>]>([
    ['the thumbprint of another key', () => ({ jkt: 'A'.repeat(43) })],
    ['another key', async () => ({ jwk: await exportJWK(otherKey.privateKey) })],
    ['a malformed key', () => ({ jwk: 'x' })],
    ['the thumbprint of another certificate', () => ({ 'x5t#S256': 'A'.repeat(43) })],
    ['a key and a certificate', () => ({ jkt, 'x5t#S256': thumbprint })],
    ['an unknown member', () => ({ kid: 'x' })],
    ['no member', () => ({})],
    ['null', () => null],
    ['a string', () => 'x'],
  ])(
    'that contains %s is rejected in an exchange and as an assertion (RFC 7800 §3.1)',
    async (_what, make) => {
      const jwt = await sign(await make())
      const proven = async () => ({ dpop: await proofBy(key) })
      expect(await exchange(subject(jwt, 'jwt'), await proven())).toMatchObject(unproven)
      const bearer = { grant_type: bearerGrant, assertion: jwt }
      const refused = await requestToken(service, gateway, bearer, await proven())
      expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P028010' })
      expect(JSON.parse(refused.responseContent).error).toBe('invalid_grant')
    },
  )

  it('is accepted with a proof by its key (RFC 7800 §3.1)', async () => {
    for (const cnf of [{ jkt }, { jwk: key.publicJwk }, { jkt, kid: 'ignored' }]) {
      const jwt = await sign(cnf)
      const dpop = await proofBy(key)
      const asked = await exchange(subject(jwt, 'jwt'), { dpop })
      expect(asked).toMatchObject({ action: 'TOKEN_EXCHANGE' })
      const bearer = { grant_type: bearerGrant, assertion: jwt }
      const asserted = await requestToken(service, gateway, bearer, { dpop: await proofBy(key) })
      expect(asserted).toMatchObject({ action: 'JWT_BEARER' })
    }
  })
})
