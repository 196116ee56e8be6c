/**
 * The federation plans of the OpenID Foundation's certification suite for providers: each module
 * with a relying party that the provider has never seen, and with one that it knows. By HTTPS with
 * the example frontend.
 */
import { createLocalJWKSet, decodeProtectedHeader, type JWK, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FederationWorld, startFederation } from './federation-world.ts'
import { modules } from './modules.ts'

let world: FederationWorld
beforeAll(async () => {
  world = await startFederation()
})
afterAll(() => world?.close())

/** The entity configuration, verified by its own keys. */
async function configuration() {
  const response = await world.send(`${world.issuer}/.well-known/openid-federation`)
  expect(response.status).toBe(200)
  expect(response.headers.get('Content-Type')).toBe('application/entity-statement+jwt')
  const text = await response.text()
  const unverified = JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString())
  const { payload } = await jwtVerify(text, createLocalJWKSet(unverified.jwks))
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts what is there
  return { header: decodeProtectedHeader(text), claims: payload as any }
}

describe('openid-federation-automatic-client-registration', () => {
  it.each([...modules, ...modules])('%s', async (_name, run) => {
    await run(world)
    expect.hasAssertions()
  })
})

describe('openid-federation-deployed-entity', () => {
  it('entity-configuration', async () => {
    const { header, claims } = await configuration()
    const { issuer, anchor } = world
    expect(header).toMatchObject({ typ: 'entity-statement+jwt', kid: expect.any(String) })
    expect(claims).toMatchObject({ iss: issuer, sub: issuer, authority_hints: [anchor.id] })
    const now = Date.now() / 1_000
    expect(claims.iat).toBeLessThanOrEqual(now + 1)
    expect(claims.exp).toBeGreaterThan(now)
    expect(claims).not.toHaveProperty('metadata_policy')
    const keys: JWK[] = claims.jwks.keys
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length)
    for (const key of keys) expect(Object.keys(key)).not.toEqual(expect.arrayContaining(['d']))
    const provider = claims.metadata.openid_provider
    expect(provider).toMatchObject({
      issuer,
      client_registration_types_supported: ['automatic', 'explicit'],
      federation_registration_endpoint: `${issuer}/federation/register`,
      token_endpoint_auth_methods_supported: expect.arrayContaining(['private_key_jwt']),
      request_object_encryption_alg_values_supported: expect.arrayContaining(['RSA-OAEP']),
      request_object_encryption_enc_values_supported: expect.arrayContaining(['A256GCM']),
    })
    const urls = Object.entries(provider).filter(([name]) => /_(endpoint|uri)$/.test(name))
    for (const [, url] of urls) expect(url).toMatch(/^https:/)
  })

  it('ensure-fetch-with-invalid-sub-fails and -with-iss-as-sub-fails: it is no superior', async () => {
    const { metadata } = (await configuration()).claims
    const endpoints = metadata.federation_entity ?? {}
    expect(endpoints).not.toHaveProperty('federation_fetch_endpoint')
    expect(endpoints).not.toHaveProperty('federation_list_endpoint')
  })

  it('serves the keys that its metadata name, signed and historical', async () => {
    const { claims } = await configuration()
    const keys = createLocalJWKSet(claims.jwks)
    for (const path of ['/federation/jwks.jwt', '/federation/historical-keys']) {
      const response = await world.send(`${world.issuer}${path}`)
      expect(response.headers.get('Content-Type')).toBe('application/jwk-set+jwt')
      const { payload } = await jwtVerify(await response.text(), keys, { typ: 'jwk-set+jwt' })
      expect(payload).toMatchObject({ iss: world.issuer, keys: expect.any(Array) })
    }
  })
})

describe('federation registration endpoint', () => {
  const register = async (body: string, type: string, accept = '*/*') =>
    world.send(`${world.issuer}/federation/register`, {
      method: 'POST',
      headers: { 'Content-Type': type, Accept: accept },
      body,
    })

  it.each<[string, (own: string, above: string[]) => string]>([
    ['application/entity-statement+jwt', (own) => own],
    ['application/trust-chain+json', (own, above) => JSON.stringify([own, ...above])],
  ])('takes %s (OpenID Federation §12.2.1)', async (type, bodyOf) => {
    const { federation, explicit, issuer } = world
    const own = await federation.configuration(explicit, { claims: { aud: issuer } })
    const [, ...above] = await federation.chain(explicit)
    const response = await register(bodyOf(own, above), type)
    expect([response.status, response.headers.get('Content-Type')]).toEqual([
      200,
      'application/explicit-registration-response+jwt',
    ])
  })

  it('refuses another type, and says what is wrong with a request', async () => {
    expect((await register('x', 'application/json')).status).toBe(415)
    const refused = await register('x', 'application/entity-statement+jwt')
    expect([refused.status, refused.headers.get('Content-Type')]).toEqual([
      400,
      expect.stringMatching(/^application\/json/),
    ])
    expect(await refused.json()).toMatchObject({ error: 'invalid_trust_chain' })
  })
})
