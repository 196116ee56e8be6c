/**
 * The token exchange grant, RFC 8693: the presented tokens are checked here, the caller decides
 * about the new token.
 */

import { clientNames } from '../clients/describe.ts'
import type { ServiceContext } from '../context.ts'
import type { TokenType } from '../model/enums.ts'
import type { TokenInfo } from '../model/token/info.ts'
import { detailsToApi, detailsToTokenInfo } from '../oauth/authorization-details.ts'
import { idJagTokenType, issuesIdJags } from '../oauth/grants/identity-assertion.ts'
import {
  parseExchange,
  requireExchanger,
  requireOwnRefreshToken,
  requireOwnToken,
} from '../oauth/grants/token-exchange.ts'
import { issuesTransactionTokens, transactionTokenType } from '../oauth/grants/transaction-token.ts'
import { grantedScopes } from '../oauth/scope.ts'
import { confirmationOf, tokenHash } from '../oauth/tokens/access-token.ts'
import { shownExpiry } from '../oauth/tokens/expiry.ts'
import { checkExchangedJwt, requireActive, type TokenRow } from '../tokens/exchange/presented.ts'
import { askedOf, type OpenRequest, openTicket } from '../tokens/ticket.ts'
import { exchangeHere } from './delegated-exchange.ts'
import { exchangeDeviceSecret } from './device-secret.ts'
import { issueIdJag } from './id-jag.ts'
import { issueTransactionToken } from './transaction-token.ts'

/**
 * Returns a ticket and token info for the caller to decide, the tokens of Native SSO, or what the
 * engine itself issued.
 */
export async function tokenExchange(request: OpenRequest, context: ServiceContext) {
  const { parameters, client } = request
  const { service, store } = context
  requireExchanger(service, client)
  const requested = parameters.get('requested_token_type')
  if (requested === idJagTokenType && issuesIdJags(service)) return issueIdJag(request, context)
  if (requested === transactionTokenType && issuesTransactionTokens(service)) {
    return issueTransactionToken(request, context)
  }
  const exchange = parseExchange(parameters, service)
  const { subjectToken, subjectTokenType, actorToken, actorTokenType } = exchange
  if (actorTokenType === 'DEVICE_SECRET') {
    const shared = await exchangeDeviceSecret(request, context, exchange)
    return { ...exchange, ...shared, action: 'NATIVE_SSO' as const }
  }
  const decided = await exchangeHere(request, context, exchange)
  if (decided) return decided
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
      await checkExchangedJwt(request, context, token, type)
      return undefined
    default:
      return undefined
  }
}

async function infoOf(
  request: OpenRequest,
  context: ServiceContext,
  found: TokenRow | undefined,
): Promise<TokenInfo> {
  const { row, client, grant } = await requireActive(request, context, found)
  return {
    ...clientNames(client, grant.namedBy),
    subject: row.subject ?? undefined,
    scopes: grantedScopes(context.service, grant.scopes),
    expiresAt: shownExpiry(row.expiresAt),
    properties: grant.properties,
    cnf: confirmationOf(grant).cnf,
    resources: grant.resources,
    authorizationDetails: detailsToTokenInfo(grant.authorizationDetails),
    test: grant.test,
  }
}
