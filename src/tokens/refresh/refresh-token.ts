/** Issuing refresh tokens, RFC 6749 §6. */
import type { ServiceContext } from '../../context.ts'
import type { Client } from '../../model/client/client.ts'
import type { GrantType } from '../../model/enums.ts'
import { deviceOf } from '../../model/token/device.ts'
import { storedUserData } from '../../oauth/claims/policy-release.ts'
import { durationOf } from '../../oauth/duration.ts'
import { mayUseGrantType, supportsGrantType } from '../../oauth/grants/grant-type.ts'
import { rules as refreshRules } from '../../oauth/grants/refresh-rules.ts'
import { policyOf } from '../../oauth/policy.ts'
import { tokenHash } from '../../oauth/tokens/access-token.ts'
import { refreshExpiry, secondsLeft } from '../../oauth/tokens/expiry.ts'
import { extendsRefreshToken, keepsRefreshToken } from '../../oauth/tokens/rotation.ts'
import { defineRules, Refusal } from '../../refusal.ts'
import { orRefuse, orRefuseIssue, type Write } from '../../store/engine.ts'
import type { Issue } from '../access-token.ts'
import type { GrantRequest } from '../grant-request.ts'
import { branchWrites, type PresentedRow } from './former.ts'

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

/** What a retry with a replaced token gets again. */
export interface RefreshSuccessor<A = unknown> {
  refreshTokenHash: string
  answer: A
}

interface NextRefreshToken {
  refreshToken: string
  refreshTokenExpiresAt: number
  refreshTokenDuration: number
  /** Guarded writes: only one of concurrent requests with the same token succeeds. */
  writes: (successor: RefreshSuccessor) => Write[]
}

/** The refresh token after this request: the same one, or a new one that replaces it. */
export function nextRefreshToken(
  request: GrantRequest,
  context: ServiceContext,
  presented: string,
  row: PresentedRow,
): NextRefreshToken {
  const { service, store, system, now } = context
  const serviceId = service.apiKey
  const fresh =
    request.refreshTokenDuration ||
    durationOf('refreshToken', service, request.client, 'REFRESH_TOKEN', row.data.grant.scopes)
  const { scopes } = row.data.grant
  const policy = policyOf(service, request.client, scopes)
  const isBound = row.data.grant.dpopThumbprint !== undefined
  const isFormer = row.sharedKey !== undefined || row.tokenHash !== tokenHash(presented)
  const isReplaced =
    isFormer ||
    (policy.publicRefreshTokensRotated && request.clientAuthMethod === 'NONE' && !isBound)
  const isKept = !isReplaced && keepsRefreshToken(service, request.client, policy, scopes)
  const isRenewed = extendsRefreshToken(service, isKept, scopes)
  const expiresAt = refreshExpiry(service, request.client, {
    createdAt: row.createdAt,
    expiresAt: isRenewed ? now + fresh * 1000 : row.expiresAt,
  })
  const refreshToken = isKept ? presented : system.random.token(256)
  const lost = new Refusal(isKept ? refreshRules.unknown : refreshRules.used)
  const use = { now, expiresAt, device: request.device && deviceOf(request.device, row) }
  const writes = (successor: RefreshSuccessor): Write[] => {
    if (isKept) {
      return [orRefuse(store.refreshTokens.touch(serviceId, row.tokenHash, use), lost)]
    }
    const kind = 'refresh_token' as const
    const issued = { serviceId, kind, grantType: 'REFRESH_TOKEN', isRotated: true }
    const rotation = { ...use, newHash: successor.refreshTokenHash }
    return [
      ...(row.sharedKey === undefined
        ? [
            orRefuseIssue(
              store.refreshTokens.rotate(serviceId, row.tokenHash, rotation),
              lost,
              issued,
            ),
          ]
        : branchWrites(context, row, rotation, lost)),
      store.refreshTokens.insertPredecessor({
        serviceId,
        tokenHash: row.tokenHash,
        familyId: row.familyId,
        clientId: row.clientId,
        rotatedAt: now,
        expiresAt,
        successor: service.refreshTokenIdempotent ? JSON.stringify(successor) : undefined,
      }),
    ]
  }
  return {
    refreshToken,
    refreshTokenExpiresAt: expiresAt,
    refreshTokenDuration: Math.floor((expiresAt - now) / 1000),
    writes,
  }
}
