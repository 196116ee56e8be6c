/**
 * Attempts to deliver the messages of a table. They are limited per service and per host, so that
 * slow hosts do not delay others.
 */
import type { Store } from '../store/store.ts'
import type { Clock } from '../system/clock.ts'
import type { Log } from '../system/log.ts'
import { type Attempted, createRoom, type Message, nameOf } from './room.ts'
import { createWaiting, type Waiting } from './waiting-attempts.ts'

export interface Look {
  serviceId: number
  /** The client to begin after. */
  after: number
  now: number
  /** How many clients to look at. */
  limit: number
}

/** A table of messages, and how they are sent. */
export interface Messages<M extends Message> {
  /** The limit of concurrent attempts. */
  readonly mostOfProcess: number
  /** Services with messages to send, now or later, in order of their ids. */
  services(after: number, limit: number): Promise<number[]>
  /** One due message of each client. `last` is the one to continue after, if there may be more. */
  due(look: Look): Promise<{ due: M[]; last: number | undefined }>
  /** Never rejects. */
  attempt(message: M): Promise<Attempted>
}

export interface Attempts<M extends Message> {
  /**
   * Makes an attempt as soon as there is room for it, and resolves when it is over. If too many are
   * waiting, the message is left to a look-up.
   */
  make(message: M): Promise<void>
  /** Starts the due attempts of all services; returns whether there are messages to send at all. */
  begin(): Promise<boolean>
  /** Resolves once no attempt is in progress, and none can be started. */
  idle(): Promise<void>
  /** Starts no attempt from now on. */
  stop(): void
}

const servicesOfLook = 500
const clientsOfLook = 64
const pagesOfLook = 16

interface Parts {
  clock: Clock
  /** The time by the clock of a service, which says what is due. */
  timeOf(serviceId: number): Promise<number>
  log: Log
  /** What the log says when a look-up fails. */
  failed: string
}

/** The times of services, where only the store is at hand. */
export const timesOf =
  (store: Pick<Store, 'services'>, clock: Clock) => async (serviceId: number) =>
    clock() + (await store.services.ahead(serviceId))

export function createAttempts<M extends Message>(
  messages: Messages<M>,
  { clock, timeOf, log, failed }: Parts,
): Attempts<M> {
  const { mostOfProcess } = messages
  const underWay = new Map<string, Promise<void>>()
  const room = createRoom(() => underWay.size, mostOfProcess, clock)
  const waiting = createWaiting<M>()
  /** The client of each service after which the next look-up starts. */
  const lasts = new Map<number, number>()
  const lookUps = createLookUps(lookAt, (error) => log.error({ error }, failed))
  let isStopped = false

  function start(message: M, end: (attempted: Attempted) => Promise<void> | undefined): void {
    const name = nameOf(message)
    room.take(message)
    const running = messages.attempt(message).then((attempted) => {
      underWay.delete(name)
      room.give(message, attempted)
      if (!isStopped) waiting.startWhile(room.isLeft, room.isFor, startFirst)
      return end(attempted)
    })
    underWay.set(name, running)
  }
  function startFirst({ message, end }: Waiting<M>): void {
    start(message, () => {
      end()
      return undefined
    })
  }
  function startDue(message: M): void {
    const name = nameOf(message)
    if (underWay.has(name) || waiting.has(name) || !room.isFor(message)) return
    start(message, (attempted) =>
      // After a database failure, waits for the next regular look-up.
      attempted === 'stalled' ? undefined : lookUps.ask(message.serviceId),
    )
  }

  /** Looks at one page of clients. Returns whether the next page can be looked at. */
  async function lookAt(serviceId: number): Promise<boolean> {
    if (isStopped || !room.isOf(serviceId)) return false
    const after = lasts.get(serviceId) ?? -1
    const now = await timeOf(serviceId)
    const asked = { serviceId, after, now, limit: clientsOfLook }
    const { due, last } = await messages.due(asked)
    if (last === undefined) lasts.delete(serviceId)
    else lasts.set(serviceId, last)
    for (const message of due) {
      if (isStopped) return false
      if (!room.isOf(serviceId)) {
        // The next look-up starts with the first message that must wait.
        lasts.set(serviceId, message.clientId - 1)
        return false
      }
      startDue(message)
    }
    return last !== undefined
  }

  return {
    make: (message) =>
      new Promise((end) => {
        const name = nameOf(message)
        if (isStopped || underWay.has(name) || waiting.has(name)) end()
        else if (room.isFor(message)) startFirst({ message, end })
        else if (!waiting.add({ message, end })) end()
      }),
    async begin() {
      let after = -1
      let isAny = false
      for (let found = servicesOfLook; found === servicesOfLook && !isStopped; ) {
        const services = await messages.services(after, servicesOfLook)
        for (const serviceId of services) await lookUps.ask(serviceId)
        found = services.length
        after = services.at(-1) ?? after
        isAny ||= found > 0
      }
      return isAny
    },
    async idle() {
      for (;;) {
        const all = [...underWay.values(), ...lookUps.underWay()]
        if (all.length === 0) return
        await Promise.all(all)
      }
    },
    stop() {
      isStopped = true
      waiting.clear()
    },
  }
}

interface LookUp {
  isAskedAgain: boolean
  looking: Promise<void>
}

/** One look-up of a service at a time; requests in the meantime cause one more after it. */
function createLookUps(
  /** Looks at one page. Returns whether the next one can be looked at. */
  lookAt: (serviceId: number) => Promise<boolean>,
  fail: (error: unknown) => void,
) {
  const underWay = new Map<number, LookUp>()

  async function lookWhileAsked(serviceId: number, asked: LookUp): Promise<void> {
    do {
      asked.isAskedAgain = false
      // Clients whose hosts have no room fill some pages at most, so that others are found.
      for (let page = 0; page < pagesOfLook && (await lookAt(serviceId)); page += 1);
    } while (asked.isAskedAgain)
  }
  return {
    underWay: () => [...underWay.values()].map(({ looking }) => looking),
    ask(serviceId: number): Promise<void> {
      const known = underWay.get(serviceId)
      if (known) {
        known.isAskedAgain = true
        return known.looking
      }
      const asked: LookUp = { isAskedAgain: false, looking: Promise.resolve() }
      underWay.set(serviceId, asked)
      asked.looking = lookWhileAsked(serviceId, asked)
        .catch(fail)
        .finally(() => underWay.delete(serviceId))
      return asked.looking
    },
  }
}
