/** Calls of the API, whose caller is that of the session. No credential is ever in this script. */

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface CallOptions {
  body?: unknown
  /** The entity tag of the document that the change is made from. */
  ifMatch?: string | undefined
  headers?: Record<string, string>
  /** No person caused the call, so that it does not keep the session. */
  background?: boolean
  signal?: AbortSignal | undefined
}

export interface Answer<Body> {
  body: Body
  /** The entity tag of the document, for `ifMatch`. */
  etag: string | undefined
  headers: Headers
}

/** A call that was answered with HTTP 4xx or 5xx, or not at all (status 0). */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly resultCode: string | undefined
  readonly resultMessage: string
  readonly explanation: unknown
  readonly body: unknown

  constructor(status: number, body: ErrorBody) {
    const message = body.resultMessage ?? ''
    super(message)
    this.status = status
    this.resultCode = body.resultCode
    // Messages of the API begin with their code, which is shown apart.
    this.resultMessage = message.replace(/^\[\w+\] /, '')
    this.explanation = body.explanation
    this.body = body
  }
}

interface ErrorBody {
  resultCode?: string
  resultMessage?: string
  explanation?: unknown
}

const sessionEndings = new Set<() => void>()

/** Calls the function when a call is refused because the session is over. */
export function onSessionEnd(ended: () => void): () => void {
  sessionEndings.add(ended)
  return () => sessionEndings.delete(ended)
}

/** Sends a call to the path of the API, such as `/api/123/service`. */
export async function call<Body = unknown>(
  method: Method,
  path: string,
  options: CallOptions = {},
): Promise<Answer<Body>> {
  const response = await send(method, path, options)
  const text = await response.text()
  const isJson = /\bjson\b/.test(response.headers.get('Content-Type') ?? '')
  const body = isJson && text ? JSON.parse(text) : text || undefined
  if (!response.ok) {
    const error = new ApiError(response.status, isJson ? body : { resultMessage: text })
    if (response.status === 401 && path !== '/session') for (const end of sessionEndings) end()
    throw error
  }
  const { headers } = response
  return { body, etag: headers.get('ETag') ?? undefined, headers }
}

/** The body of a GET. */
export const get = async <Body>(path: string, options?: CallOptions): Promise<Body> =>
  (await call<Body>('GET', path, options)).body

async function send(method: Method, path: string, options: CallOptions): Promise<Response> {
  const { body, ifMatch, headers = {}, background = false, signal } = options
  const json = body === undefined ? {} : { 'Content-Type': 'application/json' }
  try {
    return await fetch(`/console${path}`, {
      method,
      credentials: 'same-origin',
      headers: {
        'Postern-Console': background ? 'background' : '1',
        ...json,
        ...(ifMatch === undefined ? {} : { 'If-Match': ifMatch }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiError(0, {})
  }
}

/** The query of a path, without members that are undefined or empty. */
export function withQuery(path: string, query: Record<string, string | number | undefined>) {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  )
  return given.length > 0 ? `${path}?${new URLSearchParams(given)}` : path
}
