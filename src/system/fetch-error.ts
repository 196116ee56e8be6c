/** Errors of outbound fetches. */

const reasons = {
  'invalid-url': 'the URL is not allowed',
  'forbidden-address': 'the address is not public, and POSTERN_OUTBOUND_ALLOW does not list it',
  network: 'the connection was refused, closed or reset',
  timeout: 'the server did not respond in time',
  redirect: 'the server responded with a redirect',
  status: 'the server responded with an error',
  encoding: 'the response is not plain UTF-8 text',
  'too-large': 'the response is too large',
  busy: 'the service has too many concurrent fetches',
} as const
export type FetchReason = keyof typeof reasons

/** A failed fetch. The message has purpose and origin, but no path, query, header or body. */
export class FetchError extends Error {
  readonly reason: FetchReason
  readonly status: number | undefined
  /** The seconds to wait by the header Retry-After, RFC 9110 §10.2.3. */
  readonly retryAfter: number | undefined

  constructor(
    reason: FetchReason,
    about: {
      purpose: string
      origin?: string
      status?: number
      retryAfter?: number | undefined
      cause?: unknown
    },
  ) {
    const { purpose, origin, status, retryAfter, cause } = about
    const from = origin === undefined ? '' : ` from ${origin}`
    const answered = status === undefined ? '' : ` (HTTP ${status})`
    super(`Fetching the ${purpose}${from} failed: ${reasons[reason]}${answered}.`, { cause })
    this.name = 'FetchError'
    this.reason = reason
    this.status = status
    this.retryAfter = retryAfter
  }
}
