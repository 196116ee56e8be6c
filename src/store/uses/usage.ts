/**
 * What services use, by day. It is counted in memory, so that calls have no statement for it, and
 * added to the database every few seconds by `flush`: a process that is killed loses what waits.
 */
import { and, desc, eq, gte, inArray, lte, ne, sql } from 'drizzle-orm'
import { dayOf, type UsageKind, usageKinds } from '../../model/installation/usage.ts'
import { createCache } from '../../system/cache.ts'
import type { Sealer } from '../../system/sealer.ts'
import type { Engine, Issued } from '../engine.ts'
import { selectRow, serviceExists } from '../parent.ts'
import { allColumns, preparedRowWrite } from '../prepared.ts'
import { activity } from './activity.ts'
import { type Counted, countedOf, usageTally } from './usage-tally.ts'

/** Services of one commit. */
const batch = 20
/** After that time, what other processes have stored is read again. */
const knownMilliseconds = 10_000
const mostKnown = 20_000

interface Days {
  /** The first and the last day. */
  from: number
  to: number
}

/** The access tokens of a service on a day. */
interface Known {
  day: number
  /** What was stored when it was read. */
  stored: number
  /** What this process has counted beside that. */
  since: number
  readAt: number
}

export const usage = (engine: Engine, sealer: Sealer) => {
  const active = activity(engine, sealer)
  const tally = usageTally()
  const add = addition(engine)
  const found = finders(engine)
  const known = createCache<number, Known>(mostKnown)
  /** Nothing is read while counts are on their way from memory to the database. */
  let last: Promise<unknown> = Promise.resolve()

  function afterLast<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }

  async function store(): Promise<void> {
    const waiting = tally.take()
    for (let at = 0; at < waiting.length; at += batch) {
      try {
        await engine.commit(
          ...waiting
            .slice(at, at + batch)
            .flatMap(countedOf)
            .map(add),
        )
      } catch (error) {
        tally.giveBack(waiting.slice(at))
        throw error
      }
    }
  }

  const readTokens = (serviceId: number, now: number): Promise<number> =>
    afterLast(async () => {
      const day = dayOf(now)
      const stored = await found.tokensOn(serviceId, day)
      const since = tally.waiting(serviceId, 'token', day)
      known.set(serviceId, { day, stored, since, readAt: now })
      return stored + since
    })

  return {
    /** Counts one call of the service, at a time of the process. */
    call: (serviceId: number, tag: string, now: number) => tally.add(serviceId, 'call', tag, now),
    /** Counts a refusal of a call of the service. */
    refusal: (serviceId: number, code: string, now: number) =>
      tally.add(serviceId, 'refusal', code, now),
    /** Counts an access token that was stored in a call of the service. */
    token({ serviceId, grantType, clientId, subject }: Issued): void {
      tally.add(serviceId, 'token', grantType)
      const day = tally.today()
      if (day !== undefined && clientId !== undefined) {
        active.note(serviceId, 'client', String(clientId), day)
        if (subject !== undefined) active.note(serviceId, 'subject', subject, day)
      }
      const today = known.get(serviceId)
      if (today) today.since += 1
    },
    /**
     * The access tokens of the service on this day: those of this process, and those of others
     * until about 20 seconds ago.
     */
    async tokensToday(serviceId: number, now: number): Promise<number> {
      const today = known.get(serviceId)
      if (today?.day !== dayOf(now)) return readTokens(serviceId, now)
      if (now - today.readAt >= knownMilliseconds) {
        today.readAt = now
        // A later call tries again.
        readTokens(serviceId, now).catch(() => undefined)
      }
      return today.stored + today.since
    },
    /** Stores what waits. What fails waits for the next time. */
    async flush(): Promise<void> {
      await afterLast(store)
      await active.flush()
    },
    /** How many clients and users access tokens were issued for, of each day. */
    activeOf: active.ofService,
    ...found,
  }
}

/** Nothing is added for a service that was deleted since. */
function addition(engine: Engine) {
  const t = engine.tables.usage
  const { placeholder } = allColumns(t)
  return preparedRowWrite<Counted>(engine, (build, given) =>
    build
      .insert(t)
      .select(selectRow(t, placeholder, serviceExists(engine, given.serviceId)))
      .onConflictDoUpdate({
        target: [t.serviceId, t.day, t.kind, t.name],
        set: { count: sql`${t.count} + excluded.count` },
      })
      .returning({ serviceId: t.serviceId }),
  )
}

function finders({ read, tables: { usage: t } }: Engine) {
  const isWithin = (serviceId: number, { from, to }: Days) =>
    and(eq(t.serviceId, serviceId), gte(t.day, from), lte(t.day, to))
  const sum = sql<number>`sum(${t.count})`
  return {
    /** Calls and tokens of the service, and the sum of its refusals, of each day. */
    ofService: (serviceId: number, days: Days) =>
      read
        .select({ day: t.day, kind: t.kind, name: t.name, count: t.count })
        .from(t)
        .where(and(isWithin(serviceId, days), sql`(${t.kind} <> 'refusal' or ${t.name} = '')`))
        .orderBy(t.day, t.kind, t.name)
        .then((rows) => rows),
    /** The refusals that the service had most often. */
    async mostRefused(serviceId: number, days: Days, limit: number) {
      const isRefusal = and(eq(t.kind, 'refusal'), ne(t.name, ''))
      const rows = await read
        .select({ code: t.name, count: sum })
        .from(t)
        .where(and(isWithin(serviceId, days), isRefusal))
        .groupBy(t.name)
        .orderBy(desc(sum), t.name)
        .limit(limit)
      return rows.map(({ code, count }) => ({ code, count: Number(count) }))
    },
    /** The services with most of a kind on a day, with their sums of all kinds. */
    async ranked(day: number, kind: UsageKind, limit: number) {
      const isSum = and(eq(t.day, day), eq(t.name, ''))
      const first = await read
        .select({ serviceId: t.serviceId })
        .from(t)
        .where(and(isSum, eq(t.kind, kind)))
        .orderBy(desc(t.count))
        .limit(limit)
      const ids = first.map(({ serviceId }) => serviceId)
      const rows = await read
        .select({ serviceId: t.serviceId, kind: t.kind, count: t.count })
        .from(t)
        .where(and(isSum, inArray(t.kind, usageKinds), inArray(t.serviceId, ids)))
      const sums = new Map(ids.map((serviceId) => [serviceId, { call: 0, token: 0, refusal: 0 }]))
      for (const { serviceId, kind: of, count } of rows) {
        const known = sums.get(serviceId)
        if (known) known[of] = count
      }
      return [...sums].map(([serviceId, counts]) => ({ serviceId, ...counts }))
    },
    /** How many access tokens were stored for the service on the day. */
    async tokensOn(serviceId: number, day: number): Promise<number> {
      const isSum = and(eq(t.kind, 'token'), eq(t.name, ''), eq(t.day, day))
      const [row] = await read
        .select({ count: t.count })
        .from(t)
        .where(and(eq(t.serviceId, serviceId), isSum))
      return row?.count ?? 0
    },
  }
}
