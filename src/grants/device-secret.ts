/**
 * The token exchange of Native SSO, OIDC Native SSO §4: an app presents the ID Token and the device
 * secret of another app of its vendor, and gets tokens of the same session.
 */

import type { ServiceContext } from '../context.ts'
import { serviceKeySet } from '../jose/service-key-set.ts'
import { asymmetricAlgorithms } from '../jose/signature-algorithm.ts'
import { verifyJwt } from '../jose/verify.ts'
import { Grant } from '../model/grant.ts'
import {
  requireApp,
  requireLiveSession,
  requireOwnIdToken,
  sessionEnded,
  sessionOf,
} from '../oauth/grants/native-sso.ts'
import { provesPossession } from '../oauth/grants/presented-jwt.ts'
import {
  type ExchangeParameters,
  readExchangedJwt,
  requireAsymmetric,
  requirePossession,
  requireVerified,
} from '../oauth/grants/token-exchange.ts'
import { hasRegistry } from '../oauth/logout/session-settings.ts'
import { Refusal } from '../refusal.ts'
import { orRefuse, type Write } from '../store/engine.ts'
import { issueAccessToken } from '../tokens/access-token.ts'
import { encryptedValues } from '../tokens/encryption.ts'
import { newFamilyId } from '../tokens/family.ts'
import { requirePolicy } from '../tokens/issue.ts'
import { isRefreshable, issueRefreshToken } from '../tokens/refresh/refresh-token.ts'
import { joinSession } from '../tokens/session.ts'
import { askedOf, type OpenRequest } from '../tokens/ticket.ts'

/** The caller must check the device secret against the returned hash. */
export async function exchangeDeviceSecret(
  request: OpenRequest,
  context: ServiceContext,
  exchange: ExchangeParameters,
) {
  const { service, store } = context
  const client = requireApp(request.client)
  const { sessionId, dsHash } = await verifyIdToken(request, context, exchange)
  const { acr, authTime, subject, hold } = requireLiveSession(await findLive(context, sessionId))
  const { properties, jwtAtClaims, binding, namedBy } = request
  const grant = Grant.parse({
    ...askedOf(request, context),
    acr,
    authTime,
    sessionId,
    properties,
    jwtAtClaims,
    namedBy,
    ...binding,
  })
  requirePolicy(context, client, grant)
  const issue = {
    client,
    grantType: 'TOKEN_EXCHANGE',
    subject,
    grant,
    familyId: newFamilyId(context),
    accessToken: request.accessToken,
    accessTokenDuration: request.accessTokenDuration,
  } as const
  const refresh = isRefreshable(context, client)
    ? issueRefreshToken(context, issue, { refreshTokenDuration: request.refreshTokenDuration })
    : undefined
  const linked = service.tokenExpirationLinked ? refresh?.refreshTokenExpiresAt : undefined
  const access = await issueAccessToken(context, issue, linked)
  const { writes, grant: issued, ...accessed } = access
  const { writes: refreshWrites = [], ...refreshed } = refresh ?? {}
  const joined = joinSession(context, client, grant, subject, sessionEnded)
  const live = hold ? [orRefuse(hold, new Refusal(sessionEnded))] : joined
  // The response is made by a later call. Without a key for it, nothing must be committed now.
  await encryptedValues(context, client, { ...accessed, ...refreshed })
  await store.commit(...live, ...request.writes, ...writes, ...refreshWrites)
  return {
    ...accessed,
    ...refreshed,
    ...(refresh ? { refreshTokenScopes: grant.scopes } : {}),
    subject,
    sessionId,
    properties,
    deviceSecret: exchange.actorToken,
    deviceSecretHash: dsHash,
    scopes: issued.scopes,
    resources: issued.resources,
    accessTokenResources: issued.resources,
  }
}

async function verifyIdToken(
  { proven }: OpenRequest,
  { service, now }: ServiceContext,
  { subjectToken, subjectTokenType }: ExchangeParameters,
) {
  const isIdToken = subjectTokenType === 'ID_TOKEN'
  const read = isIdToken ? readExchangedJwt(subjectToken, 'ID_TOKEN', service, now) : undefined
  const jwt = requireOwnIdToken(read, service)
  requirePossession(await provesPossession(jwt.claims['cnf'], proven))
  requireAsymmetric(jwt)
  const keys = serviceKeySet(service)
  requireVerified(await verifyJwt(subjectToken, keys, asymmetricAlgorithms))
  return sessionOf(jwt, service)
}

/**
 * An active token of the session. It has the user of the session, while the `sub` of the ID Token
 * may be pairwise. The commit requires it to be of the session still, so that a concurrent logout
 * ends the new tokens too or makes the commit fail.
 */
async function findToken({ service, store, now }: ServiceContext, sessionId: string) {
  const serviceId = service.apiKey
  const owner = { sessionId }
  const access = await store.accessTokens.findOf(serviceId, owner)
  const refresh = await store.refreshTokens.findOf(serviceId, owner)
  const candidates = [
    ...access.map((row) => ({
      row,
      hold: store.accessTokens.requireIn(serviceId, sessionId, row.tokenHash),
    })),
    ...refresh.map((row) => ({
      row,
      hold: store.refreshTokens.requireIn(serviceId, sessionId, row.familyId),
    })),
  ]
  return candidates.find(({ row }) => row.expiresAt > now && row.subject !== null)
}

interface LiveSession {
  subject: string | undefined
  acr?: string | undefined
  authTime?: number | undefined
  /** Fails if the session has ended; undefined if the session itself is held. */
  hold?: Write
}

/** The session itself, or an active token of it if the service keeps no sessions. */
async function findLive(
  context: ServiceContext,
  sessionId: string,
): Promise<LiveSession | undefined> {
  const { service, store, now } = context
  if (hasRegistry(service)) {
    const row = await store.sessions.find(service.apiKey, sessionId)
    if (!row || row.endedAt !== null || row.expiresAt <= now) return undefined
    const { subject, acr, authTime } = row
    return { subject, acr: acr ?? undefined, authTime: authTime ?? undefined }
  }
  const token = await findToken(context, sessionId)
  if (!token) return undefined
  const { acr, authTime } = token.row.data.grant
  return { subject: token.row.subject ?? undefined, acr, authTime, hold: token.hold }
}
