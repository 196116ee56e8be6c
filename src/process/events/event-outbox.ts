/**
 * Delivery of events by Standard Webhooks. An attempt first stores the time of the next one, so
 * that no event is lost and no other process makes the same attempt. Concurrent attempts are
 * limited per endpoint, so that one that does not answer delays no other.
 */
import { recordOutsideCalls } from '../../audit/record.ts'
import { type EventFailure, isGone, nextAttemptAt, wasAnswered } from '../../events/retry.ts'
import { signedHeaders } from '../../events/secret.ts'
import { changeEndpoints } from '../../services/events/endpoints.ts'
import { signals } from '../../signal.ts'
import { orRefuse } from '../../store/engine.ts'
import type { Store } from '../../store/store.ts'
import type { EventDeliveryRow } from '../../store/tables/events/event-deliveries.ts'
import type { EventEndpointRow } from '../../store/tables/events/event-endpoints.ts'
import type { EventRow } from '../../store/tables/events/events.ts'
import { FetchError } from '../../system/fetch.ts'
import type { System } from '../../system/system.ts'
import { type Attempts, createAttempts, type Look } from '../attempts.ts'
import { startLooking } from '../looking.ts'
import type { Attempted, Message } from '../room.ts'

/** Operations do not tell of what they store, so that an empty outbox is looked up as often. */
const idleMilliseconds = 1_000
const attemptMilliseconds = 3_000
/** Longer than an attempt takes, so that two attempts never overlap. */
const nextAttemptMilliseconds = 10_000
const answerBytes = 64 * 1_024
const mostOfProcess = 64
const failed = 'delivering events failed'

interface Delivery extends Message {
  row: EventDeliveryRow
  endpoint: EventEndpointRow | undefined
}

type Outcome = 'delivered' | 'retried' | 'dead' | 'none'
interface Done {
  outcome: Outcome
  failure?: EventFailure
  attempted: Attempted
}

/** Another process has started the attempt. */
class TakenError extends Error {}

/** Makes all due attempts. */
export async function deliverEvents(store: Store, system: System): Promise<void> {
  const attempts = eventAttempts(store, system)
  await attempts.begin()
  await attempts.idle()
}

/** Delivers until it is stopped; `stop` waits for the attempts in progress. */
export function startDeliveringEvents(store: Store, system: System): { stop(): Promise<void> } {
  const { log } = system
  return startLooking(eventAttempts(store, system), { log, failed, idleMilliseconds })
}

function eventAttempts(store: Store, system: System): Attempts<Delivery> {
  const { clock, log } = system
  const messages = {
    mostOfProcess,
    services: store.eventDeliveries.services,
    async due(look: Look) {
      const { due, last } = await store.eventDeliveries.due(look)
      return { due: await Promise.all(due.map((row) => addressed(store, row))), last }
    },
    attempt: (delivery: Delivery) => attempt(store, system, delivery),
  }
  // Events are no part of a service's time: receivers compare timestamps with their own clocks.
  return createAttempts(messages, { clock, timeOf: async () => clock(), log, failed })
}

async function addressed(store: Store, row: EventDeliveryRow): Promise<Delivery> {
  const { serviceId, eventId, endpointId } = row
  const endpoint = await store.eventEndpoints.find(serviceId, endpointId)
  const id = `${endpointId} ${eventId}`
  // The lane of an endpoint in place of those of a client and of a host.
  return { serviceId, clientId: endpointId, id, host: String(endpointId), row, endpoint }
}

async function attempt(store: Store, system: System, delivery: Delivery): Promise<Attempted> {
  try {
    const { outcome, failure, attempted } = await deliver(store, system, delivery)
    signals.delivered.emit('event', outcome)
    if (failure) {
      const { serviceId, endpointId, attempts } = delivery.row
      const { reason, status } = failure
      const about = { serviceId, endpointId, attempts: attempts + 1, reason, status }
      const isParked = outcome === 'dead'
      system.log.warn(about, isParked ? 'an event was parked' : 'an event is sent again')
    }
    return attempted
  } catch (error) {
    if (error instanceof TakenError) return 'taken'
    system.log.error({ error }, 'delivering an event failed')
    return 'stalled'
  }
}

