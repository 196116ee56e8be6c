/** Deliveries of events: what is due of each endpoint, and what became of each attempt. */
import { and, eq, sql } from 'drizzle-orm'
import type { Engine, Write } from '../../engine.ts'
import { backlog, hasDueTime, waiting } from '../../outbox/backlog.ts'
import { outcomes } from '../../outbox/outcomes.ts'
import { selectRow } from '../../parent.ts'
import { allColumns, type Placeholders, preparedRowWrite } from '../../prepared.ts'
import { insertion } from '../../rows.ts'
import type { Tables } from '../../schema/tables.ts'
import { eventDeliveryLists } from './event-delivery-lists.ts'

export type EventDeliveryRow = Tables['eventDeliveries']['$inferSelect']
type NewRow = Tables['eventDeliveries']['$inferInsert']

export const eventDeliveries = (engine: Engine) => {
  const { eventDeliveries: t } = engine.tables
  return {
    /** The lane of each endpoint. */
    ...backlog(engine, t, { lane: t.endpointId, id: t.eventId, waits: hasDueTime }),
    ...outcomes(engine, t, { key: ['eventId', 'endpointId'], final: 'PARKED' }),
    ...eventDeliveryLists(engine),
    ...insertions(engine),
    waiting: waiting(engine, t),
  }
}

/** None is inserted for an endpoint, or a service, that was deleted concurrently. */
function insertions(engine: Engine) {
  const { tables, syntax } = engine
  const { eventDeliveries: t, eventEndpoints: e, sessions: s } = tables
  const every = allColumns(t)
  type Endpoint = Placeholders<Pick<NewRow, 'serviceId' | 'endpointId'>>
  const endpointExists = ({ serviceId, endpointId }: Endpoint) => {
    const isParent = and(eq(e.serviceId, serviceId), eq(e.endpointId, endpointId))
    return sql`exists (select 1 from ${e} where ${isParent}${syntax.lockParent})`
  }
  const insert = insertion(engine, t, { ifExists: endpointExists })
  const ofLogout = preparedRowWrite<NewRow & { logoutId: string }>(engine, (build, given) => {
    const isEnded = and(eq(s.serviceId, given.serviceId), eq(s.logoutId, given.logoutId))
    const condition = sql`exists (select 1 from ${s} where ${isEnded}) and ${endpointExists(given)}`
    return build
      .insert(t)
      .select(selectRow(t, every.placeholder, condition))
      .returning({ serviceId: t.serviceId })
  })
  return {
    insert: (row: NewRow): Write => insert(row),
    /** Only if the logout has ended a session, earlier in the commit. */
    insertOfLogout: (row: NewRow, logoutId: string): Write =>
      ofLogout({ ...every.row(row), logoutId }),
  }
}
