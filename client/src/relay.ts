/** `postern-client/relay`: the response of the frontend to its client, made of an answer. */
import { operationOf } from './answers.ts'
import { type RelayRow, relayTables, rows } from './generated/tables.ts'

/** An answer of an operation whose result is relayed, from this client or from another one. */
export interface Relayable {
  readonly action?: string | undefined
  readonly responseContent?: string | undefined
  /** The response as the server made it, of a call that prefers `relay`. */
  readonly relay?: Relayed | undefined
  readonly dpopNonce?: string | undefined
  readonly attestationChallenge?: string | undefined
  readonly contentType?: string | undefined
  readonly wwwAuthenticate?: string | undefined
  readonly signature?: string | undefined
  readonly signatureInput?: string | undefined
  readonly contentDigest?: string | undefined
  readonly contentSecurityPolicy?: string | undefined
  readonly cacheControl?: string | undefined
}

/** A response to the client of the frontend. */
export interface Relayed {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

/** Header fields with values from members of the answer. */
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

/**
 * The response for an action that ends the exchange; undefined if the action requires a further
 * step of the frontend. `operation` is the path, such as `/auth/token`: an answer of `createClient`
 * knows its own.
 */
export function relayOf(
  answer: Relayable,
  operation: string | undefined = operationOf(answer),
): Relayed | undefined {
  if (answer.relay) return answer.relay
  if (operation === undefined) {
    throw new TypeError('The operation of the answer is unknown: pass its path.')
  }
  const number = answer.action === undefined ? undefined : relayTables[operation]?.[answer.action]
  const row = number === undefined ? undefined : rows[number]
  return row && applied(row, answer)
}

function applied(row: RelayRow, answer: Relayable): Relayed {
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

function relayedOf(answer: Relayable, operation: string | undefined): Relayed {
  const relayed = relayOf(answer, operation)
  if (relayed) return relayed
  throw new TypeError(`${answer.action} has no response to relay: it requires a further step.`)
}

/** The response as the `Response` of Fetch. Throws if the action requires a further step. */
export function relay(answer: Relayable, operation?: string): Response {
  const { status, headers, body } = relayedOf(answer, operation)
  // A status such as 204 must not have a body, not even an empty one.
  return new Response(body ?? null, { status, headers })
}

/** The response of Express, and of `node:http`. */
interface NodeResponse {
  writeHead(status: number, headers: Record<string, string>): unknown
  end(body?: string): unknown
}

/** Sends the response with Express or `node:http`. Throws if a further step is required. */
export function relayToExpress(to: NodeResponse, answer: Relayable, operation?: string): void {
  const { status, headers, body } = relayedOf(answer, operation)
  to.writeHead(status, { ...headers })
  to.end(body)
}

interface FastifyReply {
  code(status: number): unknown
  headers(fields: Record<string, string>): unknown
  send(body?: string): unknown
}

/** Sends the response with Fastify. Throws if the action requires a further step. */
export function relayToFastify(to: FastifyReply, answer: Relayable, operation?: string): void {
  const { status, headers, body } = relayedOf(answer, operation)
  to.code(status)
  to.headers({ ...headers })
  to.send(body)
}
