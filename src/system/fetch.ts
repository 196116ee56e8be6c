/**
 * The only outbound HTTP client: fetches untrusted URLs with protection against server-side request
 * forgery and denial of service (RFC 9101 §10.4.1).
 *
 * Addresses are checked when the connection is made, after name resolution, so that DNS rebinding
 * has no effect. Redirects are not followed, and no proxy is used.
 */
import { isIP, type LookupFunction } from 'node:net'
import { LRUCache } from 'lru-cache'
import { Client, type Dispatcher, errors } from 'undici'
import { type Allowance, isPublicAddress, parseAllowance } from './address.ts'
import type { Clock } from './clock.ts'
import { startDeadline } from './deadline.ts'
import { createShares, outboundShares, type Shares } from './outbound-shares.ts'
import { createResolver, isTimeout, type Resolve } from './resolver.ts'
import { retryAfterOf } from './retry-after.ts'

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

/** A failed fetch. The message has purpose and origin, but no path, query, header or body. */
export class FetchError extends Error {
  readonly reason: keyof typeof reasons
  readonly status: number | undefined
  /** The seconds to wait by the header Retry-After, RFC 9110 §10.2.3. */
  readonly retryAfter: number | undefined

  constructor(
    reason: keyof typeof reasons,
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

export interface FetchOptions {
  /** A short name of the fetched document for errors and logs. */
  readonly purpose: string
  /** The service on whose behalf it is fetched, for the limits of concurrent fetches. */
  readonly serviceId: number
  readonly accept?: string
  readonly maxBytes?: number
  readonly timeoutMs?: number
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A response with a status from 200 to 299; all others are a `FetchError`. */
interface Fetched {
  readonly status: number
  /** The header Content-Type; empty if absent. */
  readonly contentType: string
  /** The header Cache-Control, RFC 9111 §5.2; empty if absent. */
  readonly cacheControl: string
  readonly body: string
}

export type Fetch = (url: string, options: FetchOptions) => Promise<Fetched>

export interface FetchSettings {
  /** Networks, addresses and `host:port` that are allowed in addition to public addresses. */
  readonly allow: readonly string[]
  readonly clock: Clock
  /** Name servers as `address` or `address:port`; default: those of the system. */
  readonly dnsServers?: readonly string[]
  /** Replaces name resolution by name servers and hosts file. */
  readonly resolve?: Resolve
  /** Limits of concurrent fetches. */
  readonly shares?: Shares
  /** PEM root certificates that replace those of Node. */
  readonly trust?: string
}

const urlLimit = 4_096
const defaultMaxBytes = 64 * 1_024
const defaultTimeoutMs = 1_500
const failureCachedMs = 5_000

interface Target {
  readonly url: URL
  readonly purpose: string
  readonly mayReach: (address: string) => boolean
}

/** https to public and allowed addresses, http to allowed ones only; no credentials in the URL. */
function parseTarget(text: string, purpose: string, allowance: Allowance): Target {
  const url = text.length <= urlLimit ? urlOf(text) : undefined
  if (!url || !['https:', 'http:'].includes(url.protocol)) {
    throw new FetchError('invalid-url', { purpose })
  }
  if (url.username || url.password || url.hostname.endsWith('.')) {
    throw new FetchError('invalid-url', { purpose, origin: url.origin })
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  const mayReach = (address: string) =>
    (url.protocol === 'https:' && isPublicAddress(address)) ||
    allowance.allows(address, { host, port })
  // A literal address is not resolved, so it is checked here.
  if (isIP(host) !== 0 && !mayReach(host)) {
    throw new FetchError('forbidden-address', { purpose, origin: url.origin })
  }
  return { url, purpose, mayReach }
}

/** The look-up of a connection, which returns only addresses that may be reached. */
function guardedLookup({ url, purpose, mayReach }: Target, resolve: Resolve): LookupFunction {
  return (host, options, callback) => {
    resolve(host, (error, found) => {
      const reachable = found.filter(({ address }) => mayReach(address))
      const [first] = reachable
      const about = { purpose, origin: url.origin }
      if (error) callback(isTimeout(error) ? new FetchError('timeout', about) : error, '')
      else if (!first) callback(new FetchError('forbidden-address', about), '')
      else if (options.all) callback(null, reachable)
      else callback(null, first.address, first.family)
    })
  }
}

const headerText = (value: string | string[] | undefined): string =>
  (Array.isArray(value) ? value.join(', ') : (value ?? '')).trim()

/** The whole body as text. The limit applies to the received bytes, with or without a length. */
async function readText(
  { headers, body }: Dispatcher.ResponseData,
  maxBytes: number,
  fail: (reason: 'too-large' | 'encoding') => FetchError,
): Promise<string> {
  if (!['', 'identity'].includes(headerText(headers['content-encoding']).toLowerCase())) {
    throw fail('encoding')
  }
  if (Number(headerText(headers['content-length'])) > maxBytes) throw fail('too-large')
  const chunks: Uint8Array[] = []
  let received = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    received += chunk.byteLength
    if (received > maxBytes) throw fail('too-large')
    chunks.push(chunk)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw fail('encoding')
  }
}

/** Uses a new connection for each fetch, because addresses are checked per connection. */
async function exchange(
  target: Target,
  options: FetchOptions,
  { resolve, trust, clock }: FetchSettings & { resolve: Resolve },
): Promise<Fetched> {
  const { url, purpose } = target
  const { method = 'GET', body, maxBytes = defaultMaxBytes, accept = '*/*' } = options
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs
  const fail = (reason: keyof typeof reasons, status?: number, retryAfter?: number) =>
    new FetchError(reason, { purpose, origin: url.origin, ...(status && { status }), retryAfter })
  const client = new Client(url.origin, {
    connect: {
      lookup: guardedLookup(target, resolve),
      // Only a fallback: the deadline below ends earlier, and counts only the time in which this
      // process ran.
      timeout: 2 * timeoutMs,
      ...(trust && { ca: trust }),
    },
    allowH2: false,
    pipelining: 0,
    autoSelectFamily: true,
  })
  // Destroying the client ends a fetch in any state; an abort signal would wait for the connection.
  const deadline = { passed: false }
  const endDeadline = startDeadline(timeoutMs, () => {
    deadline.passed = true
    client.destroy().catch(() => undefined)
  })
  try {
    const answer = await client.request({
      method,
      path: `${url.pathname}${url.search}`,
      headers: {
        ...options.headers,
        accept,
        'accept-encoding': 'identity',
        'user-agent': 'Postern',
      },
      body: body ?? null,
    })
    const { statusCode: status, headers } = answer
    if (status >= 300 && status < 400) throw fail('redirect', status)
    if (status < 200 || status > 299) {
      throw fail('status', status, retryAfterOf(headerText(headers['retry-after']), clock()))
    }
    const text = await readText(answer, maxBytes, fail)
    return {
      status,
      contentType: headerText(headers['content-type']),
      cacheControl: headerText(headers['cache-control']),
      body: text,
    }
  } catch (error) {
    if (error instanceof FetchError) throw error
    if (deadline.passed || error instanceof errors.ConnectTimeoutError) throw fail('timeout')
    throw new FetchError('network', { purpose, origin: url.origin, cause: error })
  } finally {
    endDeadline()
    await client.destroy()
  }
}

interface Failure {
  error: FetchError
  until: number
}

/**
 * Equal concurrent GET requests share one fetch, and a failure is cached for a few seconds, so that
 * this server cannot be used to flood another one. Fetches beyond the limits fail immediately.
 */
export function createFetch(settings: FetchSettings): Fetch {
  const { clock, dnsServers = [], shares = outboundShares } = settings
  const allowance = parseAllowance(settings.allow)
  const resolve = settings.resolve ?? createResolver({ clock, servers: dnsServers })
  const takeShare = createShares(shares)
  const underway = new Map<string, Promise<Fetched>>()
  const failures = new LRUCache<string, Failure>({ max: 1_000 })

  async function perform(target: Target, options: FetchOptions): Promise<Fetched> {
    const { serviceId, purpose } = options
    const release = takeShare(serviceId, purpose)
    if (!release) throw new FetchError('busy', { purpose, origin: target.url.origin })
    try {
      return await exchange(target, options, { ...settings, resolve })
    } finally {
      release()
    }
  }

  async function share(key: string, target: Target, options: FetchOptions): Promise<Fetched> {
    try {
      return await perform(target, options)
    } catch (error) {
      // A used share of one service must not affect other services.
      if (error instanceof FetchError && error.reason !== 'busy') {
        failures.set(key, { error, until: clock() + failureCachedMs })
      }
      throw error
    } finally {
      underway.delete(key)
    }
  }

  return async (text, options) => {
    const target = parseTarget(text, options.purpose, allowance)
    const { method = 'GET', headers, body, purpose, accept, maxBytes, timeoutMs } = options
    if (method !== 'GET' || headers || body !== undefined) return perform(target, options)
    target.url.hash = ''
    const key = JSON.stringify([target.url.href, purpose, accept, maxBytes, timeoutMs])
    const failure = failures.get(key)
    if (failure && clock() < failure.until) throw failure.error
    const flight = underway.get(key) ?? share(key, target, options)
    underway.set(key, flight)
    return flight
  }
}

/** `URL.canParse` of Node 20 refuses names with a character such as `ü` once it is compiled. */
function urlOf(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
