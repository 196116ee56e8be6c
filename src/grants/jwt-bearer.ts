/**
 * The JWT bearer grant, RFC 7523 §2.1: the engine decides about assertions of trusted issuers. Of
 * others the caller verifies the signature and decides.
 */

import { claimOnce } from '../clients/claim-once.ts'
import type { ServiceContext } from '../context.ts'
import { Grant } from '../model/grant.ts'
import { detailsToApi } from '../oauth/authorization-details.ts'
import { delegated } from '../oauth/grants/delegation.ts'
import { requireAssertion, requireBearer } from '../oauth/grants/jwt-bearer.ts'
import { bindingBy, type PresentedJwt } from '../oauth/grants/presented-jwt.ts'
import {
  algorithmsOf,
  assertionReplayed,
  authenticationIn,
  grantedBy,
  requireIdJag,
  requireUse,
  requireVerifiedAssertion,
  singleUse,
  subjectFrom,
} from '../oauth/grants/trusted-assertion.ts'
import type { TrustedIssuer } from '../oauth/grants/trusted-issuers.ts'
import { requireResources } from '../oauth/service/profile.ts'
import { step } from '../refusal.ts'
import { verifyTrusted } from '../tokens/exchange/trusted-issuer.ts'
import { issueTokens } from '../tokens/issue.ts'
import { askedOf, type OpenRequest, openTicket } from '../tokens/ticket.ts'

/** Returns a ticket and the assertion, for the caller to decide; or what was granted. */
export async function jwtBearer(request: OpenRequest, context: ServiceContext) {
  const { service, store, now } = context
  requireBearer(service, request.client)
  const { parameters, proven } = request
  const presented = await requireAssertion(parameters, proven, service, now)
  const { assertion, jwt, issuer } = presented
  if (jwt && issuer) return acceptAssertion(request, context, { assertion, jwt, issuer })
  const asked = askedOf(request, context)
  const { ticket, write } = openTicket(request, context, { grantType: 'JWT_BEARER', ...asked })
  await store.commit(...request.writes, write)
  return {
    assertion,
    ticket,
    scopes: asked.scopes,
    resources: asked.resources,
    authorizationDetails: detailsToApi(asked.authorizationDetails),
  }
}

interface Trusted {
  assertion: string
  jwt: PresentedJwt
  issuer: TrustedIssuer
}

/** An access token without a refresh token: for another one, the client gets a new assertion. */
async function acceptAssertion(
  request: OpenRequest,
  context: ServiceContext,
  { assertion, jwt, issuer }: Trusted,
) {
  const { service, store, now } = context
  step('assertion', () => ({ issuer: issuer.issuer }))
  const client = requireUse(issuer, jwt, request.client, request.clientAuthMethod)
  const algorithms = algorithmsOf(service, client, issuer)
  requireVerifiedAssertion(await verifyTrusted(context, issuer, assertion, algorithms))
  requireIdJag(jwt, service, client)
  const subject = subjectFrom(issuer, jwt.claims)
  const once = singleUse(issuer, jwt, assertion, service, now)
  const granted = grantedBy(issuer, jwt, request.parameters, service, client)
  const grant = Grant.parse({
    act: delegated(undefined, jwt.claims['act'], service),
    ...granted,
    resources: requireResources(service, client, granted.resources),
    ...authenticationIn(jwt.claims),
    properties: request.properties,
    jwtAtClaims: request.jwtAtClaims,
    namedBy: request.namedBy,
    ...bindingBy(jwt.claims['cnf'], request.proven, request.binding),
  })
  const tokens = await issueTokens(
    context,
    {
      client,
      grantType: 'JWT_BEARER',
      subject,
      grant,
      accessToken: request.accessToken,
      accessTokenDuration: request.accessTokenDuration,
    },
    'final',
  )
  const claim = claimOnce(context, { kind: 'assertion', ...once, rule: assertionReplayed })
  await store.commit(...request.writes, claim, ...tokens.writes)
  return { granted: { ...tokens, subject } }
}
