/**
 * Issuing access tokens. Everything that may have changed since the grant was given (lock, grant
 * types, scopes) is checked again here, for every grant type.
 */
import { processTime, type ServiceContext } from '../context.ts'
import { signJwt } from '../jose/sign.ts'
import type { Client } from '../model/client/client.ts'
import type { GrantType } from '../model/enums.ts'
import type { Grant } from '../model/grant.ts'
import { dayMilliseconds, dayOf } from '../model/installation/usage.ts'
import type { Device } from '../model/token/device.ts'
import type { UserData } from '../model/user-data.ts'
import { keepAuthorizationDetails } from '../oauth/authorization-details.ts'
import { policyClaims, storedUserData } from '../oauth/claims/policy-release.ts'
import { clientDeleted } from '../oauth/client-authentication/method.ts'
import { durationOf } from '../oauth/duration.ts'
import { grantGone } from '../oauth/grants/grant-management.ts'
import { requireGrantType } from '../oauth/grants/grant-type.ts'
import { requireBoundFor } from '../oauth/resources/demands.ts'
import { onlyDescribed, scopesAtResources } from '../oauth/resources/described.ts'
import { keepScopes } from '../oauth/scope.ts'
import { tokensOfService, tokensPerDay } from '../oauth/service/quotas.ts'
import { tokenHash, unsignedAccessToken } from '../oauth/tokens/access-token.ts'
import { accessTokenSigning } from '../oauth/tokens/access-token-format.ts'
import { never, secondsLeft, shownExpiry } from '../oauth/tokens/expiry.ts'
import { credentialTokenSeconds } from '../oauth/vci/bearer-lifetime.ts'
import { CallerError, defineCallerRules, defineRules, Refusal, refuse } from '../refusal.ts'
import { orRefuse, orRefuseIssue, type Write } from '../store/engine.ts'
import { newFamilyId } from './family.ts'
import { requireRoom } from './row-budgets.ts'

const rules = defineRules('Issuing', {
  scopesGone: {
    code: 'P014101',
    error: 'invalid_scope',
    spec: 'RFC 6749 §3.3',
    message: 'A scope is required, and no granted scope is left for the token.',
    fix: 'Give service and client back one of the granted scopes, or ask the user to authorize again.',
    settings: [
      'service.scopeRequired',
      'service.supportedScopes',
      'service.ext.resources',
      'client.extension',
    ],
  },
  clientLocked: {
    code: 'P014001',
    error: 'unauthorized_client',
    spec: 'RFC 6749 §5.2',
    message: 'The client is locked, so no token is issued.',
    fix: 'Unlock the client if it may be used again.',
    settings: ['client.locked'],
  },
  accessTokenTaken: {
    code: 'P014002',
    error: 'invalid_request',
    spec: 'RFC 6749 §5.1',
    message: 'The access token that the call specifies already exists.',
    fix: 'Pass an `accessToken` that was not used before, or omit it so that one is generated.',
  },
})

