/**
 * The relay table: the HTTP response of the frontend for each action that ends an exchange. It is
 * data, so that it can be documented, and applied on request (`Prefer: relay`, RFC 7240).
 */

/** Signed documents that anyone may read. */
type DocumentType =
  | 'application/statuslist+jwt'
  | 'application/entity-statement+jwt'
  | 'application/jwk-set+jwt'

/** Signed responses for one receiver. */
type ResponseType =
  | 'application/jwt'
  | 'application/token-introspection+jwt'
  | 'application/explicit-registration-response+jwt'
  | 'application/resolve-response+jwt'

export interface RelayRow {
  status: number
  /** Where `responseContent` is sent. */
  content: 'body' | 'location' | 'challenge' | 'none'
  type?: 'application/json' | 'text/html' | ResponseType | DocumentType
  headers?: Record<string, string>
}
export type RelayTable = Partial<Record<string, RelayRow>>

export interface Relay {
  status: number
  headers: Record<string, string>
  body?: string
}

const noStore = { 'Cache-Control': 'no-store', Pragma: 'no-cache' }

export const json = (status: number, headers: Record<string, string> = {}): RelayRow => ({
  status,
  content: 'body',
  type: 'application/json',
  headers: { ...noStore, ...headers },
})
export const jwt = (type: ResponseType): RelayRow => ({
  status: 200,
  content: 'body',
  type,
  headers: noStore,
})
/** A signed document that anyone may read, and keep for as long as `cacheControl` says. */
export const jwtDocument = (type: DocumentType): RelayRow => ({
  status: 200,
  content: 'body',
  type,
})
export const location: RelayRow = { status: 302, content: 'location', headers: noStore }
export const form: RelayRow = { status: 200, content: 'body', type: 'text/html', headers: noStore }
/** A page of Postern, with its Content-Security-Policy. */
export const page: RelayRow = {
  status: 200,
  content: 'body',
  type: 'text/html',
  headers: { ...noStore, 'Referrer-Policy': 'no-referrer' },
}
/** A protected resource's refusal: `responseContent` is the challenge, RFC 6750 §3. */
export const challenge = (status: number): RelayRow => ({
  status,
  content: 'challenge',
  headers: noStore,
})
export const nothing = (status: number): RelayRow => ({ status, content: 'none', headers: noStore })

/** The rows of all authorization endpoints: errors before and after the client is known. */
export const authorizationRelay: RelayTable = {
  INTERNAL_SERVER_ERROR: json(500),
  BAD_REQUEST: json(400),
  LOCATION: location,
  FORM: form,
}

/** RFC 6749 §5.2: a 401 response has a challenge with a client authentication scheme. */
export const invalidClient = json(401, { 'WWW-Authenticate': 'Basic realm="token"' })

interface HttpResponse {
  action?: string
  responseContent?: string | undefined
  dpopNonce?: string | undefined
  attestationChallenge?: string | undefined
  /** The type of the body, where an action has several. */
  contentType?: string | undefined
  wwwAuthenticate?: string | undefined
  signature?: string | undefined
  signatureInput?: string | undefined
  contentDigest?: string | undefined
  contentSecurityPolicy?: string | undefined
  cacheControl?: string | undefined
}

/** Header fields with values from members of the response. */
const fieldsOfMembers = {
  dpopNonce: 'DPoP-Nonce',
  attestationChallenge: 'OAuth-Client-Attestation-Challenge',
  wwwAuthenticate: 'WWW-Authenticate',
  signature: 'Signature',
  signatureInput: 'Signature-Input',
  contentDigest: 'Content-Digest',
  contentSecurityPolicy: 'Content-Security-Policy',
  cacheControl: 'Cache-Control',
} as const

/** The HTTP response for an action; undefined if the action requires a further step. */
export function relayOf(table: RelayTable, answer: HttpResponse): Relay | undefined {
  const row = answer.action === undefined ? undefined : table[answer.action]
  if (!row) return undefined
  const headers: Record<string, string> = { ...row.headers }
  const content = answer.responseContent ?? ''
  if (row.type) headers['Content-Type'] = answer.contentType ?? contentType(row.type)
  if (row.content === 'location') headers['Location'] = content
  if (row.content === 'challenge') headers['WWW-Authenticate'] = content
  for (const [member, name] of Object.entries(fieldsOfMembers)) {
    const value = answer[member as keyof typeof fieldsOfMembers]
    if (value) headers[name] = value
  }
  return { status: row.status, headers, ...(row.content === 'body' ? { body: content } : {}) }
}

const contentType = (type: string) =>
  type.endsWith('jwt') ? type : `${type};charset=${type === 'text/html' ? 'UTF-8' : 'utf-8'}`

/** The rows of refusals at the endpoints of a credential issuer, OpenID4VCI §8.3.1. */
export const credentialRelay = {
  BAD_REQUEST: json(400),
  UNAUTHORIZED: challenge(401),
  FORBIDDEN: json(403),
  INTERNAL_SERVER_ERROR: json(500),
}

/** The rows of refusals at the endpoints of receivers of security events, SSF §8.1. */
export const receiverRelay = {
  BAD_REQUEST: json(400),
  UNAUTHORIZED: challenge(401),
  FORBIDDEN: challenge(403),
  NOT_FOUND: json(404),
}

/** The rows of both operations of the UserInfo endpoint. */
export const userInfoRelay = {
  BAD_REQUEST: challenge(400),
  UNAUTHORIZED: challenge(401),
  FORBIDDEN: challenge(403),
  INTERNAL_SERVER_ERROR: challenge(500),
}
