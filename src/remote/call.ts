/** Calls of the API, as its callers make them. */
import type { Connection } from './contexts.ts'
import { kindOf, RemoteError } from './failure.ts'

// biome-ignore lint/suspicious/noExplicitAny: the members are those of the API
export type Json = any

export interface Reply {
  status: number
  headers: Headers
  text: string
}

export interface Call {
  method: string
  path: string
  /** JSON, or text as it is. */
  body?: unknown
  headers?: Record<string, string>
}

const patience = 30_000

/** Any call; its response as it came. */
export async function send(connection: Connection, call: Call): Promise<Reply> {
  const { method, path, body, headers } = call
  const isText = body === undefined || typeof body === 'string'
  try {
    const response = await fetch(`${connection.url}${path}`, {
      method: method.toUpperCase(),
      headers: {
        authorization: `Bearer ${connection.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: isText ? ((body as string | undefined) ?? null) : JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(patience),
    })
    return { status: response.status, headers: response.headers, text: await response.text() }
  } catch (error) {
    const { cause, message } = error as Error
    const reason = cause instanceof Error ? cause.message : message
    throw new RemoteError('unavailable', `${connection.url} does not answer: ${reason}`)
  }
}

/** A call that must succeed; the JSON of its response, and undefined without one. */
export async function ask(connection: Connection, call: Call): Promise<Json> {
  return (await askWithTag(connection, call)).body
}

/** The same, with the entity tag of the response. */
export async function askWithTag(
  connection: Connection,
  call: Call,
): Promise<{ body: Json; tag: string | undefined }> {
  const { status, headers, text } = await send(connection, call)
  const body = text === '' ? undefined : jsonOf(text)
  if (status >= 400) {
    throw new RemoteError(kindOf(status), String(body?.resultMessage ?? `HTTP status ${status}`))
  }
  return { body, tag: headers.get('etag') ?? undefined }
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    throw new RemoteError('failed', 'The response is not JSON: is this the URL of a Postern?')
  }
}
