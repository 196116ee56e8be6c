/**
 * The last step of all grants: the tokens for a grant, and the writes that store them.
 */
import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import type { Grant } from '../model/grant.ts'
import { requireClientMethod, requireConstraint } from '../oauth/fapi.ts'
import { policyOf } from '../oauth/policy.ts'
import type { Write } from '../store/engine.ts'
import { type Issue, type IssuedAccessToken, issueAccessToken } from './access-token.ts'
import { idTokenFor } from './id-token.ts'
import {
  type IssuedRefreshToken,
  isRefreshable,
  issueRefreshToken,
} from './refresh/refresh-token.ts'
import { tokenResponse } from './response.ts'

export type IssuedTokens = Omit<IssuedAccessToken, 'writes'> &
  Partial<Omit<IssuedRefreshToken, 'writes'>> & {
    idToken?: string
    responseContent: string
    writes: Write[]
  }

/** Checks client and grant against the FAPI profile. */
export function requirePolicy({ service }: ServiceContext, client: Client, grant: Grant): void {
  const policy = policyOf(service, client, grant.scopes)
  requireClientMethod(policy, client)
  requireConstraint(policy, grant)
}

/** Access token, and refresh token and ID Token if grant and client allow them. */
export async function issueTokens(
  context: ServiceContext,
  issue: Issue,
  refresh: 'refreshable' | 'final',
  refreshTokenDuration?: number,
): Promise<IssuedTokens> {
  const { service, now } = context
  const { client, subject } = issue
  requirePolicy(context, client, issue.grant)
  const { familyId } = issue
  const withRefresh = refresh === 'refreshable' && isRefreshable(context, client)
  const refreshing =
    withRefresh && familyId !== undefined
      ? issueRefreshToken(context, { ...issue, familyId }, { refreshTokenDuration })
      : undefined
  const linked = service.tokenExpirationLinked ? refreshing?.refreshTokenExpiresAt : undefined
  const access = await issueAccessToken(context, issue, linked)
  const { writes: refreshWrites, ...refreshed } = refreshing ?? { writes: [] }
  const tokens = { ...access, ...refreshed }
  const wantsIdToken = subject !== undefined && access.grant.scopes.includes('openid')
  const idToken = wantsIdToken
    ? await idTokenFor(context, client, {
        subject,
        grantType: issue.grantType,
        grant: issue.grant,
        user: issue.user,
        claimScopes: access.grant.scopes,
        now,
        accessToken: access.accessToken,
        push: issue.authReqId
          ? { authReqId: issue.authReqId, refreshToken: tokens.refreshToken }
          : undefined,
      })
    : undefined
  return {
    ...tokens,
    ...(idToken === undefined ? {} : { idToken }),
    responseContent: await tokenResponse(context, client, tokens, idToken),
    writes: [...access.writes, ...refreshWrites],
  }
}
