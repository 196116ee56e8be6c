/** Sessions, the clients that take part in them, and what those clients are told of their end. */
import { isNotNull, isNull, sql } from 'drizzle-orm'
import type { DeliveryKind, DeliveryStatus } from '../../model/delivery.ts'
import {
  AuthenticationMethods,
  ParticipantData,
  SessionDevice,
  type SessionEndReason,
  SessionProperties,
} from '../../model/session.ts'
import type { sqliteColumns } from './columns.ts'
import { deliveryColumns } from './delivery-columns.ts'

export const defineSessionTables = (columns: typeof sqliteColumns) => {
  const { table, text, integer, json, index, primaryKey } = columns
  const serviceId = () => integer('service_id').notNull()
  return {
    sessions: table(
      'sessions',
      {
        serviceId: serviceId(),
        sessionId: text('session_id').notNull(),
        subject: text('subject').notNull(),
        createdAt: integer('created_at').notNull(),
        lastSeenAt: integer('last_seen_at').notNull(),
        idleMilliseconds: integer('idle_ms'),
        endsAt: integer('ends_at').notNull(),
        expiresAt: integer('expires_at').notNull(),
        endedAt: integer('ended_at'),
        endReason: text<SessionEndReason>('end_reason'),
        logoutId: text('logout_id'),
        keptUntil: integer('kept_until').notNull(),
        authTime: integer('auth_time'),
        acr: text('acr'),
        amr: json('amr', AuthenticationMethods).notNull(),
        deviceName: text('device_name'),
        device: json('device', SessionDevice).notNull(),
        properties: json('properties', SessionProperties).notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.sessionId] }),
        index('sessions_subject').on(t.serviceId, t.subject),
        index('sessions_logout').on(t.serviceId, t.logoutId).where(isNotNull(t.logoutId)),
        index('sessions_expiry').on(t.expiresAt).where(isNull(t.endedAt)),
        index('sessions_kept').on(t.keptUntil),
      ],
    ),
    sessionClients: table(
      'session_clients',
      {
        serviceId: serviceId(),
        sessionId: text('session_id').notNull(),
        clientId: integer('client_id').notNull(),
        sid: text('sid').notNull(),
        sub: text('sub').notNull(),
        firstAt: integer('first_at').notNull(),
        lastAt: integer('last_at').notNull(),
        keptUntil: integer('kept_until').notNull(),
        data: json('data', ParticipantData).notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.sessionId, t.clientId] }),
        index('session_clients_sid').on(t.serviceId, t.sid),
        index('session_clients_client').on(t.serviceId, t.clientId),
        index('session_clients_kept').on(t.keptUntil),
      ],
    ),
  }
}

export const defineDeliveryTable = (columns: typeof sqliteColumns) => {
  const { table, text, integer, json, index, primaryKey } = columns
  return {
    deliveries: table(
      'deliveries',
      {
        serviceId: integer('service_id').notNull(),
        deliveryId: text('delivery_id').notNull(),
        kind: text<DeliveryKind>('kind').notNull(),
        logoutId: text('logout_id').notNull(),
        clientId: integer('client_id').notNull(),
        sessionId: text('session_id'),
        subject: text('subject'),
        sid: text('sid'),
        sub: text('sub'),
        status: text<DeliveryStatus>('status').notNull(),
        ...deliveryColumns(columns),
        reason: text('reason'),
        data: json('data', ParticipantData).notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.deliveryId] }),
        index('deliveries_logout').on(t.serviceId, t.logoutId),
        // Finds what is due of one client without what is due of all others.
        index('deliveries_due').on(t.serviceId, t.clientId, t.dueAt).where(isNotNull(t.dueAt)),
        index('deliveries_created').on(t.serviceId, t.createdAt),
        index('deliveries_client').on(t.serviceId, t.clientId, t.createdAt),
        index('deliveries_subject')
          .on(t.serviceId, t.subject, t.createdAt)
          .where(isNotNull(t.subject)),
        index('deliveries_dead').on(t.serviceId, t.createdAt).where(sql`${t.status} = 'DEAD'`),
        index('deliveries_session').on(t.serviceId, t.sessionId).where(isNotNull(t.sessionId)),
        index('deliveries_kept').on(t.keptUntil),
      ],
    ),
  }
}
