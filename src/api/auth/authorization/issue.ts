/** The authorization response after the user has consented, OIDC Core §3.1.2.5. */

import { z } from 'zod'
import type { ServiceContext } from '../../../context.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { errorPage, refuseWithPage } from '../../../http/error-page.ts'
import { authorizationRelay } from '../../../http/relay.ts'
import type { Client } from '../../../model/client/client.ts'
import { Grant } from '../../../model/grant.ts'
import type { AuthorizationTicket } from '../../../model/request/ticket.ts'
import type { Service } from '../../../model/service/service.ts'
import { deviceOf } from '../../../model/token/device.ts'
import { authorizationResponse, refusingTo } from '../../../oauth/authorization/response.ts'
import { detailsFromApi } from '../../../oauth/authorization-details.ts'
import { userDataOf } from '../../../oauth/claims/policy-release.ts'
import { releasedText } from '../../../oauth/claims/release.ts'
import { requireGrantsOf } from '../../../oauth/grants/grant-type.ts'
import { requestsNativeSso, requireSession } from '../../../oauth/grants/native-sso.ts'
import { decidedScopes } from '../../../oauth/scope.ts'
import { subjectForClient } from '../../../oauth/tokens/subject.ts'
import { credentialsToStore } from '../../../oauth/vci/datasets.ts'
import { defineCallerRules, defineRules, refuse, refuseCaller } from '../../../refusal.ts'
import { redeemOffer } from '../../../requests/credential-offer.ts'
import { rememberGrant } from '../../../requests/grant-management.ts'
import { recipientOf } from '../../../requests/recipient.ts'
import { completeTicket, findAuthorizationTicket } from '../../../requests/ticket.ts'
import { issueAccessToken } from '../../../tokens/access-token.ts'
import { issueCode } from '../../../tokens/code.ts'
import { encryptedValues } from '../../../tokens/encryption.ts'
import { newFamilyId } from '../../../tokens/family.ts'
import { idTokenFor } from '../../../tokens/id-token.ts'
import { tokenTypeOf } from '../../../tokens/response.ts'
import { commitInSession, isSessionRefusal, joinSession } from '../../../tokens/session.ts'
import { action, field, TicketInfo } from '../../fields.ts'
import { given } from '../../request-fields.ts'

const rules = defineRules('Authorization issue', {
  clientGone: {
    code: 'P033001',
    error: 'unauthorized_client',
    spec: 'RFC 6749 §4.1.2.1',
    message: 'The client was deleted or locked after its request was checked.',
    fix: 'Create or unlock the client, and let it send a new authorization request.',
    settings: ['client.locked'],
  },
  otherSubject: {
    code: 'P033002',
    error: 'login_required',
    spec: 'OIDC Core §3.1.2.1',
    message: 'The user who consented is not the user that the request demands.',
    fix: 'Let the user log in who is named by the `id_token_hint` or the `claims` of the request, or pass that `subject`.',
  },
})

const callerRules = defineCallerRules('Authorization issue', {
  authTimeMissing: {
    code: 'P033003',
    status: 400,
    message: 'The authTime is required: the request has max_age, or the client requires auth_time.',
  },
})

const AuthorizationIssueRequest = z
  .object({
    ticket: given.ticket,
    subject: given.subject,
    authTime: field.authTime,
    acr: field.acr,
    claims: given.claims,
    properties: given.properties,
    scopes: field.scopes,
    sub: given.sub,
    idtHeaderParams: field.idtHeaderParams,
    claimsForTx: field.claimsForTx,
    consentedClaims: field.consentedClaims,
    authorizationDetails: field.authorizationDetails,
    jwtAtClaims: field.jwtAtClaims,
    accessToken: field.accessToken,
    accessTokenDuration: field.accessTokenDuration,
    sessionId: given.sessionId,
    browserState: given.browserState,
    idTokenAudType: field.idTokenAudType,
    verifiedClaimsForTx: field.verifiedClaimsForTx,
    userAttributes: given.userAttributes,
    clientIp: given.clientIp,
    userAgent: given.userAgent,
    userInfoClaims: given.userInfoClaims,
    credentialIdentifiers: given.credentialIdentifiers,
  })
  .meta({ id: 'authorization_issue_request' })

