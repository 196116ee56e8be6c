/**
 * How many clients and users were active in a service on a day. Values are hashed with a key of the
 * service and go into registers, from which no value can be read. Registers are kept in memory, and
 * merged with those of the database by `flush` once they have changed.
 */
import { hash } from 'node:crypto'
import { and, eq, gte, lte, sql } from 'drizzle-orm'
import type { ActivityKind } from '../../model/installation/usage.ts'
import { createCache } from '../../system/cache.ts'
import type { Sealer } from '../../system/sealer.ts'
import type { Engine } from '../engine.ts'
import { selectRow, serviceExists } from '../parent.ts'
import { allColumns, preparedRead, preparedRowWrite } from '../prepared.ts'
import { DistinctCount } from './distinct-count.ts'

/** Counts that are kept, so that a value which is known changes nothing. */
const mostKept = 20_000
/** Counts that can wait to be stored; values of further ones are lost. */
const mostWaiting = 100_000
/** Counts that are stored at once. */
const batch = 20
/** Other processes store the same count at most this often while one is stored. */
const rounds = 5

interface Key {
  serviceId: number
  /** When the day begins, in UTC. */
  day: number
  kind: ActivityKind
}
interface Stored {
  version: number
  registers: string
}
interface Waiting extends Key {
  count: DistinctCount
}

export const activity = (engine: Engine, sealer: Sealer) => {
  const { find, store, ofService } = statements(engine)
  const kept = createCache<string, DistinctCount>(mostKept)
  const keys = createCache<number, string>(mostKept)
  const waiting = new Map<string, Waiting>()

  function keyOf(serviceId: number): string {
    const known = keys.get(serviceId)
    if (known !== undefined) return known
    const place = { table: 'usage_sketches', serviceId, row: '', column: 'registers' }
    const key = sealer.digest('active clients and users', place)
    keys.set(serviceId, key)
    return key
  }

  /** Merged with what is stored; given up where the service is gone. */
  async function storeOne({ count, ...key }: Waiting): Promise<void> {
    for (let round = 1; round <= rounds; round++) {
      const [stored] = await find(key)
      if (stored) {
        const known = DistinctCount.parse(stored.registers)
        if (!known.merge(count)) return
        count.merge(known)
      }
      const version = (stored?.version ?? 0) + 1
      const rows = await engine.run(store({ ...key, version, registers: count.toString() }))
      if (rows.length > 0) return
    }
  }

  return {
    /** A client or a user is active on the day. */
    note(serviceId: number, kind: ActivityKind, name: string, day: number): void {
      const id = `${serviceId} ${day} ${kind}`
      const count = kept.get(id) ?? waiting.get(id)?.count ?? new DistinctCount()
      kept.set(id, count)
      const value = hash('sha256', `${keyOf(serviceId)} ${kind} ${name}`, 'buffer')
      if (!count.add(value) || waiting.has(id) || waiting.size >= mostWaiting) return
      waiting.set(id, { serviceId, kind, day, count })
    },
    /** What fails waits for the next time. */
    async flush(): Promise<void> {
      const all = [...waiting]
      for (let at = 0; at < all.length; at += batch) {
        const some = all.slice(at, at + batch)
        for (const [id] of some) waiting.delete(id)
        const outcomes = await Promise.allSettled(some.map(([, each]) => storeOne(each)))
        for (const [place, [id, each]] of some.entries()) {
          if (outcomes[place]?.status === 'rejected') waiting.set(id, each)
        }
        const failed = outcomes.find((outcome) => outcome.status === 'rejected')
        if (failed) throw failed.reason
      }
    },
    /** The estimates of the days from `from` to `to`. */
    async ofService(serviceId: number, days: { from: number; to: number }) {
      const rows = await ofService(serviceId, days)
      return rows.map(({ day, kind, registers }) => ({
        day,
        kind,
        count: DistinctCount.parse(registers).estimate(),
      }))
    },
  }
}

function statements(engine: Engine) {
  const t = engine.tables.usageSketches
  const { placeholder } = allColumns(t)
  const find = preparedRead<Key, Stored>(engine, (db, { serviceId, day, kind }) =>
    db
      .select({ version: t.version, registers: t.registers })
      .from(t)
      .where(and(eq(t.serviceId, serviceId), eq(t.day, day), eq(t.kind, kind))),
  )
  /** Touches no row where another process was faster, or the service is gone. */
  const store = preparedRowWrite<Key & Stored>(engine, (build, given) =>
    build
      .insert(t)
      .select(selectRow(t, placeholder, serviceExists(engine, given.serviceId)))
      .onConflictDoUpdate({
        target: [t.serviceId, t.day, t.kind],
        set: { version: sql`excluded.version`, registers: sql`excluded.registers` },
        setWhere: sql`${t.version} = excluded.version - 1`,
      })
      .returning({ serviceId: t.serviceId }),
  )
  const ofService = (serviceId: number, { from, to }: { from: number; to: number }) =>
    engine.read
      .select({ day: t.day, kind: t.kind, registers: t.registers })
      .from(t)
      .where(and(eq(t.serviceId, serviceId), gte(t.day, from), lte(t.day, to)))
      .orderBy(t.day, t.kind)
  return { find, store, ofService }
}
