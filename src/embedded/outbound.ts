/** Requests of Postern that a function answers instead of the network, under the same limits. */
import type { Clock } from '../system/clock.ts'
import { withinDeadline } from '../system/deadline.ts'
import { type Fetch, FetchError, type FetchOptions } from '../system/fetch.ts'
import type { FetchReason } from '../system/fetch-error.ts'
import { retryAfterOf } from '../system/retry-after.ts'

type Answering = (request: Request) => Response | Promise<Response>

const defaultMaxBytes = 64 * 1_024
const defaultTimeoutMs = 1_500

export function answeredBy(answering: Answering, clock: Clock): Fetch {
  return async (url, options) => {
    const { purpose, maxBytes = defaultMaxBytes, timeoutMs = defaultTimeoutMs } = options
    const request = requestOf(url, options)
    const about = { purpose, origin: new URL(request.url).origin }
    const fail = (reason: FetchReason, more: object = {}): never => {
      throw new FetchError(reason, { ...about, ...more })
    }
    const exchange = async () => {
      const answer = await answering(request)
      return { answer, text: await answer.text() }
    }
    const exchanged = exchange().catch((cause: unknown) => fail('network', { cause }))
    const { answer, text } = await withinDeadline(timeoutMs, exchanged, () => fail('timeout'))
    const { status, headers } = answer
    if (status >= 300 && status < 400) fail('redirect', { status })
    if (status < 200 || status > 299) {
      fail('status', {
        status,
        retryAfter: retryAfterOf(headers.get('Retry-After') ?? '', clock()),
      })
    }
    if (Buffer.byteLength(text) > maxBytes) fail('too-large')
    return {
      status,
      contentType: headers.get('Content-Type') ?? '',
      cacheControl: headers.get('Cache-Control') ?? '',
      body: text,
    }
  }
}

function requestOf(url: string, options: FetchOptions): Request {
  const { purpose, method = 'GET', headers, accept = '*/*', body } = options
  try {
    return new Request(url, {
      method,
      headers: { ...headers, Accept: accept },
      redirect: 'manual',
      ...(body !== undefined && { body }),
    })
  } catch (cause) {
    throw new FetchError('invalid-url', { purpose, cause })
  }
}
