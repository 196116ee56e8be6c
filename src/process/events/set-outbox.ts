/**
 * Pushes of security events to receivers, RFC 8935. An attempt first stores the time of the next
 * one, so that no event is lost and no other process makes the same attempt. Concurrent attempts
 * are limited per stream, so that a receiver that does not answer delays no other.
 */
import type { Dependencies } from '../../context.ts'
import { post, TakenError } from '../../deliveries/attempt.ts'
import {
  type DeliveryFailure,
  nextAttemptAt,
  type Patience,
  wasAnswered,
} from '../../deliveries/retry.ts'
import { createKeys } from '../../jose/service-keys.ts'
import { timeOf } from '../../model/service/clock.ts'
import { streamUpdatedType } from '../../oauth/ssf/event-types.ts'
import { signalSettings } from '../../oauth/ssf/settings.ts'
import { Refusal } from '../../refusal.ts'
import { signals } from '../../signal.ts'
import { orRefuse } from '../../store/engine.ts'
import type { SecurityEventRow } from '../../store/tables/streams/security-events.ts'
import { signedSet } from '../../streams/signed-set.ts'
import { type Attempts, createAttempts, type Look, timesOf } from '../attempts.ts'
import { startLooking } from '../looking.ts'
import type { Attempted, Message } from '../room.ts'

/** Operations do not tell of what they store, so that an empty outbox is looked up as often. */
const idleMilliseconds = 1_000
/** Longer than an attempt takes, so that two attempts never overlap. */
const nextAttemptMilliseconds = 10_000
const mostOfProcess = 64
const failed = 'delivering security events failed'
const patience: Patience = { longestDelayMilliseconds: 6 * 3_600_000, finalReasons: [] }

type Parts = Pick<Dependencies, 'store' | 'documents' | 'system'>
type Sending = Parts & Pick<Dependencies, 'keys'>

interface Delivery extends Message {
  row: SecurityEventRow
}

/** `none`: the event is for no receiver any more. */
type Outcome = 'delivered' | 'retried' | 'dead' | 'none'
interface Done {
  outcome: Outcome
  failure?: DeliveryFailure
}

/** Makes all due attempts. */
export async function pushSecurityEvents(parts: Parts): Promise<void> {
  const attempts = pushAttempts(parts)
  await attempts.begin()
  await attempts.idle()
}

/** Pushes until it is stopped; `stop` waits for the attempts in progress. */
export function startPushingSecurityEvents(parts: Parts): { stop(): Promise<void> } {
  const { log } = parts.system
  return startLooking(pushAttempts(parts), { log, failed, idleMilliseconds })
}

function pushAttempts(parts: Parts): Attempts<Delivery> {
  const { store, system } = parts
  const { clock, log } = system
  const sending = { ...parts, keys: createKeys(system.keyProviders) }
  const messages = {
    mostOfProcess,
    services: store.securityEvents.services,
    async due(look: Look) {
      const { due, last } = await store.securityEvents.due(look)
      return { due: due.map(addressed), last }
    },
    attempt: ({ row }: Delivery) => attempt(sending, row),
  }
  return createAttempts(messages, { clock, timeOf: timesOf(store, clock), log, failed })
}

function addressed(row: SecurityEventRow): Delivery {
  const { serviceId, clientId, setId } = row
  // The lane of a stream in place of that of a host.
  return { serviceId, clientId, id: `${clientId} ${setId}`, host: String(clientId), row }
}

async function attempt(sending: Sending, row: SecurityEventRow): Promise<Attempted> {
  const { log } = sending.system
  try {
    const { outcome, failure } = await deliver(sending, row)
    signals.delivered.emit('security-event', outcome)
    if (!failure) return outcome === 'none' ? 'taken' : 'answered'
    const { serviceId, clientId, attempts } = row
    const { reason, status } = failure
    const about = { serviceId, clientId, attempts: attempts + 1, reason, status }
    log.warn(about, outcome === 'dead' ? 'a security event was dropped' : 'a push is tried again')
    return wasAnswered(failure) ? 'answered' : 'failed'
  } catch (error) {
    if (error instanceof TakenError) return 'taken'
    log.error({ error }, 'delivering a security event failed')
    return 'stalled'
  }
}

async function deliver(sending: Sending, row: SecurityEventRow): Promise<Done> {
  const { store, system } = sending
  const { securityEvents } = store
  const attempts = row.attempts + 1
  const begunAt = await timesOf(store, system.clock)(row.serviceId)
  const dueAt = begunAt + nextAttemptMilliseconds
  const claimed = securityEvents.attempt(row, { seen: row.dueAt, attempts, dueAt })
  await store.commit(orRefuse(claimed, new TakenError()))
  const sent = await send(sending, row)
  if (sent === 'sent' || sent === 'none') {
    await store.commit(securityEvents.delete(row))
    return { outcome: sent === 'sent' ? 'delivered' : 'none' }
  }
  // The stream was stopped: what is held is due at once when it is enabled again.
  if (sent === 'held') {
    await store.commit(securityEvents.again(row, { attempts, dueAt: row.dueAt }))
    return { outcome: 'none' }
  }
  const now = await timesOf(store, system.clock)(row.serviceId)
  const chance = system.random.integer(1_000) / 1_000
  const nextAt = isFinal(sent)
    ? undefined
    : nextAttemptAt(sent, { attempts, now, giveUpAt: row.expiresAt, chance }, patience)
  await store.commit(
    nextAt === undefined
      ? securityEvents.delete(row)
      : securityEvents.again(row, { attempts, dueAt: nextAt }),
  )
  return { outcome: nextAt === undefined ? 'dead' : 'retried', failure: sent }
}

/** RFC 8935 §2.3: the receiver refused the event, and would do so again. */
const isFinal = ({ status }: DeliveryFailure): boolean => status === 400

async function send(
  sending: Sending,
  row: SecurityEventRow,
): Promise<DeliveryFailure | 'sent' | 'none' | 'held'> {
  const { store, documents, system } = sending
  const { serviceId, clientId } = row
  const service = await documents.service(serviceId)
  const client = await documents.client(serviceId, clientId)
  const stream = await store.eventStreams.find(serviceId, clientId)
  const settings = service && signalSettings(service)
  if (!service || !client || !stream || !settings) return 'none'
  if (row.expiresAt <= timeOf(service, system.clock)) return 'none'
  const { url, authorization } = stream.target
  const isStopped = stream.status !== 'enabled' && row.type !== streamUpdatedType
  if (isStopped || url === undefined) return 'held'
  // Tried again later, as if the receiver did not answer.
  if (client.locked) return { reason: 'client_locked' }
  try {
    const token = await signedSet({ ...sending, service }, { client, settings }, row)
    if (token === undefined) return 'none'
    const headers = {
      'content-type': 'application/secevent+jwt',
      ...(authorization === undefined ? {} : { authorization }),
    }
    const purpose = 'security event'
    const posted = { serviceId, purpose, accept: 'application/json', headers, body: token }
    return (await post(system.fetch, url, posted)) ?? 'sent'
  } catch (error) {
    if (error instanceof Refusal) return { reason: error.rule.code }
    throw error
  }
}
