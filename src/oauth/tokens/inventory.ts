/** What lists tell of tokens, for the pages of users and administrators. */
import type { Client } from '../../model/client/client.ts'
import type { GrantType } from '../../model/enums.ts'
import type { Grant } from '../../model/grant.ts'
import type { Service } from '../../model/service/service.ts'
import { policyOf } from '../policy.ts'
import { extendsRefreshToken, keepsRefreshToken } from './rotation.ts'

/** How a grant came about. */
const authorizationTypes: Partial<Record<GrantType, string>> = {
  AUTHORIZATION_CODE: 'code',
  IMPLICIT: 'token',
  DEVICE_CODE: 'device_authorization',
}

export const authorizationTypeOf = (grantType: GrantType): string =>
  authorizationTypes[grantType] ?? grantType.toLowerCase()

/** Whether a use of the refresh token, as the client makes it, puts its expiry off. */
export function hasRollingExpiration(service: Service, client: Client, grant: Grant): boolean {
  const { scopes, dpopThumbprint } = grant
  const policy = policyOf(service, client, scopes)
  const isPublic = client.tokenAuthMethod === 'NONE' && dpopThumbprint === undefined
  const isReplaced = isPublic && policy.publicRefreshTokensRotated
  const isKept = !isReplaced && keepsRefreshToken(service, client, policy, scopes)
  return extendsRefreshToken(service, isKept)
}
