/**
 * Remote key sets (jwks_uri): fetched, cached, and fetched again if a key is not found.
 */
import { LRUCache } from 'lru-cache'
import type { Clock } from '../system/clock.ts'
import { type Fetch, FetchError } from '../system/fetch.ts'
import { type KeySet, parsePublicKeySet } from './key-set.ts'

/** How to read a key set from a document that is not a plain JWK Set. */
export interface Reading {
  /** Distinguishes key sets that are read from the same URL in different ways. */
  name: string
  accept: string
  /** The text of the key set; undefined if the document cannot be trusted. */
  read(document: string): string | undefined | Promise<string | undefined>
}

export interface RemoteKeySets {
  /**
   * The key set at a URL, fetched on behalf of a service; empty if the fetch fails. With
   * `newerThan`, a copy that is newer than that set, if it may be fetched again.
   */
  get(serviceId: number, url: string, newerThan?: KeySet, reading?: Reading): Promise<KeySet>
}

interface CachedSet {
  set: KeySet
  fetchedAt: number
}

const cachedMilliseconds = 600_000
/** The minimum time between two fetches because of an unknown key. */
const refetchMilliseconds = 5_000
const keyLimit = 50

const plain: Reading = {
  name: '',
  accept: 'application/jwk-set+json, application/json',
  read: (document) => document,
}

/**
 * A cache of up to 1,000 key sets, each for ten minutes. Services share what was fetched, unless
 * `perService` keeps it apart.
 */
export function createRemoteKeySets(fetch: Fetch, clock: Clock, perService = false): RemoteKeySets {
  const cache = new LRUCache<string, CachedSet>({ max: 1_000 })

  /** Undefined if nothing was fetched, because the service has used its share of fetches. */
  async function load(serviceId: number, url: string, { accept, read }: Reading) {
    try {
      const { status, body } = await fetch(url, { purpose: 'key set', serviceId, accept })
      const set = parsePublicKeySet(status === 200 ? await read(body) : undefined)
      return set.keys.length > keyLimit ? parsePublicKeySet(undefined) : set
    } catch (error) {
      if (error instanceof FetchError && error.reason === 'busy') return undefined
      return parsePublicKeySet(undefined)
    }
  }

  async function get(
    serviceId: number,
    url: string,
    newerThan?: KeySet,
    reading = plain,
  ): Promise<KeySet> {
    const name = `${reading.name} ${perService ? serviceId : ''} ${url}`
    const known = cache.get(name)
    const age = known ? clock() - known.fetchedAt : Number.POSITIVE_INFINITY
    const isUseless = known?.set === newerThan || known?.set.keys.length === 0
    const limit = isUseless ? refetchMilliseconds : cachedMilliseconds
    if (known && age < limit) return known.set
    const set = await load(serviceId, url, reading)
    if (!set) return known?.set ?? parsePublicKeySet(undefined)
    // If the server does not respond, the keys of the last fetch remain in use.
    if (set.keys.length === 0 && known && known.set.keys.length > 0) return known.set
    cache.set(name, { set, fetchedAt: clock() })
    return set
  }

  return { get }
}
