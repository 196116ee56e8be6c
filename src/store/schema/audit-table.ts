/** The audit log, which stays when a service is deleted. */
import { z } from 'zod'
import { AuditChange, type AuditRecord } from '../../model/audit/record.ts'
import type { sqliteColumns } from './columns.ts'

export const defineAuditTable = (columns: typeof sqliteColumns) => {
  const { table, text, integer, json, index, uniqueIndex, primaryKey } = columns
  return {
    audit: table(
      'audit',
      {
        /** 0: the record is about the installation. */
        serviceId: integer('service_id').notNull(),
        recordId: text('record_id').notNull(),
        /** The place in the order of all records; null until the record is numbered. */
        seq: integer('seq'),
        at: integer('at').notNull(),
        type: text<AuditRecord['type']>('type').notNull(),
        operation: text('operation').notNull(),
        actorKind: text<AuditRecord['actorKind']>('actor_kind').notNull(),
        actorId: text('actor_id'),
        actorLabel: text('actor_label'),
        onBehalfOf: text('on_behalf_of'),
        targetKind: text<NonNullable<AuditRecord['targetKind']>>('target_kind'),
        targetId: text('target_id'),
        outcome: text<AuditRecord['outcome']>('outcome').notNull(),
        occurrences: integer('occurrences').notNull(),
        requestId: text('request_id'),
        reason: text('reason'),
        changes: json('changes', z.array(AuditChange)).notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.recordId] }),
        // Also finds records without a number.
        uniqueIndex('audit_seq').on(t.seq),
        index('audit_of_service').on(t.serviceId, t.seq),
        index('audit_age').on(t.at),
      ],
    ),
  }
}