async function deliver(store: Store, system: System, { row, endpoint }: Delivery): Promise<Done> {
  const { eventDeliveries } = store
  const attempts = row.attempts + 1
  const dueAt = system.clock() + nextAttemptMilliseconds
  const claimed = eventDeliveries.attempt(row, { seen: row.dueAt ?? 0, attempts, dueAt })
  await store.commit(orRefuse(claimed, new TakenError()))
  const event = await store.events.find(row.serviceId, row.eventId)
  if (!endpoint || !event) {
    await store.commit(eventDeliveries.delete(row))
    return { outcome: 'none', attempted: 'taken' }
  }
  const failure = endpoint.data.disabled
    ? { reason: 'disabled' }
    : await send(system, endpoint, event)
  const now = system.clock()
  if (!failure) {
    await store.commit(eventDeliveries.delivered(row, now))
    return { outcome: 'delivered', attempted: 'answered' }
  }
  if (isGone(failure)) await disable(store, system, endpoint)
  const answer = { attempts, lastStatus: failure.status ?? null, lastError: failure.reason }
  const chance = system.random.integer(1_000) / 1_000
  const nextAt = endpoint.data.disabled
    ? undefined
    : nextAttemptAt(failure, { attempts, now, giveUpAt: row.giveUpAt, chance })
  await store.commit(
    nextAt === undefined
      ? eventDeliveries.parked(row, { ...answer, finishedAt: now })
      : eventDeliveries.again(row, { ...answer, dueAt: nextAt }),
  )
  const outcome = nextAt === undefined ? 'dead' : 'retried'
  return { outcome, failure, attempted: attemptedBy(failure) }
}

/** A disabled endpoint was not asked. */
const attemptedBy = (failure: EventFailure): Attempted =>
  failure.reason === 'disabled' ? 'taken' : wasAnswered(failure) ? 'answered' : 'failed'

/** An answer with a status from 200 to 299 counts as success, even if it cannot be read. */
async function send(
  { fetch, clock }: System,
  { serviceId, secrets, data }: EventEndpointRow,
  { eventId, type, createdAt, data: about }: EventRow,
): Promise<EventFailure | undefined> {
  const now = clock()
  const timestamp = new Date(createdAt).toISOString()
  const body = JSON.stringify({ type, timestamp, data: about })
  const signed = { eventId, timestamp: Math.floor(now / 1_000), body }
  try {
    await fetch(data.url, {
      serviceId,
      purpose: 'event',
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signedHeaders(secrets, now, signed) },
      body,
      timeoutMs: attemptMilliseconds,
      maxBytes: answerBytes,
    })
    return undefined
  } catch (error) {
    if (!(error instanceof FetchError)) throw error
    const { reason, status, retryAfter } = error
    return ['too-large', 'encoding'].includes(reason) ? undefined : { reason, status, retryAfter }
  }
}

/** The endpoint answered that it is gone, and gets no more events until it is enabled again. */
async function disable(
  store: Store,
  { random, clock }: System,
  { serviceId, endpointId }: EventEndpointRow,
): Promise<void> {
  await changeEndpoints(store, serviceId, (endpoints) => {
    const row = endpoints.find((each) => each.endpointId === endpointId)
    if (!row || row.data.disabled) return undefined
    const modifiedAt = clock()
    const data = { ...row.data, disabled: true }
    const record = recordOutsideCalls(random, modifiedAt, {
      type: 'event_endpoint.disabled',
      operation: 'event_delivery',
      actorKind: 'server',
      serviceId,
      targetKind: 'event_endpoint',
      targetId: String(endpointId),
      changes: [{ property: 'disabled', before: false, after: true }],
    })
    return {
      after: endpoints.map((each) => (each === row ? { ...row, data } : each)),
      writes: [
        store.eventEndpoints.change({ serviceId, endpointId, data, modifiedAt }),
        store.audit.insert(record),
      ],
      result: undefined,
    }
  })
}
