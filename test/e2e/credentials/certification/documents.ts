/** Modules for what an issuer publishes: OpenID4VCI §12.2, HAIP §4.1. */
import { X509Certificate } from 'node:crypto'
import { decodeProtectedHeader, importX509, type JWK, jwtVerify } from 'jose'
import { expect } from 'vitest'
import type { Plan } from './plan.ts'

// biome-ignore lint/suspicious/noExplicitAny: read as the wallet reads it
type Json = any

const wellKnown = ({ world }: Plan) => `${world.issuer}/.well-known/openid-credential-issuer`

async function fetchMetadata(plan: Plan, accept: string) {
  const response = await plan.send(wellKnown(plan), { headers: { Accept: accept } })
  expect(response.status).toBe(200)
  return { type: response.headers.get('content-type') ?? '', text: await response.text() }
}

/** OpenID4VCI §12.2.4. */
function expectIssuer(plan: Plan, metadata: Json): void {
  expect(metadata.credential_issuer).toBe(plan.world.issuer)
  for (const [name, value] of Object.entries(metadata)) {
    if (name.endsWith('_endpoint')) expect(value).toMatch(/^https:\/\/[^?#]+$/)
  }
  for (const name of ['credential', 'nonce', 'deferred_credential', 'notification'])
    expect(metadata).toHaveProperty(`${name}_endpoint`)
  for (const server of metadata.authorization_servers ?? []) expect(server).toMatch(/^https:/)
  expect(metadata.batch_credential_issuance.batch_size).toBeGreaterThanOrEqual(2)
  const entries = Object.values<Json>(metadata.credential_configurations_supported)
  expect(entries).toHaveLength(4)
  for (const entry of entries) expectConfiguration(entry)
  expectEncryption(plan, metadata)
}

function expectConfiguration(entry: Json): void {
  const isMdoc = entry.format === 'mso_mdoc'
  expect(['dc+sd-jwt', 'mso_mdoc']).toContain(entry.format)
  expect(entry).toHaveProperty(isMdoc ? 'doctype' : 'vct')
  // RFC 6749 §3.3.
  expect(entry.scope).toMatch(/^[\x21\x23-\x5b\x5d-\x7e]+$/)
  expect(entry.credential_signing_alg_values_supported).toEqual([isMdoc ? -7 : 'ES256'])
  expect(entry.cryptographic_binding_methods_supported).toEqual([isMdoc ? 'cose_key' : 'jwk'])
  const types = Object.entries<Json>(entry.proof_types_supported)
  expect(types.length).toBeGreaterThan(0)
  for (const [type, { proof_signing_alg_values_supported: algs }] of types) {
    expect(['jwt', 'attestation']).toContain(type)
    expect(algs).toEqual(['ES256'])
  }
  for (const { locale } of entry.credential_metadata.display)
    expect(Intl.getCanonicalLocales(locale)).toEqual([locale])
}

/** Responses can be encrypted only for requests that are, OpenID4VCI §8.2. */
function expectEncryption({ encrypted }: Plan, metadata: Json): void {
  const { credential_response_encryption: response, credential_request_encryption: request } =
    metadata
  expect(response).toEqual({
    ...{ alg_values_supported: ['ECDH-ES'], enc_values_supported: ['A128GCM', 'A256GCM'] },
    ...{ zip_values_supported: ['DEF'], encryption_required: encrypted },
  })
  expect(request).toMatchObject({
    ...{ enc_values_supported: ['A128GCM', 'A256GCM'], encryption_required: encrypted },
  })
  for (const key of request.jwks.keys as JWK[]) {
    expect(key).not.toHaveProperty('d')
    expect(key).toMatchObject({ kid: expect.any(String), alg: 'ECDH-ES' })
  }
}

/** RFC 8414 §3.3, and what the suite asks of client attestation and FAPI 2.0. */
async function expectAuthorizationServer({ world, send, haip }: Plan): Promise<void> {
  const response = await send(`${world.issuer}/.well-known/oauth-authorization-server`)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json'])
  const server: Json = await response.json()
  expect(server).toMatchObject({
    ...{ issuer: world.issuer, pushed_authorization_request_endpoint: expect.any(String) },
    ...{ require_pushed_authorization_requests: true, response_types_supported: ['code'] },
  })
  expect(server.token_endpoint_auth_methods_supported).toContain('attest_jwt_client_auth')
  expect(server.code_challenge_methods_supported).toContain('S256')
  expect(server.dpop_signing_alg_values_supported).toContain('ES256')
  for (const name of ['client_attestation', 'client_attestation_pop'])
    expect(server[`${name}_signing_alg_values_supported`]).toContain('ES256')
  if (haip) expect(server.code_challenge_methods_supported).toEqual(['S256'])
  const keys: Json = await (await send(server.jwks_uri)).json()
  expect(keys.keys.length).toBeGreaterThan(0)
  for (const key of keys.keys) {
    expect(['EC', 'RSA', 'OKP']).toContain(key.kty)
    for (const secret of ['d', 'p', 'q', 'k']) expect(key).not.toHaveProperty(secret)
  }
}

export async function metadata(plan: Plan): Promise<void> {
  const { type, text } = await fetchMetadata(plan, 'application/json')
  expect(type).toMatch(/^application\/json/)
  expectIssuer(plan, JSON.parse(text))
  await expectAuthorizationServer(plan)
}

/** OpenID4VCI §12.2.3: signed by a certificate that the root certifies. */
export async function signedMetadata(plan: Plan): Promise<void> {
  const { type, text } = await fetchMetadata(plan, 'application/jwt')
  expect(type).toMatch(/^application\/jwt/)
  const { x5c = [] } = decodeProtectedHeader(text)
  const leaf = new X509Certificate(Buffer.from(x5c[0] ?? '', 'base64'))
  const root = new X509Certificate(plan.root)
  expect([x5c.length, leaf.checkIssued(root), leaf.verify(root.publicKey)]).toEqual([1, true, true])
  const { payload } = await jwtVerify(text, await importX509(leaf.toString(), 'ES256'), {
    ...{ typ: 'openidvci-issuer-metadata+jwt', subject: plan.world.issuer },
    requiredClaims: ['iat'],
  })
  const { sub: _, iat: _iat, exp: _exp, iss: _iss, ...document } = payload
  expectIssuer(plan, document)
  expect(document).toEqual(plan.metadata)
}
