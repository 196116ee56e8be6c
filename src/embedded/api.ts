/** Calls of operations by the administrator's token, without a socket. */
import type { PosternApi } from './types.ts'

/** A call that was answered with HTTP 4xx or 5xx. */
export class PosternApiError extends Error {
  override readonly name: string = 'PosternApiError'
  readonly status: number
  /** The body of the response: `resultCode` and `resultMessage`. */
  readonly body: Record<string, unknown>

  constructor(call: string, status: number, body: Record<string, unknown>) {
    super(`${call} was answered with HTTP ${status}: ${String(body['resultMessage'] ?? '')}`)
    this.status = status
    this.body = body
  }
}

export function createApi(
  token: string,
  fetch: (request: Request) => Promise<Response>,
): PosternApi {
  async function call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const request = new Request(new URL(`api/${path}`, 'http://postern.invalid/'), {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const response = await fetch(request)
    const text = await response.text()
    const isJson = /\bjson\b/.test(response.headers.get('Content-Type') ?? '')
    if (!response.ok) {
      const answer = isJson ? JSON.parse(text) : { resultMessage: text }
      throw new PosternApiError(`${method} /api/${path}`, response.status, answer)
    }
    return (isJson ? JSON.parse(text) : {}) as Answer
  }
  return {
    token,
    get: (path) => call('GET', path),
    post: (path, body = {}) => call('POST', path, body),
    delete: (path) => call('DELETE', path),
  }
}
