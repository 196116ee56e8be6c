/** Earlier settings of services and clients, and responses to what may be repeated. */
import { isNotNull } from 'drizzle-orm'
import { z } from 'zod'
import { type DocumentKind, RevisionOrigin } from '../../model/audit/revision.ts'
import type { sqliteColumns } from './columns.ts'

const Settings = z.record(z.string(), z.unknown())

export const defineChangeTables = (columns: typeof sqliteColumns) => {
  const { table, text, integer, json, index, primaryKey } = columns
  return {
    revisions: table(
      'revisions',
      {
        serviceId: integer('service_id').notNull(),
        kind: text<DocumentKind>('kind').notNull(),
        documentId: integer('document_id').notNull(),
        version: integer('version').notNull(),
        at: integer('at').notNull(),
        /** When it may go; null for the newest revisions of a document. */
        keptUntil: integer('kept_until'),
        origin: json('origin', RevisionOrigin).notNull(),
        /** Null while the settings have not changed since: the document itself has them. */
        settings: json('settings', Settings),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.kind, t.documentId, t.version] }),
        index('revisions_kept_until').on(t.keptUntil).where(isNotNull(t.keptUntil)),
      ],
    ),
    idempotencyKeys: table(
      'idempotency_keys',
      {
        serviceId: integer('service_id').notNull(),
        keyHash: text('key_hash').notNull(),
        requestHash: text('request_hash').notNull(),
        expiresAt: integer('expires_at').notNull(),
        sealed: text('sealed').notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.keyHash] }),
        index('idempotency_keys_expiry').on(t.expiresAt),
      ],
    ),
  }
}
