/**
 * Services and clients as parsed documents. A parsed document is kept, bounded, for as long as its
 * row's version stays the same; the version is read on every use, so no process ever works on an
 * old one. A document of a service with managed keys is kept until the state of one changes.
 */
import { getHeapStatistics } from 'node:v8'
import { LRUCache } from 'lru-cache'
import { type Client, StoredClient } from '../model/client/client.ts'
import { noteSubscriptions } from '../model/events/subscriptions.ts'
import { followedPins, noteStanding, presentKeys } from '../model/keys/standing.ts'
import { storedDocument } from '../model/properties/stored-document.ts'
import { noteAhead, timeOf } from '../model/service/clock.ts'
import { Service } from '../model/service/service.ts'
import { signals } from '../signal.ts'
import { createCache } from '../system/cache.ts'
import { type Clock, systemClock } from '../system/clock.ts'
import type { Store } from './store.ts'

export interface Documents {
  service(serviceId: number): Promise<Service | undefined>
  client(serviceId: number, clientId: number): Promise<Client | undefined>
  /** By alias, whether or not the alias may be used in OAuth requests. */
  clientByAlias(serviceId: number, alias: string): Promise<Client | undefined>
  /** By the URL of the metadata document that it was found by. */
  clientByLocation(serviceId: number, location: string): Promise<Client | undefined>
  /** By the entity identifier that it was registered with in a federation. */
  clientByEntityId(serviceId: number, entityId: string): Promise<Client | undefined>
}

interface Kept<D> {
  version: number
  document: D
  /** The time for which the document is made; without it, any. */
  time?: { from: number; until: number } | undefined
}

/** What a document takes beside its values: their places, and its entry in the cache. */
const bytesOfProperty = 16
const bytesOfEntry = 1_000

/** About as many bytes as a document takes: its texts are all that differs much. */
function sizeOf({ document }: Kept<object>): number {
  let bytes = bytesOfEntry
  for (const value of Object.values(document)) {
    bytes += bytesOfProperty
    if (typeof value === 'string') bytes += value.length
    else if (value instanceof Object) bytes += 2 * JSON.stringify(value).length
  }
  return bytes
}

/** They take at most a share of the memory that the process may have. */
export function openDocuments(
  store: Store,
  clock: Clock = systemClock,
  shareOfHeap = 0.4,
): Documents {
  const bytes = Math.floor(getHeapStatistics().heap_size_limit * shareOfHeap)
  const bounded = { maxSize: Math.floor(bytes / 2), sizeCalculation: sizeOf }
  const services = new LRUCache<number, Kept<Service>>(bounded)
  const clients = new LRUCache<string, Kept<Client>>(bounded)
  // The entity identifier of a client never changes.
  const federated = createCache<string, number>(50_000)

  const isInTime = ({ time, document }: Kept<Service>) => {
    if (!time) return true
    const now = timeOf(document, clock)
    return now >= time.from && now < time.until
  }

  async function service(serviceId: number): Promise<Service | undefined> {
    const kept = services.get(serviceId)
    if (kept && isInTime(kept) && kept.version === (await store.services.version(serviceId))) {
      signals.document.emit('service', 'hit')
      return kept.document
    }
    const row = await store.services.find(serviceId)
    signals.document.emit('service', row ? 'miss' : 'none')
    if (!row) return undefined
    const now = clock() + row.ahead
    const document = serviceOf(row, now)
    const time = noteStanding(document, row.keys, now)
    services.set(serviceId, { version: row.version, document, time })
    return document
  }

  async function client(serviceId: number, clientId: number): Promise<Client | undefined> {
    const key = `${serviceId}/${clientId}`
    const kept = clients.get(key)
    if (kept && isOf(await store.clients.standing(serviceId, clientId), kept)) {
      signals.document.emit('client', 'hit')
      return kept.document
    }
    const row = await store.clients.find(serviceId, clientId)
    signals.document.emit('client', row ? 'miss' : 'none')
    if (!row) return undefined
    const document = clientOf(row)
    clients.set(key, { version: row.version, document })
    return document
  }

  async function clientByAlias(serviceId: number, alias: string): Promise<Client | undefined> {
    const row = await store.clients.findByAlias(serviceId, alias)
    return row && clientOf(row)
  }

  async function clientByLocation(serviceId: number, location: string) {
    const row = await store.clients.findByLocation(serviceId, location)
    return row && clientOf(row)
  }

  async function clientByEntityId(serviceId: number, entityId: string) {
    const key = `${serviceId} ${entityId}`
    const known = federated.get(key)
    const found = known === undefined ? undefined : await client(serviceId, known)
    if (found?.entityId === entityId) return found
    const row = await store.clients.findByEntityId(serviceId, entityId)
    if (!row) return undefined
    federated.set(key, row.clientId)
    return clientOf(row)
  }

  return { service, client, clientByAlias, clientByLocation, clientByEntityId }
}

