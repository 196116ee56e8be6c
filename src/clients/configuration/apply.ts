/** Applies a configuration: the service and its clients change in one commit, or nothing does. */
import { isDeepStrictEqual } from 'node:util'
import { bounded } from '../../audit/changes.ts'
import { recordOf } from '../../audit/record.ts'
import { firstRevision, lastRevision, revisionOf } from '../../audit/revision.ts'
import { serviceUnknown } from '../../caller.ts'
import type { Call, ServiceContext } from '../../context.ts'
import type { ConfigurationRequest, ConfigurationTags } from '../../model/configuration/request.ts'
import { noteSubscriptions, subscriptionsOf } from '../../model/events/subscriptions.ts'
import { saltBits, settledSecrets } from '../../oauth/client-authentication/secret.ts'
import { appliedDigest, stateDigest, withAttributes } from '../../oauth/configuration/attributes.ts'
import { CallerError, defineCallerRules, refuseCaller } from '../../refusal.ts'
import { savedTag } from '../../services/entity-tag.ts'
import { versionOf } from '../../store/configuration.ts'
import { orRefuse, type Write } from '../../store/engine.ts'
import { newIdentifier } from '../../system/identifier.ts'
import { hastenUnlocked } from '../change.ts'
import { requireClientQuota } from '../create.ts'
import { refuseAliasConflict } from '../row.ts'
import type { PlannedClient } from './client.ts'
import { keyedDigest } from './digest.ts'
import { scheduleWrites } from './keys.ts'
import { type Plan, planConfiguration } from './plan.ts'

const rules = defineCallerRules('Applying a configuration', {
  moved: {
    code: 'P145002',
    status: 412,
    message:
      'The service or a client was changed since the plan was made: plan again, and apply what ' +
      'that shows (RFC 9110 §13.1.1).',
  },
  deletes: {
    code: 'P145003',
    status: 409,
    message: 'The configuration deletes clients: apply it with allowDelete if that is meant.',
  },
  broken: {
    code: 'P145004',
    status: 422,
    message: 'The configuration breaks a security profile that it requires.',
  },
})

interface Order {
  etags: ConfigurationTags
  allowDelete: boolean
  digest?: string | undefined
  reason?: string | undefined
  source?: string | undefined
}

interface StoredClient {
  key: string
  clientId: number
  version: number
  writes: Write[]
  /** The secret that is shown once. */
  clientSecret?: string | undefined
}

export interface Applied {
  plan: Plan
  etag: string
  created: { key: string; clientId: number }[]
  secrets: { key: string; clientId: number; clientSecret: string }[]
}

export async function applyConfiguration(
  given: ServiceContext,
  request: ConfigurationRequest,
  order: Order,
): Promise<Applied> {
  const plan = await planConfiguration(given, request)
  if (!isDeepStrictEqual(plan.etags, sorted(order.etags))) refuseCaller(rules.moved)
  const { service, clients, deleted, lint } = plan
  if (deleted.length > 0 && !order.allowDelete) refuseCaller(rules.deletes)
  if (lint.broken.length > 0) refuseCaller(rules.broken, `${lint.broken.join(', ')}.`)
  const changing = clients.filter(({ row }) => row !== undefined)
  if (service.changes.length + changing.length + deleted.length === 0) {
    return { plan, etag: savedTag(service.version), created: [], secrets: [] }
  }
  const context = { ...given, service: service.after, call: withReason(given.call, order) }
  noteSubscriptions(service.after, subscriptionsOf(given.service))
  const stored: StoredClient[] = []
  for (const client of changing) stored.push(await storedClient(context, client, plan))
  const digest = digestOf(context, plan, stored, order.digest)
  const writes = [
    serviceWrite(context, plan, digest),
    ...scheduleWrites(context, service.keys?.schedules ?? []),
    ...stored.flatMap((client) => client.writes),
    ...deleted.flatMap((client) => deletionOf(context, client.clientId, versionOf(client))),
    ...recordOf(context, {
      target: { kind: 'service', id: service.current.apiKey },
      changes: recordedChanges(plan),
    }),
    ...serviceRevision(context, plan),
  ]
  await given.store.commit(...writes).catch(refuseAliasConflict)
  const isNew = new Set(clients.flatMap(({ key, current }) => (current ? [] : [key])))
  return {
    plan,
    etag: savedTag(service.version + 1),
    created: stored
      .filter(({ key }) => isNew.has(key))
      .map(({ key, clientId }) => ({ key, clientId })),
    secrets: stored.flatMap(({ key, clientId, clientSecret }) =>
      clientSecret === undefined ? [] : [{ key, clientId, clientSecret }],
    ),
  }
}

const sorted = ({ service, clients }: ConfigurationTags): ConfigurationTags => ({
  service,
  clients: [...clients].sort((one, another) => one.clientId - another.clientId),
})

const moved = () => new CallerError(rules.moved)

