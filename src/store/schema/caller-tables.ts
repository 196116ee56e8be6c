/** Tables of what callers of this API have themselves: the tokens that they call with, and jobs. */
import { ApiToken } from '../../model/api-token.ts'
import { TokenBatch } from '../../model/token/batch.ts'
import type { sqliteColumns } from './columns.ts'

export const defineCallerTables = (columns: typeof sqliteColumns) => {
  const { table, text, integer, json, index, uniqueIndex, primaryKey } = columns
  const serviceId = () => integer('service_id').notNull()
  return {
    tokenBatches: table(
      'token_batches',
      {
        serviceId: serviceId(),
        requestId: text('request_id').notNull(),
        createdAt: integer('created_at').notNull(),
        modifiedAt: integer('modified_at').notNull(),
        expiresAt: integer('expires_at').notNull(),
        data: json('data', TokenBatch).notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.requestId] }),
        index('token_batches_expiry').on(t.expiresAt),
      ],
    ),
    apiTokens: table(
      'api_tokens',
      {
        /** 0: the token is for every service. */
        serviceId: serviceId(),
        tokenHash: text('token_hash').notNull().primaryKey(),
        /** By what callers name the token; it stays when the token is replaced. */
        tokenId: text('token_id'),
        clientId: integer('client_id'),
        createdAt: integer('created_at').notNull(),
        expiresAt: integer('expires_at'),
        /** Exact to an hour. */
        lastUsedAt: integer('last_used_at'),
        data: json('data', ApiToken).notNull(),
      },
      (t) => [uniqueIndex('api_tokens_id').on(t.serviceId, t.tokenId)],
    ),
  }
}
