/** Signed key sets of clients, OpenID Federation §5.2.1. */
import { type CryptoKey, importJWK, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, form, issuer, type TestService } from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const [rsaKey, entityKey] = serviceKeys as [JWK, JWK]
const entityId = 'https://client.example.com'
const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

let service: TestService
let made = 0
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())

const signed = async (claims: Record<string, unknown>, key: JWK, header: object = {}) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: key.alg ?? '', kid: key.kid ?? '', ...header })
    .sign((await importJWK(key)) as CryptoKey)

const keySet = (key = entityKey, claims: object = {}, typ: string | undefined = 'jwk-set+jwt') =>
  signed({ keys: [publicKey(clientKey)], ...claims }, key, typ ? { typ } : {})

/** A client with a new URL of its signed key set. */
async function clientWith(document: string, more: object = {}): Promise<Json> {
  made += 1
  const signedJwksUri = `https://client.example.com/signed-${made}`
  service.system.fetch.answer(signedJwksUri, { body: document })
  const jwks = jwksOf(publicKey(entityKey))
  return service.client({ tokenAuthMethod: 'PRIVATE_KEY_JWT', signedJwksUri, jwks, ...more })
}

async function ask(client: Json, key = clientKey) {
  made += 1
  const exp = Math.floor(service.system.clock() / 1000) + 60
  const name = String(client.clientId)
  const claims = { iss: name, sub: name, aud: issuer, jti: `jti-${made}`, exp }
  const parameters = form({
    grant_type: 'client_credentials',
    client_assertion_type: type,
    client_assertion: await signed(claims, key),
  })
  return service.api('/auth/token', { parameters })
}

describe('signed key set of a client', () => {
  it('contains the client keys, not its signing key (OpenID Federation §5.2.1)', async () => {
    const client = await clientWith(await keySet())
    expect(await ask(client)).toMatchObject({ action: 'OK' })
    expect(await ask(client, entityKey)).toMatchObject({ resultCode: 'P011002' })
  })

  it('is verified by the federation keys if the client has a trust chain', async () => {
    const jwks = { keys: [publicKey(rsaKey)] }
    const statement = await signed({ iss: entityId, sub: entityId, jwks }, rsaKey)
    const more = { entityId, trustChain: [statement] }
    const own = { iss: entityId, sub: entityId }
    expect(await ask(await clientWith(await keySet(rsaKey, own), more))).toMatchObject({
      action: 'OK',
    })
    expect(await ask(await clientWith(await keySet(entityKey, own), more))).toMatchObject({
      resultCode: 'P011002',
    })
  })

  it('is verified by the federation keys of a long statement, which has chains', async () => {
    const jwks = { keys: [publicKey(rsaKey)] }
    const trust_chain = ['a'.repeat(100_000)]
    const statement = await signed({ iss: entityId, sub: entityId, jwks }, rsaKey, { trust_chain })
    const more = { entityId, trustChain: [statement] }
    expect(await ask(await clientWith(await keySet(rsaKey), more))).toMatchObject({ action: 'OK' })
  })

  it.each<[string, () => Promise<string>]>([
    ['by another key', () => keySet(clientKey)],
    ['of another type', () => keySet(entityKey, {}, 'entity-statement+jwt')],
    ['of another entity', () => keySet(entityKey, { iss: 'https://other.example.com' })],
    ['that expired', () => keySet(entityKey, { exp: 1 })],
    ['with a string as exp', () => keySet(entityKey, { exp: '9999999999' })],
    ['without keys', () => keySet(entityKey, { keys: 'none' })],
    ['that is not signed', async () => jwksOf(publicKey(clientKey))],
    ['that is truncated', async () => (await keySet()).slice(0, -10)],
  ])('%s is ignored (OpenID Federation §5.2.1)', async (_what, document) => {
    const client = await clientWith(await document(), { entityId })
    expect(await ask(client)).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P011002' })
  })

  it('is verified for each client by its own keys, also at one URL', async () => {
    const good = await clientWith(await keySet())
    expect(await ask(good)).toMatchObject({ action: 'OK' })
    const { signedJwksUri } = good
    const other = await clientWith('', { signedJwksUri, jwks: jwksOf(publicKey(rsaKey)) })
    expect(await ask(other)).toMatchObject({ resultCode: 'P011002' })
  })

  it('is fetched again if a key is not in it', async () => {
    const client = await clientWith(await keySet(entityKey, { keys: [publicKey(rsaKey)] }))
    expect(await ask(client)).toMatchObject({ resultCode: 'P011002' })
    service.system.fetch.answer(client.signedJwksUri, { body: await keySet() })
    service.system.clock.advance(6_000)
    expect(await ask(client)).toMatchObject({ action: 'OK' })
  })
})
