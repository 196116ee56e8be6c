/**
 * The one way out: a fetch of URLs that others name, which cannot be turned against the network
 * that it runs in, nor kept busy (RFC 9101 §10.4.1).
 *
 * Addresses are checked when the connection is made, on what the name then resolves to: a name that
 * resolves differently a moment later gains nothing. No redirect is followed, no proxy is used.
 */
import { isIP, type LookupFunction } from 'node:net'
import { LRUCache } from 'lru-cache'
import { Client, type Dispatcher, errors } from 'undici'
import { type Allowance, isPublicAddress, parseAllowance } from './address.ts'
import type { Clock } from './clock.ts'
import { startDeadline } from './deadline.ts'
import { createShares, outboundShares, type Shares } from './outbound-shares.ts'
import { createResolver, isTimeout, type Resolve } from './resolver.ts'

const reasons = {
  'invalid-url': 'the URL is not one that may be fetched',
  'forbidden-address': 'the address is not public, and POSTERN_OUTBOUND_ALLOW does not list it',
  network: 'the server could not be reached, or broke off',
  timeout: 'the server did not answer in time',
  redirect: 'the server answered with a redirect',
  status: 'the server did not answer with success',
  encoding: 'the answer is not plain UTF-8 text',
  'too-large': 'the answer is too large',
  busy: 'too many fetches of the service are under way',
} as const

/** Why a fetch failed. Names purpose and origin, never a path, a query, a header or a body. */
export class FetchError extends Error {
  readonly reason: keyof typeof reasons
  readonly status: number | undefined

  constructor(
    reason: keyof typeof reasons,
    about: { purpose: string; origin?: string; status?: number; cause?: unknown },
  ) {
    const { purpose, origin, status, cause } = about
    const from = origin === undefined ? '' : ` from ${origin}`
    const answered = status === undefined ? '' : ` (HTTP ${status})`
    super(`Fetching the ${purpose}${from} failed: ${reasons[reason]}${answered}.`, { cause })
    this.name = 'FetchError'
    this.reason = reason
    this.status = status
  }
}

export interface FetchOptions {
  /** What is fetched, in a word or two: it is for errors and logs. */
  readonly purpose: string
  /** The service that it is for: only so many of its fetches are under way at once. */
  readonly serviceId: number
  readonly accept?: string
  readonly maxBytes?: number
  readonly timeoutMs?: number
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** An answer with a status from 200 to 299; any other is a `FetchError`. */
interface Fetched {
  readonly status: number
  /** As the server sent it, empty when it sent none. */
  readonly contentType: string
  /** The header of that name, empty when the server sent none: RFC 9111 §5.2. */
  readonly cacheControl: string
  readonly body: string
}

export type Fetch = (url: string, options: FetchOptions) => Promise<Fetched>

export interface FetchSettings {
  /** Networks, addresses and `host:port` that may be reached besides public addresses. */
  readonly allow: readonly string[]
  readonly clock: Clock
  /** Name servers to ask, as `address` or `address:port`; the system's where none is listed. */
  readonly dnsServers?: readonly string[]
  /** How names become addresses, where not by name servers and the hosts file. */
  readonly resolve?: Resolve
  /** How many fetches may be under way at once. */
  readonly shares?: Shares
  /** PEM certificates to trust instead of those that Node ships. */
  readonly trust?: string
}

const urlLimit = 4_096
const defaultMaxBytes = 64 * 1_024
const defaultTimeoutMs = 1_500
const failureKeptMs = 5_000

interface Target {
  readonly url: URL
  readonly purpose: string
  readonly mayReach: (address: string) => boolean
}

/** https anywhere public or allowed, http only to what is allowed; no credentials in the URL. */
function parseTarget(text: string, purpose: string, allowance: Allowance): Target {
  const url = text.length <= urlLimit && URL.canParse(text) ? new URL(text) : undefined
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
  // A literal address is never looked up, so it is checked here.
  if (isIP(host) !== 0 && !mayReach(host)) {
    throw new FetchError('forbidden-address', { purpose, origin: url.origin })
  }
  return { url, purpose, mayReach }
}

/** The look-up of one connection: it yields only addresses that may be reached. */
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

/** The whole body as text. The limit counts what arrives, whatever the server announced. */
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

/** A connection of its own for each fetch: none is kept that was checked for something else. */
async function exchange(
  target: Target,
  options: FetchOptions,
  { resolve, trust }: FetchSettings & { resolve: Resolve },
): Promise<Fetched> {
  const { url, purpose } = target
  const { method = 'GET', body, maxBytes = defaultMaxBytes, accept = '*/*' } = options
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs
  const fail = (reason: keyof typeof reasons, status?: number) =>
    new FetchError(reason, { purpose, origin: url.origin, ...(status && { status }) })
  const client = new Client(url.origin, {
    connect: {
      lookup: guardedLookup(target, resolve),
      // Closes a connection that is still being made, after the deadline below, which counts only
      // the time in which this process ran.
      timeout: 2 * timeoutMs,
      ...(trust && { ca: trust }),
    },
    allowH2: false,
    pipelining: 0,
    autoSelectFamily: true,
  })
  // Ends a fetch in any state; an abort signal would wait for the connection first.
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
    if (status < 200 || status > 299) throw fail('status', status)
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
 * Equal plain GETs at the same time are one fetch, and a failed one is not tried again for a few
 * seconds, so that a caller cannot make this server hammer another. Each service has its share of
 * what may be under way, and of each purpose; a fetch beyond that is refused at once.
 */
export function createFetch(settings: FetchSettings): Fetch {
  const { clock, dnsServers = [], shares = outboundShares } = settings
  const allowance = parseAllowance(settings.allow)
  const resolve = settings.resolve ?? createResolver({ clock, servers: dnsServers })
  const takePlace = createShares(shares)
  const underway = new Map<string, Promise<Fetched>>()
  const failures = new LRUCache<string, Failure>({ max: 1_000 })

  async function perform(target: Target, options: FetchOptions): Promise<Fetched> {
    const { serviceId, purpose } = options
    const giveBack = takePlace(serviceId, purpose)
    if (!giveBack) throw new FetchError('busy', { purpose, origin: target.url.origin })
    try {
      return await exchange(target, options, { ...settings, resolve })
    } finally {
      giveBack()
    }
  }

  async function share(key: string, target: Target, options: FetchOptions): Promise<Fetched> {
    try {
      return await perform(target, options)
    } catch (error) {
      // That one service has used up its share says nothing about the server.
      if (error instanceof FetchError && error.reason !== 'busy') {
        failures.set(key, { error, until: clock() + failureKeptMs })
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
