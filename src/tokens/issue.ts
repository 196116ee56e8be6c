/**
 * What all grants end with: tokens out of a grant, and the writes that record them. Whatever may
 * have changed since the grant was given (lock, grant types, scopes) is checked here again, once
 * for all.
 */

import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client.ts'
import type { GrantType } from '../model/enums.ts'
import { writeExact } from '../model/exact-json.ts'
import type { Grant } from '../model/grant.ts'
import { signAccessToken, tokenHash } from '../oauth/access-token.ts'
import { keepAuthorizationDetails } from '../oauth/authorization-details.ts'
import { clientDeleted } from '../oauth/client-authentication.ts'
import { durationOf } from '../oauth/duration.ts'
import { requireClientMethod, requireConstraint } from '../oauth/fapi.ts'
import { grantGone } from '../oauth/grant-management.ts'
import { mayUseGrantType, requireGrantType, supportsGrantType } from '../oauth/grant-type.ts'
import { exactMembers, type IdTokenParts, issueIdToken } from '../oauth/id-token.ts'
import { policyOf } from '../oauth/policy.ts'
import { keepScopes } from '../oauth/scope.ts'
import { defineRules, Refusal, refuse } from '../refusal.ts'
import { orRefuse, type Write } from '../store/store.ts'
import { withAttachmentTokens } from './attachment-tokens.ts'
import { encryptFor } from './encryption.ts'
import { tokenResponse } from './response.ts'

const rules = defineRules('Issuing', {
  scopesGone: {
    code: 'P014101',
    error: 'invalid_scope',
    spec: 'RFC 6749 §3.3',
    says: 'The service requires a scope, and none is left for the token.',
  },
  openidGone: {
    code: 'P014102',
    error: 'invalid_scope',
    spec: 'OIDC Core §3.1.2.1',
    says: 'There are no ID Tokens for the client: it may not have the scope openid any more.',
  },
  clientLocked: {
    code: 'P014001',
    error: 'unauthorized_client',
    spec: 'RFC 6749 §5.2',
    says: 'The client is locked; nothing is issued to it.',
  },
  refreshTokenTaken: {
    code: 'P046005',
    error: 'invalid_request',
    spec: 'RFC 6749 §5.1',
    says: 'The refresh token that the caller chose exists already.',
  },
  accessTokenTaken: {
    code: 'P014002',
    error: 'invalid_request',
    spec: 'RFC 6749 §5.1',
    says: 'The access token that the caller chose exists already.',
  },
})

/** The rule that a refresh token breaks that was chosen before. */
export const refreshTokenTaken = rules.refreshTokenTaken

export interface Issue {
  client: Client
  grantType: GrantType
  subject: string | undefined
  /** The whole grant, which a refresh token keeps. */
  grant: Grant
  /** The part of it that this access token is for, where it is not all. */
  narrowed?: Partial<Pick<Grant, 'scopes' | 'resources' | 'authorizationDetails'>>
  /** Ties together all that comes of one authorization, so that it can be revoked together. */
  familyId: string
  /** The value that the caller chose for the access token. */
  accessToken?: string | undefined
  /** Seconds; 0 and undefined mean what service, client and scopes say. */
  accessTokenDuration?: number | undefined
  /** A token that does not expire. */
  accessTokenPersistent?: boolean
  forExternalAttachment?: boolean
  /** The commit changes a row that is deleted with the client, and is refused if it is gone. */
  isGuarded?: boolean
  /** A token that no client asked for: the caller says what it is for, or for nothing. */
  isCreated?: boolean
  /** The request that the tokens are pushed for, CIBA §10.3.1. */
  authReqId?: string | undefined
}

export interface IssuedAccessToken {
  accessToken: string
  jwtAccessToken?: string
  accessTokenExpiresAt: number
  accessTokenDuration: number
  grant: Grant
  writes: Write[]
}

/** The end of times for the store: a token that does not expire. */
const never = Number.MAX_SAFE_INTEGER

