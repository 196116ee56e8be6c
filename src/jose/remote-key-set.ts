/**
 * Key sets that others publish: fetched, kept for a while, fetched anew when a key is not in them.
 */
import { LRUCache } from 'lru-cache'
import type { Clock } from '../system/clock.ts'
import { type Fetch, FetchError } from '../system/fetch.ts'
import { type KeySet, parsePublicKeySet } from './key-set.ts'

/** How a document that is no plain key set becomes one. */
export interface Reading {
  /** Tells apart what is read from one URL in different ways, or by different keys. */
  name: string
  accept: string
  /** The text of a key set; undefined where the document is not to be trusted. */
  read(document: string): string | undefined | Promise<string | undefined>
}

export interface RemoteKeySets {
  /**
   * The set at a URL, fetched for a service; an empty one where it cannot be had. `newerThan` asks
   * for a later copy.
   */
  get(serviceId: number, url: string, newerThan?: KeySet, reading?: Reading): Promise<KeySet>
}

interface Kept {
  set: KeySet
  fetchedAt: number
}

const keptMilliseconds = 600_000
/** A key set is fetched anew for an unknown key this often at most. */
const refetchMilliseconds = 5_000
const keyLimit = 50

const plain: Reading = {
  name: '',
  accept: 'application/jwk-set+json, application/json',
  read: (document) => document,
}

export function createRemoteKeySets(fetch: Fetch, clock: Clock): RemoteKeySets {
  const kept = new LRUCache<string, Kept>({ max: 1_000 })

  /** Undefined where nothing was asked, because the service has used up its share of fetches. */
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
    const name = `${reading.name} ${url}`
    const known = kept.get(name)
    const age = known ? clock() - known.fetchedAt : Number.POSITIVE_INFINITY
    const isUseless = known?.set === newerThan || known?.set.keys.length === 0
    const limit = isUseless ? refetchMilliseconds : keptMilliseconds
    if (known && age < limit) return known.set
    const set = await load(serviceId, url, reading)
    if (!set) return known?.set ?? parsePublicKeySet(undefined)
    // A server that does not answer leaves the keys that it last published in use.
    if (set.keys.length === 0 && known && known.set.keys.length > 0) return known.set
    kept.set(name, { set, fetchedAt: clock() })
    return set
  }

  return { get }
}
