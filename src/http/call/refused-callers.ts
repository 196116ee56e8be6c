/** Records callers that were refused, for the audit log. */
import { actorOf, recordOutsideCalls } from '../../audit/record.ts'
import { recordRepeated } from '../../audit/repeated.ts'
import type { Dependencies } from '../../context.ts'
import { isNumericId } from '../../model/primitives.ts'
import { CallerError } from '../../refusal.ts'
import type { Incoming } from '../admit.ts'
import { callOf } from './call.ts'

/**
 * A record for the service of the API token, or for the installation: a tenant does not learn the
 * tokens of another one. A record that cannot be stored changes no response.
 */
export async function recordRefusedCaller(
  error: unknown,
  incoming: Incoming,
  { operationId }: { operationId: string },
  { store, system }: Dependencies,
): Promise<void> {
  if (!(error instanceof CallerError) || ![401, 403].includes(error.rule.status)) return
  const { caller, requestId, params } = incoming
  const { actorKind, actorId, actorLabel } = caller ? actorOf(caller) : addressOf(incoming)
  const named = params['serviceId']
  const row = recordOutsideCalls(system.random, system.clock(), {
    type: 'caller.refused',
    operation: operationId,
    serviceId: caller?.serviceId ?? 0,
    actorKind,
    actorId,
    actorLabel,
    onBehalfOf: callOf(incoming, { operationId }).actingFor(),
    targetKind: named === undefined ? undefined : 'service',
    targetId: named !== undefined && isNumericId(named) ? named : undefined,
    outcome: 'REFUSED',
    requestId,
    reason: error.rule.code,
  })
  try {
    await recordRepeated(store, `${actorKind} ${actorId}`, row)
  } catch (cause) {
    system.log.warn({ requestId, error: cause }, 'a refused caller could not be recorded')
  }
}

const addressOf = (incoming: Incoming) => ({
  actorKind: 'address' as const,
  actorId: incoming.sender(),
  actorLabel: undefined,
})
