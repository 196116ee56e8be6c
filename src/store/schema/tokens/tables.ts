/**
 * Tokens, and what a refresh token replaced. Rows are in the order of time, and the keys have the
 * last bytes of hashes: what is large is written where the last row was, and what is found by
 * chance is small. A look-up compares the whole hash, too.
 */
import { isNotNull } from 'drizzle-orm'
import { AccessToken, RefreshToken } from '../../../model/token/token.ts'
import type { sqliteColumns } from '../columns.ts'

export const defineTokenTables = (columns: typeof sqliteColumns) => {
  const { table, text, integer, bytes, tail, tokenData, index, uniqueIndex, primaryKey } = columns
  const serviceId = () => integer('service_id').notNull()
  return {
    accessTokens: table(
      'access_tokens',
      {
        serviceId: serviceId(),
        clientId: integer('client_id').notNull(),
        createdAt: integer('created_at').notNull(),
        expiresAt: integer('expires_at').notNull(),
        /** 1 where the whole grant has offline_access: the token outlives its session. */
        offline: integer('offline').notNull().default(0),
        tail: tail('tail').notNull(),
        tokenHash: bytes('hash').notNull(),
        /** Null: the token is all of its family, which its own hash names. */
        familyId: bytes('family_id'),
        subject: text('subject'),
        sessionId: text('session_id'),
        grantId: text('grant_id'),
        data: tokenData('data', AccessToken).notNull(),
        sealedUser: text('sealed_user'),
        clientIp: text('client_ip'),
        userAgent: text('user_agent'),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.tail] }),
        // Of a family that is refreshed often, most tokens have been replaced.
        index('access_tokens_family')
          .on(t.serviceId, t.familyId, t.expiresAt)
          .where(isNotNull(t.familyId)),
        index('access_tokens_client').on(t.serviceId, t.clientId),
        index('access_tokens_subject')
          .on(t.serviceId, t.subject, t.clientId)
          .where(isNotNull(t.subject)),
        index('access_tokens_session').on(t.serviceId, t.sessionId).where(isNotNull(t.sessionId)),
        index('access_tokens_grant').on(t.serviceId, t.grantId).where(isNotNull(t.grantId)),
        index('access_tokens_expiry').on(t.expiresAt),
      ],
    ),
    refreshTokens: table(
      'refresh_tokens',
      {
        serviceId: serviceId(),
        clientId: integer('client_id').notNull(),
        createdAt: integer('created_at').notNull(),
        expiresAt: integer('expires_at').notNull(),
        lastUsedAt: integer('last_used_at'),
        /** 1 where the whole grant has offline_access: the token outlives its session. */
        offline: integer('offline').notNull().default(0),
        familyId: bytes('family_id').notNull(),
        tail: tail('tail').notNull(),
        tokenHash: bytes('hash').notNull(),
        subject: text('subject'),
        sessionId: text('session_id'),
        grantId: text('grant_id'),
        data: tokenData('data', RefreshToken).notNull(),
        sealedUser: text('sealed_user'),
        clientIp: text('client_ip'),
        userAgent: text('user_agent'),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.familyId] }),
        uniqueIndex('refresh_tokens_hash').on(t.serviceId, t.tail),
        index('refresh_tokens_client').on(t.serviceId, t.clientId),
        index('refresh_tokens_subject')
          .on(t.serviceId, t.subject, t.clientId)
          .where(isNotNull(t.subject)),
        index('refresh_tokens_session').on(t.serviceId, t.sessionId).where(isNotNull(t.sessionId)),
        index('refresh_tokens_grant').on(t.serviceId, t.grantId).where(isNotNull(t.grantId)),
        index('refresh_tokens_expiry').on(t.expiresAt),
      ],
    ),
  }
}

export const definePredecessorTable = (columns: typeof sqliteColumns) => {
  const { table, text, integer, bytes, tail, index, primaryKey } = columns
  const serviceId = () => integer('service_id').notNull()
  return {
    refreshPredecessors: table(
      'refresh_predecessors',
      {
        serviceId: serviceId(),
        clientId: integer('client_id').notNull(),
        rotatedAt: integer('rotated_at').notNull(),
        expiresAt: integer('expires_at').notNull(),
        tail: tail('tail').notNull(),
        tokenHash: bytes('hash').notNull(),
        familyId: bytes('family_id').notNull(),
        sealedSuccessor: text('sealed_successor'),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.tail] }),
        index('refresh_predecessors_client').on(t.serviceId, t.clientId),
        index('refresh_predecessors_expiry').on(t.expiresAt),
      ],
    ),
  }
}
