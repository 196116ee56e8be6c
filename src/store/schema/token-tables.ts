/** Tokens, and what a refresh token replaced. */
import { isNotNull } from 'drizzle-orm'
import { AccessToken, RefreshToken } from '../../model/token/token.ts'
import type { sqliteColumns } from './columns.ts'

export const defineTokenTables = (columns: typeof sqliteColumns) => {
  const { table, text, integer, json, index, uniqueIndex, primaryKey } = columns
  const serviceId = () => integer('service_id').notNull()
  return {
    accessTokens: table(
      'access_tokens',
      {
        serviceId: serviceId(),
        tokenHash: text('token_hash').notNull(),
        familyId: text('family_id').notNull(),
        clientId: integer('client_id').notNull(),
        subject: text('subject'),
        sessionId: text('session_id'),
        /** 1 where the whole grant has offline_access: the token outlives its session. */
        offline: integer('offline').notNull().default(0),
        grantId: text('grant_id'),
        createdAt: integer('created_at').notNull(),
        expiresAt: integer('expires_at').notNull(),
        data: json('data', AccessToken).notNull(),
        sealedUser: text('sealed_user'),
        clientIp: text('client_ip'),
        userAgent: text('user_agent'),
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
        /** 1 where the whole grant has offline_access: the token outlives its session. */
        offline: integer('offline').notNull().default(0),
        grantId: text('grant_id'),
        createdAt: integer('created_at').notNull(),
        lastUsedAt: integer('last_used_at'),
        expiresAt: integer('expires_at').notNull(),
        data: json('data', RefreshToken).notNull(),
        sealedUser: text('sealed_user'),
        clientIp: text('client_ip'),
        userAgent: text('user_agent'),
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
  }
}

export const definePredecessorTable = (columns: typeof sqliteColumns) => {
  const { table, text, integer, index, primaryKey } = columns
  const serviceId = () => integer('service_id').notNull()
  return {
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
  }
}