/** One access token, and the writes that make it good. */
export async function issueAccessToken(
  context: ServiceContext,
  issue: Issue,
  notAfter = never,
): Promise<IssuedAccessToken> {
  const { service, store, system, now } = context
  const { client, subject, familyId, grantType } = issue
  const grant = currentGrant(context, issue)
  const duration =
    issue.accessTokenDuration || durationOf('accessToken', service, client, grant.scopes)
  const expiresAt = issue.accessTokenPersistent ? never : Math.min(now + duration * 1000, notAfter)
  const jwtId = system.random.token(128)
  const ends = expiresAt === never ? undefined : expiresAt
  const parts = { subject, grant, jwtId, now, expiresAt: ends }
  const jwtAccessToken = service.accessTokenSignAlg
    ? await signAccessToken(service, client, parts)
    : undefined
  const accessToken = jwtAccessToken ?? (issue.accessToken || system.random.token(256))
  const { idTokenClaims: _, idtHeaderParams: _header, ...kept } = grant
  const row = {
    serviceId: service.apiKey,
    tokenHash: tokenHash(accessToken),
    familyId,
    clientId: client.clientId,
    subject,
    sessionId: grant.sessionId,
    grantId: grant.grantId,
    createdAt: now,
    expiresAt,
    data: {
      grantType,
      grant: kept,
      ...(jwtAccessToken === undefined ? {} : { jwtId }),
      forExternalAttachment: issue.forExternalAttachment ?? false,
    },
  }
  const write = issue.isGuarded
    ? store.accessTokens.insert(row)
    : store.accessTokens.insertIfClientExists(row)
  const lost = issue.accessToken ? rules.accessTokenTaken : clientDeleted
  return {
    accessToken,
    ...(jwtAccessToken === undefined ? {} : { jwtAccessToken }),
    accessTokenExpiresAt: expiresAt === never ? 0 : expiresAt,
    accessTokenDuration: expiresAt === never ? 0 : Math.floor((expiresAt - now) / 1000),
    grant,
    writes: [
      ...held(context, grant),
      ...replaced(context, issue),
      orRefuse(write, new Refusal(lost)),
    ],
  }
}

/** The grant as service and client allow it now; nothing is issued to a locked client. */
function currentGrant({ service }: ServiceContext, issue: Issue): Grant {
  const { client, grantType } = issue
  if (client.locked) refuse(rules.clientLocked, String(client.clientId))
  requireGrantType(grantType, service, client)
  const grant = { ...issue.grant, ...issue.narrowed }
  const scopes = keepScopes(grant.scopes, service, client)
  if (service.scopeRequired && !issue.isCreated && scopes.length === 0) refuse(rules.scopesGone)
  const { authorizationDetails: details } = grant
  const kept = issue.isCreated ? details : keepAuthorizationDetails(details, service, client)
  return { ...grant, scopes, authorizationDetails: kept }
}

/** Nothing is issued for a grant that was revoked meanwhile. */
const held = ({ service, store }: ServiceContext, { grantId }: Grant): Write[] =>
  grantId === undefined
    ? []
    : [orRefuse(store.grants.hold(service.apiKey, grantId), new Refusal(grantGone))]

/**
 * With a single access token per subject, a new one ends what the client had of the user before.
 * All who issue one count it first: who is second waits there, and sees what the first issued.
 */
function replaced(context: ServiceContext, { client, subject, grantType }: Issue): Write[] {
  const { service, store, now } = context
  const single = service.singleAccessTokenPerSubject || client.singleAccessTokenPerSubject
  if (!single || subject === undefined || grantType === 'REFRESH_TOKEN') return []
  const owner = { clientId: client.clientId, subject }
  const name = tokenHash(`single token: ${client.clientId} ${subject}`)
  return [
    store.attempts.add(service.apiKey, name, { now, until: now + 60_000 }),
    store.refreshTokens.deleteOf(service.apiKey, owner),
    store.accessTokens.deleteOf(service.apiKey, owner),
  ]
}

export interface IssuedRefreshToken {
  refreshToken: string
  refreshTokenExpiresAt: number
  refreshTokenDuration: number
  writes: Write[]
}

