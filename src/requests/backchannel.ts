/** Processing of backchannel authentication requests, plain or signed: CIBA §7.1. */

import type { AuthenticatedClient } from '../clients/authenticate.ts'
import { claimOnce } from '../clients/claim-once.ts'
import { verifyClientSignature } from '../clients/signature.ts'
import type { ServiceContext } from '../context.ts'
import { headerOf } from '../jose/verify.ts'
import type { Client } from '../model/client/client.ts'
import type { CheckedBackchannelRequest } from '../model/request/backchannel-request.ts'
import { chooseAcrs, supportedAcrs } from '../oauth/authorization/prompt.ts'
import { parseAuthorizationDetails } from '../oauth/authorization-details.ts'
import {
  chooseHint,
  isUserCodeRequired,
  parseBindingMessage,
  parseNotificationToken,
  parseRequestedExpiry,
  parseUserCode,
  requestSeconds,
  requireDeliveryMode,
  requireFinancialGrade,
  requireOpenid,
} from '../oauth/ciba/request.ts'
import {
  presentedSignedRequest,
  requireSigned,
  signedRequest,
  signedRequestAlgorithms,
  signedRequestReplayed,
} from '../oauth/ciba/request-object.ts'
import { claimNames, parseClaims } from '../oauth/claims/parameter.ts'
import { type Parameters, parseWords, requireEachOnce } from '../oauth/parameters.ts'
import { policyOf } from '../oauth/policy.ts'
import { parseResources } from '../oauth/resource.ts'
import { chooseScopes } from '../oauth/scope.ts'
import { requireResources } from '../oauth/service/profile.ts'
import { verifyIdTokenHint } from '../oauth/tokens/id-token.ts'
import type { Write } from '../store/engine.ts'
import { bindingOf, verifySenderProof } from '../tokens/sender-constraint.ts'
import { requestedGrant } from './grant-management.ts'

interface ResolvedRequest {
  parameters: Parameters
  /** The algorithm of a signed request. */
  signedBy?: string
  requestContext?: string | undefined
  /** Claims the `jti` of a signed request, which may be used once. */
  writes: Write[]
}

/** CIBA §7.1.1: the parameters of a signed request, or else the form parameters. */
async function resolveRequest(
  context: ServiceContext,
  outer: Parameters,
  client: Client,
): Promise<ResolvedRequest> {
  const { service, now } = context
  const text = presentedSignedRequest(outer, client)
  if (text === undefined) return { parameters: outer, writes: [] }
  const algorithms = signedRequestAlgorithms(text, client)
  const verified = await verifyClientSignature(context, client, text, algorithms)
  const { parameters, requestContext, jwtId, expiresAt } = signedRequest(
    verified,
    client,
    service,
    now,
  )
  requireEachOnce(parameters)
  const write = claimOnce(context, {
    kind: 'backchannel-request',
    value: `${client.clientId}:${jwtId}`,
    expiresAt,
    rule: signedRequestReplayed,
    detail: jwtId,
  })
  return { parameters, signedBy: String(headerOf(text)?.['alg']), requestContext, writes: [write] }
}

/** Checks all parameters. `request` is stored, `asked` is for the response to the caller. */
export async function checkBackchannelRequest(
  context: ServiceContext,
  outer: Parameters,
  { client, namedBy, clientAuthMethod }: AuthenticatedClient,
  transport: { clientCertificate?: string | undefined },
) {
  const { service, now } = context
  const deliveryMode = requireDeliveryMode(service, client, clientAuthMethod)
  const resolved = await resolveRequest(context, outer, client)
  const { parameters, requestContext } = resolved
  const scopes = chooseScopes(parameters.get('scope'), service, client)
  requireOpenid(scopes)
  const clientNotificationToken = parseNotificationToken(parameters, deliveryMode)
  const hint = chooseHint(parameters, service)
  const subject = await verifyIdTokenHint(parameters.get('id_token_hint'), service, client, now)
  const bindingMessage = parseBindingMessage(parameters)
  const userCodeRequired = isUserCodeRequired(service, client)
  const userCode = parseUserCode(parameters, userCodeRequired)
  const requestedExpiry = parseRequestedExpiry(parameters)
  const policy = policyOf(service, client, scopes)
  if (policy.financialGrade) {
    requireSigned(resolved.signedBy, policy)
    requireFinancialGrade(service, deliveryMode, bindingMessage)
  }
  const managed = await requestedGrant(parameters, client, context)
  const claims = parseClaims(parameters.get('claims'), service)
  const { acrs } = chooseAcrs(parameters, claims, client)
  const knownAcrs = supportedAcrs(acrs, service)
  const request: CheckedBackchannelRequest = {
    clientId: client.clientId,
    namedBy,
    deliveryMode,
    scopes,
    resources: requireResources(service, client, parseResources(parameters)),
    authorizationDetails: parseAuthorizationDetails(
      parameters.get('authorization_details'),
      service,
      client,
    ),
    transformedClaims: claims.transformedClaims,
    gmAction: managed?.gmAction,
    grantId: managed?.grantId,
    subject,
    userInfoClaims: claims.userInfoClaims,
    requestedIdTokenClaims: claims.idTokenNames,
    requestedExpiry,
    certificateThumbprint:
      deliveryMode === 'PUSH' ? await pushBinding(context, client, transport) : undefined,
  }
  const asked = {
    ...hint,
    ...managed,
    acrs: knownAcrs,
    claimNames: claimNames(service, scopes, [...claims.idTokenNames, ...claims.userInfoNames]),
    clientNotificationToken,
    bindingMessage,
    userCode,
    userCodeRequired,
    requestContext,
    warnings: [
      ...dropped('scope', without(parseWords(parameters.get('scope')), scopes)),
      ...dropped('acr_values', without(acrs, knownAcrs)),
      ...(userCode !== undefined && !service.backchannelUserCodeParameterSupported
        ? ['The parameter user_code is not supported by the service.']
        : []),
      ...(requestedExpiry !== undefined &&
      requestSeconds(service, requestedExpiry) < requestedExpiry
        ? ['The requested_expiry exceeds the limit of the service.']
        : []),
    ],
  }
  return { request, asked, writes: resolved.writes }
}

/** Pushed tokens are bound to the certificate of the authentication request, RFC 8705 §3. */
async function pushBinding(
  context: ServiceContext,
  client: Client,
  { clientCertificate }: { clientCertificate?: string | undefined },
): Promise<string | undefined> {
  const target = { htm: 'POST', htu: undefined }
  const sender = await verifySenderProof(context, { clientCertificate }, target)
  return bindingOf(context, client, sender).certificateThumbprint
}

function without(words: readonly string[], known: readonly string[]): string[] {
  const set = new Set(known)
  return words.filter((word) => !set.has(word))
}

const dropped = (parameter: string, words: string[]): string[] =>
  words.map((word) => `${word.slice(0, 100)} of ${parameter} is not supported.`)
