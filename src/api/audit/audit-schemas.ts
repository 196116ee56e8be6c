/** Records of the audit log in responses, and how they are selected. */
import { z } from 'zod'
import {
  ActorKind,
  AuditChange,
  AuditOutcome,
  AuditType,
  TargetKind,
} from '../../model/audit/record.ts'

const Named = z.string().min(1).max(1_100).optional()

export const AuditQuery = z.object({
  after: z.coerce
    .number()
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .default(0)
    .describe('The `seq` after which to continue: `next` of the previous response.'),
  before: z.coerce
    .number()
    .int()
    .min(1)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe(
      'In place of `after`: the records before this `seq`, the newest first. `next` is the `before` of the next call.',
    ),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(100)
    .describe('At most so many records.'),
  type: AuditType.optional().describe('Only records of the type.'),
  actor: Named.describe('Only records of the actor: `<id>` or `<kind>:<id>`.'),
  target: Named.describe('Only records about the target: `<id>` or `<kind>:<id>`.'),
})

export const AuditEntry = z
  .object({
    seq: z.int().describe('The place of the record in the order of all records.'),
    id: z.string().describe('Names the record, also in the log of the server.'),
    serviceId: z.int().describe('API key of the service; 0: the installation.'),
    at: z.int().describe('When it happened, in milliseconds since the epoch.'),
    type: AuditType.describe('What happened: see `/api/audit/types`.'),
    operation: z.string().describe('The operationId of the call, or the command.'),
    actor: z
      .object({
        kind: ActorKind.describe('Who acted.'),
        id: z.string().optional().describe('Identifier of the API token or client, or address.'),
        label: z.string().optional().describe('The description of the API token at that time.'),
      })
      .describe('Who acted.'),
    onBehalfOf: z
      .string()
      .optional()
      .describe('For whom the actor said it acts: a claim, which was not verified.'),
    target: z
      .object({
        kind: TargetKind.describe('What was acted on.'),
        id: z.string().optional().describe('Its identifier.'),
      })
      .optional()
      .describe('What was acted on.'),
    outcome: AuditOutcome.describe('Whether it happened, or was refused.'),
    occurrences: z.int().describe('How often it happened since the previous record of it.'),
    requestId: z.string().optional().describe('The `X-Request-Id` of the call.'),
    reason: z
      .string()
      .optional()
      .describe(
        'Why: the note of the call, or the code of a refusal. A note is a claim of the caller.',
      ),
    changes: z.array(AuditChange).describe('The changed properties.'),
  })
  .meta({ id: 'audit_record' })

export const AuditResponse = z
  .object({
    records: z.array(AuditEntry).describe('The records, in the order of `seq`.'),
    next: z.int().describe('The `after`, or the `before`, of the next call.'),
    hasMore: z.boolean().describe('Whether the next call may have records now.'),
  })
  .meta({ id: 'audit_response' })

export const AuditTypes = z
  .object({
    types: z
      .array(
        z.object({
          type: AuditType.describe('The type of a record.'),
          description: z.string().describe('What happened.'),
        }),
      )
      .describe('All types.'),
  })
  .meta({ id: 'audit_types_response' })