/** Whether tokens of this client come with a refresh token at all. */
export const isRefreshable = ({ service }: ServiceContext, client: Client): boolean =>
  supportsGrantType('REFRESH_TOKEN', service) && mayUseGrantType('REFRESH_TOKEN', client)

/** A refresh token for the whole grant; it begins the family's chain. */
export function issueRefreshToken(
  { service, store, system, now }: ServiceContext,
  { client, grantType, subject, grant, familyId }: Issue,
  chosen: { refreshToken?: string | undefined; refreshTokenDuration?: number | undefined } = {},
): IssuedRefreshToken {
  const refreshToken = chosen.refreshToken || system.random.token(256)
  const seconds =
    chosen.refreshTokenDuration || durationOf('refreshToken', service, client, grant.scopes)
  const expiresAt = now + seconds * 1000
  const { idTokenClaims: _, idtHeaderParams: _header, nonce: _nonce, ...kept } = grant
  const write = store.refreshTokens.insert({
    serviceId: service.apiKey,
    familyId,
    tokenHash: tokenHash(refreshToken),
    clientId: client.clientId,
    subject,
    sessionId: grant.sessionId,
    grantId: grant.grantId,
    createdAt: now,
    expiresAt,
    data: { grantType, grant: kept, durationSeconds: seconds },
  })
  return {
    refreshToken,
    refreshTokenExpiresAt: expiresAt,
    refreshTokenDuration: seconds,
    writes: [orRefuse(write, new Refusal(rules.refreshTokenTaken))],
  }
}

export type IssuedTokens = Omit<IssuedAccessToken, 'writes'> &
  Partial<Omit<IssuedRefreshToken, 'writes'>> & {
    idToken?: string
    responseContent: string
    writes: Write[]
  }

/** An ID Token as the client wants it: signed, and encrypted if it registered that. OIDC Core §2 */
export async function idTokenFor(
  context: ServiceContext,
  client: Client,
  parts: IdTokenParts,
): Promise<string> {
  if (keepScopes(['openid'], context.service, client).length === 0) refuse(rules.openidGone)
  const given = exactMembers(parts.grant.idTokenClaims)
  const claims = await withAttachmentTokens(context, client, parts, given, issueAccessToken)
  const grant = { ...parts.grant, idTokenClaims: writeExact(claims) }
  const idToken = await issueIdToken(context.service, client, { ...parts, grant })
  return encryptFor(context, client, 'idToken', idToken, 'JWT')
}

/** What a FAPI profile asks of those who get tokens. */
export function requirePolicy({ service }: ServiceContext, client: Client, grant: Grant): void {
  const policy = policyOf(service, client, grant.scopes)
  requireClientMethod(policy, client)
  requireConstraint(policy, grant)
}

/** The answer of a grant: an access token, and what the grant and the client allow besides. */
export async function issueTokens(
  context: ServiceContext,
  issue: Issue,
  refresh: 'refreshable' | 'final',
  refreshTokenDuration?: number,
): Promise<IssuedTokens> {
  const { service, now } = context
  const { client, subject } = issue
  requirePolicy(context, client, issue.grant)
  const withRefresh = refresh === 'refreshable' && isRefreshable(context, client)
  const refreshing = withRefresh
    ? issueRefreshToken(context, issue, { refreshTokenDuration })
    : undefined
  const linked = service.tokenExpirationLinked ? refreshing?.refreshTokenExpiresAt : undefined
  const access = await issueAccessToken(context, issue, linked)
  const { writes: refreshWrites, ...refreshed } = refreshing ?? { writes: [] }
  const tokens = { ...access, ...refreshed }
  const wantsIdToken = subject !== undefined && access.grant.scopes.includes('openid')
  const idToken = wantsIdToken
    ? await idTokenFor(context, client, {
        subject,
        grant: issue.grant,
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
    responseContent: tokenResponse(service.accessTokenType, tokens, idToken),
    writes: [...access.writes, ...refreshWrites],
  }
}
