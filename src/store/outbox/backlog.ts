/**
 * What waits in an outbox. A service has a lane for each client or endpoint, and of each lane the
 * oldest row is sent. Each step goes into an index: a long backlog is not read.
 */
import { and, type Column, eq, getTableName, type SQL, sql } from 'drizzle-orm'
import type { Engine } from '../engine.ts'
import { type Placeholders, preparedRead } from '../prepared.ts'
import type { Tables } from '../schema/tables.ts'

export type DeliveryTable = Tables['deliveries'] | Tables['eventDeliveries']
type Outbox = DeliveryTable | Tables['notifications']

interface Lanes {
  lane: Column
  /** Names a row within its lane. */
  id: Column
  /** Which rows `d` wait; absent: all of the table. */
  waits?: SQL
  /** What else holds for a row `d` that is due. */
  lasts?: (given: Placeholders<Look>) => SQL
}

export interface Look {
  serviceId: number
  /** The lane to begin after. */
  after: number
  now: number
  /** How many lanes to look at. */
  limit: number
}

/** Has the index of what is due. */
export const hasDueTime = sql`d.due_at is not null`

/** How many rows are counted, so that a long backlog is not read as a whole. */
export const countedAtMost = 20_000

/** To drizzle one outbox is as good as another: what a statement names is given by the columns. */
type AnyOutbox = Tables['deliveries']

const named = (table: Outbox): SQL => sql`${sql.identifier(getTableName(table))}`

/** From one service to the next. */
const distinctServices = (
  table: Outbox,
  { waits = sql`true` }: Lanes,
  given: Placeholders<{ after: number; limit: number }>,
) => sql`(
  with recursive waiting(service_id, place) as (
    select min(d.service_id), 1 from ${named(table)} d
    where d.service_id > ${given.after} and ${waits}
    union all
    select
      (select min(d.service_id) from ${named(table)} d
        where d.service_id > waiting.service_id and ${waits}),
      waiting.place + 1
    from waiting where waiting.service_id is not null and waiting.place < ${given.limit}
  )
  select service_id from waiting where service_id is not null
) as services`

const oldestOfLanes = (table: Outbox, lanes: Lanes, given: Placeholders<Look>) => {
  const { waits = sql`true`, lasts = () => sql`true` } = lanes
  const lane = sql`d.${sql.identifier(lanes.lane.name)}`
  return sql`(
  with recursive lanes(lane, place) as (
    select min(${lane}), 1 from ${named(table)} d
    where d.service_id = ${given.serviceId} and ${lane} > ${given.after} and ${waits}
    union all
    select
      (select min(${lane}) from ${named(table)} d
        where d.service_id = ${given.serviceId} and ${lane} > lanes.lane and ${waits}),
      lanes.place + 1
    from lanes where lanes.lane is not null and lanes.place < ${given.limit}
  )
  select lane, (
    select d.${sql.identifier(lanes.id.name)} from ${named(table)} d
    where d.service_id = ${given.serviceId} and ${lane} = lanes.lane
      and ${waits} and d.due_at <= ${given.now} and ${lasts(given)}
    order by d.due_at limit 1
  ) as id
  from lanes where lane is not null
) as oldest`
}

export function backlog<T extends Outbox>(engine: Engine, table: T, lanes: Lanes) {
  const t = table as unknown as AnyOutbox
  const servicesAfter = preparedRead<{ after: number; limit: number }, { serviceId: number }>(
    engine,
    (db, given) =>
      db
        .select({ serviceId: sql`service_id`.mapWith(t.serviceId).as('service_id') })
        .from(distinctServices(table, lanes, given)),
  )
  const isOldest = (serviceId: unknown) =>
    and(
      eq(t.serviceId, serviceId as number),
      eq(lanes.lane, sql`oldest.lane`),
      eq(lanes.id, sql`oldest.id`),
    )
  const oldest = preparedRead<Look, { lane: number; row: AnyOutbox['$inferSelect'] | null }>(
    engine,
    (db, given) =>
      db
        .select({ lane: sql`oldest.lane`.mapWith(Number).as('lane'), row: t })
        .from(oldestOfLanes(table, lanes, given))
        .leftJoin(t, isOldest(given.serviceId)),
  )
  return {
    /** Services with a row that waits, due now or later, in order of their ids. */
    async services(after: number, limit: number): Promise<number[]> {
      return (await servicesAfter({ after, limit })).map(({ serviceId }) => serviceId)
    },
    /**
     * What a service has to send by now: of each lane the oldest, for so many lanes in order of
     * their ids. `last` is the one to continue after, where there may be more.
     */
    async due(look: Look): Promise<{ due: T['$inferSelect'][]; last: number | undefined }> {
      const looked = await oldest(look)
      const due: object[] = looked.flatMap(({ row }) => row ?? [])
      return {
        due: due as T['$inferSelect'][],
        last: looked.length < look.limit ? undefined : looked.at(-1)?.lane,
      }
    },
  }
}

/** How many deliveries of all services wait, up to a limit, and when the oldest was stored. */
export function waiting(engine: Engine, table: DeliveryTable) {
  const read = preparedRead<{ limit: number }, { count: number; oldest: number | null }>(
    engine,
    (db, given) =>
      db
        .select({
          count: sql<number>`count(*)`.mapWith(Number),
          oldest: sql<number | null>`min(created_at)`.mapWith(table.createdAt),
        })
        .from(sql`(select created_at from ${named(table)} d where ${hasDueTime}
          limit ${given.limit}) as waiting`),
  )
  return async (): Promise<{ count: number; oldest: number | null }> => {
    const [found] = await read({ limit: countedAtMost })
    return found ?? { count: 0, oldest: null }
  }
}
