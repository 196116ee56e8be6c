/**
 * The audit log. A record is inserted without a number, in the commit of what it tells of. Records
 * get their numbers when they are read, since only then is it known which ones are there. No number
 * is therefore seen before a smaller one, however commits overlap, and a reader that continues
 * after a number misses nothing. Readers wait for each other, and no commit waits for another.
 */
import { and, asc, desc, eq, gt, gte, isNull, lt, lte, type SQL, sql } from 'drizzle-orm'
import type { AuditRecord, AuditType } from '../../model/audit/record.ts'
import type { Engine, Write } from '../engine.ts'
import { insertion } from '../rows.ts'

/** Records that are numbered in one commit. */
const numberedAtOnce = 500
/** A reader numbers no more than this, and then reads what is numbered. */
const mostCommits = 10
/** Records that one read with a filter looks at. */
const mostScanned = 2_000

export interface AuditFilter {
  /** Undefined: of all services, and of the installation. */
  serviceId: number | undefined
  /** The number after which to continue. */
  after: number
  /** With it, the newest records before this number come first. */
  before?: number | undefined
  limit: number
  type?: AuditType | undefined
  /** An identifier, or a kind and an identifier. */
  actor?: Named | undefined
  target?: Named | undefined
}
interface Named {
  kind?: string | undefined
  id: string
}

export type AuditRow = Engine['tables']['audit']['$inferSelect']

export interface AuditPage {
  rows: AuditRow[]
  /** Where to continue: all records up to this number were looked at. */
  next: number
  hasMore: boolean
}

export const audit = (engine: Engine) => {
  const { read, tables, commit } = engine
  const t = tables.audit
  const insertRow = insertion(engine, t)
  const number = numbering(engine)

  /** The number of the last record that a read may look at; undefined: there are no more. */
  async function endOf(scope: SQL | undefined, isBack: boolean): Promise<number | undefined> {
    const [row] = await read
      .select({ seq: t.seq })
      .from(t)
      .where(scope)
      .orderBy(isBack ? desc(t.seq) : asc(t.seq))
      .limit(1)
      .offset(mostScanned - 1)
    return row?.seq ?? undefined
  }

  return {
    insert: (record: AuditRecord): Write => ({ ...insertRow({ ...record, seq: null }), record }),

    /** Gives numbers to the records that have none. */
    async number(): Promise<void> {
      for (let round = 0; round < mostCommits; round++) {
        const waiting = await read.select({ at: t.at }).from(t).where(isNull(t.seq)).limit(1)
        if (waiting.length === 0) return
        await commit(...number())
      }
    },

    /** Numbered records in their order. */
    async list(filter: AuditFilter): Promise<AuditPage> {
      const { serviceId, after, before, limit, type, actor, target } = filter
      const isBack = before !== undefined
      const ofService = serviceId === undefined ? undefined : eq(t.serviceId, serviceId)
      const scope = and(ofService, isBack ? lt(t.seq, before) : gt(t.seq, after))
      const isFiltered = type !== undefined || actor !== undefined || target !== undefined
      const end = isFiltered ? await endOf(scope, isBack) : undefined
      const rows = await read
        .select()
        .from(t)
        .where(
          and(
            scope,
            end === undefined ? undefined : isBack ? gte(t.seq, end) : lte(t.seq, end),
            type && eq(t.type, type),
            actor && and(eq(t.actorId, actor.id), kindIs(t.actorKind, actor.kind)),
            target && and(eq(t.targetId, target.id), kindIs(t.targetKind, target.kind)),
          ),
        )
        .orderBy(isBack ? desc(t.seq) : asc(t.seq))
        .limit(limit + 1)
      const page = rows.slice(0, limit)
      const isFull = rows.length > limit
      const last = page.at(-1)?.seq ?? before ?? after
      return {
        rows: page,
        next: isFull ? last : (end ?? last),
        hasMore: isFull || end !== undefined,
      }
    },
  }
}

type KindColumn = Engine['tables']['audit']['actorKind' | 'targetKind']
const kindIs = (column: KindColumn, kind: string | undefined): SQL | undefined =>
  kind === undefined ? undefined : sql`${column} = ${kind}`

/**
 * The commit that numbers a batch, without gaps. It first holds the counter, whose row makes other
 * readers wait until the numbers are there.
 */
function numbering({ build, read, tables }: Engine): () => Write[] {
  const { audit: t, counters: c } = tables
  const isCounter = and(eq(c.serviceId, 0), eq(c.name, 'audit'))
  const returned = { serviceId: c.serviceId }
  const hold = build
    .insert(c)
    .values({ serviceId: 0, name: 'audit', value: 0 })
    .onConflictDoUpdate({ target: [c.serviceId, c.name], set: { value: sql`${c.value}` } })
    .returning(returned)
  const waiting = read
    .select({
      serviceId: t.serviceId,
      recordId: t.recordId,
      place: sql<number>`row_number() over (order by ${t.at}, ${t.recordId})`.as('place'),
    })
    .from(t)
    .where(isNull(t.seq))
    .orderBy(asc(t.at), asc(t.recordId))
    .limit(numberedAtOnce)
    .as('waiting')
  const last = read.select({ value: c.value }).from(c).where(isCounter)
  const number = build
    .update(t)
    .set({ seq: sql`${last} + ${waiting.place}` })
    .from(waiting)
    .where(and(eq(t.serviceId, waiting.serviceId), eq(t.recordId, waiting.recordId)))
    .returning({ serviceId: t.serviceId })
  const greatest = read
    .select({ seq: sql`max(${t.seq})` })
    .from(t)
    .where(gt(t.seq, c.value))
  const count = build
    .update(c)
    .set({ value: sql`coalesce(${greatest}, ${c.value})` })
    .where(isCounter)
    .returning(returned)
  const writes = [hold.toSQL(), number.toSQL(), count.toSQL()]
  return () => writes
}
