/**
 * The outbox of logout: sends the deliveries that the ends of sessions have stored. The process
 * that stored them makes the first attempt at once. Later attempts, and those of a process that
 * died, are made by any process: it first stores when the next one is due, so that no other process
 * makes the same attempt.
 */

import type { Outbox } from '../context.ts'
import { claim, TakenError } from '../deliveries/attempt.ts'
import { createRemoteKeySets } from '../jose/remote-key-set.ts'
import { createKeys } from '../jose/service-keys.ts'
import { parseUrl } from '../model/url.ts'
import {
  type AttemptedDelivery,
  attemptDelivery,
  type Sending,
} from '../sessions/logout-delivery.ts'
import { signals } from '../signal.ts'
import type { DeliveryRow } from '../store/tables/sessions/deliveries.ts'
import { createCache } from '../system/cache.ts'
import { withinDeadline } from '../system/deadline.ts'
import { type Attempts, createAttempts, type Look, timesOf } from './attempts.ts'
import { startLooking } from './looking.ts'
import type { Attempted, Message } from './room.ts'

export interface LogoutOutbox extends Outbox {
  /** Looks up regularly what is due, until the outbox is stopped. */
  start(): void
  /** Starts the attempts that are due, of all services, within the limits. */
  begin(): Promise<void>
  /** Resolves once no attempt is in progress. */
  idle(): Promise<void>
  /** No attempt is started from now on; resolves once none is in progress. */
  stop(): Promise<void>
}

type Parts = Pick<Sending, 'store' | 'documents' | 'system'>

const mostOfProcess = 64
/** Calls that may wait for their deliveries at the same time. */
const mostWaiting = 64
/** A first attempt that begins later than this before its row is due could overlap the next one. */
const firstAttemptMilliseconds = 4_000
/** The pause between look-ups while no delivery waits. */
const idleMilliseconds = 5_000
const originMilliseconds = 30_000
const failed = 'delivering logout notifications failed'

interface Delivery extends Message {
  row: DeliveryRow
  /** Whether this process has just stored the row. */
  isNew: boolean
}

export function createLogoutOutbox({ store, documents, system }: Parts): LogoutOutbox {
  const { clock, log } = system
  const keySets = createRemoteKeySets(system.fetch, clock)
  const keys = createKeys(system.keyProviders)
  const sending = { store, documents, keys, keySets, system }
  const addressed = addressing(sending)
  const messages = {
    mostOfProcess,
    services: store.deliveries.services,
    async due(look: Look) {
      const { due, last } = await store.deliveries.due(look)
      return { due: await Promise.all(due.map((row) => addressed(row, false))), last }
    },
    async attempt(delivery: Delivery): Promise<Attempted> {
      const attempted = await attempt(sending, delivery)
      if (typeof attempted === 'string') return attempted
      signals.delivered.emit('logout', attempted.outcome)
      return attempted.wasAnswered ? 'answered' : 'failed'
    },
  }
  const timeOf = timesOf(store, clock)
  const attempts = createAttempts(messages, { clock, timeOf, log, failed })
  return outboxOf(attempts, sending, (row) => addressed(row, true))
}

function outboxOf(
  attempts: Attempts<Delivery>,
  { system: { log } }: Sending,
  addressed: (row: DeliveryRow) => Promise<Delivery>,
): LogoutOutbox {
  const sends = new Set<Promise<void>>()
  let looking: ReturnType<typeof startLooking> | undefined
  let waiting = 0

  async function sendAll(rows: readonly DeliveryRow[]): Promise<void> {
    await Promise.all(rows.map(async (row) => attempts.make(await addressed(row))))
  }

  return {
    async send(rows, waitMilliseconds) {
      looking?.wake()
      const sent = sendAll(rows)
        .catch((error: unknown) => log.error({ error }, failed))
        .finally(() => sends.delete(sent))
      sends.add(sent)
      if (waitMilliseconds <= 0 || waiting >= mostWaiting) return
      waiting += 1
      try {
        await withinDeadline(waitMilliseconds, sent, () => undefined)
      } finally {
        waiting -= 1
      }
    },
    start() {
      looking = startLooking(attempts, { log, failed, idleMilliseconds })
    },
    async begin() {
      await attempts.begin()
    },
    async idle() {
      await Promise.all(sends)
      await attempts.idle()
    },
    async stop() {
      attempts.stop()
      await looking?.stop()
      await Promise.all(sends)
      await attempts.idle()
    },
  }
}

/** Makes an attempt, unless another process was faster or the database failed. */
async function attempt(
  sending: Sending,
  delivery: Delivery,
): Promise<AttemptedDelivery | 'taken' | 'stalled'> {
  const { log } = sending.system
  try {
    const { store, system } = sending
    const now = await timesOf(store, system.clock)(delivery.serviceId)
    const row = isFirstAttempt(delivery, now)
      ? delivery.row
      : await claim(store, store.deliveries, delivery.row, now)
    const attempted = await attemptDelivery(sending, row)
    const { outcome, failure } = attempted
    if (failure) {
      const { serviceId, clientId, attempts } = row
      const { reason, status } = failure
      const about = { serviceId, clientId, attempts, reason, status }
      if (outcome === 'dead') log.error(about, 'notifying of a logout failed')
      else log.warn(about, 'notifying of a logout is tried again')
    }
    return attempted
  } catch (error) {
    if (error instanceof TakenError) return 'taken'
    log.error({ error }, 'delivering a logout notification failed')
    return 'stalled'
  }
}

/** The row was stored with its first attempt, while no other process finds it due. */
const isFirstAttempt = ({ row, isNew }: Delivery, now: number): boolean =>
  isNew && row.attempts === 1 && now <= (row.dueAt ?? 0) - firstAttemptMilliseconds

/**
 * Finds the origins that deliveries are sent to. They are kept for a while, because a look-up of a
 * long backlog sees the same clients again and again. An attempt uses the URI of its own time.
 */
function addressing({ documents, system }: Sending) {
  const origins = createCache<string, { origin: string; until: number }>(10_000)

  async function originOf({ serviceId, clientId }: DeliveryRow): Promise<string> {
    const name = `${serviceId} ${clientId}`
    const known = origins.get(name)
    const now = system.clock()
    if (known && now < known.until) return known.origin
    const client = await documents.client(serviceId, clientId)
    const uri = client?.backchannelLogoutUri ?? ''
    const origin = parseUrl(uri)?.origin ?? ''
    origins.set(name, { origin, until: now + originMilliseconds })
    return origin
  }
  return async (row: DeliveryRow, isNew: boolean): Promise<Delivery> => {
    const { serviceId, clientId, deliveryId } = row
    return { serviceId, clientId, id: deliveryId, host: await originOf(row), row, isNew }
  }
}
