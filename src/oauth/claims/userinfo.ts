/** The claims of a UserInfo response, OIDC Core §5.3.2. */
import { writeExact } from '../../model/exact-json.ts'
import type { Grant } from '../../model/grant.ts'
import type { Service } from '../../model/service/service.ts'
import type { UserData } from '../../model/user-data.ts'
import { exactMembers } from '../tokens/id-token.ts'
import { hasStoredClaims, policyClaims } from './policy-release.ts'
import { type ClaimsGiven, releaseClaims } from './release.ts'

interface Given extends ClaimsGiven {
  userAttributes?: string | undefined
  /** The only claims that are wanted. */
  requestedClaims?: readonly string[] | undefined
}

/**
 * The claims of the policy, then those that were stored at the consent, then those of the call: a
 * later one replaces an earlier one of the same name.
 */
export function claimsForUserInfo(
  context: { service: Service; now: number },
  grant: Grant,
  given: Given,
  stored: UserData | undefined,
): Record<string, unknown> {
  const { service } = context
  const { userAttributes: attributes, requestedClaims: only } = given
  const kept = hasStoredClaims(service) ? stored : undefined
  const user = attributes === undefined ? kept : { attributes }
  const claims = kept?.userInfoClaims
    ? writeExact({ ...exactMembers(kept.userInfoClaims), ...exactMembers(given.claims) })
    : given.claims
  const all = {
    ...policyClaims(service, 'userinfo', grant, user, { only }),
    ...releaseClaims('userInfoClaims', grant, { ...given, claims }, context),
  }
  if (only === undefined) return all
  return Object.fromEntries(Object.entries(all).filter(([name]) => only.includes(name)))
}
