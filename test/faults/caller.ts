/** A frontend that calls Postern over HTTP, whatever happens to it. */
import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { jwksOf, serviceKeys } from '../support/keys.ts'
import type { Json } from '../support/server.ts'
import { adminToken } from './server-process.ts'

export const redirectUri = 'https://app.example.com/callback'
export const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'

export const form = (parameters: Record<string, string>): string =>
  new URLSearchParams(parameters).toString()

export const authorizationParameters = (client: Json): string =>
  form({
    response_type: 'code',
    client_id: String(client.clientId),
    redirect_uri: redirectUri,
    scope: 'openid profile',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })

interface Answer {
  status: number
  body: Json
  retryAfter: string | null
  milliseconds: number
}

/** One call as it was answered; status 0 where the connection broke. */
export interface Call {
  status: number
  milliseconds: number
  /** Of a 503. */
  retryAfter: string | null
}

export interface Caller {
  /** Undefined where the outcome is not known: no answer, or 503. */
  api(operation: string, body?: unknown, method?: string): Promise<Answer | undefined>
  client: Json
  /** The path of an operation. */
  path(operation: string): string
  /** Every call since this was last emptied. */
  calls: Call[]
  /** Whether the latest call failed. */
  failing(): boolean
  /** While it is halted nothing is sent: calls have no answer, and are not counted. */
  halt(isHalted: boolean): void
  /** Waits until a call succeeds; how long that took. */
  recovered(): Promise<number>
}

/** With a new service, with these settings, and a client on it. */
export async function createCaller(
  url: () => string,
  settings: Record<string, unknown> = {},
): Promise<Caller> {
  const calls: Call[] = []
  let at = '/api'
  let failing = false
  let isHalted = false

  async function request(path: string, body: unknown, method: string): Promise<Answer> {
    const started = performance.now()
    const answer = await fetch(`${url()}${path}`, {
      method,
      headers: { Authorization: `Bearer ${adminToken}`, 'Content-Type': 'application/json' },
      signal: AbortSignal.timeout(20_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    const isJson = /json/.test(answer.headers.get('content-type') ?? '')
    const { status, headers } = answer
    const milliseconds = performance.now() - started
    const retryAfter = headers.get('retry-after')
    return { status, body: isJson ? JSON.parse(text) : {}, retryAfter, milliseconds }
  }

  async function api(operation: string, body?: unknown, method = 'POST') {
    if (isHalted) return undefined
    try {
      const answer = await request(`${at}${operation}`, body, method)
      const { status, milliseconds, retryAfter } = answer
      calls.push({ status, milliseconds, retryAfter })
      failing = status >= 500
      return status === 503 ? undefined : answer
    } catch {
      calls.push({ status: 0, milliseconds: 0, retryAfter: null })
      failing = true
      return undefined
    }
  }

  const service = await api('/service/create', {
    serviceName: 'Faults',
    issuer: 'https://as.example.com',
    jwks: jwksOf(...serviceKeys),
    ...settings,
  })
  at = `/api/${service?.body.apiKey}`
  const client = await api('/client/create', {
    clientType: 'CONFIDENTIAL',
    redirectUris: [redirectUri],
  })
  if (!client?.body.clientId) throw new Error(`no client: ${JSON.stringify(client)}`)

  async function recovered(): Promise<number> {
    const started = performance.now()
    while ((await api('/auth/introspection', { token: 'unknown' }))?.status !== 200) {
      if (performance.now() - started > 30_000) throw new Error('Postern did not recover.')
      await wait(20)
    }
    return performance.now() - started
  }
  const halt = (halted: boolean) => {
    isHalted = halted
  }
  const path = (operation: string) => `${at}${operation}`
  return { api, client: client.body, path, calls, failing: () => failing, halt, recovered }
}
