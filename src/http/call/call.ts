/** The call as operations and audit records see it, beyond its parameters and its body. */
import type { Call } from '../../context.ts'
import type { AuditType } from '../../model/audit/record.ts'
import type { Client } from '../../model/client/client.ts'
import { noteIn } from './acting.ts'
import { isListed, listedTags, versionsIn } from './conditions.ts'

/** Header fields that few operations read. */
export type SeldomField =
  | 'accept'
  | 'postern-actor'
  | 'postern-reason'
  | 'idempotency-key'
  | 'if-match'
  | 'if-none-match'

/** What is taken from a request. */
interface Sent {
  requestId: string
  field(name: SeldomField): string | undefined
  actingSubject?: string | undefined
}

/** A class, so that a request costs no closures. */
class SentCall implements Call {
  readonly requestId: string
  readonly operation: { operationId: string; audits?: AuditType }
  client: Client | undefined
  refused: Error | undefined
  private readonly sent: Sent

  constructor(sent: Sent, operation: { operationId: string; audits?: AuditType }) {
    this.requestId = sent.requestId
    this.operation = operation
    this.client = undefined
    this.refused = undefined
    this.sent = sent
  }

  actingFor(): string | undefined {
    return this.sent.actingSubject ?? noteIn(this.sent.field('postern-actor'))
  }

  reason(): string | undefined {
    return noteIn(this.sent.field('postern-reason'))
  }

  idempotencyKey(): string | undefined {
    return this.sent.field('idempotency-key')
  }

  accepts(mediaType: string): boolean {
    return accepts(this.sent.field('accept'), mediaType)
  }

  expectedVersions(): readonly number[] | undefined {
    return versionsIn(this.sent.field('if-match'))
  }

  knows(entityTag: string): boolean {
    return isListed(this.sent.field('if-none-match'), entityTag)
  }

  knownTags(): readonly string[] {
    return listedTags(this.sent.field('if-none-match'))
  }
}

export const callOf = (sent: Sent, operation: { operationId: string; audits?: AuditType }): Call =>
  new SentCall(sent, operation)

/** RFC 9110 §12.5.1, without weights: a client that lists the type can read it. */
function accepts(field: string | undefined, mediaType: string): boolean {
  const listed = (field ?? '').slice(0, 1_000).toLowerCase().split(',')
  return listed.some((range) => range.split(';', 1)[0]?.trim() === mediaType)
}
