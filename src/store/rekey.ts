/**
 * Sealing again, under the master key, what a previous key has sealed: in batches, beside servers
 * at work. What is left to do is seen from the rows, so that it can be broken off and taken up.
 */
import { setImmediate as others } from 'node:timers/promises'
import { and, eq, getTableColumns, getTableName, gt, isNotNull, lt, ne, or, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { SealError, type Sealer, sealedPrefix } from '../system/sealer.ts'
import type { Engine, Write } from './engine.ts'
import { keyOf } from './schema/configuration-tables.ts'

/** A column of sealed values; each value is bound to its table, its row and its column. */
interface SealedColumn {
  from: SQLiteTable & { serviceId: SQLiteColumn }
  /** With the service's id it names the row. */
  id: SQLiteColumn
  /** What the index has of an id that is a hash. */
  tail?: SQLiteColumn
  value: SQLiteColumn
}

interface SealedRow {
  serviceId: number
  id: string | number
  sealed: string
}

/** Services come last: where all of theirs are under one key, so is everything else. */
function sealedColumns({ tables }: Engine): SealedColumn[] {
  const { tickets, backchannelRequests, notifications, refreshPredecessors } = tables
  const { authorizationCodes, deviceCodes, accessTokens, refreshTokens } = tables
  const { clients, services } = tables
  return [
    { from: tickets, id: tickets.ticketHash, value: tickets.sealedNotificationToken },
    {
      from: backchannelRequests,
      id: backchannelRequests.authReqHash,
      value: backchannelRequests.sealed,
    },
    { from: notifications, id: notifications.notificationId, value: notifications.sealed },
    {
      from: refreshPredecessors,
      id: refreshPredecessors.tokenHash,
      tail: refreshPredecessors.tail,
      value: refreshPredecessors.sealedSuccessor,
    },
    {
      from: authorizationCodes,
      id: authorizationCodes.codeHash,
      value: authorizationCodes.sealedUser,
    },
    { from: deviceCodes, id: deviceCodes.deviceCodeHash, value: deviceCodes.sealedUser },
    {
      from: backchannelRequests,
      id: backchannelRequests.authReqHash,
      value: backchannelRequests.sealedUser,
    },
    { from: accessTokens, id: accessTokens.familyId, value: accessTokens.sealedUser },
    { from: refreshTokens, id: refreshTokens.familyId, value: refreshTokens.sealedUser },
    {
      from: tables.credentialOffers,
      id: tables.credentialOffers.identifierHash,
      value: tables.credentialOffers.sealed,
    },
    {
      from: tables.idempotencyKeys,
      id: tables.idempotencyKeys.keyHash,
      value: tables.idempotencyKeys.sealed,
    },
    {
      from: tables.eventEndpoints,
      id: tables.eventEndpoints.endpointId,
      value: tables.eventEndpoints.sealed,
    },
    {
      from: tables.eventStreams,
      id: tables.eventStreams.clientId,
      value: tables.eventStreams.sealed,
    },
    {
      from: tables.securityEvents,
      id: tables.securityEvents.eventId,
      value: tables.securityEvents.sealed,
    },
    { from: clients, id: clients.clientId, value: clients.sealed },
    { from: services, id: services.serviceId, value: services.sealed },
  ]
}

/** Rows of which the value was sealed under another key than the present one. */
function stale({ read }: Engine, at: SealedColumn, keyId: string, limit: number) {
  const { from, id, value } = at
  const prefix = sealedPrefix(keyId)
  const isOther = ne(sql`substr(${value}, 1, ${prefix.length})`, prefix)
  const rows = read
    .select({ serviceId: from.serviceId, id, sealed: value })
    .from(from)
    .where(and(isNotNull(value), isOther))
    .limit(limit)
  return rows as unknown as PromiseLike<SealedRow[]>
}

/**
 * Returns how many values were sealed again. A value that is written concurrently is left as it
 * is written, and looked at once more.
 */
export async function rekey(engine: Engine, sealer: Sealer, limit = 200): Promise<number> {
  let resealed = 0
  for (const at of sealedColumns(engine)) {
    const read = () => stale(engine, at, sealer.keyId, limit)
    for (let rows = await read(); rows.length > 0; rows = await read()) {
      await resealBatch(engine, sealer, at, rows)
      resealed += rows.length
      // Statements of SQLite hold the process, and the database: others get their turn.
      await others()
    }
  }
  return resealed
}

async function resealBatch(
  engine: Engine,
  sealer: Sealer,
  { from, id, tail, value }: SealedColumn,
  rows: SealedRow[],
): Promise<void> {
  const table = getTableName(from)
  const columns = Object.entries<unknown>(getTableColumns(from))
  const [name = ''] = columns.find(([, column]) => column === value) ?? []
  const writes = rows.map((row): Write => {
    const place = { table, serviceId: row.serviceId, row: String(row.id), column: value.name }
    const sealed = sealer.seal(sealer.unseal(row.sealed, place), place)
    const isRow = and(tail && eq(tail, row.id), eq(id, row.id))
    const isSame = and(eq(from.serviceId, row.serviceId), isRow, eq(value, row.sealed))
    return engine.build
      .update(from)
      .set({ [name]: sealed })
      .where(isSame)
      .returning({ id })
      .toSQL()
  })
  await engine.commit(...writes)
}

/** Throws a `SealError` where a service was sealed under a key that is not known. */
export async function requireKnownKeys({ read, tables }: Engine, sealer: Sealer): Promise<void> {
  const { sealed } = tables.services
  const key = keyOf(sealed)
  const known = [...new Set(sealer.keyIds.map((keyId) => sealedPrefix(keyId)))].sort()
  // Ranges of the index between the known keys: no index answers what differs from a value.
  const isBetween = known.map((prefix, at) => {
    const next = known[at + 1]
    return and(gt(key, prefix), next === undefined ? undefined : lt(key, next))
  })
  const isUnknown = or(lt(key, known[0]), ...isBetween)
  const [row] = await read
    .select({ key: keyOf(sealed) })
    .from(tables.services)
    .where(isUnknown)
    .limit(1)
  if (row) throw new SealError('A service was sealed under a master key that is not known.')
}
