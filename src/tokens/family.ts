/** Token families: all tokens of one authorization, which are revoked together. */
import { clientActor, recordOf } from '../audit/record.ts'
import type { ServiceContext } from '../context.ts'
import type { Write } from '../store/engine.ts'

/**
 * The time comes first, so that new families are neighbours in the index. 128 random bits follow.
 */
export function newFamilyId({ system, now }: Pick<ServiceContext, 'system' | 'now'>): string {
  const time = Buffer.alloc(6)
  time.writeUIntBE(now, 0, 6)
  return Buffer.concat([time, system.random.bytes(16)]).toString('base64url')
}

/** After a replay: revokes the family, RFC 9700 §4.14.2, with a record for the audit log. */
export function endOfReplayed(
  context: ServiceContext,
  type: 'code.replayed' | 'refresh.replayed',
  { familyId, clientId }: { familyId: string; clientId: number },
): Write[] {
  const { service, store } = context
  return [
    store.refreshTokens.deleteFamily(service.apiKey, familyId),
    store.accessTokens.deleteFamily(service.apiKey, familyId),
    ...recordOf(context, {
      type,
      actor: clientActor(clientId),
      target: { kind: 'token_family', id: familyId },
    }),
  ]
}
