/** Who acts for the subject of a token, and who may, RFC 8693 §4.1 and §4.4. */
import type { Grant } from '../../model/grant.ts'
import { exactMembers } from '../tokens/id-token.ts'

/** The claims of a token: `act` of an exchange, or else as the caller set them in its claims. */
export function actorClaims({ act, jwtAtClaims }: Pick<Grant, 'act' | 'jwtAtClaims'>): {
  act?: unknown
  may_act?: unknown
} {
  if (act === undefined && jwtAtClaims === undefined) return {}
  const given = exactMembers(jwtAtClaims)
  const acting = act === undefined ? given['act'] : exactMembers(act)
  return {
    ...(acting === undefined ? {} : { act: acting }),
    ...(given['may_act'] === undefined ? {} : { may_act: given['may_act'] }),
  }
}