const isOf = (
  row: { version: number; createdAt: number } | undefined,
  { version, document }: Kept<Client>,
): boolean => row?.version === version && row.createdAt === document.createdAt

/**
 * Documents that are read again each time, for a dry run: the process notes facts about those that
 * it keeps, and what it has signed for them.
 */
export function readDocuments(store: Store, clock: Clock): Documents {
  const { clients } = store
  const read = (row: Awaited<ReturnType<Store['clients']['find']>>) => row && clientOf(row)
  return {
    async service(serviceId) {
      const row = await store.services.find(serviceId)
      if (!row) return undefined
      const now = clock() + row.ahead
      const document = serviceOf(row, now)
      noteStanding(document, row.keys, now)
      return document
    },
    client: async (...of) => read(await clients.find(...of)),
    clientByAlias: async (...of) => read(await clients.findByAlias(...of)),
    clientByLocation: async (...of) => read(await clients.findByLocation(...of)),
    clientByEntityId: async (...of) => read(await clients.findByEntityId(...of)),
  }
}

const versions = new WeakMap<Service | Client, number>()

/** The version of the row that a document was read from. */
export const versionOf = (document: Service | Client): number => versions.get(document) ?? 0

const expiries = new WeakMap<Client, number>()

/** When a client goes unless it is prolonged; undefined for one that stays. */
export const expiryOf = (client: Client): number | undefined => expiries.get(client)

/** The client was prolonged, which its version does not tell. */
export function noteExpiry(client: Client, expiresAt: number): void {
  expiries.set(client, expiresAt)
}

const parseService = storedDocument(Service)
const parseClient = storedDocument(StoredClient)

/** A client's row as the document it was stored from. */
export function clientOf(row: NonNullable<Awaited<ReturnType<Store['clients']['find']>>>): Client {
  const { data, secrets, number, clientId, createdAt, modifiedAt, expiresAt } = row
  const { location, entityId } = row
  const client = parseClient({
    ...data,
    ...secrets,
    number,
    clientId,
    createdAt,
    modifiedAt,
    // Whatever was written into the document: the row says how the client came.
    ...(location === null
      ? {}
      : { discoveredByMetadataDocument: true, metadataDocumentLocation: location }),
    ...(entityId === null
      ? { automaticallyRegistered: false, explicitlyRegistered: false }
      : { entityId }),
  })
  versions.set(client, row.version)
  // A client that was discovered before clients expired gets its expiry when it is used.
  const expiry = expiresAt ?? (location === null ? undefined : 0)
  if (expiry !== undefined) noteExpiry(client, expiry)
  return client
}

/**
 * A service's row as the document it was stored from, with the keys that sign at the time, which is
 * that of the service's clock.
 */
export function serviceOf(
  row: NonNullable<Awaited<ReturnType<Store['services']['find']>>>,
  now: number,
): Service {
  const { data, secrets, number, serviceId, createdAt, modifiedAt, keys, ahead, subscriptions } =
    row
  const { hardware } = keys
  const service = parseService({
    ...data,
    ...secrets,
    number,
    apiKey: serviceId,
    createdAt,
    modifiedAt,
    // Whatever a caller wrote into the document.
    hsks: hardware.length > 0 ? hardware : undefined,
  })
  versions.set(service, row.version)
  noteAhead(service, ahead)
  noteSubscriptions(service, subscriptions)
  if (keys.managed.length === 0) return service
  return Object.assign(service, followedPins(service, keys, presentKeys(service, keys), now))
}
