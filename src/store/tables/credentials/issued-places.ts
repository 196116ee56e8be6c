/** The places of issued credentials in the status lists of a service. */
import { and, count, eq, gte, inArray, lt, sql } from 'drizzle-orm'
import type { Engine } from '../../engine.ts'
import { type Placeholders, preparedRead } from '../../prepared.ts'

interface ListKey {
  serviceId: number
  list: number
}

export const issuedPlaces = (engine: Engine) => {
  const { read } = engine
  const t = engine.tables.issuedCredentials
  type Row = typeof t.$inferSelect
  const isIn = ({ serviceId, list }: ListKey | Placeholders<ListKey>) =>
    and(eq(t.serviceId, serviceId), eq(t.list, list))
  // A literal, and no parameter: the databases find the index of these rows by it.
  const isChanged = sql`${t.status} <> 0`

  const selectByPlace = preparedRead<ListKey & { place: number }, Row>(engine, (db, given) =>
    db
      .select()
      .from(t)
      .where(and(isIn(given), eq(t.place, given.place))),
  )
  const countChanged = preparedRead<ListKey, { rows: number }>(engine, (db, given) =>
    db
      .select({ rows: count() })
      .from(t)
      .where(and(isIn(given), isChanged)),
  )
  return {
    async findByPlace(serviceId: number, list: number, place: number): Promise<Row | undefined> {
      return (await selectByPlace({ serviceId, list, place }))[0]
    },
    /** The places of a list that are taken, of those that are given. */
    async taken(serviceId: number, list: number, places: readonly number[]): Promise<number[]> {
      const rows = await read
        .select({ place: t.place })
        .from(t)
        .where(and(isIn({ serviceId, list }), inArray(t.place, [...places])))
      return rows.flatMap(({ place }) => place ?? [])
    },
    /** How many credentials of a list are not valid. */
    async countChanged(serviceId: number, list: number): Promise<number> {
      return (await countChanged({ serviceId, list }))[0]?.rows ?? 0
    },
    /** The places of a list whose credentials are not valid; within bounds, if there are many. */
    async changed(serviceId: number, list: number, bounds?: { from: number; below: number }) {
      const within = bounds && and(gte(t.place, bounds.from), lt(t.place, bounds.below))
      const rows = await read
        .select({ place: t.place, status: t.status })
        .from(t)
        .where(and(isIn({ serviceId, list }), isChanged, within))
      return rows.map(({ place, status }) => ({ place: place ?? 0, status }))
    },
  }
}
