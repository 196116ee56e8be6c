/**
 * The refresh token grant, RFC 6749 §6: refresh tokens are kept or rotated; a replay revokes the
 * token family.
 */

import type { ServiceContext } from '../context.ts'
import type { Grant } from '../model/grant.ts'
import type { Service } from '../model/service/service.ts'
import { deviceOf } from '../model/token/device.ts'
import { narrowAuthorizationDetails } from '../oauth/authorization-details.ts'
import { storedForIdToken } from '../oauth/claims/policy-release.ts'
import { requireSameInstance } from '../oauth/client-authentication/attestation.ts'
import { requireGrantCertificate } from '../oauth/client-authentication/certificate-binding.ts'
import { requireConstraint } from '../oauth/fapi.ts'
import { rules } from '../oauth/grants/refresh-rules.ts'
import { policyOf } from '../oauth/policy.ts'
import { narrowResources, parseResources } from '../oauth/resource.ts'
import { narrowScopes } from '../oauth/scope.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import { requireGrantKey } from '../oauth/tokens/dpop.ts'
import { refreshExpiry } from '../oauth/tokens/expiry.ts'
import { formerRules } from '../oauth/tokens/former/rules.ts'
import { isReissuable } from '../oauth/tokens/id-token-reissue.ts'
import { retryMillisecondsOf } from '../oauth/tokens/rotation.ts'
import { grantedDetail } from '../oauth/vci/details.ts'
import { check, type Evidence, fingerprint, plan, Refusal, refuse, step } from '../refusal.ts'
import { signals } from '../signal.ts'
import { issueAccessToken } from '../tokens/access-token.ts'
import { endOfReplayed } from '../tokens/family.ts'
import type { GrantRequest } from '../tokens/grant-request.ts'
import { idTokenFor } from '../tokens/id-token.ts'
import {
  branchOf,
  findFormer,
  type PredecessorRow,
  type PresentedRow,
} from '../tokens/refresh/former.ts'
import { nextRefreshToken, type RefreshSuccessor } from '../tokens/refresh/refresh-token.ts'
import { tokenResponse } from '../tokens/response.ts'
import { holdForRefresh, storedGrant } from '../tokens/session.ts'
import { withRequest } from './authorization-code.ts'

/** A second use within this time is a retry of the client, not an attack. */
const retryMilliseconds = 1_000

const ok = 'OK' as const
const reissuable = 'ID_TOKEN_REISSUABLE' as const

/** The response that a retry with the replaced refresh token gets again. */
type Successor = RefreshSuccessor<Awaited<ReturnType<typeof refresh>>>

/** Refreshes tokens; a retry with the replaced refresh token gets the same response. */
export async function refreshToken(request: GrantRequest, context: ServiceContext) {
  const { store, service } = context
  plan('refresh token', 'binding of the refresh token', 'scope', 'tokens')
  step('refresh token')
  const { parameters } = request
  const presented =
    parameters.get('refresh_token') ?? refuse(rules.missing, { parameter: 'refresh_token' })
  const hash = tokenHash(presented)
  const row = await store.refreshTokens.find(service.apiKey, hash)
  if (row) return refreshOrRetry(request, context, presented, row)
  const previous = await store.refreshTokens.findPredecessor(service.apiKey, hash)
  return previous
    ? refreshAgain(request, context, presented, previous)
    : refreshFormer(request, context, presented)
}

/** A refresh token that the client got from a former system. */
async function refreshFormer(request: GrantRequest, context: ServiceContext, presented: string) {
  const { row, isShared, previous, isGenuine, failure } = await findFormer(context, presented)
  if (row) {
    const own = isShared ? branchOf(context, row, presented) : row
    return refreshOrRetry(request, context, presented, own)
  }
  if (previous) return refreshAgain(request, context, presented, previous)
  const { unknown } = rules
  return refuse(
    failure ?? (isGenuine ? formerRules.notImported : unknown),
    neverIssued(presented)(),
  )
}

async function refreshOrRetry(
  request: GrantRequest,
  context: ServiceContext,
  presented: string,
  row: PresentedRow,
) {
  try {
    return await refresh(request, context, presented, row)
  } catch (error) {
    // A concurrent request replaced the token first, so this one counts as its retry.
    const isRetry = error instanceof Refusal && error.rule === rules.used
    if (!isRetry) throw error
    const { store, service } = context
    const previous = await store.refreshTokens.findPredecessor(service.apiKey, row.tokenHash)
    check(previous, rules.unknown, neverIssued(presented))
    return refreshAgain(request, context, presented, previous)
  }
}

