/** Streams of security events, one for each client. Where they are pushed to is sealed. */
import { and, eq, isNull, lte, or, sql } from 'drizzle-orm'
import { StreamTarget } from '../../../model/events/stream.ts'
import type { Sealer } from '../../../system/sealer.ts'
import type { Engine, Write } from '../../engine.ts'
import { clientExists } from '../../parent.ts'
import { preparedRead } from '../../prepared.ts'
import { insertion, rowsByKey } from '../../rows.ts'
import type { Tables } from '../../schema/tables.ts'

type Stored = Tables['eventStreams']['$inferSelect']
export type EventStreamRow = Omit<Stored, 'sealed'> & { target: StreamTarget }
/** As many events of a stream are counted. */
export const countedAtMost = 1_000
const listedAtMost = 1_000
type Key = Pick<Stored, 'serviceId' | 'clientId'>

const place = ({ serviceId, clientId }: Key) => ({
  table: 'event_streams',
  serviceId,
  row: String(clientId),
  column: 'sealed',
})

export const eventStreams = (engine: Engine, sealer: Sealer) => {
  const t = engine.tables.eventStreams
  const rows = rowsByKey(engine, t, 'clientId')
  const insert = insertion(engine, t, {
    ifAbsent: true,
    ifExists: (given) => clientExists(engine, given),
  })
  const seal = ({ target, ...row }: EventStreamRow): Stored => ({
    ...row,
    sealed: sealer.seal(JSON.stringify(target), place(row)),
  })
  const opened = ({ sealed, ...row }: Stored): EventStreamRow => ({
    ...row,
    target: StreamTarget.parse(JSON.parse(sealer.unseal(sealed, place(row)))),
  })
  const replace = rows.change<Omit<Stored, keyof Key>>(
    (given) => ({
      version: sql`${t.version} + 1`,
      status: given.status,
      reason: given.reason,
      method: given.method,
      types: given.types,
      modifiedAt: given.modifiedAt,
      data: given.data,
      sealed: given.sealed,
    }),
    (given) => and(eq(t.streamId, given.streamId), eq(t.version, given.version)),
  )
  const verify = rows.change<{ streamId: string; now: number; before: number }>(
    ({ now }) => ({ verifiedAt: now }),
    ({ streamId, before }) =>
      and(eq(t.streamId, streamId), or(isNull(t.verifiedAt), lte(t.verifiedAt, before))),
  )
  const list = preparedRead<{ serviceId: number; limit: number }, { row: Stored; waiting: number }>(
    engine,
    (db, given) =>
      db
        .select({
          row: t,
          waiting: sql<number>`(select count(*) from (
            select 1 from security_events w
            where w.service_id = event_streams.service_id and w.client_id = event_streams.client_id
            limit ${sql.raw(String(countedAtMost))}
          ) as waiting)`.mapWith(Number),
        })
        .from(t)
        .where(eq(t.serviceId, given.serviceId))
        .orderBy(t.clientId)
        .limit(given.limit as unknown as number),
  )
  return {
    async find(serviceId: number, clientId: number): Promise<EventStreamRow | undefined> {
      const row = await rows.find(serviceId, clientId)
      return row && opened(row)
    },
    /** All of a service, by their clients, and how many events wait for each, up to a limit. */
    async list(serviceId: number): Promise<(EventStreamRow & { waiting: number })[]> {
      const found = await list({ serviceId, limit: listedAtMost })
      return found.map(({ row, waiting }) => ({ ...opened(row), waiting }))
    },
    /** How many a service has. */
    async count(serviceId: number): Promise<number> {
      const [row] = await engine.read
        .select({ total: sql<number>`count(*)`.mapWith(Number) })
        .from(t)
        .where(eq(t.serviceId, serviceId))
      return row?.total ?? 0
    },
    /** Touches no row if the client has a stream, or is gone. */
    insert: (row: EventStreamRow): Write => insert(seal(row)),
    /** Touches no row if the stream was changed since its version was read, or is another one. */
    replace: (row: EventStreamRow): Write => replace(seal(row)),
    /** Touches no row if the stream was verified after `before`. */
    verify,
    delete: rows.delete,
  }
}
