/**
 * DNS resolution of untrusted names. The system's resolver (getaddrinfo) occupies a thread of a
 * small pool until it ends, so a few names whose servers never respond would block all other
 * look-ups. Here each look-up has a deadline, is cancelled then, and blocks no other one.
 */
import { type LookupAddress, promises } from 'node:dns'
import { readFileSync, statSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import type { Clock } from './clock.ts'
import { startDeadline } from './deadline.ts'

export type Resolve = (
  host: string,
  done: (error: Error | null, found: LookupAddress[]) => void,
) => void

export interface ResolverSettings {
  readonly clock: Clock
  /** Name servers as `address` or `address:port`; default: those of the system. */
  readonly servers?: readonly string[]
  readonly hostsFile?: string
  /** Used for the search list only. */
  readonly resolverFile?: string
}

/** Timeout and tries per name server, and the deadline of the whole look-up. */
const tryMilliseconds = 500
const tries = 2
const deadlineMilliseconds = 1_000
/** How long to wait for the other address family once one has responded, RFC 8305 §3. */
const otherFamilyMilliseconds = 50
const longestCachedMilliseconds = 60_000
const failureCachedMilliseconds = 5_000
const cachedNames = 1_000
const rereadMilliseconds = 1_000
const searchLimit = 3

interface Found {
  readonly addresses: LookupAddress[]
  readonly cachedMilliseconds: number
}

type Cached = { until: number } & ({ addresses: LookupAddress[] } | { error: Error })

const loopback: LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
]

class NameError extends Error {
  readonly code: 'ENOTFOUND' | 'ETIMEOUT'

  constructor(code: 'ENOTFOUND' | 'ETIMEOUT') {
    super(
      code === 'ENOTFOUND'
        ? 'The name has no address.'
        : 'The name servers did not answer in time.',
    )
    this.code = code
  }
}

export const isTimeout = (error: unknown): boolean =>
  error instanceof NameError && error.code === 'ETIMEOUT'

/** A resolver with a cache, which uses the hosts file before name servers. */
export function createResolver(settings: ResolverSettings): Resolve {
  const { clock, servers = [] } = settings
  const hosts = followedFile(settings.hostsFile ?? '/etc/hosts', clock, parseHosts)
  const search = followedFile(settings.resolverFile ?? '/etc/resolv.conf', clock, parseSearch)
  const cache = new LRUCache<string, Cached>({ max: cachedNames })
  const underway = new Map<string, Promise<LookupAddress[]>>()

  async function ask(name: string): Promise<LookupAddress[]> {
    try {
      const { addresses, cachedMilliseconds } = await query(name, servers, search())
      cache.set(name, { addresses, until: clock() + cachedMilliseconds })
      return addresses
    } catch (error) {
      cache.set(name, { error: error as Error, until: clock() + failureCachedMilliseconds })
      throw error
    } finally {
      underway.delete(name)
    }
  }

  async function find(name: string): Promise<LookupAddress[]> {
    const listed = hosts().get(name)
    if (listed) return listed
    // RFC 6761 §6.3, §6.4: these names are never sent to name servers.
    if (/^(.+\.)?localhost$/.test(name)) return loopback
    if (/^(.+\.)?invalid$/.test(name)) throw new NameError('ENOTFOUND')
    const known = cache.get(name)
    if (known && clock() < known.until) {
      if ('error' in known) throw known.error
      return known.addresses
    }
    const asked = underway.get(name) ?? ask(name)
    underway.set(name, asked)
    return asked
  }

  return (host, done) => {
    find(host.toLowerCase()).then(
      (found) => done(null, found),
      (error: Error) => done(error, []),
    )
  }
}

