/**
 * The client of Postern's API. Every call prefers a relay: where an action ends the exchange, the
 * answer says which HTTP response the OAuth client is owed, and the frontend sends just that.
 */

import { tryGetContext } from 'hono/context-storage'
import { addressOf } from './limiter.ts'

export interface Relay {
  status: number
  headers: Record<string, string>
  body?: string
}

/** The members of Postern's answers that this frontend reads. */
export interface Answer {
  action: string
  relay?: Relay
  /** What to show where no client can be told of an error. */
  errorPage?: { title: string; code: string; description: string }
  ticket?: string
  /** What to send where nothing is relayed: the body of a notification. */
  responseContent?: string
  /** The subject that an authorization request demands, or that a token belongs to. */
  subject?: string
  client?: {
    clientId: number
    clientName?: string
    logoUri?: string
    policyUri?: string
    tosUri?: string
  }
  /** The web origins that may read the response for the client; absent: as this server likes. */
  corsOrigins?: string[]
  /** Set by the operator; clients that register themselves have none. */
  clientAttributes?: { key: string; value?: string }[]
  clientId?: number
  clientName?: string
  scopes?: { name: string; description?: string }[]
  /** Scopes that carry a value, as the client wrote them. */
  dynamicScopes?: { value?: string }[]
  resources?: string[]
  /** Each with its own members as JSON text besides. */
  authorizationDetails?: { elements?: { type: string; otherFields?: string }[] }
  purpose?: string
  prompts?: string[]
  maxAge?: number
  acrs?: string[]
  acrEssential?: boolean
  loginHint?: string
  /** Claims wanted: in the ID Token (authorization), or in the UserInfo response (userinfo). */
  claims?: string[]
  /** The members of the `claims` request parameter, as JSON text. */
  idTokenClaims?: string
  userInfoClaims?: string
  /** The claims wanted by a request of CIBA or of a device. */
  claimNames?: string[]
  /** Text that the user compares with what the other device shows. */
  bindingMessage?: string
  /** Whom a request of CIBA means. */
  hintType?: string
  hint?: string
  sub?: string
  userCode?: string
  userCodeRequired?: boolean
  authReqId?: string
  /** Seconds. */
  expiresIn?: number
  clientNotificationEndpoint?: string
  clientNotificationToken?: string
  username?: string
  password?: string
  /** The next nonce for DPoP proofs, where the answer is not relayed. */
  dpopNonce?: string
  /** A new value for the cookie that the OP iframe reads. */
  browserState?: string
  session?: SessionView
  sessions?: SessionView[]
  /** Whether the session of the OP iframe lives. */
  live?: boolean
  /** Whether a logout is about the session of the browser. */
  current?: boolean
  /** The clients that a logout is about. */
  clients?: Participant[]
  /** Why a logout does not lead back to the client. */
  redirectRefused?: { resultMessage: string }
}

interface Participant {
  clientId: number
  clientName?: string
}

export interface SessionView {
  sessionId: string
  subject: string
  /** Seconds. */
  authTime?: number
  acr?: string
  /** Milliseconds. */
  lastSeenAt: number
  device?: { name?: string }
  clients?: Participant[]
}

export interface PosternOptions {
  posternUrl: string
  serviceId: string
  apiToken: string
  fetch?: typeof fetch
}

/** Postern took the call for none that it can answer: often for what a client made of it. */
export class PosternError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export interface Postern {
  call<A = Answer>(operation: string, body: object): Promise<A>
  /** The text of a JSON document: `service/configuration` or `service/jwks/get`. */
  read(operation: string): Promise<string>
}

export function createPostern(options: PosternOptions): Postern {
  const { posternUrl, serviceId, apiToken, fetch: send = fetch } = options

  async function request(operation: string, init: RequestInit): Promise<string> {
    const url = `${posternUrl}/api/${serviceId}/${operation}`
    const context = tryGetContext()
    const address = context && addressOf(context)
    const headers = {
      Authorization: `Bearer ${apiToken}`,
      'Content-Type': 'application/json',
      Prefer: 'relay',
      // Guesses of client secrets are stopped by the address that they come from.
      ...(address ? { 'X-Client-Address': address } : {}),
    }
    const response = await send(url, { ...init, headers, signal: AbortSignal.timeout(10_000) })
    const text = await response.text()
    if (response.ok) return text
    const { status } = response
    throw new PosternError(status, `Postern answered ${status} to ${operation}: ${text}`)
  }

  return {
    async call(operation, body) {
      const text = await request(operation, { method: 'POST', body: JSON.stringify(body) })
      const answer = JSON.parse(text)
      // `allowOtherOrigins` decides by it once the response is there.
      const context = tryGetContext<{ Variables: { corsOrigins: string[] } }>()
      if (answer.corsOrigins) context?.set('corsOrigins', answer.corsOrigins)
      return answer
    },
    read: (operation) => request(operation, { method: 'GET' }),
  }
}

/** Sends what Postern prepared for the OAuth client. */
export function sendRelay({ action, relay }: Pick<Answer, 'action' | 'relay'>): Response {
  if (!relay) throw new Error(`This frontend has no answer to the action ${action}`)
  return new Response(relay.body ?? null, { status: relay.status, headers: relay.headers })
}
