/** Every table, once, for both dialects. What is looked up or guarded is a column. */
import { isNotNull, type SQLWrapper, sql } from 'drizzle-orm'
import { z } from 'zod'
import { AuthorizationCode } from '../../model/authorization-code.ts'
import { BackchannelRequest } from '../../model/backchannel-request.ts'
import { DeviceCode } from '../../model/device-code.ts'
import { ManagedGrant } from '../../model/grant-management.ts'
import { GrantedScopes } from '../../model/granted-scopes.ts'
import { Ticket } from '../../model/ticket.ts'
import { AccessToken, RefreshToken } from '../../model/token/token.ts'
import { defineCallerTables } from './caller-tables.ts'
import type { sqliteColumns } from './columns.ts'

/** Services and clients are parsed above the store, once per version of a row. */
const Document = z.custom<Record<string, unknown>>()

/**
 * How a sealed value begins: the version and the id of its key. The length is part of the text, for
 * only then does the index have what is asked.
 */
export const keyOf = (sealed: SQLWrapper) => sql`substr(${sealed}, 1, 12)`

export const defineTables = (columns: typeof sqliteColumns) => {
  const { table, text, integer, json, index, uniqueIndex, primaryKey } = columns
  const serviceId = () => integer('service_id').notNull()
  return {
    ...defineCallerTables(columns),
    services: table(
      'services',
      {
        serviceId: integer('service_id').notNull().primaryKey(),
        number: integer('number').notNull(),
        version: integer('version').notNull(),
        createdAt: integer('created_at').notNull(),
        modifiedAt: integer('modified_at').notNull(),
        data: json('data', Document).notNull(),
        sealed: text('sealed').notNull(),
      },
      (t) => [
        uniqueIndex('services_number').on(t.number),
        index('services_key').on(keyOf(t.sealed)),
      ],
    ),
    clients: table(
      'clients',
      {
        serviceId: serviceId(),
        clientId: integer('client_id').notNull(),
        number: integer('number').notNull(),
        alias: text('alias'),
        developer: text('developer'),
        location: text('location'),
        version: integer('version').notNull(),
        createdAt: integer('created_at').notNull(),
        modifiedAt: integer('modified_at').notNull(),
        expiresAt: integer('expires_at'),
        data: json('data', Document).notNull(),
        sealed: text('sealed').notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.clientId] }),
        uniqueIndex('clients_number').on(t.serviceId, t.number),
        uniqueIndex('clients_alias').on(t.serviceId, t.alias),
        uniqueIndex('clients_location').on(t.serviceId, t.location),
        index('clients_expiry').on(t.expiresAt).where(isNotNull(t.expiresAt)),
        index('clients_unused')
          .on(t.serviceId, t.expiresAt, t.location)
          .where(isNotNull(t.expiresAt)),
      ],
    ),
    counters: table(
      'counters',
      { serviceId: serviceId(), name: text('name').notNull(), value: integer('value').notNull() },
      (t) => [primaryKey({ columns: [t.serviceId, t.name] })],
    ),
    tickets: table(
      'tickets',
      {
        serviceId: serviceId(),
        ticketHash: text('ticket_hash').notNull(),
        clientId: integer('client_id').notNull(),
        expiresAt: integer('expires_at').notNull(),
        consumedAt: integer('consumed_at'),
        data: json('data', Ticket).notNull(),
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
        expiresAt: integer('expires_at').notNull(),
        consumedAt: integer('consumed_at'),
        data: json('data', AuthorizationCode).notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.codeHash] }),
        index('authorization_codes_client').on(t.serviceId, t.clientId),
        index('authorization_codes_expiry').on(t.expiresAt),
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
        status: text('status').notNull(),
        createdAt: integer('created_at').notNull(),
        expiresAt: integer('expires_at').notNull(),
        lastPolledAt: integer('last_polled_at'),
        intervalSeconds: integer('interval_seconds').notNull(),
        data: json('data', BackchannelRequest).notNull(),
        sealed: text('sealed').notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.authReqHash] }),
        uniqueIndex('backchannel_requests_ticket').on(t.serviceId, t.ticketHash),
        index('backchannel_requests_client').on(t.serviceId, t.clientId),
        index('backchannel_requests_expiry').on(t.expiresAt),
      ],
    ),
    notifications: table(
      'notifications',
      {
        serviceId: serviceId(),
        notificationId: text('notification_id').notNull(),
        clientId: integer('client_id').notNull(),
        attempts: integer('attempts').notNull(),
        dueAt: integer('due_at').notNull(),
        expiresAt: integer('expires_at').notNull(),
        sealed: text('sealed').notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.notificationId] }),
        // Finds what is due of one client without what is due of all others.
        index('notifications_client').on(t.serviceId, t.clientId, t.dueAt),
        index('notifications_expiry').on(t.expiresAt),
      ],
    ),
    accessTokens: table(
      'access_tokens',
      {
        serviceId: serviceId(),
        tokenHash: text('token_hash').notNull(),
        familyId: text('family_id').notNull(),
        clientId: integer('client_id').notNull(),
        subject: text('subject'),
        sessionId: text('session_id'),
        grantId: text('grant_id'),
        createdAt: integer('created_at').notNull(),
        expiresAt: integer('expires_at').notNull(),
        data: json('data', AccessToken).notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.tokenHash] }),
        // Of a family that is refreshed often, most tokens have been replaced.
        index('access_tokens_family').on(t.serviceId, t.familyId, t.expiresAt),
        index('access_tokens_client').on(t.serviceId, t.clientId, t.subject),
        index('access_tokens_subject').on(t.serviceId, t.subject).where(isNotNull(t.subject)),
        index('access_tokens_session').on(t.serviceId, t.sessionId).where(isNotNull(t.sessionId)),
        index('access_tokens_grant').on(t.serviceId, t.grantId).where(isNotNull(t.grantId)),
        index('access_tokens_expiry').on(t.expiresAt),
      ],
    ),
    refreshTokens: table(
      'refresh_tokens',
      {
        serviceId: serviceId(),
        familyId: text('family_id').notNull(),
        tokenHash: text('token_hash').notNull(),
        clientId: integer('client_id').notNull(),
        subject: text('subject'),
        sessionId: text('session_id'),
        grantId: text('grant_id'),
        createdAt: integer('created_at').notNull(),
        lastUsedAt: integer('last_used_at'),
        expiresAt: integer('expires_at').notNull(),
        data: json('data', RefreshToken).notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.familyId] }),
        uniqueIndex('refresh_tokens_hash').on(t.serviceId, t.tokenHash),
        index('refresh_tokens_client').on(t.serviceId, t.clientId, t.subject),
        index('refresh_tokens_subject').on(t.serviceId, t.subject).where(isNotNull(t.subject)),
        index('refresh_tokens_session').on(t.serviceId, t.sessionId).where(isNotNull(t.sessionId)),
        index('refresh_tokens_grant').on(t.serviceId, t.grantId).where(isNotNull(t.grantId)),
        index('refresh_tokens_expiry').on(t.expiresAt),
      ],
    ),
    refreshPredecessors: table(
      'refresh_predecessors',
      {
        serviceId: serviceId(),
        tokenHash: text('token_hash').notNull(),
        familyId: text('family_id').notNull(),
        clientId: integer('client_id').notNull(),
        rotatedAt: integer('rotated_at').notNull(),
        expiresAt: integer('expires_at').notNull(),
        sealedSuccessor: text('sealed_successor'),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.tokenHash] }),
        index('refresh_predecessors_family').on(t.serviceId, t.familyId),
        index('refresh_predecessors_client').on(t.serviceId, t.clientId),
        index('refresh_predecessors_expiry').on(t.expiresAt),
      ],
    ),
    grantedScopes: table(
      'granted_scopes',
      {
        serviceId: serviceId(),
        clientId: integer('client_id').notNull(),
        subject: text('subject').notNull(),
        modifiedAt: integer('modified_at').notNull(),
        data: json('data', GrantedScopes).notNull(),
      },
      (t) => [primaryKey({ columns: [t.serviceId, t.clientId, t.subject] })],
    ),
    grants: table(
      'grants',
      {
        serviceId: serviceId(),
        grantId: text('grant_id').notNull(),
        clientId: integer('client_id').notNull(),
        subject: text('subject').notNull(),
        version: integer('version').notNull(),
        createdAt: integer('created_at').notNull(),
        modifiedAt: integer('modified_at').notNull(),
        data: json('data', ManagedGrant).notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.grantId] }),
        index('grants_client').on(t.serviceId, t.clientId, t.subject),
      ],
    ),
    replays: table(
      'replays',
      {
        serviceId: serviceId(),
        kind: text('kind').notNull(),
        valueHash: text('value_hash').notNull(),
        expiresAt: integer('expires_at').notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.kind, t.valueHash] }),
        index('replays_expiry').on(t.expiresAt),
      ],
    ),
    deviceCodes: table(
      'device_codes',
      {
        serviceId: serviceId(),
        deviceCodeHash: text('device_code_hash').notNull(),
        userCodeHash: text('user_code_hash').notNull(),
        clientId: integer('client_id').notNull(),
        subject: text('subject'),
        pollingInterval: integer('polling_interval').notNull(),
        polledAt: integer('polled_at'),
        decidedAt: integer('decided_at'),
        consumedAt: integer('consumed_at'),
        expiresAt: integer('expires_at').notNull(),
        data: json('data', DeviceCode).notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.deviceCodeHash] }),
        uniqueIndex('device_codes_user_code').on(t.serviceId, t.userCodeHash),
        index('device_codes_client').on(t.serviceId, t.clientId),
        index('device_codes_expiry').on(t.expiresAt),
      ],
    ),
    attempts: table(
      'attempts',
      {
        serviceId: serviceId(),
        name: text('name').notNull(),
        attempted: integer('attempted').notNull(),
        expiresAt: integer('expires_at').notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.name] }),
        index('attempts_expiry').on(t.expiresAt),
      ],
    ),
  }
}

export type Tables = ReturnType<typeof defineTables>
