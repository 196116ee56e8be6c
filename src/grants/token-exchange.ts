/**
 * The token exchange grant, RFC 8693: the presented tokens are checked here, the caller decides
 * about the new token.
 */

import { clientNames } from '../clients/describe.ts'
import type { ServiceContext } from '../context.ts'
import { serviceKeySet } from '../jose/service-key-set.ts'
import { asymmetricAlgorithms } from '../jose/signature-algorithm.ts'
import { verifyJwt } from '../jose/verify.ts'
import type { TokenType } from '../model/enums.ts'
import type { Grant } from '../model/grant.ts'
import type { TokenInfo } from '../model/token/info.ts'
import { detailsToApi, detailsToTokenInfo } from '../oauth/authorization-details.ts'
import { provesPossession } from '../oauth/grants/presented-jwt.ts'
import {
  parseExchange,
  readExchangedJwt,
  requireAsymmetric,
  requireExchanger,
  requireListedIssuer,
  requireOwnRefreshToken,
  requireOwnToken,
  requirePossession,
  requireVerified,
} from '../oauth/grants/token-exchange.ts'
import { isSameIdentifier } from '../oauth/identifier.ts'
import { grantedScopes } from '../oauth/scope.ts'
import { confirmationOf, tokenHash } from '../oauth/tokens/access-token.ts'
import { shownExpiry } from '../oauth/tokens/expiry.ts'
import { findIssuerKeys } from '../tokens/foreign-issuer.ts'
import { askedOf, type OpenRequest, openTicket } from '../tokens/ticket.ts'
import { exchangeDeviceSecret } from './device-secret.ts'

/** Returns a ticket and token info for the caller to decide, or the tokens of Native SSO. */
export async function tokenExchange(request: OpenRequest, context: ServiceContext) {
  const { parameters, client } = request
  const { service, store } = context
  requireExchanger(service, client)
  const exchange = parseExchange(parameters, service)
  const { subjectToken, subjectTokenType, actorToken, actorTokenType } = exchange
  if (actorTokenType === 'DEVICE_SECRET') {
    const shared = await exchangeDeviceSecret(request, context, exchange)
    return { ...exchange, ...shared, action: 'NATIVE_SSO' as const }
  }
  const subjectTokenInfo = await checkToken(request, context, subjectToken, subjectTokenType)
  const actorTokenInfo =
    actorToken !== undefined && actorTokenType
      ? await checkToken(request, context, actorToken, actorTokenType)
      : undefined
  const asked = askedOf(request, context)
  const { ticket, write } = openTicket(request, context, { grantType: 'TOKEN_EXCHANGE', ...asked })
  await store.commit(...request.writes, write)
  return {
    ...exchange,
    ...(subjectTokenInfo ? { subjectTokenInfo } : {}),
    ...(actorTokenInfo ? { actorTokenInfo } : {}),
    ticket,
    scopes: asked.scopes,
    resources: asked.resources,
    authorizationDetails: detailsToApi(asked.authorizationDetails),
  }
}

/**
 * Checks a token by its type: tokens of this service are looked up, JWTs are verified if possible,
 * and other types are not checked. Bound tokens require proof of possession.
 */
async function checkToken(
  request: OpenRequest,
  context: ServiceContext,
  token: string,
  type: TokenType,
): Promise<TokenInfo | undefined> {
  const { service, store } = context
  const hash = tokenHash(token)
  switch (type) {
    case 'ACCESS_TOKEN':
      return infoOf(request, context, await store.accessTokens.find(service.apiKey, hash))
    case 'REFRESH_TOKEN': {
      const row = requireOwnToken(await store.refreshTokens.find(service.apiKey, hash))
      requireOwnRefreshToken(row.clientId, request.client)
      return infoOf(request, context, row)
    }
    case 'JWT':
    case 'ID_TOKEN':
      await checkJwt(request, context, token, type)
      return undefined
    default:
      return undefined
  }
}

/**
 * Verifies all ID Tokens, which must come from this service or a listed issuer, and all JWTs with
 * the issuer of this service. The caller verifies other JWTs.
 */
async function checkJwt(
  { proven }: OpenRequest,
  context: ServiceContext,
  text: string,
  type: 'JWT' | 'ID_TOKEN',
): Promise<void> {
  const { service, now } = context
  const jwt = readExchangedJwt(text, type, service, now)
  if (!jwt) return
  requirePossession(await provesPossession(jwt.claims['cnf'], proven))
  if (jwt.alg === 'none') return
  const { iss } = jwt.claims
  const isOurs = isSameIdentifier(iss, service.issuer)
  if (type === 'JWT' && !isOurs) return
  requireAsymmetric(jwt)
  const keys = isOurs
    ? serviceKeySet(service)
    : await findIssuerKeys(context, requireListedIssuer(String(iss), service))
  requireVerified(await verifyJwt(text, keys, asymmetricAlgorithms))
}

interface Row {
  clientId: number
  subject: string | null
  expiresAt: number
  data: { grant: Grant }
}

async function infoOf(
  { proven }: OpenRequest,
  { service, documents, now }: ServiceContext,
  row: Row | undefined,
): Promise<TokenInfo> {
  const live = requireOwnToken(row && row.expiresAt > now ? row : undefined)
  const client = await documents.client(service.apiKey, live.clientId)
  const own = requireOwnToken(client?.locked ? undefined : client)
  const { grant } = live.data
  const { cnf } = confirmationOf(grant)
  requirePossession(await provesPossession(cnf, proven))
  return {
    ...clientNames(own, grant.namedBy),
    subject: live.subject ?? undefined,
    scopes: grantedScopes(service, grant.scopes),
    expiresAt: shownExpiry(live.expiresAt),
    properties: grant.properties,
    cnf,
    resources: grant.resources,
    authorizationDetails: detailsToTokenInfo(grant.authorizationDetails),
    test: grant.test,
  }
}