const AuthorizationIssueResponse = z
  .object({
    action: action('INTERNAL_SERVER_ERROR', 'BAD_REQUEST', 'LOCATION', 'FORM'),
    responseContent: field.responseContent,
    errorPage,
    accessToken: field.accessToken,
    accessTokenExpiresAt: field.accessTokenExpiresAt,
    accessTokenDuration: field.issuedAccessTokenDuration,
    idToken: field.idToken,
    authorizationCode: z.string().optional().describe('The authorization code.'),
    jwtAccessToken: field.jwtAccessToken,
    ticketInfo: TicketInfo.optional().describe('The text that the caller stored with the ticket.'),
  })
  .meta({ id: 'authorization_issue_response' })

export const authorizationIssue = defineEndpoint({
  operationId: 'auth_authorization_issue_api',
  method: 'post',
  path: '/api/{serviceId}/auth/authorization/issue',
  tag: 'Authorization Endpoint',
  summary: 'Issue an authorization response',
  description:
    'Consumes the ticket and returns the authorization response: a code, tokens, or both, by the ' +
    'response type of the request. A ticket that was used or has expired results in `BAD_REQUEST`.',
  right: 'use_service',
  body: AuthorizationIssueRequest,
  form: true,
  response: AuthorizationIssueResponse,
  relay: authorizationRelay,
  results: {
    LOCATION: { code: 'P033901', message: 'The authorization response is issued.' },
    FORM: { code: 'P033902', message: 'The authorization response is issued, as a form.' },
  },
  async handle({ body }, context) {
    const { service, store } = context
    const found = await findAuthorizationTicket(context, body.ticket)
    const { request } = found
    const recipient = await recipientOf(context, request, body.browserState)
    const completion = completeTicket(context, found)
    const issued = await refusingTo(recipient, service, async () => {
      const { client } = recipient
      if (!client || client.locked) refuse(rules.clientGone, String(request.clientId))
      requireGrantsOf(request.responseTypes, service, client)
      requireAuthTime(request, body, client)
      requireExpectedSubject(request, body, service, client)
      return issueParts(context, client, request, body)
    })
    if ('action' in issued) {
      await store.commit(...completion)
      return issued
    }
    const { members, writes, ...parts } = issued
    // Signed before the commit: a key that cannot be used at present must not cost the ticket.
    const response = await authorizationResponse(recipient, service, members)
    try {
      await commitInSession(context, body, ...completion, ...writes)
    } catch (error) {
      if (!isSessionRefusal(error)) throw error
      const refused = await refusingTo(recipient, service, () => Promise.reject(error))
      await store.commit(...completion)
      return refused
    }
    return {
      ...response,
      ...parts,
      ticketInfo: { context: request.context },
    }
  },
  refuse: refuseWithPage,
})

type IssueBody = z.output<typeof AuthorizationIssueRequest>

/** OIDC Core §2: the parameter max_age and the client property authTimeRequired need auth_time. */
function requireAuthTime(request: AuthorizationTicket, { authTime }: IssueBody, client: Client) {
  const isOpenId = request.scopes.includes('openid')
  const isNeeded = client.authTimeRequired || request.maxAge !== undefined
  if (isOpenId && isNeeded && !authTime) refuseCaller(callerRules.authTimeMissing)
}

/** OIDC Core §3.1.2.1: the user must be the one of the id_token_hint or the requested `sub`. */
function requireExpectedSubject(
  { subject }: AuthorizationTicket,
  body: IssueBody,
  service: Service,
  client: Client,
): void {
  const known = [body.subject, body.sub, subjectForClient(service, client, {}, body.subject)]
  if (subject !== undefined && !known.includes(subject)) refuse(rules.otherSubject)
}

