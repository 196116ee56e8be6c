/** Removes expired rows, in batches that delay no other write. */
import { setImmediate as others } from 'node:timers/promises'
import {
  and,
  type Column,
  eq,
  getTableName,
  isNotNull,
  lt,
  lte,
  notExists,
  type SQL,
  sql,
} from 'drizzle-orm'
import { dayMilliseconds } from '../model/installation/usage.ts'
import { signals } from '../signal.ts'
import type { Engine } from './engine.ts'
import { type ExpiringClient, expiringClients } from './tables/expiring-clients.ts'
import { keptMilliseconds as revocationMilliseconds } from './tables/revocations/revocations.ts'

/**
 * A code is remembered for an hour after it expired: a replay of it must be recognised. So are a
 * backchannel request and a device code: their clients have to learn that they expired.
 */
const memoryMilliseconds = 3_600_000

/**
 * How far the clocks of two nodes may differ. A value that may be seen once is remembered for that
 * much longer: the node that purges may be ahead of the one that still accepts the value.
 */
const clockDifferenceMilliseconds = 120_000

/** How long records are kept that have no time of their own; undefined: for ever. */
export interface KeptDays {
  auditDays?: number | undefined
  usageDays?: number | undefined
}

interface Purge {
  now: number
  /** Rows of one batch. */
  limit?: number | undefined
  kept?: KeptDays | undefined
  /** Ends the work after the batch that is under way. */
  signal: AbortSignal
}

export async function purge(
  engine: Engine,
  { now, limit = 100, kept = {}, signal }: Purge,
): Promise<number> {
  await noteSweep(engine, now)
  const removable = removableOf(engine, now, kept)
  let removed = 0
  // A batch of each table in turn: a long backlog of one does not make the others long.
  for (let rest = [...removable]; rest.length > 0 && !signal.aborted; ) {
    const full: typeof rest = []
    for (const each of rest) {
      if (signal.aborted) break
      const batch = await removeBatch(engine, each, limit)
      removed += batch
      if (batch === limit) full.push(each)
      // Statements of SQLite hold the process: requests get their turn between two of them.
      await others()
    }
    rest = full
  }
  return removed + (await removeClients(engine, { now, limit, signal }))
}

/** Tokens that the sweep removes have not ended early: the logs of revocations leave them out. */
async function noteSweep({ run, build, tables }: Engine, now: number): Promise<void> {
  const { revocationLogs: t } = tables
  const later = build.update(t).set({ sweptUntil: now }).where(lt(t.sweptUntil, now))
  await run(later.returning({ serviceId: t.serviceId }).toSQL())
}

/** What goes at a time, in the order of its removal. */
function removableOf(engine: Engine, now: number, { auditDays, usageDays }: KeptDays): Removable[] {
  const { tables } = engine
  return [
    expiring(tables.tickets, now),
    expiring(tables.authorizationCodes, now - memoryMilliseconds),
    expiring(tables.backchannelRequests, now - memoryMilliseconds),
    expiring(tables.notifications, now),
    expiring(tables.accessTokens, now),
    expiring(tables.revocations, now - revocationMilliseconds),
    expiring(tables.refreshTokens, now),
    expiring(tables.refreshPredecessors, now),
    expiring(tables.replays, now - clockDifferenceMilliseconds),
    expiring(tables.tokenBatches, now),
    expiring(tables.deviceCodes, now - memoryMilliseconds),
    expiring(tables.credentialOffers, now),
    expiring(tables.credentialRequests, now),
    keptUntil(tables.issuedCredentials, now),
    ofStatusLists(engine, now),
    expiring(tables.attempts, now),
    expiring(tables.apiTokens, now),
    expiring(tables.securityEvents, now),
    expiring(tables.idempotencyKeys, now),
    ...ofSessions(engine, now),
    keptUntil(tables.deliveries, now),
    keptUntil(tables.eventDeliveries, now),
    keptUntil(tables.events, now),
    keptUntil(tables.revisions, now),
    ...ofDays(tables.audit, tables.audit.at, now, auditDays),
    ...ofDays(tables.usage, tables.usage.day, now, usageDays),
    ...ofDays(tables.usageSketches, tables.usageSketches.day, now, usageDays),
  ]
}

/** How long ago the row expired that the sweep should have removed first, in milliseconds. */
export async function sweepLag(
  engine: Engine,
  { now, kept = {} }: Pick<Purge, 'now' | 'kept'>,
): Promise<number> {
  const { read } = engine
  const lags = removableOf(engine, now, kept)
    // What waits for something else as well is not late.
    .filter(({ only }) => only === undefined)
    .map(async ({ table, until, before }) => {
      const oldest = sql<number | null>`min(${until})`
      const [row] = await read.select({ oldest }).from(table).where(lte(until, before))
      return row?.oldest == null ? 0 : before - Number(row.oldest)
    })
  return Math.max(...(await Promise.all(lags)))
}

/** More rows of a table are not counted. */
const mostDue = 10_000

export interface DueRows {
  table: string
  /** With `mostDue`, there are that many or more. */
  rows: number
}

