/** What a configuration would change: compared here, so that all tools see the same. */
import { setImmediate as others } from 'node:timers/promises'
import { refuseInvalid } from '../../caller.ts'
import type { ServiceContext } from '../../context.ts'
import type { Client } from '../../model/client/client.ts'
import type { ProfileName } from '../../model/configuration/lint-profiles.ts'
import {
  type ConfigurationRequest,
  type ConfigurationTags,
  mostClients,
} from '../../model/configuration/request.ts'
import { clientKey } from '../../oauth/configuration/attributes.ts'
import { sentenceOf } from '../../oauth/configuration/effects.ts'
import { savedTag } from '../../services/entity-tag.ts'
import { clientOf, versionOf } from '../../store/configuration.ts'
import { type PlannedClient, planClient } from './client.ts'
import { type Effect, effectsOf } from './effects.ts'
import {
  brokenProfiles,
  clientFindings,
  type DocumentFinding,
  serviceFindings,
  withoutSame,
} from './lint.ts'
import { type PlannedService, planService } from './service.ts'

export interface Plan {
  service: PlannedService
  clients: PlannedClient[]
  deleted: Client[]
  lint: { appears: DocumentFinding[]; vanishes: DocumentFinding[]; broken: ProfileName[] }
  effects: Effect[]
  etags: ConfigurationTags
  /** All clients with keys as they were read, for the digest of the state. */
  keyed: readonly { clientId: number; version: number }[]
  /** The clients of the configuration as they are stored. */
  rows: ReadonlyMap<number, Row>
}

type Row = Awaited<ReturnType<ServiceContext['store']['clients']['findMany']>>[number]

/** Work for so many clients is done in one turn of the event loop. */
const turn = 10

export async function planConfiguration(
  given: ServiceContext,
  request: ConfigurationRequest,
): Promise<Plan> {
  const service = await planService(given, request)
  const context = { ...given, service: service.after }
  const keyed = await given.store.clients.keyed(given.service.apiKey)
  const { found: existing, rows } = await existingClients(context, request, keyed)
  const clients: PlannedClient[] = []
  for (const [at, item] of request.clients.items.entries()) {
    clients.push(await planClient(context, item, existing.get(item.key)))
    if (at % turn === turn - 1) await others()
  }
  requireDistinctNames(clients)
  const deleted = await deletedClients(context, request, existing)
  const effects = [
    ...(await effectsOf(context, service.current, service.after)),
    ...deleted.map((client): Effect => {
      const name = clientKey.read(client) ?? String(client.clientId)
      return { kind: 'client-deleted', name, says: sentenceOf('client-deleted', name) }
    }),
  ]
  return {
    service,
    clients,
    deleted,
    lint: await lintsOf(context, service, clients, request.lint.require ?? []),
    effects,
    etags: tagsOf(service, clients, deleted),
    keyed,
    rows,
  }
}

/** The clients of the configuration that there are, by their keys. */
async function existingClients(
  { store, service }: ServiceContext,
  { clients: { items, deleted } }: ConfigurationRequest,
  keyed: readonly { clientId: number; key: string }[],
): Promise<{ found: Map<string, Client>; rows: Map<number, Row> }> {
  const wanted = new Map<string, number>()
  const named = new Set([...items.map(({ key }) => key), ...deleted])
  if (named.size < items.length + deleted.length) {
    refuseInvalid('clients', 'A key occurs twice')
  }
  for (const { key, clientId } of keyed) {
    if (!named.has(key)) continue
    if (wanted.has(key)) refuseInvalid(`clients.${key}`, 'Several clients have this key')
    wanted.set(key, clientId)
  }
  for (const { key, clientId } of items) {
    const known = wanted.get(key)
    if (clientId === undefined || known === clientId) continue
    if (known !== undefined) refuseInvalid(`clients.${key}`, `The client with it is ${known}`)
    wanted.set(key, clientId)
  }
  const rows = await store.clients.findMany(service.apiKey, [...wanted.values()])
  const byId = new Map(rows.map((row): [number, Row] => [row.clientId, row]))
  const found = new Map<string, Client>()
  for (const [key, clientId] of wanted) {
    const row = byId.get(clientId)
    if (!row) refuseInvalid(`clients.${key}`, `No client has the ID ${clientId}`)
    const client = clientOf(row)
    const other = clientKey.read(client)
    if (other !== undefined && other !== key) {
      refuseInvalid(`clients.${key}`, `The client ${clientId} has the key ${other}`)
    }
    found.set(key, client)
  }
  return { found, rows: byId }
}

