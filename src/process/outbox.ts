/**
 * Delivery of the notifications in the outbox. An attempt first stores the time of the next one, so
 * that no notification is lost and no other process makes the same attempt.
 *
 * Concurrent attempts are limited per service and per host, so that slow hosts do not delay others.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { orRefuse } from '../store/engine.ts'
import type { Store } from '../store/store.ts'
import { FetchError } from '../system/fetch.ts'
import type { System } from '../system/system.ts'
import { notificationKinds } from './notification-kinds.ts'

const lookMilliseconds = 1_000
/** Longer than an attempt may take, so that two attempts never overlap. */
const firstDelayMilliseconds = 5_000
const attemptMilliseconds = 3_000
/** Limits of concurrent attempts. */
const mostOfHost = 4
const mostOfService = 16
const mostOfProcess = 256
/** The limit of a service while half of the process's attempts are in use. */
const shareOfService = 4
const servicesOfLook = 500
const clientsOfLook = 64
const failed = 'delivering notifications failed'

type Due = Awaited<ReturnType<Store['notifications']['due']>>['due'][number]

/** Another process has started the attempt. */
class TakenError extends Error {}

/** Makes an attempt. False if the database failed, so that the service is not looked up again. */
async function attempt(store: Store, system: System, notification: Due): Promise<boolean> {
  try {
    await deliver(store, system, notification)
    return true
  } catch (error) {
    if (error instanceof TakenError) return true
    system.log.error({ error }, 'delivering a notification failed')
    return false
  }
}

async function deliver(store: Store, system: System, notification: Due): Promise<void> {
  const { serviceId, clientId, notificationId, attempts, dueAt, message } = notification
  const { notifications } = store
  const nextAt = system.clock() + firstDelayMilliseconds * 2 ** attempts
  const next = { attempts: attempts + 1, seen: dueAt, nextAt }
  const begun = notifications.attempt(serviceId, notificationId, next)
  await store.commit(orRefuse(begun, new TakenError()))
  const { isFinal } = notificationKinds[message.kind]
  const failure = await send(system, serviceId, message)
  if (!failure || isFinal(failure)) {
    await store.commit(notifications.delete(serviceId, notificationId))
  }
  if (failure) {
    const about = { serviceId, clientId, attempts: attempts + 1, reason: failure.message }
    system.log.warn(about, isFinal(failure) ? 'notifying failed' : 'notifying is tried again')
  }
}

/** One attempt. A response that cannot be read counts as success. */
async function send(
  { fetch }: System,
  serviceId: number,
  { kind, url, token, body }: Due['message'],
): Promise<FetchError | undefined> {
  const { purpose, contentType } = notificationKinds[kind]
  try {
    await fetch(url, {
      serviceId,
      purpose,
      method: 'POST',
      headers: {
        'content-type': contentType,
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

interface Look {
  isAskedAgain: boolean
  looking: Promise<void>
}

interface Deliveries {
  /** Starts the due attempts of all services, within the limits. */
  begin(): Promise<void>
  /** Resolves once no attempt is in progress, and none can be started. */
  idle(): Promise<void>
  stop(): void
}

function createDeliveries(store: Store, system: System): Deliveries {
  const underWay = new Map<string, Promise<void>>()
  const counts = new Map<string, number>()
  /** The client of each service after which the next look-up starts. */
  const lasts = new Map<number, number>()
  const looks = new Map<number, Look>()
  let isStopped = false

  const count = (name: string) => counts.get(name) ?? 0
  function change(names: readonly string[], by: number): void {
    for (const name of names) {
      const changed = count(name) + by
      if (changed > 0) counts.set(name, changed)
      else counts.delete(name)
    }
  }
  function hasRoom(service: string): boolean {
    if (underWay.size >= mostOfProcess) return false
    return count(service) < (underWay.size < mostOfProcess / 2 ? mostOfService : shareOfService)
  }

  function start(notification: Due): void {
    const { serviceId, notificationId, message } = notification
    const name = `${serviceId} ${notificationId}`
    const host = `${serviceId} ${hostOf(message.url)}`
    if (underWay.has(name) || count(host) >= mostOfHost) return
    change([`${serviceId}`, host], 1)
    const running = attempt(store, system, notification).then((isOver) => {
      underWay.delete(name)
      change([`${serviceId}`, host], -1)
      // After a database failure, waits for the next regular look-up.
      return isOver ? look(serviceId) : undefined
    })
    underWay.set(name, running)
  }

  /** One look-up of a service at a time; requests in the meantime cause one more after it. */
  function look(serviceId: number): Promise<void> {
    const known = looks.get(serviceId)
    if (known) {
      known.isAskedAgain = true
      return known.looking
    }
    const asked: Look = { isAskedAgain: false, looking: Promise.resolve() }
    looks.set(serviceId, asked)
    asked.looking = lookWhileAsked(serviceId, asked)
      .catch((error: unknown) => system.log.error({ error }, failed))
      .finally(() => looks.delete(serviceId))
    return asked.looking
  }

  async function lookWhileAsked(serviceId: number, asked: Look): Promise<void> {
    do {
      asked.isAskedAgain = false
      await lookAt(serviceId)
    } while (asked.isAskedAgain)
  }

  async function lookAt(serviceId: number): Promise<void> {
    if (isStopped || !hasRoom(`${serviceId}`)) return
    const after = lasts.get(serviceId) ?? -1
    const asked = { serviceId, after, now: system.clock(), limit: clientsOfLook }
    const { due, last } = await store.notifications.due(asked)
    if (last === undefined) lasts.delete(serviceId)
    else lasts.set(serviceId, last)
    for (const notification of due) {
      if (isStopped) return
      if (!hasRoom(`${serviceId}`)) {
        // The next look-up starts with the first notification that must wait.
        lasts.set(serviceId, notification.clientId - 1)
        return
      }
      start(notification)
    }
  }

  return {
    async begin() {
      let after = -1
      for (let found = servicesOfLook; found === servicesOfLook && !isStopped; ) {
        const services = await store.notifications.services(after, servicesOfLook)
        for (const serviceId of services) await look(serviceId)
        found = services.length
        after = services.at(-1) ?? after
      }
    },
    async idle() {
      while (underWay.size + looks.size > 0) {
        const looking = [...looks.values()].map((look) => look.looking)
        await Promise.all([...underWay.values(), ...looking])
      }
    },
    stop() {
      isStopped = true
    },
  }
}

const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).host : '')

/** Makes all due attempts. Each failure doubles the time to the next attempt. */
export async function deliverDue(store: Store, system: System): Promise<void> {
  const deliveries = createDeliveries(store, system)
  await deliveries.begin()
  await deliveries.idle()
}

/** Delivers until it is stopped; `stop` waits for the attempts in progress. */
export function startDelivering(store: Store, system: System): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping
  const deliveries = createDeliveries(store, system)
  const looking = async () => {
    while (!signal.aborted) {
      await wait(lookMilliseconds, undefined, { signal, ref: false }).catch(() => undefined)
      if (signal.aborted) return
      try {
        await deliveries.begin()
      } catch (error) {
        system.log.error({ error }, failed)
      }
    }
  }
  const running = looking()
  return {
    async stop() {
      stopping.abort()
      deliveries.stop()
      await running
      await deliveries.idle()
    },
  }
}
