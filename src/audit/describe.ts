/** A record as readers get it: in the response, in a line of NDJSON, and in the log. */
import type { AuditRecord } from '../model/audit/record.ts'

/** Members that the record does not have are null in a row, and undefined before it is stored. */
type Stored<T> = { [Name in keyof T]: undefined extends T[Name] ? T[Name] | null : T[Name] }

export const describeRecord = (row: Stored<AuditRecord>) => ({
  id: row.recordId,
  serviceId: row.serviceId,
  at: row.at,
  type: row.type,
  operation: row.operation,
  actor: {
    kind: row.actorKind,
    id: row.actorId ?? undefined,
    label: row.actorLabel ?? undefined,
  },
  onBehalfOf: row.onBehalfOf ?? undefined,
  target: row.targetKind ? { kind: row.targetKind, id: row.targetId ?? undefined } : undefined,
  outcome: row.outcome,
  occurrences: row.occurrences,
  requestId: row.requestId ?? undefined,
  reason: row.reason ?? undefined,
  changes: row.changes,
})
