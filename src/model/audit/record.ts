/** The audit log: who changed what. A closed list of types that only grows. */
import { z } from 'zod'

/** Each type of record, with what happened. */
export const auditTypes = {
  'service.created': 'A service was created.',
  'service.updated': 'The settings of a service were replaced.',
  'service.deleted': 'A service was deleted with all its data.',
  'service.clock_moved': 'The clock of a test service was moved forward.',
  'configuration.applied': 'The settings of a service and of clients were changed together.',
  'key.created': 'A key of a service was generated, imported, or created in a module.',
  'key.certified': 'A key of a service got certificates.',
  'key.deleted': 'A key of a service in a hardware security module was deleted.',
  'key.rotated': 'Keys of a service changed their states.',
  'key.schedule_changed': 'The schedule by which keys are rotated was changed.',
  'key.restored': 'A deleted key in a hardware security module was restored.',
  'key.erased': 'The private half of a retired key was erased.',
  'client.created': 'A client was created.',
  'client.registered': 'A client registered itself.',
  'client.updated': 'The settings of a client were changed.',
  'client.lock_changed': 'A client was locked or unlocked.',
  'client.secret_rotated': 'The secret of a client was replaced.',
  'client.deleted': 'A client was deleted with its tokens.',
  'api_token.created': 'An API token was created.',
  'api_token.updated': 'The description or the rights of an API token were changed.',
  'api_token.rotated': 'The value of an API token was replaced.',
  'api_token.revoked': 'An API token was revoked.',
  'authorization.updated': 'The scopes that a user authorized a client for were changed.',
  'authorization.deleted': 'The authorization of a client by a user was deleted.',
  'granted_scopes.deleted': 'The record of scopes that a user granted to a client was deleted.',
  'grant.revoked': 'A grant was revoked with its tokens.',
  'token.created': 'A token was created without a request of a client.',
  'token.imported': 'Tokens of another system were imported.',
  'token.updated': 'A token was updated.',
  'token.deleted': 'A token was deleted.',
  'token.revoked': 'Tokens were revoked.',
  'session.ended': 'Sessions were ended.',
  'event_endpoint.created': 'An endpoint for events was created.',
  'event_endpoint.updated': 'The settings of an endpoint for events were changed.',
  'event_endpoint.secret_rotated': 'The secret of an endpoint for events was replaced.',
  'event_endpoint.disabled':
    'An endpoint for events was disabled, because it said that it is gone.',
  'event_endpoint.deleted': 'An endpoint for events was deleted.',
  'event_stream.created': 'A receiver created a stream of security events.',
  'event_stream.updated': 'The settings or the status of a stream of security events were changed.',
  'event_stream.deleted': 'A receiver deleted its stream of security events.',
  'credential.status_changed': 'The status of issued credentials was changed.',
  'private_keys.read': 'Private keys were read.',
  'code.replayed': 'A used authorization code was presented again: its tokens are revoked.',
  'refresh.replayed': 'A replaced refresh token was presented again: its tokens are revoked.',
  'console.logged_in': 'A person opened a session in the browser with an API token.',
  'caller.refused': 'A caller was refused: its API token is unknown, or lacks a right.',
  'master_key.rotated': 'All secrets were sealed under a new master key.',
  'backup.created': 'A backup of the database was made.',
  'backup.restored': 'The database was restored from a backup.',
} as const

export const AuditType = z.enum(Object.keys(auditTypes) as [keyof typeof auditTypes])
export type AuditType = keyof typeof auditTypes

export const AuditOutcome = z.enum(['SUCCESS', 'REFUSED'])

/** Who acted, beside what is acted on. */
export const ActorKind = z.enum(['api_token', 'client', 'address', 'command_line', 'server'])
export const TargetKind = z.enum([
  ...(['service', 'client', 'api_token', 'subject', 'session', 'grant'] as const),
  ...(['token', 'token_family', 'token_batch', 'installation', 'key', 'credential'] as const),
  ...(['event_endpoint', 'event_stream'] as const),
])

/** A changed property. Secrets have no values, and long values are cut. */
export const AuditChange = z
  .object({
    property: z.string().describe('Name of the property.'),
    before: z.unknown().optional().describe('The value before the change.'),
    after: z.unknown().optional().describe('The value after the change.'),
    changed: z
      .boolean()
      .optional()
      .describe('`true` in place of the values: the property is a secret, or there are too many.'),
    cut: z
      .boolean()
      .optional()
      .describe('Whether a value is longer: it is the beginning of its JSON, as text.'),
  })
  .meta({ id: 'audit_change' })
export type AuditChange = z.output<typeof AuditChange>

/** What is stored of a record, beside its place in the order. */
export interface AuditRecord {
  /** 0: the installation, and no service. */
  serviceId: number
  /** Names the record; records of one process and one moment are in its order. */
  recordId: string
  at: number
  type: AuditType
  operation: string
  actorKind: z.output<typeof ActorKind>
  actorId: string | undefined
  actorLabel: string | undefined
  onBehalfOf: string | undefined
  targetKind: z.output<typeof TargetKind> | undefined
  targetId: string | undefined
  outcome: z.output<typeof AuditOutcome>
  /** How often it happened. */
  occurrences: number
  requestId: string | undefined
  reason: string | undefined
  changes: AuditChange[]
}
