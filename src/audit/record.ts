/**
 * Records of the audit log, as writes for the commit of the change that they tell of: a change and
 * its record happen both or not at all.
 */
import type { Caller } from '../caller.ts'
import { type Context, processTime } from '../context.ts'
import { eventOfRecord } from '../events/write.ts'
import type { AuditChange, AuditRecord, AuditType } from '../model/audit/record.ts'
import type { Service } from '../model/service/service.ts'
import type { Write } from '../store/engine.ts'
import type { Random } from '../system/random.ts'

export type Recording = Pick<Context, 'store' | 'system' | 'now' | 'caller' | 'call'> & {
  readonly service?: Service
}

/** What happened, beyond what the call says. */
export interface Happening {
  /** If it is not the type that the operation declares. */
  type?: AuditType
  /** If it is not the service of the path. */
  serviceId?: number
  /** If it is not the caller. */
  actor?: Pick<AuditRecord, 'actorKind' | 'actorId' | 'actorLabel'>
  target?: { kind: NonNullable<AuditRecord['targetKind']>; id: string | number }
  changes?: AuditChange[]
  reason?: string | undefined
}

/**
 * The record of a change, and the event that tells of it where an endpoint of the service wants it.
 * None if the operation declares no type, and none is given.
 */
export function recordOf(context: Recording, happening: Happening): Write[] {
  const { store, call } = context
  const type = happening.type ?? call.operation.audits
  if (type === undefined) return []
  const record = recordRow(context, type, happening)
  return [store.audit.insert(record), ...eventOf(context, record)]
}

const eventOf = ({ store, system: { random }, service }: Recording, record: AuditRecord) =>
  service?.apiKey === record.serviceId ? eventOfRecord({ store, random, service }, record) : []

/** The row of a record about the call. */
export function recordRow(
  context: Recording,
  type: AuditType,
  { serviceId = context.service?.apiKey ?? 0, actor, target, changes = [], reason }: Happening,
): AuditRecord {
  const { system, caller, call } = context
  return {
    ...newRecord(system.random, processTime(context)),
    ...(actor ?? actorOf(caller)),
    serviceId,
    type,
    operation: call.operation.operationId,
    onBehalfOf: call.actingFor(),
    targetKind: target?.kind,
    targetId: target && String(target.id).slice(0, longestId),
    requestId: call.requestId,
    reason: reason || call.reason(),
    changes,
  }
}

const longestId = 1_024

export const actorOf = ({ tokenId, label }: Caller) => ({
  actorKind: 'api_token' as const,
  actorId: tokenId,
  actorLabel: label || undefined,
})

/** A client, where it is not the caller whose doing is recorded. */
export const clientActor = (clientId: number) => ({
  actorKind: 'client' as const,
  actorId: String(clientId),
  actorLabel: undefined,
})

let count = 0

/** What every record has. Its id has the order of this process, for records of one moment. */
export function newRecord(random: Random, now: number) {
  count += 1
  return {
    recordId: `${count.toString(36).padStart(8, '0')}-${random.token(96)}`,
    at: now,
    outcome: 'SUCCESS' as const,
    occurrences: 1,
  }
}

/** A record of something that no call of the API did. */
export function recordOutsideCalls(
  random: Random,
  now: number,
  happening: Pick<AuditRecord, 'type' | 'operation' | 'actorKind'> & Partial<AuditRecord>,
): AuditRecord {
  return {
    ...newRecord(random, now),
    serviceId: 0,
    actorId: undefined,
    actorLabel: undefined,
    onBehalfOf: undefined,
    targetKind: 'installation',
    targetId: undefined,
    requestId: undefined,
    reason: undefined,
    changes: [],
    ...happening,
  }
}
