/** A valid value for each property of services and clients, made from its schema. */
import type { z } from 'zod'
import { configurations, credentialKey } from './credentials.ts'
import { encryptionPair, jwksOf, publicKey, serviceKeys } from './keys.ts'

/** Values that rules of the documents require; all others are generated from the schema. */
const chosen: Record<string, unknown> = {
  issuer: 'https://as.example.com/tenant',
  jwks: jwksOf(...serviceKeys),
  federationJwks: jwksOf(...serviceKeys),
  credentialJwks: jwksOf(credentialKey),
  authorityHints: ['https://superior.example.org'],
  trustAnchors: [
    { entityId: 'https://anchor.example.org', jwks: jwksOf(...serviceKeys.map(publicKey)) },
  ],
  credentialIssuer: 'https://issuer.example.com',
  authorizationServers: ['https://as.example.com/tenant'],
  credentialsSupported: JSON.stringify(configurations),
  display: '[{"name":"Issuer"}]',
  batchSize: 12,
  credentialRequestEncryptionJwks: jwksOf({
    ...(await encryptionPair('ECDH-ES', 'e')),
    alg: 'ECDH-ES',
  }),
  credentialRequestEncryptionEncValuesSupported: ['A256GCM'],
  credentialRequestEncryptionZipValuesSupported: ['DEF'],
  credentialResponseEncryptionAlgValuesSupported: ['RSA_OAEP_256'],
  credentialResponseEncryptionEncValuesSupported: ['A128CBC_HS256'],
  credentialResponseEncryptionZipValuesSupported: ['DEF'],
  oid4vciVersion: '1.0-Final',
  haipVersion: '1.0',
  accessTokenSignAlg: 'ES256',
  predefinedTransformedClaims: '{"a":{}}',
  cimdMetadataPolicy: '{"a":{}}',
  customMetadata: '{"a":1}',
  value: 'https://example.com/value',
  name: 'name',
  serviceDocumentation: 'https://example.com/documentation',
  clientIdAlias: 'an-alias',
  checkSessionIframe: 'https://as.example.com/session',
  frontchannelLogoutUri: 'https://app.example.com/logout',
  postLogoutRedirectUris: ['https://app.example.com/bye'],
  redirectUris: ['https://app.example.com/callback', 'https://app.example.com/other'],
  tokenAuthMethod: 'PRIVATE_KEY_JWT',
  jwksUri: undefined,
  sectorIdentifierUri: undefined,
}
const keyIds = /SignatureKeyId$/

interface Definition {
  type: string
  innerType?: z.ZodType
  element?: z.ZodType
  entries?: Record<string, string>
  shape?: Record<string, z.ZodType>
}
const definitionOf = (schema: z.ZodType): Definition => schema._zod.def

/** A valid value that is not the default. */
function valueFor(name: string, schema: z.ZodType): unknown {
  const { type, innerType, element, entries, shape } = definitionOf(schema)
  if (innerType) return valueFor(name, innerType)
  if (Object.hasOwn(chosen, name)) return chosen[name]
  if (keyIds.test(name)) return 'es256'
  if (type === 'boolean') return true
  if (type === 'number') return 1_234
  if (type === 'enum') return Object.values(entries ?? {}).at(-1)
  if (type === 'array' && element) return [valueFor(`${name}[]`, element)]
  if (type === 'object' && shape) return valuesFor(shape)
  return /Ur[il]s?(\[\])?$|Endpoint$|^uri$|^(jwks|signedJwks)Uri$|UriComplete$/.test(name)
    ? `https://example.com/${name.replace('[]', '')}`
    : `text of ${name}`
}

export function valuesFor(shape: Record<string, z.ZodType>): Record<string, unknown> {
  const entries = Object.entries(shape).map(([name, schema]) => [name, valueFor(name, schema)])
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}
