/**
 * Events as writes, for the commit of the change that they tell of: a change and its event happen
 * both or not at all. A service without an endpoint that wants the event writes nothing.
 */
import type { AuditRecord, AuditType } from '../model/audit/record.ts'
import { mostWaiting } from '../model/events/backlog.ts'
import type { EventData, EventType } from '../model/events/event.ts'
import { subscriptionsOf } from '../model/events/subscriptions.ts'
import type { Service } from '../model/service/service.ts'
import { adding, type Write } from '../store/engine.ts'
import type { Store } from '../store/store.ts'
import type { Random } from '../system/random.ts'

/** How long an event is delivered, and then how long it is kept. */
export const deliveredMilliseconds = 3 * 86_400_000
const keptMilliseconds = 14 * 86_400_000

/** What an event is written with. */
export interface Writing {
  store: Pick<Store, 'events' | 'eventDeliveries' | 'eventDrops' | 'rowBudgets'>
  random: Random
  service: Service
  /** By the clock of the process, in milliseconds since the epoch. */
  now: number
}

/**
 * A delivery for each endpoint that wants the type and has room for it, and the event. With
 * `logoutId` only if the logout ends a session.
 */
export function eventWrites(writing: Writing, type: EventType, data: EventData): Write[] {
  const { store, random, now } = writing
  const wanting = takersOf(writing, type)
  if (wanting.length === 0) return []
  const { serviceId, logoutId } = data
  const eventId = `evt_${random.token(128)}`
  const common = { serviceId, eventId, createdAt: now, keptUntil: now + keptMilliseconds }
  const deliveries = wanting.map(({ endpointId }): Write => {
    const giveUpAt = now + deliveredMilliseconds
    const row = {
      ...common,
      endpointId,
      status: 'PENDING',
      attempts: 0,
      dueAt: now,
      giveUpAt,
    } as const
    const write =
      logoutId === undefined
        ? store.eventDeliveries.insert(row)
        : store.eventDeliveries.insertOfLogout(row, logoutId)
    return adding(write, { serviceId, budget: `events ${endpointId}` })
  })
  return [...deliveries, store.events.insert({ ...common, type, data })]
}

/** The endpoints that want the type. One for which too many events wait gets no more of them. */
function takersOf({ store, service, now }: Writing, type: EventType) {
  const wanting = subscriptionsOf(service).filter(
    ({ types }) => types === undefined || types.includes(type),
  )
  if (wanting.length === 0) return []
  const { apiKey: serviceId } = service
  const most = mostWaiting(service)
  return wanting.filter(({ endpointId }) => {
    const isFull = store.rowBudgets.isFull(serviceId, `events ${endpointId}`, most, now)
    if (isFull) store.eventDrops.note(serviceId, endpointId, now)
    return !isFull
  })
}

/** The types of events whose audit records have another type. */
const others: Partial<Record<AuditType, EventType>> = { 'token.deleted': 'token.revoked' }

const same = [
  ...(['service.updated', 'configuration.applied', 'client.created', 'client.registered'] as const),
  ...(['client.updated', 'client.secret_rotated', 'client.deleted'] as const),
  ...(['authorization.deleted', 'grant.revoked', 'token.revoked'] as const),
  ...(['code.replayed', 'refresh.replayed', 'key.created', 'key.certified'] as const),
  ...(['key.rotated', 'key.schedule_changed', 'key.deleted', 'key.restored'] as const),
  'key.erased' as const,
] satisfies (AuditType & EventType)[]
const isSame = (type: string): type is (typeof same)[number] =>
  (same as readonly string[]).includes(type)

function typeOf({ type, changes }: AuditRecord): EventType | undefined {
  if (isSame(type)) return type
  if (type !== 'client.lock_changed') return others[type]
  const lock = changes.find(({ property }) => property === 'locked')
  return lock && (lock.after === true ? 'client.locked' : 'client.unlocked')
}

/** The event of an audit record; none of a record whose type is no event. */
export function eventOfRecord(writing: Omit<Writing, 'now'>, record: AuditRecord): Write[] {
  if (subscriptionsOf(writing.service).length === 0) return []
  const type = typeOf(record)
  return type ? eventWrites({ ...writing, now: record.at }, type, dataOf(record)) : []
}

function dataOf({ serviceId, targetKind, targetId, actorKind, actorId, requestId }: AuditRecord) {
  const data: EventData = { serviceId, requestId }
  if (actorKind === 'client') data.clientId = Number(actorId)
  if (targetKind === 'client') data.clientId = Number(targetId)
  if (targetKind === 'grant') data.grantId = targetId
  if (targetKind === 'token') data.tokenHash = targetId
  if (targetKind === 'key') data.keyId = targetId
  return data
}
