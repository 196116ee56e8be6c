/**
 * The only outbound HTTP client: fetches untrusted URLs with protection against server-side request
 * forgery and denial of service (RFC 9101 §10.4.1).
 *
 * Addresses are checked when the connection is made, after name resolution, so that DNS rebinding
 * has no effect. Redirects are not followed, and no proxy is used.
 */
import { createRequire } from 'node:module'
import { LRUCache } from 'lru-cache'
import type { Client, Dispatcher, errors } from 'undici'
import { parseAllowance } from './address.ts'
import type { Clock } from './clock.ts'
import { startDeadline } from './deadline.ts'
import { FetchError, type FetchReason } from './fetch-error.ts'
import { guardedLookup, parseTarget, type Target } from './fetch-target.ts'
import { createShares, outboundShares, type Shares } from './outbound-shares.ts'
import { createResolver, type Resolve } from './resolver.ts'
import { retryAfterOf } from './retry-after.ts'

export { FetchError }

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
  /** Whether TLS certificates are not verified for a service. Only for development. */
  readonly acceptsAnyCertificate?: (serviceId: number) => Promise<boolean>
}

const defaultMaxBytes = 64 * 1_024
const defaultTimeoutMs = 1_500
const failureCachedMs = 5_000

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

/** What the package of undici exports, as far as it is needed. */
interface Undici {
  Client: typeof Client
  errors: Pick<typeof errors, 'ConnectTimeoutError'>
}

let loaded: Undici | undefined

/**
 * The HTTP client of undici, loaded when it is needed first: most servers fetch nothing. The entry
 * of the package also loads agents, caches, WebSockets and mocks, which takes three times as long.
 */
function undici(): Undici {
  loaded ??= loadUndici()
  return loaded
}

function loadUndici(): Undici {
  const require = createRequire(import.meta.url)
  // As the package's entry does, which the client alone lacks: `client.request`.
  const { prototype } = require('undici/lib/dispatcher/dispatcher.js') as { prototype: object }
  Object.assign(prototype, require('undici/lib/api/index.js'))
  return {
    Client: require('undici/lib/dispatcher/client.js'),
    errors: require('undici/lib/core/errors.js'),
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
  const fail = (reason: FetchReason, status?: number, retryAfter?: number) =>
    new FetchError(reason, { purpose, origin: url.origin, ...(status && { status }), retryAfter })
  const { Client, errors } = undici()
  const client = new Client(url.origin, {
    connect: {
      lookup: guardedLookup(target, resolve),
      // Only a fallback: the deadline below ends earlier, and counts only the time in which this
      // process ran.
      timeout: 2 * timeoutMs,
      ...(trust && { ca: trust }),
      ...(target.anyCertificate && { rejectUnauthorized: false }),
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
  const { acceptsAnyCertificate = async () => false } = settings
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
    const anyCertificate = await acceptsAnyCertificate(options.serviceId)
    const target = parseTarget(text, options.purpose, allowance, anyCertificate)
    const { method = 'GET', headers, body, purpose, accept, maxBytes, timeoutMs } = options
    if (method !== 'GET' || headers || body !== undefined) return perform(target, options)
    target.url.hash = ''
    const key = JSON.stringify([
      target.url.href,
      purpose,
      accept,
      maxBytes,
      timeoutMs,
      anyCertificate,
    ])
    const failure = failures.get(key)
    if (failure && clock() < failure.until) throw failure.error
    const flight = underway.get(key) ?? share(key, target, options)
    underway.set(key, flight)
    return flight
  }
}