/** Clients that registered themselves are the business of what they registered by. */
const isRegistered = (client: Client) =>
  client.dynamicallyRegistered ||
  client.discoveredByMetadataDocument ||
  client.automaticallyRegistered ||
  client.explicitlyRegistered

async function deletedClients(
  { store, service }: ServiceContext,
  { clients: { delete: mode, deleted, items } }: ConfigurationRequest,
  existing: ReadonlyMap<string, Client>,
): Promise<Client[]> {
  if (mode !== 'listed-keys' && deleted.length > 0) {
    refuseInvalid('clients.deleted', 'Keys are listed with delete: listed-keys only')
  }
  if (mode === 'listed-keys') {
    const found = deleted.flatMap((key) => existing.get(key) ?? [])
    const registered = found.find(isRegistered)
    if (registered) {
      refuseInvalid('clients.deleted', `The client ${registered.clientId} registered itself`)
    }
    return found
  }
  if (mode === 'never') return []
  const kept = new Set(items.flatMap(({ key }) => existing.get(key)?.clientId ?? []))
  const rows = await store.clients.ofCallers(service.apiKey, 2 * mostClients + 1)
  const others = rows
    .filter(({ clientId }) => !kept.has(clientId))
    .map(clientOf)
    .filter((client) => !isRegistered(client))
  if (others.length > mostClients || rows.length > 2 * mostClients) {
    refuseInvalid('clients.delete', `More than ${mostClients} clients would be deleted`)
  }
  return others
}

/** The database would refuse the second one, which a plan cannot tell. */
function requireDistinctNames(clients: readonly PlannedClient[]): void {
  const known = new Set<string>()
  const ids = new Set<number>()
  for (const { key, after, newClientId } of clients) {
    if (newClientId !== undefined) {
      if (ids.has(newClientId)) {
        refuseInvalid(`clients.${key}.newClientId`, 'Another client of the call has it')
      }
      ids.add(newClientId)
    }
    if (!after.clientIdAlias) continue
    if (known.has(after.clientIdAlias)) {
      refuseInvalid(`clients.${key}.clientIdAlias`, 'Another client of the call has it')
    }
    known.add(after.clientIdAlias)
  }
}

async function lintsOf(
  { now }: ServiceContext,
  service: PlannedService,
  clients: readonly PlannedClient[],
  required: readonly ProfileName[],
) {
  const before = serviceFindings(service.current)
  const after = service.changes.length > 0 ? serviceFindings(service.after) : before
  const [appears, vanishes] = [withoutSame(after, before), withoutSame(before, after)]
  const all = [...after]
  for (const [at, { key, current, after: client }] of clients.entries()) {
    const was = current ? clientFindings(service.current, current, key, now) : []
    const is = clientFindings(service.after, client, key, now)
    appears.push(...withoutSame(is, was))
    vanishes.push(...withoutSame(was, is))
    all.push(...is)
    if (at % turn === turn - 1) await others()
  }
  return { appears, vanishes, broken: brokenProfiles(all, required) }
}

const tagsOf = (
  { version }: PlannedService,
  clients: readonly PlannedClient[],
  deleted: readonly Client[],
): ConfigurationTags => {
  const kept = clients.flatMap(({ current }) => current ?? [])
  const all = [...kept, ...deleted].map((client) => ({
    clientId: client.clientId,
    etag: savedTag(versionOf(client)),
  }))
  return { service: savedTag(version), clients: all.sort((a, b) => a.clientId - b.clientId) }
}
