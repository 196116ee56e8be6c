/** A service that takes part in a federation, and what it signs as an entity. */
import {
  createLocalJWKSet,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose'
import { createService, issuer, type TestService } from './flows.ts'
import { jwksOf } from './keys.ts'
import type { Json, ServerOptions, TestServer } from './server.ts'

export const superior = 'https://superior.example.org'
export const anchor = 'https://anchor.example.org'

export async function signingKey(alg: string, kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' }
}

/** The keys of the entity; the first one signs. */
export const entityKeys: JWK[] = await Promise.all([
  signingKey('ES256', 'entity-es256'),
  signingKey('RS256', 'entity-rs256'),
])

export const entitySettings = {
  federationEnabled: true,
  federationJwks: jwksOf(...entityKeys),
  authorityHints: [superior],
  supportedClientRegistrationTypes: ['AUTOMATIC', 'EXPLICIT'],
  federationRegistrationEndpoint: `${issuer}/federation/register`,
}

export const createEntity = (
  more: Record<string, unknown> = {},
  given: TestServer | ServerOptions = {},
): Promise<TestService> => createService({ ...entitySettings, ...more }, given)

/** The response of an operation of the family, which must be OK. */
export async function documentOf(
  service: TestService,
  operation: 'configuration' | 'jwks' | 'historical-keys',
  body: object = {},
): Promise<string> {
  const answer = await service.api(`/federation/${operation}`, body)
  if (answer.action !== 'OK') throw new Error(JSON.stringify(answer))
  return answer.responseContent
}

/** The header and the claims of a JWT that one of the keys verifies. */
export async function verified(service: TestService, jwt: string, keys: JWK[]) {
  const currentDate = new Date(service.system.clock())
  const { payload } = await jwtVerify(jwt, createLocalJWKSet({ keys }), { currentDate })
  return { header: decodeProtectedHeader(jwt), claims: payload as JWTPayload & Json }
}

/** The entity configuration, verified by the keys that it contains itself. */
export async function configurationOf(service: TestService, body: object = {}) {
  const jwt = await documentOf(service, 'configuration', body)
  const { jwks } = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())
  return verified(service, jwt, jwks.keys)
}

/** An attribute of the service, for `configure`. */
export const attributes = (pairs: Record<string, unknown>) => ({
  attributes: Object.entries(pairs).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? value : JSON.stringify(value),
  })),
})

/** A trust mark of the anchor; `more` replaces claims, `header` members of the header. */
export async function trustMark(
  type: string,
  more: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
) {
  const [key] = entityKeys as [JWK]
  const claims = { iss: anchor, sub: issuer, trust_mark_type: type, iat: 1_700_000_000, ...more }
  const trust_mark = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', kid: 'anchor', typ: 'trust-mark+jwt', ...header })
    .sign(await importJWK(key, 'ES256'))
  return { trust_mark_type: type, trust_mark }
}