/** The service changes always, so that of two concurrent calls one is refused. */
function serviceWrite(
  { store, now }: ServiceContext,
  { service: { row, version, current, keys } }: Plan,
  digest: string | undefined,
): Write {
  const data = {
    ...row.data,
    attributes: withAttributes(
      row.data['attributes'] as { key: string; value: string }[] | undefined,
      { [appliedDigest.name]: digest },
    ),
  }
  const { apiKey: serviceId } = current
  const changes = { data, secrets: row.secrets, modifiedAt: now }
  const made = keys?.made
  const write = made
    ? store.services.updateRing({ serviceId, ...changes, keys: made.keys, seen: version })
    : store.services.update(serviceId, changes, version)
  return orRefuse(write, moved())
}

async function storedClient(
  context: ServiceContext,
  { key, current, version, row: planned, newClientId, generated }: PlannedClient,
  { rows }: Plan,
): Promise<StoredClient> {
  const { store, service, system, now } = context
  const serviceId = service.apiKey
  const { secrets: given = {}, data = {}, ...columns } = planned ?? {}
  const secrets = settledSecrets(service, given, now, () => system.random.token(saltBits))
  const { alias, developer, softwareId } = columns as Record<string, string | undefined>
  const row = { alias, developer, softwareId, data, secrets, modifiedAt: now }
  if (current) {
    const { clientId } = current
    const write = store.clients.update(serviceId, clientId, row, version)
    const former = rows.get(clientId)
    const name = { serviceId, kind: 'client', documentId: clientId } as const
    // Secrets are compared as they are before they are stored in another form.
    const after = { data, secrets: given }
    const revision = former ? revisionOf(context, { name, former, after }) : []
    const unlocked = hastenUnlocked(context, clientId, { before: former?.data ?? {}, after: data })
    const writes = [orRefuse(write, moved()), ...revision, ...unlocked]
    return { key, clientId, version: version + 1, writes }
  }
  const number = await store.counters.nextIfServiceExists(serviceId, 'client')
  if (number === undefined) refuseCaller(serviceUnknown)
  const taken = (identifier: number) => store.clients.version(serviceId, identifier)
  const clientId = newClientId ?? (await newIdentifier(system.random, taken))
  const write = store.clients.insertIfServiceExists({
    ...row,
    serviceId,
    clientId,
    number,
    createdAt: now,
  })
  const name = { serviceId, kind: 'client', documentId: clientId } as const
  const first = firstRevision(context, name)
  const guarded = orRefuse(write, new CallerError(serviceUnknown))
  const writes = [...requireClientQuota(context), guarded, first]
  return { key, clientId, version: 1, writes, clientSecret: generated }
}

function deletionOf(context: ServiceContext, clientId: number, version: number): Write[] {
  const { store, service } = context
  const { apiKey } = service
  return [
    orRefuse(store.clients.requireVersion(apiKey, clientId, [version]), moved()),
    ...lastRevision(context, apiKey, clientId),
    ...store.clients.delete(apiKey, clientId),
  ]
}

/** What commands write for themselves is no revision. */
const serviceRevision = (context: ServiceContext, { service }: Plan): Write[] =>
  service.changes.length === 0
    ? []
    : revisionOf(context, {
        name: {
          serviceId: service.current.apiKey,
          kind: 'service',
          documentId: service.current.apiKey,
        },
        former: service.stored,
        after: service.row,
      })

/** What the next plan compares, to see that nothing has changed since. */
function digestOf(
  context: ServiceContext,
  { service, keyed, deleted }: Plan,
  stored: readonly StoredClient[],
  fileDigest: string | undefined,
): string | undefined {
  if (fileDigest === undefined) return undefined
  const versions = new Map(keyed.map(({ clientId, version }) => [clientId, version]))
  for (const { clientId, version } of stored) versions.set(clientId, version)
  for (const { clientId } of deleted) versions.delete(clientId)
  const clients = [...versions].map(([clientId, version]) => ({ clientId, version }))
  return `${keyedDigest(context, fileDigest)}.${stateDigest(service.version + 1, clients)}`
}

function recordedChanges({ service, clients, deleted }: Plan) {
  const of = (document: string, changes: Plan['service']['changes']) =>
    changes.map((change) => ({ ...change, property: `${document}.${change.property}` }))
  return bounded([
    ...of('service', service.changes),
    ...deleted.map(({ clientId }) => ({ property: `clients.${clientId}`, after: 'deleted' })),
    ...clients.flatMap(({ key, changes }) => of(`clients.${key}`, changes)),
  ])
}

/** The call with the reason of the order, for the audit record and the revisions. */
function withReason(call: Call, { reason, source }: Order): Call {
  const text = [reason ?? call.reason(), source && `(source: ${source})`].filter(Boolean).join(' ')
  return Object.assign(Object.create(call) as Call, { reason: () => text || undefined })
}