/** Queries the name itself, and then, for a short name, in the domains of the search list. */
async function query(name: string, servers: readonly string[], search: Search): Promise<Found> {
  const resolver = new promises.Resolver({ timeout: tryMilliseconds, tries })
  if (servers.length > 0) resolver.setServers(servers)
  const deadline = { passed: false }
  const endDeadline = startDeadline(deadlineMilliseconds, () => {
    deadline.passed = true
    resolver.cancel()
  })
  const isShort = name.split('.').length <= search.dots
  const names = [name, ...(isShort ? search.domains.map((domain) => `${name}.${domain}`) : [])]
  try {
    for (const each of names) {
      const found = await addressesOf(resolver, each)
      if (found) return found
      if (deadline.passed) break
    }
    throw new NameError(deadline.passed ? 'ETIMEOUT' : 'ENOTFOUND')
  } finally {
    endDeadline()
    resolver.cancel()
  }
}

/** Undefined if the name has no address. Does not wait long for the slower address family. */
async function addressesOf(resolver: promises.Resolver, name: string): Promise<Found | undefined> {
  const found: { address: string; family: number; ttl: number }[] = []
  const note = (family: 4 | 6) => (records: { address: string; ttl: number }[]) => {
    found.push(...records.map((record) => ({ ...record, family })))
  }
  const families = [
    resolver.resolve4(name, { ttl: true }).then(note(4)),
    resolver.resolve6(name, { ttl: true }).then(note(6)),
  ]
  const both = Promise.allSettled(families)
  const one = Promise.any(families).then(
    () => wait(otherFamilyMilliseconds),
    () => both,
  )
  await Promise.race([both, one])
  if (found.length === 0) {
    const failures = await both
    const isLate = failures.some((each) => each.status === 'rejected' && isLateError(each.reason))
    if (isLate) throw new NameError('ETIMEOUT')
    return undefined
  }
  const seconds = Math.min(...found.map(({ ttl }) => ttl))
  return {
    addresses: found.map(({ address, family }) => ({ address, family })),
    cachedMilliseconds: Math.min(longestCachedMilliseconds, Math.max(0, seconds * 1_000)),
  }
}

const isLateError = (error: unknown): boolean =>
  ['ETIMEOUT', 'ECANCELLED'].includes((error as { code?: string } | undefined)?.code ?? '')

interface Search {
  readonly domains: readonly string[]
  /** Names with fewer dots than this are short. */
  readonly dots: number
}

/** resolv.conf(5): `search` and `options ndots`; the last of each applies. */
function parseSearch(text: string): Search {
  const words = text.split('\n').map((line) => line.trim().split(/\s+/))
  const last = (keyword: string) => words.findLast(([first]) => first === keyword)?.slice(1) ?? []
  const dots = last('options').find((option) => /^ndots:\d{1,2}$/.test(option))
  return {
    domains: last('search').slice(0, searchLimit),
    dots: dots === undefined ? 1 : Number(dots.slice('ndots:'.length)),
  }
}

/** hosts(5): an address and its names on each line. */
function parseHosts(text: string): ReadonlyMap<string, LookupAddress[]> {
  const hosts = new Map<string, LookupAddress[]>()
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().toLowerCase().split(/\s+/)
    const family = address.includes(':') ? 6 : 4
    for (const name of names) {
      hosts.set(name, [...(hosts.get(name) ?? []), { address, family }])
    }
  }
  return hosts
}

/** The parsed content of a file, read again after a change; a missing file counts as empty. */
function followedFile<T>(path: string, clock: Clock, parse: (text: string) => T): () => T {
  let read: { stamp: number; value: T } | undefined
  let lookedAt = Number.NEGATIVE_INFINITY
  return () => {
    if (read && clock() - lookedAt < rereadMilliseconds) return read.value
    lookedAt = clock()
    const stamp = stampOf(path)
    if (read?.stamp !== stamp) read = { stamp, value: parse(contentOf(path)) }
    return read.value
  }
}

function stampOf(path: string): number {
  try {
    return statSync(path).mtimeMs
  } catch {
    return -1
  }
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
