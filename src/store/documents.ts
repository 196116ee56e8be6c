/**
 * Services and clients as parsed documents. A parsed document is kept, bounded, for as long as its
 * row's version stays the same; the version is read on every use, so no process ever works on an
 * old one.
 */
import { LRUCache } from 'lru-cache'
import { Client } from '../model/client.ts'
import { Service } from '../model/service.ts'
import type { Store } from './store.ts'

export interface Documents {
  service(serviceId: number): Promise<Service | undefined>
  client(serviceId: number, clientId: number): Promise<Client | undefined>
  /** By alias, whether or not the alias may be used in OAuth requests. */
  clientByAlias(serviceId: number, alias: string): Promise<Client | undefined>
  /** By the URL of the metadata document that it was found by. */
  clientByLocation(serviceId: number, location: string): Promise<Client | undefined>
}

interface Kept<D> {
  version: number
  document: D
}

export function openDocuments(store: Store): Documents {
  const services = new LRUCache<number, Kept<Service>>({ max: 5_000 })
  const clients = new LRUCache<string, Kept<Client>>({ max: 20_000 })

  async function service(serviceId: number): Promise<Service | undefined> {
    const kept = services.get(serviceId)
    if (kept && kept.version === (await store.services.version(serviceId))) return kept.document
    const row = await store.services.find(serviceId)
    if (!row) return undefined
    const document = serviceOf(row)
    services.set(serviceId, { version: row.version, document })
    return document
  }

  async function client(serviceId: number, clientId: number): Promise<Client | undefined> {
    const key = `${serviceId}/${clientId}`
    const kept = clients.get(key)
    if (kept && kept.version === (await store.clients.version(serviceId, clientId))) {
      return kept.document
    }
    const row = await store.clients.find(serviceId, clientId)
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

  return { service, client, clientByAlias, clientByLocation }
}

/** A client's row as the document it was stored from. */
export function clientOf(row: NonNullable<Awaited<ReturnType<Store['clients']['find']>>>): Client {
  const { data, secrets, number, clientId, createdAt, modifiedAt } = row
  return Client.parse({ ...data, ...secrets, number, clientId, createdAt, modifiedAt })
}

/** A service's row as the document it was stored from. */
export function serviceOf(
  row: NonNullable<Awaited<ReturnType<Store['services']['find']>>>,
): Service {
  const { data, secrets, number, serviceId, createdAt, modifiedAt } = row
  return Service.parse({ ...data, ...secrets, number, apiKey: serviceId, createdAt, modifiedAt })
}
