/** Calls of Postern by fetch: one request each, made again if that can do no harm. */
import { noteAnswer } from './answers.ts'
import { PosternError } from './error.ts'
import { creating } from './generated/tables.ts'
import { isRepeatable, mayRecover, millisecondsOf, pauseBefore, wait } from './repeat.ts'
import { headersOf, randomKey, urlOf } from './request.ts'
import type { AnyOptions, ClientOptions, PosternClient } from './types.ts'

/** A client of one service, or of those paths that begin with `/api/`. */
export function createClient(options: ClientOptions): PosternClient {
  const call =
    (method: string) =>
    (path: string, body?: unknown, given: AnyOptions = {}) =>
      send(options, { method, path, body, options: { ...options, ...defined(given) } })
  const bodiless = (method: string) => (path: string, given?: AnyOptions) =>
    call(method)(path, undefined, given)
  return {
    get: bodiless('GET'),
    delete: bodiless('DELETE'),
    post: call('POST'),
    put: call('PUT'),
    patch: call('PATCH'),
    ofService: (serviceId: string | number) => createClient({ ...options, serviceId }),
  } as PosternClient
}

const defined = (given: AnyOptions): AnyOptions =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))

interface Call {
  method: string
  path: string
  body: unknown
  options: AnyOptions
}

/** Makes the call within its time, which ends attempts and pauses alike. */
async function send(client: ClientOptions, call: Call): Promise<unknown> {
  const { signal: given, timeout = 10_000 } = call.options
  given?.throwIfAborted()
  const ending = new AbortController()
  const stop = () => ending.abort(given?.reason)
  given?.addEventListener('abort', stop, { once: true })
  const late = new DOMException(`The call took more than ${timeout} ms.`, 'TimeoutError')
  const timer = setTimeout(() => ending.abort(late), timeout)
  // Also for a function `fetch` that knows no signals.
  const ended = new Promise<never>((_, reject) => {
    ending.signal.addEventListener('abort', () => reject(ending.signal.reason), { once: true })
  })
  try {
    return await Promise.race([repeat(client, call, ending.signal, Date.now() + timeout), ended])
  } catch (error) {
    if (error === late) throw new PosternError({ call: nameOf(call), cause: late })
    throw error
  } finally {
    clearTimeout(timer)
    given?.removeEventListener('abort', stop)
  }
}

/** Makes the call until it is answered, cannot recover, or would not be in time. */
async function repeat(client: ClientOptions, call: Call, signal: AbortSignal, deadline: number) {
  const { method, path, options } = call
  const { retries = 2 } = options
  const makesKey = method === 'POST' && creating.includes(path) && retries > 0
  const { idempotencyKey = makesKey ? randomKey() : undefined } = options
  const repeatable = options.repeatable ?? isRepeatable(method, path, idempotencyKey)
  const named = { ...call, options: { ...options, idempotencyKey } }
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptOf(client, named, signal)
    } catch (error) {
      if (signal.aborted || attempt > retries || !mayRecover(error, repeatable)) throw error
      const pause = pauseBefore(attempt, error.retryAfter)
      if (Date.now() + pause >= deadline) throw error
      await wait(pause, signal)
    }
  }
}

async function attemptOf(client: ClientOptions, call: Call, signal: AbortSignal): Promise<unknown> {
  const { method, path, body, options } = call
  const { fetch = globalThis.fetch } = client
  const request = new Request(urlOf(client, path, options), {
    method,
    headers: await headersOf(client, method, body, options),
    redirect: 'manual',
    signal,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  let response: Response
  let text: string
  try {
    response = await fetch(request)
    text = await response.text()
  } catch (cause) {
    throw new PosternError({ call: nameOf(call), cause })
  }
  if (response.status === 304 && options.ifNoneMatch) return options.ifNoneMatch
  return answerOf(response, text, call)
}

const nameOf = ({ method, path }: Call) => `${method} ${path}`

function answerOf(response: Response, text: string, call: Call): unknown {
  const { status, headers } = response
  const requestId = headers.get('X-Request-Id') ?? undefined
  const isJson = /\bjson\b/.test(headers.get('Content-Type') ?? '')
  const body = isJson ? parsed(text) : text || undefined
  if (!response.ok || (isJson && body === undefined && text)) {
    const retryAfter = millisecondsOf(headers.get('Retry-After'))
    throw new PosternError({ call: nameOf(call), status, body, requestId, retryAfter })
  }
  if (typeof body === 'object' && body !== null) {
    const etag = headers.get('ETag') ?? undefined
    noteAnswer(body, { operation: call.path, etag, requestId })
  }
  return body
}

/** Undefined for what is no JSON, such as half a response. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
