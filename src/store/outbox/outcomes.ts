/** What becomes of a delivery: an attempt begins, and it is delivered, due again, or given up. */
import { and, eq, sql } from 'drizzle-orm'
import type { Engine, Write } from '../engine.ts'
import type { Placeholders } from '../prepared.ts'
import { rowsByKey } from '../rows.ts'
import type { Tables } from '../schema/tables.ts'
import type { DeliveryTable } from './backlog.ts'

interface Attempt {
  /** When the attempt was due, as it was read: of several processes, one finds it unchanged. */
  seen: number
  attempts: number
  /** When the attempt is made again, unless its outcome is stored before. */
  dueAt: number
}

/** The last answer of the receiver: its HTTP status, and why it counts as a failure. */
interface Answer {
  lastStatus: number | null
  lastError: string | null
}
interface Finished extends Answer {
  finishedAt: number
  keptUntil: number
}

export interface Outcomes<Key> {
  /** An attempt begins: touches no row where another process was faster. */
  attempt(of: Key, values: Attempt): Write
  /** Whichever attempt it was: the receiver has it. */
  delivered(of: Key, values: Finished): Write
  /** This attempt failed, and none was begun after it. */
  again(of: Key, attempts: number, values: Answer & { dueAt: number }): Write
  /** This attempt failed and was the last, and none was begun after it. */
  givenUp(of: Key, attempts: number, values: Finished): Write
  /** Of a receiver that is gone. */
  delete(of: Key): Write
}

/** To drizzle one table is as good as another: what a statement names is given by the columns. */
type AnyTable = Tables['deliveries']

/** `key` names a row within its service; `final` is the status of what is given up. */
export function outcomes<const N extends string>(
  engine: Engine,
  table: DeliveryTable,
  { key, final }: { key: readonly N[]; final: 'DEAD' | 'PARKED' },
): Outcomes<{ serviceId: number } & { [Name in N]: string | number }> {
  const t = table as unknown as AnyTable
  const names = key as readonly string[] as readonly 'deliveryId'[]
  const { change, delete: remove } = rowsByKey(engine, t, ...names)
  const isPending = sql`${t.status} = 'PENDING'`
  const ofAttempt = ({ attempts }: Placeholders<{ attempts: number }>) =>
    and(eq(t.attempts, attempts), isPending)
  const answered = ({ lastStatus, lastError }: Placeholders<Answer>) => ({ lastStatus, lastError })
  const finished = (status: 'DELIVERED' | typeof final, given: Placeholders<Finished>) => ({
    ...answered(given),
    status: sql.raw(`'${status}'`),
    dueAt: sql`null`,
    finishedAt: given.finishedAt,
    keptUntil: given.keptUntil,
  })
  const attempt = change<Attempt>(
    ({ attempts, dueAt }) => ({ attempts, dueAt }),
    ({ seen }) => and(eq(t.dueAt, seen), isPending),
  )
  const delivered = change<Finished>(
    (given) => finished('DELIVERED', given),
    () => isPending,
  )
  const again = change<Answer & { attempts: number; dueAt: number }>(
    (given) => ({ ...answered(given), dueAt: given.dueAt }),
    ofAttempt,
  )
  const givenUp = change<Finished & { attempts: number }>(
    (given) => finished(final, given),
    ofAttempt,
  )
  type Key = { serviceId: number; deliveryId: string }
  const keyOf = (of: Record<string, unknown>) =>
    Object.fromEntries(['serviceId', ...key].map((name) => [name, of[name]])) as Key
  return {
    attempt: (of, values) => attempt({ ...keyOf(of), ...values }),
    delivered: (of, values) => delivered({ ...keyOf(of), ...values }),
    again: (of, attempts, values) => again({ ...keyOf(of), attempts, ...values }),
    givenUp: (of, attempts, values) => givenUp({ ...keyOf(of), attempts, ...values }),
    delete: (of) => remove(of.serviceId, ...(key.map((name) => of[name]) as string[])),
  }
}
