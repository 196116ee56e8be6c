/** Reissuing an ID Token after a refresh, OIDC Core §12.2, with claims from the caller. */
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import type { AccessToken } from '../../model/token/token.ts'
import { defineRules, refuse } from '../../refusal.ts'

const rules = defineRules('ID Token reissue', {
  disabled: {
    code: 'P024001',
    error: 'invalid_request',
    spec: 'OIDC Core §12.2',
    message: 'The service does not support reissuing ID Tokens.',
    fix: 'Let ID Tokens be reissued by the service.',
    settings: ['service.idTokenReissuable'],
  },
  accessTokenUnknown: {
    code: 'P024002',
    error: 'invalid_request',
    spec: 'OIDC Core §12.2',
    message: 'The access token is unknown, revoked or expired, or its client is not active.',
    fix: 'Pass the access token of the refresh response before it expires, of a client that is not locked.',
    settings: ['service.accessTokenDuration'],
  },
  notReissuable: {
    code: 'P024003',
    error: 'invalid_request',
    spec: 'OIDC Core §12.2',
    message:
      'The access token must come from a refresh token request for a user, with the scope openid.',
    fix: 'Pass an access token that came from a refresh request for a user, with the scope openid.',
    settings: ['service.idTokenReissuable'],
  },
  otherRefreshToken: {
    code: 'P024004',
    error: 'invalid_request',
    spec: 'OIDC Core §12.2',
    message: 'The refresh token was not issued together with the access token.',
    fix: 'Pass the refresh token of the same response as the access token.',
  },
})

/** Whether the response to a refresh lets the caller reissue the ID Token. */
export const isReissuable = (
  { idTokenReissuable }: Service,
  subject: string | undefined,
  scopes: readonly string[],
): boolean => idTokenReissuable && subject !== undefined && scopes.includes('openid')

interface Refreshed {
  subject: string | null
  familyId: string
  expiresAt: number
  data: AccessToken
}

/** The tokens that the caller presents must be those of a recent refresh. */
export function requireReissuable<T extends Refreshed>(
  service: Service,
  access: T | undefined,
  client: Client | undefined,
  refresh: { familyId: string; expiresAt: number } | undefined,
  now: number,
): { access: T; client: Client; subject: string } {
  if (!service.idTokenReissuable) refuse(rules.disabled)
  const isGood = access && access.expiresAt > now && client && !client.locked
  if (!isGood) refuse(rules.accessTokenUnknown)
  const { subject, data, familyId } = access
  const isOfRefresh = data.grantType === 'REFRESH_TOKEN'
  if (!isOfRefresh || subject === null || !isReissuable(service, subject, data.grant.scopes)) {
    refuse(rules.notReissuable)
  }
  const isTogether = refresh?.familyId === familyId && refresh.expiresAt > now
  if (!isTogether) refuse(rules.otherRefreshToken)
  return { access, client, subject }
}
