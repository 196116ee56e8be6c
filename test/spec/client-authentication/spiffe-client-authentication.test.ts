/** Clients that authenticate by a JWT-SVID, draft-ietf-oauth-spiffe-client-auth-01. */
import { type CryptoKey, importJWK, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  authorizationRequest,
  createService,
  form,
  issuer,
  type TestService,
} from '../../support/flows.ts'
import { clientKey, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const [rsaKey, otherKey] = serviceKeys as [JWK, JWK]
const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe'
const spiffeId = 'spiffe://example.org/my-client'
const spiffeBundleEndpoint = 'https://spire.example.org/bundle'

const inBundle = (key: JWK, use = 'jwt-svid') => {
  const { alg: _, ...rest } = publicKey(key)
  return { ...rest, use }
}

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService()
  const method = { tokenAuthMethod: 'SPIFFE_JWT', spiffeId, spiffeBundleEndpoint }
  client = await service.client(method)
})
beforeEach(() => {
  const keys = [inBundle(clientKey), inBundle(otherKey, 'x509-svid')]
  service.system.fetch.answer(spiffeBundleEndpoint, { body: { keys, spiffe_sequence: 1 } })
})
afterAll(() => service.close())

const seconds = () => Math.floor(service.system.clock() / 1000)

async function svid(claims: object = {}, key: JWK = clientKey, header: object = {}) {
  const whole = { sub: spiffeId, aud: [issuer], iat: seconds(), exp: seconds() + 300, ...claims }
  const alg = key.alg ?? 'ES256'
  return new SignJWT(whole)
    .setProtectedHeader({ alg, kid: key.kid ?? '', typ: 'JWT', ...header })
    .sign((await importJWK(key, alg)) as CryptoKey)
}

const ask = (client_assertion: string, more: Record<string, string | undefined> = {}, body = {}) =>
  service.api('/auth/token', {
    parameters: form({
      ...{ grant_type: 'client_credentials', scope: 'read', client_assertion_type },
      ...{ client_assertion, client_id: String(client.clientId), ...more },
    }),
    ...body,
  })

describe('JWT-SVID', () => {
  it('authenticates the client by SPIFFE ID (SPIFFE Client Authentication §3.1)', async () => {
    expect(await ask(await svid())).toMatchObject({ action: 'OK', clientAuthMethod: 'SPIFFE_JWT' })
    const text = { aud: issuer, iat: undefined }
    expect(await ask(await svid(text, clientKey, { typ: undefined }))).toMatchObject({
      action: 'OK',
    })
  })

  it('authenticates at PAR and revocation', async () => {
    const parameters = async () => {
      const assertion = form({ client_assertion_type, client_assertion: await svid() })
      return `${authorizationRequest(client)}&${assertion}`
    }
    const pushed = await service.api('/pushed_auth_req', { parameters: await parameters() })
    expect(pushed).toMatchObject({ action: 'CREATED' })
    // The contract does not list this method for this response.
    expect(pushed).not.toHaveProperty('clientAuthMethod')
    const revoked = { parameters: `${await parameters()}&token=x` }
    expect(await service.api('/auth/revocation', revoked)).toMatchObject({ action: 'OK' })
  })

  it('can be reused until it expires, since workloads cache it', async () => {
    const client_assertion = await svid()
    expect(await ask(client_assertion)).toMatchObject({ action: 'OK' })
    expect(await ask(client_assertion)).toMatchObject({ action: 'OK' })
  })

  it('identifies the client without client_id if the SPIFFE ID is its alias', async () => {
    const id = 'spiffe://example.org/named'
    const alias = { clientIdAlias: id, clientIdAliasEnabled: true, spiffeId: id }
    await service.client({ tokenAuthMethod: 'SPIFFE_JWT', spiffeBundleEndpoint, ...alias })
    const unnamed = { client_id: undefined }
    expect(await ask(await svid({ sub: id }), unnamed)).toMatchObject({ action: 'OK' })
    expect(await ask(await svid(), unnamed)).toMatchObject({ resultCode: 'P010005' })
  })

  it.each<[string, string, () => Promise<string>]>([
    ['that is none', 'P010401', async () => 'nonsense'],
    ['of another type', 'P010401', () => svid({}, clientKey, { typ: 'dpop+jwt' })],
    ['by an X.509 key of the bundle', 'P010402', () => svid({}, otherKey)],
    ['by a key that is not in the bundle', 'P010402', () => svid({}, rsaKey)],
    [
      'by another key with a kid of the bundle',
      'P010402',
      () => svid({}, { ...otherKey, kid: clientKey.kid ?? '' }),
    ],
    ['without a signature', 'P010402', async () => (await svid()).replace(/[^.]+$/, '')],
    ['for another workload', 'P010403', () => svid({ sub: 'spiffe://example.org/other' })],
    ['for a sub-path of the workload', 'P010403', () => svid({ sub: `${spiffeId}/x` })],
    [
      'for a trust domain in upper case',
      'P010403',
      () => svid({ sub: 'spiffe://EXAMPLE.org/my-client' }),
    ],
    ['of another trust domain', 'P010403', () => svid({ sub: 'spiffe://evil.org/my-client' })],
    ['without sub', 'P010403', () => svid({ sub: undefined })],
    ['for the token endpoint', 'P010404', () => svid({ aud: `${issuer}/token` })],
    ['with several audiences', 'P010404', () => svid({ aud: [issuer, 'https://other.example'] })],
    ['without aud', 'P010404', () => svid({ aud: [] })],
    ['that expired', 'P010405', () => svid({ exp: 1 })],
    ['without exp', 'P010405', () => svid({ exp: undefined })],
    ['with a string as exp', 'P010405', () => svid({ exp: '9999999999' })],
    ['that is not valid yet', 'P010405', () => svid({ nbf: 9_999_999_999 })],
    ['issued in the future', 'P010405', () => svid({ iat: 9_999_999_999 })],
  ])('%s is rejected', async (_what, resultCode, assertion) => {
    expect(await ask(await assertion())).toMatchObject({ action: 'INVALID_CLIENT', resultCode })
  })

  it('is rejected as another assertion type, or for a client with another method', async () => {
    const bearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    const other = await service.client({ tokenAuthMethod: 'PRIVATE_KEY_JWT' })
    const named = { client_id: String(other.clientId) }
    const mismatch = { resultCode: 'P010006' }
    expect(await ask(await svid(), { client_assertion_type: bearer })).toMatchObject(mismatch)
    expect(await ask(await svid(), named)).toMatchObject(mismatch)
    expect(await ask(await svid(), { client_secret: 'x' })).toMatchObject({
      resultCode: 'P010002',
    })
  })

  it('is rejected if the bundle is unavailable or malformed', async () => {
    for (const body of ['', 'nonsense', { keys: 'none' }, { keys: [null] }, {}, []]) {
      const own = {
        spiffeId,
        spiffeBundleEndpoint: `${spiffeBundleEndpoint}/${Math.abs(JSON.stringify(body).length)}`,
      }
      const without = await service.client({ tokenAuthMethod: 'SPIFFE_JWT', ...own })
      service.system.fetch.answer(own.spiffeBundleEndpoint, { body })
      expect(await ask(await svid(), { client_id: String(without.clientId) })).toMatchObject({
        resultCode: 'P010402',
      })
    }
  })

  it('is verified by the current keys: the bundle is fetched again', async () => {
    const keys = [inBundle(rsaKey)]
    service.system.fetch.answer(spiffeBundleEndpoint, { body: { keys } })
    service.system.clock.advance(6_000)
    expect(await ask(await svid({}, rsaKey))).toMatchObject({ action: 'OK' })
  })
})
