/** Events, written in the commit of the change that they tell of. */
import { and, eq, sql } from 'drizzle-orm'
import type { Engine, Write } from '../../engine.ts'
import { insertion, rowsByKey } from '../../rows.ts'
import type { Tables } from '../../schema/tables.ts'

export type EventRow = Tables['events']['$inferSelect']

export const events = (engine: Engine) => {
  const { events: t, eventDeliveries: d } = engine.tables
  const { find } = rowsByKey(engine, t, 'eventId')
  const insert = insertion(engine, t, {
    ifExists: ({ serviceId, eventId }) => {
      const isOfEvent = and(eq(d.serviceId, serviceId), eq(d.eventId, eventId))
      return sql`exists (select 1 from ${d} where ${isOfEvent})`
    },
  })
  return {
    find,
    /** After its deliveries in the commit: none of them, no event. */
    insert: (row: EventRow): Write => insert(row),
  }
}
