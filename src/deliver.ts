/**
 * Sends the notifications of the outbox. An attempt first sets the time of the next one: whatever
 * happens to it, nothing is forgotten, and no other process makes the same attempt.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { orRefuse, type Store } from './store/store.ts'
import { FetchError } from './system/fetch.ts'
import type { System } from './system/system.ts'

const roundMilliseconds = 1_000
/** More than an attempt may take, so that two attempts never overlap. */
const firstDelayMilliseconds = 5_000
const attemptMilliseconds = 3_000
const batch = 20

type Due = Awaited<ReturnType<Store['notifications']['due']>>[number]

/** Another process has begun the attempt. */
class TakenError extends Error {}

/** Makes every attempt that is due; each failure doubles the time to the next. */
export async function deliverDue(store: Store, system: System): Promise<void> {
  const due = await store.notifications.due(system.clock(), batch)
  await Promise.all(
    due.map(async (notification) => {
      try {
        await deliver(store, system, notification)
      } catch (error) {
        if (!(error instanceof TakenError)) throw error
      }
    }),
  )
}

async function deliver(store: Store, system: System, notification: Due): Promise<void> {
  const { serviceId, clientId, notificationId, attempts, dueAt, message } = notification
  const { notifications } = store
  const nextAt = system.clock() + firstDelayMilliseconds * 2 ** attempts
  const attempt = { attempts: attempts + 1, seen: dueAt, nextAt }
  const begun = notifications.attempt(serviceId, notificationId, attempt)
  await store.commit(orRefuse(begun, new TakenError()))
  const failure = await send(system, serviceId, message)
  if (!failure || isFinal(failure)) {
    await store.commit(notifications.delete(serviceId, notificationId))
  }
  if (failure) {
    const about = { serviceId, clientId, attempts: attempts + 1, reason: failure.message }
    system.log.warn(about, isFinal(failure) ? 'notifying failed' : 'notifying is tried again')
  }
}

/** CIBA §10.2 and §10.3.1. An answer that cannot be read is one nevertheless. */
async function send(
  { fetch }: System,
  serviceId: number,
  { url, token, body }: Due['message'],
): Promise<FetchError | undefined> {
  try {
    await fetch(url, {
      serviceId,
      purpose: token === undefined ? 'batch notification' : 'client notification',
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body,
      timeoutMs: attemptMilliseconds,
    })
    return undefined
  } catch (error) {
    if (!(error instanceof FetchError)) throw error
    return ['too-large', 'encoding'].includes(error.reason) ? undefined : error
  }
}

/** CIBA §10.2: a client that refuses the token is not asked again, and redirects lead nowhere. */
const isFinal = ({ reason, status }: FetchError): boolean =>
  status === 401 ||
  status === 403 ||
  ['redirect', 'invalid-url', 'forbidden-address'].includes(reason)

/** Delivers for as long as the process runs; a round that is under way is finished. */
export function startDelivering(store: Store, system: System): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping
  const rounds = async () => {
    while (!signal.aborted) {
      await wait(roundMilliseconds, undefined, { signal, ref: false }).catch(() => undefined)
      if (signal.aborted) return
      try {
        await deliverDue(store, system)
      } catch (error) {
        system.log.error({ error }, 'delivering notifications failed')
      }
    }
  }
  const running = rounds()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
