/**
 * The grant of a resource owner, or of a client for itself: the part of a decision that outlives
 * the request. It is stored with the authorization code, then with access and refresh tokens.
 */
import { z } from 'zod'
import { GrantedCredential } from './credential/granted.ts'
import { NamedBy, readingFlags } from './named-by.ts'

/** A key and value that the caller attaches to tokens. Clients never receive hidden properties. */
export const Property = z
  .object({
    key: z.string().min(1).describe('Name of the property.'),
    value: z.string().optional().describe('Value of the property.'),
    hidden: z
      .boolean()
      .default(false)
      .describe('True keeps the property out of token responses and introspection for clients.'),
  })
  .meta({ id: 'property' })
export type Property = z.output<typeof Property>

/**
 * Members of token responses and introspection responses, and claims of access tokens, that only
 * Postern sets: RFC 6749 §5.1, RFC 7662 §2.2, RFC 9068 §2.2. A property with such a name could be
 * mistaken for a missing member, such as `sub` in a token without a user.
 */
const reservedKeys = new Set([
  ...['access_token', 'token_type', 'expires_in', 'refresh_token', 'id_token', 'issued_token_type'],
  ...['error', 'error_description', 'error_uri', 'active', 'scope', 'client_id', 'grant_id'],
  ...['iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'jti', 'acr', 'auth_time', 'cnf', 'act', 'may_act'],
  ...['authorization_details', 'device_secret', '__proto__'],
])

/** Properties in a call. */
export const GivenProperties = z.array(Property).superRefine((properties, context) => {
  for (const [index, { key }] of properties.entries()) {
    if (!reservedKeys.has(key)) continue
    const message = `Expected another key than ${JSON.stringify(key)}, which is reserved`
    context.addIssue({ code: 'custom', path: [index, 'key'], message })
  }
})

/**
 * Properties as members of a response. Properties that were stored before their key was reserved
 * are omitted.
 */
export const propertyMembers = (properties: readonly Property[]): Record<string, unknown> =>
  Object.fromEntries(
    properties.filter(({ key }) => !reservedKeys.has(key)).map(({ key, value }) => [key, value]),
  )

const GrantObject = z.object({
  /** The grant that the client manages, Grant Management for OAuth 2.0. */
  grantId: z.string().optional(),
  /** Scopes of the token. */
  scopes: z.array(z.string()).default([]),
  properties: z.array(Property).default([]),
  /** Resource indicators, RFC 8707. */
  resources: z.array(z.string()).default([]),
  /** Authorization details as JSON text, RFC 9396. */
  authorizationDetails: z.string().optional(),
  /** The subject for the client, if the caller set one that differs from the user's identifier. */
  sub: z.string().optional(),
  /** When the user authenticated, in seconds since the epoch. */
  authTime: z.number().optional(),
  acr: z.string().optional(),
  nonce: z.string().optional(),
  /** Identifier of the user's session, from which `sid` of the ID Token is made. */
  sessionId: z.string().optional(),
  /** Claims for the ID Token as JSON text, as the caller gave them. */
  idTokenClaims: z.string().optional(),
  /** The `userinfo` member of the `claims` request parameter, as JSON text. */
  userInfoClaims: z.string().optional(),
  /** The `transformed_claims` of the `claims` request parameter, as JSON text. */
  transformedClaims: z.string().optional(),
  /** Names of the claims that are requested for the ID Token. */
  requestedIdTokenClaims: z.array(z.string()).optional(),
  /** Names of claims that the user consented to; absent if the caller did not specify them. */
  consentedClaims: z.array(z.string()).optional(),
  /** Header parameters that the caller adds to the ID Token, as JSON text. */
  idtHeaderParams: z.string().optional(),
  idTokenAudType: z.string().optional(),
  /** Claims that the caller adds to JWT access tokens, as JSON text. */
  jwtAtClaims: z.string().optional(),
  /** The actors of a token that was exchanged, as the JSON text of `act`: RFC 8693 §4.1. */
  act: z.string().optional(),
  /** The credentials that the token may obtain, OpenID4VCI §5.1. */
  credentials: z.array(GrantedCredential).optional(),
  /** The request had an unregistered redirect URI, and the client is in test mode. */
  test: z.literal(true).optional(),
  /** How the request identified the client. */
  namedBy: NamedBy.default('id'),
  /** SHA-256 thumbprint of the client certificate that tokens are bound to, RFC 8705. */
  certificateThumbprint: z.string().optional(),
  /** JWK thumbprint of the DPoP key that tokens are bound to, RFC 9449. */
  dpopThumbprint: z.string().optional(),
  /** JWK thumbprint of the attested instance of the client, to which refresh tokens are bound. */
  attestationThumbprint: z.string().optional(),
})
export const Grant = readingFlags(GrantObject)
export type Grant = z.output<typeof GrantObject>
