/** The UserInfo endpoint, OIDC Core §5.3.1: checks a token and returns the requested claims. */

import { z } from 'zod'
import { describeClient } from '../../clients/describe.ts'
import { presentedTexts } from '../../http/client-text.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { userInfoRelay } from '../../http/relay.ts'
import { claimNames } from '../../oauth/claims/parameter.ts'
import { transformationSources } from '../../oauth/claims/release.ts'
import { jsonMembers } from '../../oauth/tokens/id-token.ts'
import {
  presentationAction,
  presentationChallenge,
  requireUserInfo,
} from '../../oauth/tokens/presentation.ts'
import { plan, step } from '../../refusal.ts'
import { checkMessageSignature } from '../../tokens/message-signature.ts'
import { findPresentedToken } from '../../tokens/presented.ts'
import { boundBy, nonceAfter, nonceFor, requireSender } from '../../tokens/sender-constraint.ts'
import { action, field, signedRequestMembers } from '../fields.ts'

const UserInfoRequest = z
  .object({
    token: field.token,
    clientCertificate: field.clientCertificate,
    dpop: field.dpop,
    htm: field.htm,
    htu: field.htu,
    ...signedRequestMembers,
  })
  .meta({ id: 'userinfo_request' })

const UserInfoResponse = z
  .object({
    action: action('INTERNAL_SERVER_ERROR', 'BAD_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'OK'),
    claims: field.requestedClaims,
    clientId: field.clientId,
    clientIdAlias: field.clientIdAlias,
    clientIdAliasUsed: field.clientIdAliasUsed,
    responseContent: field.responseContent,
    corsOrigins: field.corsOrigins,
    scopes: field.scopes,
    subject: field.subject,
    token: z.string().optional().describe('The access token.'),
    properties: field.properties,
    userInfoClaims: field.userInfoClaims,
    serviceAttributes: field.serviceAttributes,
    clientAttributes: field.clientAttributes,
    consentedClaims: field.consentedClaims,
    requestedClaimsForTx: field.requestedClaimsForTx,
    requestedVerifiedClaimsForTx: field.requestedVerifiedClaimsForTx,
    transformedClaims: field.transformedClaims,
    clientEntityId: field.clientEntityId,
    clientEntityIdUsed: field.clientEntityIdUsed,
    dpopNonce: field.dpopNonce,
    metadataDocumentLocation: field.metadataDocumentLocation,
    metadataDocumentUsed: field.metadataDocumentUsed,
  })
  .meta({ id: 'userinfo_response' })

export const userinfo = defineEndpoint({
  operationId: 'auth_userinfo_api',
  method: 'post',
  path: '/api/{serviceId}/auth/userinfo',
  tag: 'UserInfo Endpoint',
  summary: 'Process a UserInfo request',
  description:
    'Checks the access token and returns the names of the requested claims. The caller looks up their ' +
    'values and calls `/auth/userinfo/issue`.',
  right: 'use_introspection',
  fromBrowsers: true,
  body: UserInfoRequest,
  form: true,
  clientText: presentedTexts,
  response: UserInfoResponse,
  relay: userInfoRelay,
  results: { OK: { code: 'P044901', message: 'The access token is valid for UserInfo.' } },
  async handle({ body }, context) {
    const { service } = context
    plan('token', 'message signature', 'sender constraint', 'UserInfo')
    step('token')
    const { client, grant, subject } = await findPresentedToken(context, body.token)
    const place = {
      htu: service.userInfoEndpoint,
      setting: 'service.userInfoEndpoint',
      accessToken: body.token ?? '',
    }
    step('message signature')
    await checkMessageSignature(context, client, body, service.userInfoEndpoint)
    step('sender constraint', () => boundBy(grant))
    await requireSender(context, grant, body, place)
    step('UserInfo', () => ({ scopes: grant.scopes }))
    requireUserInfo(subject, grant.scopes)
    const asked = Object.keys(jsonMembers(grant.userInfoClaims))
    return {
      action: 'OK',
      token: body.token,
      claims: claimNames(service, grant.scopes, asked),
      ...describeClient(service, client, grant.namedBy),
      scopes: grant.scopes,
      subject,
      properties: grant.properties,
      userInfoClaims: grant.userInfoClaims,
      consentedClaims: grant.consentedClaims,
      ...transformationSources(service, grant, 'userInfoClaims'),
      ...nonceFor(context, body),
    }
  },
  refuse: ({ rule }, context) => ({
    action: presentationAction(rule),
    responseContent: presentationChallenge(rule, context.service),
    ...nonceAfter(context, rule.error),
  }),
})
