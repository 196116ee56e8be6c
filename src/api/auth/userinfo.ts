/**
 * The UserInfo endpoint, OIDC Core §5.3.1: a token is checked, and the caller told what to look up.
 */

import { z } from 'zod'
import { describeClient } from '../../clients/describe.ts'
import { presentedTexts } from '../../http/client-text.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { userInfoRelay } from '../../http/relay.ts'
import { Property } from '../../model/grant.ts'
import { HeaderField, Pair } from '../../model/key-value.ts'
import { claimNames } from '../../oauth/claims/parameter.ts'
import { transformationSources } from '../../oauth/claims/release.ts'
import { jsonMembers } from '../../oauth/tokens/id-token.ts'
import {
  presentationAction,
  presentationChallenge,
  requireUserInfo,
} from '../../oauth/tokens/presentation.ts'
import { checkMessageSignature } from '../../tokens/message-signature.ts'
import { findPresentedToken } from '../../tokens/presented.ts'
import { makeNonce, nonceFor, requireSender } from '../../tokens/sender-constraint.ts'

const UserInfoRequest = z
  .object({
    token: z.string().max(32_768).optional().describe('A token.'),
    clientCertificate: z
      .string()
      .optional()
      .describe('The client certificate of the TLS connection, in PEM.'),
    dpop: z.string().optional().describe('The DPoP header of the request.'),
    htm: z
      .string()
      .optional()
      .describe('HTTP method of the request, for the check of a DPoP proof.'),
    htu: z.string().optional().describe('URL of the endpoint, for the check of a DPoP proof.'),
    uri: z.string().optional().describe('URI.'),
    message: z.string().optional().describe('Body of the request, for HTTP message signatures.'),
    headers: z
      .array(HeaderField)
      .optional()
      .describe('Header fields of the request, for HTTP message signatures.'),
    targetUri: z.string().optional().describe('URL of the protected resource.'),
    dpopNonceRequired: z
      .boolean()
      .optional()
      .describe('Whether DPoP proofs have to carry a nonce of the server, RFC 9449 §8.'),
    requestBodyContained: z.boolean().optional().describe('Whether the request has a body.'),
  })
  .meta({ id: 'userinfo_request' })

const UserInfoResponse = z
  .object({
    action: z
      .enum(['INTERNAL_SERVER_ERROR', 'BAD_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'OK'])
      .describe('What to do next.'),
    claims: z
      .array(z.string())
      .optional()
      .describe('Names of claims, or claims as JSON text where the call gives them.'),
    clientId: z.int().optional().describe('Number of the client.'),
    clientIdAlias: z.string().optional().describe('Alias of the client.'),
    clientIdAliasUsed: z
      .boolean()
      .optional()
      .describe('Whether the client was named by its alias.'),
    responseContent: z
      .string()
      .optional()
      .describe('What to send to the client; where it goes depends on the action.'),
    scopes: z.array(z.string()).optional().describe('Names of scopes.'),
    subject: z.string().optional().describe('Unique identifier of the user at the service.'),
    token: z.string().optional().describe('A token.'),
    properties: z.array(Property).optional().describe('Properties attached to the token.'),
    userInfoClaims: z
      .string()
      .optional()
      .describe('The member userinfo of the claims parameter, as JSON text.'),
    serviceAttributes: z.array(Pair).optional().describe('Attributes of the service.'),
    clientAttributes: z.array(Pair).optional().describe('Attributes of the client.'),
    consentedClaims: z
      .array(z.string())
      .optional()
      .describe('Names of claims that the user consented to.'),
    requestedClaimsForTx: z
      .array(z.string())
      .optional()
      .describe('Claims that transformed claims are computed from.'),
    requestedVerifiedClaimsForTx: z
      .array(z.array(z.string()))
      .optional()
      .describe('Verified claims that transformed claims are computed from.'),
    transformedClaims: z
      .string()
      .optional()
      .describe('Transformed claims of the request, as JSON text.'),
    clientEntityId: z.string().optional().describe('Entity identifier of the client.'),
    clientEntityIdUsed: z
      .boolean()
      .optional()
      .describe('Whether the client was named by its entity identifier.'),
    dpopNonce: z
      .string()
      .optional()
      .describe('A new nonce for DPoP proofs, for the header DPoP-Nonce.'),
    metadataDocumentLocation: z
      .string()
      .optional()
      .describe('URL of the metadata document of the client.'),
    metadataDocumentUsed: z
      .boolean()
      .optional()
      .describe('Whether the client was named by the URL of its metadata.'),
  })
  .meta({ id: 'userinfo_response' })

export const userinfo = defineEndpoint({
  operationId: 'auth_userinfo_api',
  method: 'post',
  path: '/api/{serviceId}/auth/userinfo',
  tag: 'UserInfo Endpoint',
  summary: 'Process a UserInfo request',
  description:
    'Checks the access token and names the claims that it asks for. The caller looks them up and ' +
    'calls `/auth/userinfo/issue`.',
  right: 'use_introspection',
  body: UserInfoRequest,
  form: true,
  clientText: presentedTexts,
  response: UserInfoResponse,
  relay: userInfoRelay,
  results: { OK: { code: 'P044901', message: 'The access token is good for UserInfo.' } },
  async handle({ body }, context) {
    const { service } = context
    const { client, grant, subject } = await findPresentedToken(context, body.token)
    const place = { htu: service.userInfoEndpoint, accessToken: body.token ?? '' }
    await checkMessageSignature(context, client, body, service.userInfoEndpoint)
    await requireSender(context, grant, body, place)
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
    ...(rule.error === 'use_dpop_nonce' ? { dpopNonce: makeNonce(context) } : {}),
  }),
})
