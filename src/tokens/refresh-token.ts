/** Issuing refresh tokens, RFC 6749 §6. */
import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import type { GrantType } from '../model/enums.ts'
import { storedUserData } from '../oauth/claims/policy-release.ts'
import { durationOf } from '../oauth/duration.ts'
import { mayUseGrantType, supportsGrantType } from '../oauth/grants/grant-type.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import { refreshExpiry, secondsLeft } from '../oauth/tokens/expiry.ts'
import { defineRules, Refusal } from '../refusal.ts'
import { orRefuseIssue, type Write } from '../store/engine.ts'
import type { Issue } from './access-token.ts'

const rules = defineRules('Issuing', {
  refreshTokenTaken: {
    code: 'P046005',
    error: 'invalid_request',
    spec: 'RFC 6749 §5.1',
    message: 'The refresh token that the call specifies already exists.',
    fix: 'Pass a `refreshToken` that was not used before, or omit it so that one is generated.',
  },
})

/** The rule for a refresh token value that already exists. */
export const refreshTokenTaken = rules.refreshTokenTaken

export interface IssuedRefreshToken {
  refreshToken: string
  refreshTokenExpiresAt: number
  refreshTokenDuration: number
  writes: Write[]
}

/** Whether the grant comes without a refresh token: RFC 6749 §4.2.2 and §4.4.3. */
export const isNeverRefreshed = (grantType: GrantType): boolean =>
  grantType === 'CLIENT_CREDENTIALS' || grantType === 'IMPLICIT'

/** Whether the client gets refresh tokens. */
export const isRefreshable = ({ service }: ServiceContext, client: Client): boolean =>
  supportsGrantType('REFRESH_TOKEN', service) && mayUseGrantType('REFRESH_TOKEN', client)

/** A refresh token for the whole grant, the first of its token family. */
export function issueRefreshToken(
  { service, store, system, now }: ServiceContext,
  { client, grantType, subject, grant, familyId, user, device }: Issue & { familyId: string },
  chosen: { refreshToken?: string | undefined; refreshTokenDuration?: number | undefined } = {},
): IssuedRefreshToken {
  const refreshToken = chosen.refreshToken || system.random.token(256)
  const seconds =
    chosen.refreshTokenDuration ||
    durationOf('refreshToken', service, client, grantType, grant.scopes)
  const expiresAt = refreshExpiry(service, client, {
    createdAt: now,
    expiresAt: now + seconds * 1000,
  })
  const durationSeconds = secondsLeft(expiresAt, now)
  const { idTokenClaims, idtHeaderParams: _header, nonce: _nonce, ...kept } = grant
  const taken = new Refusal(rules.refreshTokenTaken)
  const write = store.refreshTokens.insert({
    serviceId: service.apiKey,
    familyId,
    tokenHash: tokenHash(refreshToken),
    clientId: client.clientId,
    subject,
    sessionId: grant.sessionId,
    offline: grant.scopes.includes('offline_access'),
    grantId: grant.grantId,
    createdAt: now,
    expiresAt,
    user: storedUserData(service, 'refresh_token', { ...user, idTokenClaims }),
    ...device,
    data: { grantType, grant: kept, durationSeconds },
  })
  const issued = { serviceId: service.apiKey, kind: 'refresh_token', grantType } as const
  return {
    refreshToken,
    refreshTokenExpiresAt: expiresAt,
    refreshTokenDuration: durationSeconds,
    writes: [orRefuseIssue(write, taken, issued)],
  }
}