async function issueParts(
  context: ServiceContext,
  client: Client,
  request: AuthorizationTicket,
  body: IssueBody,
) {
  const { service, now } = context
  const { responseTypes } = request
  const subject = body.subject
  const decided = grantOf(request, body, client, context)
  const redeeming = await redeemOffer(context, request)
  const isNativeSso = requestsNativeSso(service, decided.scopes, responseTypes)
  if (isNativeSso) requireSession(decided.sessionId)
  const { grant, writes } = await rememberGrant(context, client, request, subject, decided)
  const familyId = newFamilyId(context)
  const user = userDataOf(body)
  const device = deviceOf(body)
  const code = responseTypes.includes('code')
    ? issueCode(context, { client, request, grant, familyId, user, device, ...body })
    : undefined
  const token = responseTypes.includes('token')
    ? await issueAccessToken(context, {
        client,
        grantType: 'IMPLICIT',
        subject,
        grant,
        user,
        device,
        familyId,
        isGuarded: true,
        accessToken: code ? undefined : body.accessToken,
        accessTokenDuration: body.accessTokenDuration,
      })
    : undefined
  const { accessToken } = token ?? {}
  const signed = { accessToken, code: code?.value, state: request.state }
  const idToken = responseTypes.includes('id_token')
    ? await idTokenFor(context, client, {
        subject,
        grantType: 'IMPLICIT',
        grant,
        user,
        now,
        ...signed,
      })
    : undefined
  const encrypted = await encryptedValues(context, client, signed)
  const { writes: tokenWrites = [], grant: _, ...tokenParts } = token ?? {}
  return {
    members: {
      code: encrypted.code ?? code?.value,
      access_token: encrypted.accessToken ?? accessToken,
      token_type: token && tokenTypeOf(service, grant),
      expires_in:
        token && token.accessTokenDuration > 0 ? `${token.accessTokenDuration}` : undefined,
      scope: token?.grant.scopes.join(' '),
      id_token: idToken,
    },
    ...tokenParts,
    ...(code ? { authorizationCode: code.value } : {}),
    ...(idToken === undefined ? {} : { idToken }),
    writes: [
      ...joinSession(context, client, grant, subject),
      ...redeeming,
      ...writes,
      ...(code?.writes ?? []),
      ...tokenWrites,
    ],
  }
}

/** The grant: the request with the decision of the caller. */
function grantOf(
  request: AuthorizationTicket,
  body: IssueBody,
  client: Client,
  { service, now }: ServiceContext,
): Grant {
  const { sub, authTime, acr, sessionId, consentedClaims, idtHeaderParams, idTokenAudType } = body
  const scopes = decidedScopes(body.scopes, request.scopes, service, client)
  const authorizationDetails =
    detailsFromApi(body.authorizationDetails) ?? request.authorizationDetails
  const { credentials } = request
  const asked = { scopes, authorizationDetails, credentials }
  return Grant.parse({
    scopes,
    properties: body.properties,
    resources: request.resources,
    authorizationDetails,
    credentials: credentialsToStore(service, asked, body.credentialIdentifiers),
    sub: sub || undefined,
    authTime: authTime || undefined,
    acr,
    nonce: request.nonce,
    sessionId,
    idTokenClaims: releasedText('idTokenClaims', request, body, { service, now }),
    userInfoClaims: request.userInfoClaims,
    transformedClaims: request.transformedClaims,
    requestedIdTokenClaims: Object.keys(JSON.parse(request.idTokenClaims ?? '{}')),
    consentedClaims,
    idtHeaderParams,
    idTokenAudType,
    jwtAtClaims: body.jwtAtClaims,
    namedBy: request.namedBy,
    dpopThumbprint: request.dpopThumbprint,
    test: request.test,
  })
}