async function refresh(
  request: GrantRequest,
  context: ServiceContext,
  presented: string,
  row: PresentedRow,
) {
  const { parameters, client } = request
  const { service, store, now } = context
  const serviceId = service.apiKey
  requireOwner(client.clientId, row.clientId)
  const expiresAt = refreshExpiry(service, client, row)
  check(expiresAt > now, rules.unknown, () => ({
    ...evidenceOf(presented, `It expired at ${expiresAt}; it is ${now} now.`),
    setting: 'service.refreshTokenDuration',
    expected: service.refreshTokenDuration,
  }))
  step('binding of the refresh token')
  requireSameKey(request, row)
  const granted = storedGrant(row)
  const scopes = refreshedScopes(parameters.get('scope'), granted.scopes, service)
  const resources = narrowResources(parseResources(parameters), granted.resources)
  const authorizationDetails = narrowAuthorizationDetails(
    parameters.get('authorization_details'),
    granted.authorizationDetails,
    grantedDetail(service, { ...granted, scopes }),
  )
  const grant = refreshedGrant(granted, request)
  requireConstraint(policyOf(service, client, granted.scopes), grant)
  step('tokens')
  const next = nextRefreshToken(request, context, presented, row)
  const linked = service.tokenExpirationLinked ? next.refreshTokenExpiresAt : undefined
  const subject = row.subject ?? undefined
  const user = store.refreshTokens.userOf(row)
  const issue = {
    client,
    grantType: 'REFRESH_TOKEN',
    subject,
    grant,
    user,
    device: deviceOf(request.device ?? {}, row),
    narrowed: { scopes, resources, authorizationDetails },
    familyId: row.familyId,
    isGuarded: true,
    accessToken: request.accessToken,
    accessTokenDuration: request.accessTokenDuration,
  } as const
  const { writes: accessWrites, ...access } = await issueAccessToken(context, issue, linked)
  const withIdToken = subject !== undefined && access.grant.scopes.includes('openid')
  const { accessToken } = access
  const idToken = withIdToken
    ? await idTokenFor(context, client, {
        ...storedForIdToken(service, grant, user),
        grantType: 'REFRESH_TOKEN',
        subject,
        now,
        accessToken,
        claimScopes: access.grant.scopes,
      })
    : undefined
  const { writes: nextWrites, refreshToken } = next
  const tokens = { ...access, ...next, writes: undefined }
  const answer = {
    action: isReissuable(service, subject, access.grant.scopes) ? reissuable : ok,
    ...tokens,
    ...(idToken === undefined ? {} : { idToken }),
    responseContent: await tokenResponse(context, client, { ...access, refreshToken }, idToken),
    subject,
    refreshTokenScopes: granted.scopes,
    previousRefreshTokenUsed: false,
  }
  const superseded = now + retryMillisecondsOf(service)
  await store.commit(
    ...request.writes,
    // First, as an end of the session locks it before its tokens.
    ...holdForRefresh(context, client, row),
    ...nextWrites({ refreshTokenHash: tokenHash(refreshToken), answer }),
    store.accessTokens.expireFamily(serviceId, row.familyId, superseded),
    ...accessWrites,
  )
  return answer
}

/**
 * RFC 9449 §5, RFC 8705 §4: the refresh token of a public client is bound to its key or
 * certificate. Other refresh tokens are bound to the client by its authentication, and to the
 * attested instance: Client Attestation §10.3.
 */
function requireSameKey(
  { clientAuthMethod, binding, proven }: GrantRequest,
  row: PresentedRow,
): void {
  const { dpopThumbprint, certificateThumbprint, attestationThumbprint } = row.data.grant
  if (clientAuthMethod === 'NONE') {
    requireGrantKey(dpopThumbprint, proven)
    requireGrantCertificate(certificateThumbprint, proven)
  }
  requireSameInstance(attestationThumbprint, binding)
}

/** Tokens of a public client remain bound to the certificate, even if its settings changed. */
function refreshedGrant(granted: Grant, request: GrantRequest): Grant {
  const grant = withRequest(granted, request)
  const { certificateThumbprint } = granted
  const isBound = request.clientAuthMethod === 'NONE' && certificateThumbprint !== undefined
  return isBound ? { ...grant, certificateThumbprint } : grant
}

/** RFC 6749 §6. Without offline_access, a setting of the service drops the scope openid. */
function refreshedScopes(asked: string | undefined, granted: string[], service: Service): string[] {
  const scopes = narrowScopes(asked, granted)
  const drops = service.openidDroppedOnRefreshWithoutOfflineAccess
  return drops && !granted.includes('offline_access')
    ? scopes.filter((scope) => scope !== 'openid')
    : scopes
}

/** A refresh token that has been replaced: a retry or a replay, RFC 9700 §4.14.2. */
async function refreshAgain(
  request: GrantRequest,
  context: ServiceContext,
  presented: string,
  previous: PredecessorRow,
) {
  const { service, store, now } = context
  const serviceId = service.apiKey
  check(previous.expiresAt > now, rules.unknown, neverIssued(presented))
  requireOwner(request.client.clientId, previous.clientId)
  const replaced = (): Evidence => ({
    ...evidenceOf(presented, `It was replaced at ${previous.rotatedAt}; it is ${now} now.`),
    setting: 'service.refreshTokenKept',
    expected: service.refreshTokenKept,
  })
  const age = now - previous.rotatedAt
  if (previous.successor && age <= retryMillisecondsOf(service)) {
    const successor = JSON.parse(previous.successor) as Successor
    const current = await store.refreshTokens.find(serviceId, successor.refreshTokenHash)
    check(current, rules.used, replaced)
    requireSameKey(request, current)
    // Client authentication of the retry is recorded like that of every request.
    if (request.writes.length > 0) await store.commit(...request.writes)
    signals.refreshRetried.emit()
    return { ...successor.answer, previousRefreshTokenUsed: true }
  }
  if (age <= retryMilliseconds) signals.refreshRetried.emit()
  check(age > retryMilliseconds, rules.used, replaced)
  // The key is checked first, so that a leaked refresh token alone cannot revoke the grant.
  const current = await store.refreshTokens.findFamily(serviceId, previous.familyId)
  if (current) requireSameKey(request, current)
  await store.commit(...request.writes, ...endOfReplayed(context, 'refresh.replayed', previous))
  return refuse(rules.replayed, replaced())
}

function requireOwner(given: number, owner: number): void {
  check(given === owner, rules.otherClient, { parameter: 'client_id', given, expected: owner })
}

const evidenceOf = (presented: string, note: string): Evidence => ({
  parameter: 'refresh_token',
  given: fingerprint(presented),
  note,
})

const neverIssued = (presented: string) => (): Evidence =>
  evidenceOf(presented, 'It was never issued, was revoked, or expired.')
