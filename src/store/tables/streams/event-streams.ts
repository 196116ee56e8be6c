/** Streams of security events, one for each client. Where they are pushed to is sealed. */
import { and, eq, isNull, lte, or, sql } from 'drizzle-orm'
import { StreamTarget } from '../../../model/events/stream.ts'
import type { Sealer } from '../../../system/sealer.ts'
import type { Engine, Write } from '../../engine.ts'
import { clientExists } from '../../parent.ts'
import { insertion, rowsByKey } from '../../rows.ts'
import type { Tables } from '../../schema/tables.ts'

type Stored = Tables['eventStreams']['$inferSelect']
export type EventStreamRow = Omit<Stored, 'sealed'> & { target: StreamTarget }
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
  return {
    async find(serviceId: number, clientId: number): Promise<EventStreamRow | undefined> {
      const row = await rows.find(serviceId, clientId)
      return row && opened(row)
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
