/** The pre-authorized code grant, OpenID4VCI §6: redeems a credential offer, once. */
import { isAnonymousClient } from '../clients/grant-owner.ts'
import type { ServiceContext } from '../context.ts'
import type { CredentialOffer } from '../model/credential/offer.ts'
import { Grant } from '../model/grant.ts'
import {
  narrowAuthorizationDetails,
  parseAuthorizationDetails,
} from '../oauth/authorization-details.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import { grantedDetail } from '../oauth/vci/details.ts'
import { credentialsInDetails } from '../oauth/vci/granted.ts'
import { offeredCredentials } from '../oauth/vci/offer.ts'
import {
  preAuthorizedCodeSpent,
  preAuthorizedCodeUnknown,
  requireCode,
  requireOpen,
  transactionCodeCheck,
  transactionCodeLimit,
} from '../oauth/vci/pre-authorized-code.ts'
import { guesses, Refusal, refuse } from '../refusal.ts'
import { orRefuse, type Write } from '../store/engine.ts'
import { newFamilyId } from '../tokens/family.ts'
import type { GrantRequest } from '../tokens/grant-request.ts'
import { issueTokens } from '../tokens/issue.ts'
import { withRequest } from './authorization-code.ts'

/** What wrong transaction codes are counted as. */
const kind = 'tx_code'

type Row = NonNullable<
  Awaited<ReturnType<ServiceContext['store']['credentialOffers']['findByCode']>>
>

/** Issues the tokens of an offer. Requests without a client get no refresh token. */
export async function preAuthorizedCode(request: GrantRequest, context: ServiceContext) {
  const { parameters, client } = request
  const { service, store, now } = context
  const serviceId = service.apiKey
  const hash = tokenHash(requireCode(parameters.get('pre-authorized_code')))
  const row = requireOpen(await store.credentialOffers.findByCode(serviceId, hash), now)
  const offer = store.credentialOffers.open(row)
  const grant = withRequest(grantOf(offer, request, context), request)
  const writes = await checkTransactionCode(request, context, row, offer)
  const isAnonymous = isAnonymousClient(client)
  const { subject } = offer
  const tokens = await issueTokens(
    context,
    {
      client,
      grantType: 'PRE_AUTHORIZED_CODE',
      subject,
      grant,
      device: request.device,
      familyId: newFamilyId(context),
      // The commit changes the offer, which is deleted with the service.
      isGuarded: isAnonymous,
      accessToken: request.accessToken,
      accessTokenDuration: request.accessTokenDuration,
    },
    isAnonymous ? 'final' : 'refreshable',
    request.refreshTokenDuration,
  )
  const { identifierHash } = row
  const redeem = store.credentialOffers.redeem({ serviceId, identifierHash, now })
  await store.commit(
    ...writes,
    orRefuse(redeem, new Refusal(preAuthorizedCodeUnknown)),
    ...tokens.writes,
  )
  return { ...tokens, subject, refreshTokenScopes: tokens.refreshToken && grant.scopes }
}

/**
 * Counts the attempt before the code is compared, so that no more are compared than the limit
 * allows, however many requests are concurrent. Returns the writes that are left to commit.
 */
async function checkTransactionCode(
  request: GrantRequest,
  { service, store, now }: ServiceContext,
  { serviceId, identifierHash, attempts }: Row,
  offer: CredentialOffer,
): Promise<Write[]> {
  const check = transactionCodeCheck(offer, request.parameters.get('tx_code'))
  if (!check) return request.writes
  const limit = transactionCodeLimit(service)
  const count = store.credentialOffers.countAttempt({ serviceId, identifierHash, now, limit })
  const spent = new Refusal(preAuthorizedCodeSpent)
  await store.commit(...request.writes, orRefuse(count, spent)).catch((error: unknown) => {
    if (error === spent) guesses.publish({ kind, throttled: true })
    throw error
  })
  const wrong = check(service, attempts)
  if (!wrong) return []
  guesses.publish({ kind, throttled: false })
  return refuse(wrong)
}

/** OpenID4VCI §6.1: authorization details ask for a part of the offer. */
function grantOf(
  offer: CredentialOffer,
  { parameters, client, namedBy }: GrantRequest,
  { service }: ServiceContext,
): Grant {
  const offered = offeredCredentials(service, offer)
  const text = parameters.get('authorization_details')
  const asked = parseAuthorizationDetails(text, service, client)
  const isOffered = grantedDetail(service, { scopes: [], credentials: offered })
  const authorizationDetails = narrowAuthorizationDetails(asked, undefined, isOffered)
  return Grant.parse({
    properties: offer.properties,
    jwtAtClaims: offer.jwtAtClaims,
    authTime: offer.authTime,
    acr: offer.acr,
    authorizationDetails,
    credentials: credentialsInDetails(offered, authorizationDetails),
    namedBy,
  })
}