export interface Issue {
  client: Client
  grantType: GrantType
  subject: string | undefined
  /** The whole grant, which the refresh token stores. */
  grant: Grant
  /** What the caller tells of the user, or told with the grant. */
  user?: UserData | undefined
  device?: Device | undefined
  /** The narrowed part of the grant for this access token. */
  narrowed?: Partial<Pick<Grant, 'scopes' | 'resources' | 'authorizationDetails'>>
  /**
   * The token family: all tokens of one authorization, which are revoked together. Absent for an
   * access token that stays alone, whose family is named by its hash and needs no index.
   */
  familyId?: string
  /** The value of the access token, if the caller chooses it. */
  accessToken?: string | undefined
  /** Seconds; with 0 or undefined, the settings of service, client and scopes apply. */
  accessTokenDuration?: number | undefined
  /** A token that does not expire. */
  accessTokenPersistent?: boolean
  forExternalAttachment?: boolean
  /** The commit changes a row that is deleted with the client, so it fails without the client. */
  isGuarded?: boolean
  /** A token that the caller creates outside of a flow, so that scopes are optional. */
  isCreated?: boolean
  /** The auth_req_id of a request whose tokens are pushed, CIBA §10.3.1. */
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

const { tooManyTokens } = defineCallerRules('Quotas', {
  tooManyTokens: {
    code: 'P166002',
    status: 429,
    message:
      'The service has issued as many access tokens today as its quota allows ' +
      '(`ext.quota.tokens_per_day`): nothing was issued, try again after midnight (UTC).',
  },
})

const { tokensFull } = defineCallerRules('Row budgets', {
  tokensFull: {
    code: 'P168001',
    status: 429,
    message:
      'The service has as many access and refresh tokens as its quota allows ' +
      '(`ext.quota.tokens`): nothing was issued. Delete tokens, wait until some have expired, or ' +
      'let the quota be raised.',
  },
})

/** One access token, and the writes that store it. `notAfter` limits its expiry (milliseconds). */
export async function issueAccessToken(
  context: ServiceContext,
  issue: Issue,
  notAfter = never,
): Promise<IssuedAccessToken> {
  const { service, store, system, now } = context
  const { client, subject, grantType } = issue
  const grant = currentGrant(context, issue)
  await requireTokenQuota(context)
  const duration = accessSeconds(context, issue, grant)
  const expiresAt = issue.accessTokenPersistent ? never : Math.min(now + duration * 1000, notAfter)
  const jwtId = system.random.token(128)
  const ends = expiresAt === never ? undefined : expiresAt
  const parts = { subject, grant, jwtId, now, expiresAt: ends }
  const userClaims = policyClaims(service, 'access_token', grant, issue.user)
  const signing = accessTokenSigning(service, client, grant)
  const jwtAccessToken = signing
    ? await signJwt(
        signing.isOfService ? context.keys.symmetric(service) : context.keys.signing(service),
        unsignedAccessToken(service, client, { ...parts, signing, userClaims }),
      )
    : undefined
  const accessToken = jwtAccessToken ?? (issue.accessToken || system.random.token(256))
  const { idTokenClaims: _, idtHeaderParams: _header, ...kept } = grant
  const hash = tokenHash(accessToken)
  // A value that the caller chose may have been that of another token.
  const ownFamily = issue.accessToken ? newFamilyId(context) : hash
  const row = {
    serviceId: service.apiKey,
    tokenHash: hash,
    familyId: issue.familyId ?? ownFamily,
    clientId: client.clientId,
    subject,
    sessionId: grant.sessionId,
    offline: issue.grant.scopes.includes('offline_access'),
    grantId: grant.grantId,
    createdAt: now,
    expiresAt,
    user: storedUserData(service, 'access_token', issue.user),
    ...issue.device,
    data: {
      grantType,
      grant: kept,
      ...(jwtAccessToken === undefined ? {} : { jwtId }),
      forExternalAttachment: issue.forExternalAttachment ?? false,
    },
  }
  const mayHaveLeft = grantType === 'REFRESH_TOKEN' && row.offline && row.sessionId !== undefined
  const { insert, insertIfClientExists, insertRefreshed } = store.accessTokens
  const insertGuarded = mayHaveLeft ? insertRefreshed : insert
  const write = issue.isGuarded ? insertGuarded(row) : insertIfClientExists(row)
  const { clientId } = client
  const kind = 'access_token' as const
  const issued = { serviceId: service.apiKey, kind, grantType, clientId, subject }
  const lost = issue.accessToken ? rules.accessTokenTaken : clientDeleted
  return {
    accessToken,
    ...(jwtAccessToken === undefined ? {} : { jwtAccessToken }),
    accessTokenExpiresAt: shownExpiry(expiresAt),
    accessTokenDuration: secondsLeft(expiresAt, now),
    grant,
    writes: [
      ...held(context, grant),
      ...replaced(context, issue),
      orRefuseIssue(write, new Refusal(lost), issued),
    ],
  }
}

/**
 * Goes before an access token is issued. It is an answer to the caller and no refusal of the
 * client: the same request of the client succeeds on the next day.
 */
async function requireTokenQuota(context: ServiceContext): Promise<void> {
  const { service, store } = context
  requireRoom(context, 'tokens', tokensOfService.read(service), tokensFull)
  const most = tokensPerDay.read(service)
  if (most === undefined) return
  const now = processTime(context)
  if ((await store.usage.tokensToday(service.apiKey, now)) < most) return
  const seconds = Math.ceil((dayOf(now) + dayMilliseconds - now) / 1_000)
  const headers = { 'Retry-After': String(seconds) }
  throw new CallerError({ ...tooManyTokens, headers })
}

/**
 * Seconds: by the caller, the resource or the settings, within the limit of bearer tokens for
 * credentials.
 */
function accessSeconds({ service }: ServiceContext, issue: Issue, grant: Grant): number {
  const { client, grantType, accessTokenDuration: chosen } = issue
  if (chosen && issue.isCreated) return chosen
  const ofResource = onlyDescribed(service, grant.resources)?.accessTokenDuration
  const seconds =
    chosen || durationOf('accessToken', service, client, grantType, grant.scopes, ofResource)
  return Math.min(seconds, credentialTokenSeconds(service, grant))
}

/**
 * The grant, reduced to what service and client allow now, and to the scopes of its resources.
 * Refuses locked clients.
 */
function currentGrant({ service }: ServiceContext, issue: Issue): Grant {
  const { client, grantType } = issue
  if (client.locked) refuse(rules.clientLocked, { setting: 'client.locked', given: true })
  requireGrantType(grantType, service, client)
  const grant = { ...issue.grant, ...issue.narrowed }
  requireBoundFor(service, grant)
  const kept = keepScopes(grant.scopes, service, client)
  const scopes = scopesAtResources(service, grant.resources, kept)
  // An offer grants credentials, without any scope.
  const isScoped = !issue.isCreated && grantType !== 'PRE_AUTHORIZED_CODE'
  if (service.scopeRequired && isScoped && scopes.length === 0) refuse(rules.scopesGone)
  const { authorizationDetails: details } = grant
  const allowed = issue.isCreated ? details : keepAuthorizationDetails(details, service, client)
  return { ...grant, scopes, authorizationDetails: allowed }
}

/** Fails the commit if the grant was revoked concurrently. */
const held = ({ service, store }: ServiceContext, { grantId }: Grant): Write[] =>
  grantId === undefined
    ? []
    : [orRefuse(store.grants.requireExists(service.apiKey, grantId), new Refusal(grantGone))]

/**
 * With a single access token per subject, a new one replaces the user's other tokens of the client.
 * Incrementing a shared counter serialises concurrent issuers, so that the second sees what the
 * first issued.
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
