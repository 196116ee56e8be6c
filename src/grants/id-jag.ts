/**
 * The token exchange for an identity assertion (ID-JAG): a client gets a grant with which it acts
 * for its user at another authorization server. Identity Assertion Grant §4.3
 */
import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import { actorClaims } from '../oauth/grants/actors.ts'
import {
  type Asserted,
  assertedByIdToken,
  idJagTokenType,
  parseIdJagRequest,
  requireSession,
  requireSubjectType,
  requireUser,
  unsignedIdJag,
} from '../oauth/grants/identity-assertion.ts'
import {
  parseExchange,
  requireOwnRefreshToken,
  requireOwnToken,
} from '../oauth/grants/token-exchange.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import { subjectForClient } from '../oauth/tokens/subject.ts'
import { checkExchangedJwt, requireActive } from '../tokens/exchange/presented.ts'
import { signExchanged } from '../tokens/exchange/signed.ts'
import { hasLiveSession } from '../tokens/session.ts'
import type { OpenRequest } from '../tokens/ticket.ts'

/** Stores nothing but what client authentication claims: the assertion is signed, not kept. */
export async function issueIdJag(request: OpenRequest, context: ServiceContext) {
  const { parameters, clientAuthMethod: method, namedBy } = request
  const { service, store, system, now } = context
  const wanted = parseIdJagRequest(parameters, service, { client: request.client, method, namedBy })
  const asserted = await assertedBy(request, context, wanted.client)
  const jti = system.random.token(128)
  const { lifetime, ...unsigned } = unsignedIdJag(service, wanted, asserted, { now, jti })
  const responseContent = await signExchanged(context, unsigned, {
    issuedTokenType: idJagTokenType,
    scopes: wanted.scopes,
    details: wanted.details,
    lifetime,
  })
  await store.commit(...request.writes)
  return { action: 'OK' as const, responseContent }
}

/** The user of the subject token: an ID Token for the client, or its refresh token. */
async function assertedBy(
  request: OpenRequest,
  context: ServiceContext,
  client: Client,
): Promise<Asserted> {
  const { service, store } = context
  const { subjectToken, subjectTokenType } = parseExchange(request.parameters, service, [
    idJagTokenType,
  ])
  if (subjectTokenType === 'ID_TOKEN') {
    const jwt = await checkExchangedJwt(request, context, subjectToken, 'ID_TOKEN')
    const { sid, ...asserted } = assertedByIdToken(jwt, service, client)
    requireSession(sid === undefined || (await hasLiveSession(context, sid)))
    return asserted
  }
  if (subjectTokenType !== 'REFRESH_TOKEN') return requireSubjectType()
  const found = await store.refreshTokens.find(service.apiKey, tokenHash(subjectToken))
  requireOwnRefreshToken(requireOwnToken(found).clientId, client)
  const { row, grant } = await requireActive(request, context, found)
  const { authTime, acr } = grant
  const sub = subjectForClient(service, client, grant, requireUser(row.subject))
  return { sub, authTime, acr, act: actorClaims(grant).act }
}
