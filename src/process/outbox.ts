/**
 * Delivery of the notifications in the outbox. An attempt first stores the time of the next one, so
 * that no notification is lost and no other process makes the same attempt.
 */
import { post, TakenError } from '../deliveries/attempt.ts'
import { parseUrl } from '../model/url.ts'
import { signals } from '../signal.ts'
import { orRefuse } from '../store/engine.ts'
import type { Store } from '../store/store.ts'
import type { System } from '../system/system.ts'
import { type Attempts, createAttempts, timesOf } from './attempts.ts'
import { startLooking } from './looking.ts'
import { notificationKinds } from './notification-kinds.ts'
import type { Attempted, Message } from './room.ts'

/** Operations do not tell of what they store, so that an empty outbox is looked up as often. */
const idleMilliseconds = 1_000
/** Longer than an attempt may take, so that two attempts never overlap. */
const firstDelayMilliseconds = 5_000
const mostOfProcess = 256
const failed = 'delivering notifications failed'

type Notification = Awaited<ReturnType<Store['notifications']['due']>>['due'][number]
type Due = Notification & Message

async function attempt(store: Store, system: System, notification: Due): Promise<Attempted> {
  try {
    return (await deliver(store, system, notification)) ? 'answered' : 'failed'
  } catch (error) {
    if (error instanceof TakenError) return 'taken'
    system.log.error({ error }, 'delivering a notification failed')
    return 'stalled'
  }
}

/** Returns whether no further attempt is needed. */
async function deliver(store: Store, system: System, notification: Due): Promise<boolean> {
  const { serviceId, clientId, notificationId, attempts, dueAt, message } = notification
  const { notifications } = store
  const now = await timesOf(store, system.clock)(serviceId)
  const nextAt = now + firstDelayMilliseconds * 2 ** attempts
  const next = { attempts: attempts + 1, seen: dueAt, nextAt }
  const begun = notifications.attempt(serviceId, notificationId, next)
  await store.commit(orRefuse(begun, new TakenError()))
  const { isFinal } = notificationKinds[message.kind]
  const failure = await send(system, serviceId, message)
  const isOver = !failure || isFinal(failure)
  signals.delivered.emit(message.kind, failure ? (isOver ? 'dead' : 'retried') : 'delivered')
  if (isOver) {
    await store.commit(notifications.delete(serviceId, notificationId))
  }
  if (failure) {
    const about = { serviceId, clientId, attempts: attempts + 1, reason: failure.message }
    system.log.warn(about, isOver ? 'notifying failed' : 'notifying is tried again')
  }
  return isOver
}

function send({ fetch }: System, serviceId: number, { kind, url, token, body }: Due['message']) {
  const { purpose, contentType } = notificationKinds[kind]
  const headers = {
    'content-type': contentType,
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
  return post(fetch, url, { serviceId, purpose, headers, body })
}

function notificationAttempts(store: Store, system: System): Attempts<Due> {
  const { notifications } = store
  const messages = {
    mostOfProcess,
    services: notifications.services,
    async due(look: Parameters<typeof notifications.due>[0]) {
      const { due, last } = await notifications.due(look)
      return { due: due.map(addressed), last }
    },
    attempt: (notification: Due) => attempt(store, system, notification),
  }
  const { clock, log } = system
  return createAttempts(messages, { clock, timeOf: timesOf(store, clock), log, failed })
}

const addressed = (notification: Notification): Due => {
  const { url } = notification.message
  const host = parseUrl(url)?.host ?? ''
  return { ...notification, id: notification.notificationId, host }
}

/** Makes all due attempts. Each failure doubles the time to the next attempt. */
export async function deliverDue(store: Store, system: System): Promise<void> {
  const attempts = notificationAttempts(store, system)
  await attempts.begin()
  await attempts.idle()
}

/** Delivers until it is stopped; `stop` waits for the attempts in progress. */
export function startDelivering(store: Store, system: System): { stop(): Promise<void> } {
  const { log } = system
  return startLooking(notificationAttempts(store, system), { log, failed, idleMilliseconds })
}
