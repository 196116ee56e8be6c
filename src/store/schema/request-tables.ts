/** Requests on their way: what waits for a decision, and what was decided and not redeemed yet. */
import { isNotNull } from 'drizzle-orm'
import { AuthorizationCode } from '../../model/request/authorization-code.ts'
import {
  BackchannelRequest,
  type BackchannelStatus,
} from '../../model/request/backchannel-request.ts'
import { DeviceCode } from '../../model/request/device-code.ts'
import { Ticket } from '../../model/request/ticket.ts'
import type { sqliteColumns } from './columns.ts'

export const defineRequestTables = (columns: typeof sqliteColumns) => {
  const { table, text, integer, json, index, primaryKey } = columns
  const serviceId = () => integer('service_id').notNull()
  return {
    tickets: table(
      'tickets',
      {
        serviceId: serviceId(),
        ticketHash: text('ticket_hash').notNull(),
        clientId: integer('client_id').notNull(),
        expiresAt: integer('expires_at').notNull(),
        consumedAt: integer('consumed_at'),
        data: json('data', Ticket).notNull(),
        sealedNotificationToken: text('client_notification_token'),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.ticketHash] }),
        index('tickets_client').on(t.serviceId, t.clientId),
        index('tickets_expiry').on(t.expiresAt),
      ],
    ),
    authorizationCodes: table(
      'authorization_codes',
      {
        serviceId: serviceId(),
        codeHash: text('code_hash').notNull(),
        familyId: text('family_id').notNull(),
        clientId: integer('client_id').notNull(),
        subject: text('subject'),
        sessionId: text('session_id'),
        expiresAt: integer('expires_at').notNull(),
        consumedAt: integer('consumed_at'),
        data: json('data', AuthorizationCode).notNull(),
        sealedUser: text('sealed_user'),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.codeHash] }),
        index('authorization_codes_client').on(t.serviceId, t.clientId),
        index('authorization_codes_session')
          .on(t.serviceId, t.sessionId)
          .where(isNotNull(t.sessionId)),
        index('authorization_codes_expiry').on(t.expiresAt),
      ],
    ),
  }
}

/** Requests whose clients poll for the decision. */
export const definePolledTables = (columns: typeof sqliteColumns) => {
  const { table, text, integer, json, index, uniqueIndex, primaryKey } = columns
  const serviceId = () => integer('service_id').notNull()
  return {
    deviceCodes: table(
      'device_codes',
      {
        serviceId: serviceId(),
        deviceCodeHash: text('device_code_hash').notNull(),
        userCodeHash: text('user_code_hash').notNull(),
        clientId: integer('client_id').notNull(),
        subject: text('subject'),
        sessionId: text('session_id'),
        pollingInterval: integer('polling_interval').notNull(),
        polledAt: integer('polled_at'),
        decidedAt: integer('decided_at'),
        consumedAt: integer('consumed_at'),
        expiresAt: integer('expires_at').notNull(),
        data: json('data', DeviceCode).notNull(),
        sealedUser: text('sealed_user'),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.deviceCodeHash] }),
        uniqueIndex('device_codes_user_code').on(t.serviceId, t.userCodeHash),
        index('device_codes_client').on(t.serviceId, t.clientId),
        index('device_codes_session').on(t.serviceId, t.sessionId).where(isNotNull(t.sessionId)),
        index('device_codes_expiry').on(t.expiresAt),
      ],
    ),
    backchannelRequests: table(
      'backchannel_requests',
      {
        serviceId: serviceId(),
        authReqHash: text('auth_req_hash').notNull(),
        ticketHash: text('ticket_hash').notNull(),
        clientId: integer('client_id').notNull(),
        subject: text('subject'),
        sessionId: text('session_id'),
        status: text<BackchannelStatus>('status').notNull(),
        createdAt: integer('created_at').notNull(),
        expiresAt: integer('expires_at').notNull(),
        lastPolledAt: integer('last_polled_at'),
        intervalSeconds: integer('interval_seconds').notNull(),
        data: json('data', BackchannelRequest).notNull(),
        sealed: text('sealed').notNull(),
        sealedUser: text('sealed_user'),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.authReqHash] }),
        uniqueIndex('backchannel_requests_ticket').on(t.serviceId, t.ticketHash),
        index('backchannel_requests_client').on(t.serviceId, t.clientId),
        index('backchannel_requests_session')
          .on(t.serviceId, t.sessionId)
          .where(isNotNull(t.sessionId)),
        index('backchannel_requests_expiry').on(t.expiresAt),
      ],
    ),
  }
}
