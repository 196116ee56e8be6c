/**
 * Delivery of events by Standard Webhooks. An attempt first stores the time of the next one, so
 * that no event is lost and no other process makes the same attempt. Concurrent attempts are
 * limited per endpoint, so that one that does not answer delays no other.
 */
import { recordOutsideCalls } from '../../audit/record.ts'
import { claim, post, storeOutcome, TakenError } from '../../deliveries/attempt.ts'
import { type DeliveryFailure, isGone, type Patience, wasAnswered } from '../../deliveries/retry.ts'
import { signedHeaders } from '../../events/secret.ts'
import { changeEndpoints } from '../../services/events/endpoints.ts'
import { signals } from '../../signal.ts'
import type { Store } from '../../store/store.ts'
import type { EventDeliveryRow } from '../../store/tables/events/event-deliveries.ts'
import type { EventEndpointRow } from '../../store/tables/events/event-endpoints.ts'
import type { EventRow } from '../../store/tables/events/events.ts'
import type { System } from '../../system/system.ts'
import { type Attempts, createAttempts, type Look } from '../attempts.ts'
import { startLooking } from '../looking.ts'
import type { Attempted, Message } from '../room.ts'

/** Operations do not tell of what they store, so that an empty outbox is looked up as often. */
const idleMilliseconds = 1_000
const mostOfProcess = 64
const failed = 'delivering events failed'
const disabled: DeliveryFailure = { reason: 'disabled' }
const patience: Patience = {
  longestDelayMilliseconds: 6 * 3_600_000,
  finalReasons: [disabled.reason],
}

interface Delivery extends Message {
  row: EventDeliveryRow
  endpoint: EventEndpointRow | undefined
}

type Outcome = 'delivered' | 'retried' | 'dead' | 'none'
interface Done {
  outcome: Outcome
  failure?: DeliveryFailure
  attempted: Attempted
}

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
  const claimed = await claim(store, eventDeliveries, row, system.clock())
  const event = await store.events.find(row.serviceId, row.eventId)
  if (!endpoint || !event) {
    await store.commit(eventDeliveries.delete(row))
    return { outcome: 'none', attempted: 'taken' }
  }
  const failure = endpoint.data.disabled ? disabled : await send(system, endpoint, event)
  if (failure && isGone(failure)) await disable(store, system, endpoint)
  const ended = { failure, now: system.clock(), patience, random: system.random }
  const outcome = await storeOutcome(store, eventDeliveries, claimed, {
    ...ended,
    keptUntil: row.keptUntil,
  })
  return failure
    ? { outcome, failure, attempted: attemptedBy(failure) }
    : { outcome, attempted: 'answered' }
}

/** A disabled endpoint was not asked. */
const attemptedBy = (failure: DeliveryFailure): Attempted =>
  failure === disabled ? 'taken' : wasAnswered(failure) ? 'answered' : 'failed'

function send(
  { fetch, clock }: System,
  { serviceId, secrets, data }: EventEndpointRow,
  { eventId, type, createdAt, data: about }: EventRow,
) {
  const now = clock()
  const timestamp = new Date(createdAt).toISOString()
  const body = JSON.stringify({ type, timestamp, data: about })
  const signed = { eventId, timestamp: Math.floor(now / 1_000), body }
  const headers = { 'content-type': 'application/json', ...signedHeaders(secrets, now, signed) }
  return post(fetch, data.url, { serviceId, purpose: 'event', headers, body })
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
