/** Events, the endpoints that get them, and what became of each delivery. */
import { isNotNull, sql } from 'drizzle-orm'
import {
  EndpointSettings,
  EventData,
  type EventDeliveryStatus,
  type EventType,
} from '../../model/events/event.ts'
import type { sqliteColumns } from './columns.ts'
import { deliveryColumns } from './delivery-columns.ts'

export const defineEventTables = (columns: typeof sqliteColumns) => {
  const { table, text, integer, json, index, primaryKey } = columns
  const serviceId = () => integer('service_id').notNull()
  return {
    eventEndpoints: table(
      'event_endpoints',
      {
        serviceId: serviceId(),
        endpointId: integer('endpoint_id').notNull(),
        /** Grows with every change of the secrets. */
        version: integer('version').notNull(),
        createdAt: integer('created_at').notNull(),
        modifiedAt: integer('modified_at').notNull(),
        data: json('data', EndpointSettings).notNull(),
        sealed: text('sealed').notNull(),
        /** Events that were not stored because too many waited, since the settings were saved. */
        dropped: integer('dropped').notNull().default(0),
        droppedSince: integer('dropped_since'),
      },
      (t) => [primaryKey({ columns: [t.serviceId, t.endpointId] })],
    ),
    events: table(
      'events',
      {
        serviceId: serviceId(),
        eventId: text('event_id').notNull(),
        type: text<EventType>('type').notNull(),
        createdAt: integer('created_at').notNull(),
        keptUntil: integer('kept_until').notNull(),
        data: json('data', EventData).notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.eventId] }),
        index('events_kept').on(t.keptUntil),
      ],
    ),
    eventDeliveries: table(
      'event_deliveries',
      {
        serviceId: serviceId(),
        eventId: text('event_id').notNull(),
        endpointId: integer('endpoint_id').notNull(),
        status: text<EventDeliveryStatus>('status').notNull(),
        ...deliveryColumns(columns),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.eventId, t.endpointId] }),
        // Finds what is due of one endpoint without what is due of all others.
        index('event_deliveries_due')
          .on(t.serviceId, t.endpointId, t.dueAt)
          .where(isNotNull(t.dueAt)),
        index('event_deliveries_created').on(t.serviceId, t.createdAt),
        index('event_deliveries_endpoint').on(t.serviceId, t.endpointId, t.createdAt),
        index('event_deliveries_parked')
          .on(t.serviceId, t.createdAt)
          .where(sql`${t.status} = 'PARKED'`),
        index('event_deliveries_kept').on(t.keptUntil),
      ],
    ),
  }
}