/** How many rows have expired and are not yet removed, of every table that has a time for that. */
export async function sweepDue(
  engine: Engine,
  { now, kept = {} }: Pick<Purge, 'now' | 'kept'>,
): Promise<DueRows[]> {
  const due: DueRows[] = []
  for (const { table, until, before, only } of removableOf(engine, now, kept)) {
    // What waits for something else as well is not late.
    if (only) continue
    const some = engine.read
      .select({ one: sql`1`.as('one') })
      .from(table)
      .where(lte(until, before))
      .limit(mostDue)
    const rows = sql<number>`count(*)`.mapWith(Number)
    const [counted] = await engine.read.select({ rows }).from(some.as('counted'))
    due.push({ table: getTableName(table), rows: counted?.rows ?? 0 })
    await others()
  }
  return due
}

/** Rows of a table that go once the time in `until` has passed. */
interface Removable {
  table: Table
  until: Table['expiresAt']
  before: number
  /** What must hold as well. */
  only?: SQL | undefined
}
type Table = Engine['tables']['attempts']

/** Clients are removed by themselves, and sessions are ended first. */
type Expiring = {
  [N in keyof Engine['tables']]: Engine['tables'][N] extends { expiresAt: unknown }
    ? Engine['tables'][N]
    : never
}[Exclude<keyof Engine['tables'], 'clients' | 'sessions'>]
const expiring = (table: Expiring, before: number): Removable => ({
  table: table as unknown as Table,
  until: table.expiresAt as Table['expiresAt'],
  before,
})

type Kept = Engine['tables'][
  | 'sessions'
  | 'sessionClients'
  | 'deliveries'
  | 'eventDeliveries'
  | 'events'
  | 'issuedCredentials'
  | 'revisions']
const keptUntil = (table: Kept, before: number): Removable => ({
  table: table as unknown as Table,
  until: table.keptUntil as unknown as Table['expiresAt'],
  before,
})

type Aging = Engine['tables']['audit' | 'usage' | 'usageSketches']

/** Records go by their age, so that a changed number of days holds for those that exist, too. */
const ofDays = (
  table: Aging,
  since: Column,
  now: number,
  days: number | undefined,
): Removable[] => {
  if (days === undefined) return []
  const until = since as unknown as Table['expiresAt']
  return [{ table: table as unknown as Table, until, before: now - days * dayMilliseconds }]
}

/**
 * A session goes after its end, however late that comes; its clients stay as long as its row, since
 * the end has to tell them.
 */
function ofSessions({ read, tables }: Engine, now: number): Removable[] {
  const { sessions: s, sessionClients: c } = tables
  const session = read
    .select({ session: sql`1` })
    .from(s)
    .where(and(eq(s.serviceId, c.serviceId), eq(s.sessionId, c.sessionId)))
  return [
    { ...keptUntil(s, now), only: isNotNull(s.endedAt) },
    { ...keptUntil(c, now), only: notExists(session) },
  ]
}

/**
 * A status list goes after its credentials. The newest list stays, and the one before it for a
 * while: a commit that is under way may still take a place there.
 */
function ofStatusLists({ read, tables }: Engine, now: number): Removable {
  const { statusLists: l, issuedCredentials: c } = tables
  const credential = read
    .select({ credential: sql`1` })
    .from(c)
    .where(and(eq(c.serviceId, l.serviceId), eq(c.list, l.list)))
  const successor = sql`exists (select 1 from ${l} newer where newer.service_id = ${l.serviceId}
    and newer.list > ${l.list} and newer.created_at <= ${now - dayMilliseconds})`
  return {
    table: l as unknown as Table,
    until: l.createdAt as unknown as Table['expiresAt'],
    before: now - dayMilliseconds,
    only: and(notExists(credential), successor),
  }
}

/** An unused client with something alive is looked at again a day later. */
const postponedMilliseconds = dayMilliseconds

/** Clients that are removed at a time, each by a commit: the commits share a wait for the disk. */
const atOnce = 10
async function removeClients(engine: Engine, { now, limit = 100, signal }: Purge): Promise<number> {
  const store = expiringClients(engine)
  const alive = new Error('Something of the client is alive.')
  const remove = (client: ExpiringClient) =>
    engine.commit(...store.remove(client, now, now, alive)).then(
      () => true,
      async (error: unknown) => {
        if (error !== alive) throw error
        await engine.commit(store.prolong(client, now + postponedMilliseconds))
        return false
      },
    )
  let removed = 0
  for (let batch = limit; batch === limit && !signal.aborted; ) {
    const expired = await store.expired(now, limit)
    batch = expired.length
    for (let at = 0; at < batch && !signal.aborted; at += atOnce) {
      const outcomes = await Promise.all(expired.slice(at, at + atOnce).map(remove))
      const gone = outcomes.filter(Boolean).length
      signals.swept.emit('clients', gone)
      removed += gone
      await others()
    }
  }
  return removed
}

/** What is expired is checked again as it goes: another statement may just have prolonged it. */
async function removeBatch(
  { read, build, run, syntax }: Engine,
  { table, until, before, only }: Removable,
  limit: number,
): Promise<number> {
  const address = syntax.rowAddress(table)
  const isExpired = and(lte(until, before), only)
  const batch = read
    .select(Object.fromEntries(address.map((part, place) => [`part${place}`, sql`${part}`])))
    .from(table)
    .where(isExpired)
    .limit(limit)
  const rows = await run(
    build
      .delete(table)
      .where(and(sql`(${sql.join([...address], sql`, `)}) in ${batch}`, isExpired))
      .returning({ serviceId: table.serviceId })
      .toSQL(),
  )
  if (rows.length > 0) signals.swept.emit(getTableName(table), rows.length)
  return rows.length
}
