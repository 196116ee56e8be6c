/** What the primary issued, and what the secondary issued in its place. */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'

/** A value that the primary issued. */
export interface Known {
  /** The flow that it belongs to: calls of one flow are made in their order. */
  readonly flow: number
  /** What the secondary issued; undefined if it did not: calls with the value are skipped. */
  readonly secondary: string | undefined
}

const bytes = 64 * 1_024 * 1_024
const dayMilliseconds = 86_400_000
const entryBytes = 200

/** By hash, as a DPoP proof names its access token (`ath`, RFC 9449 §4.2). */
export const hashOf = (value: string): string =>
  createHash('sha256').update(value).digest('base64url')

export interface Memory {
  get(value: string): Known | undefined
  getByHash(hash: string): Known | undefined
  set(value: string, known: Known): void
  /** The identifier of a client at the secondary. */
  client(id: string): string | undefined
  setClient(id: string, secondary: string): void
  service(id: string): string | undefined
}

export interface Named {
  readonly services: ReadonlyMap<string, string>
  readonly clients: ReadonlyMap<string, string>
}

/** Forgets what was not used for a day, and the least recently used beyond 64 MiB. */
export function createMemory({ services, clients }: Named): Memory {
  const values = new LRUCache<string, Known>({
    maxSize: bytes,
    ttl: dayMilliseconds,
    updateAgeOnGet: true,
    sizeCalculation: ({ secondary = '' }) => entryBytes + secondary.length,
  })
  const learned = new LRUCache<string, string>({ max: 100_000 })
  return {
    get: (value) => values.get(hashOf(value)),
    getByHash: (hash) => values.get(hash),
    set(value, known) {
      values.set(hashOf(value), known)
    },
    client: (id) => clients.get(id) ?? learned.get(id),
    setClient(id, secondary) {
      learned.set(id, secondary)
    },
    service: (id) => services.get(id),
  }
}
