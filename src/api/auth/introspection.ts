/**
 * Introspection for resource servers of this API: a token, and whether it is good for a request.
 */

import { z } from 'zod'
import { describeClient } from '../../clients/describe.ts'
import { presentedTexts } from '../../http/client-text.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { challenge } from '../../http/relay.ts'
import { AuthzDetails } from '../../model/authorization-details.ts'
import { GrantType } from '../../model/enums.ts'
import { Property } from '../../model/grant.ts'
import { GrantView } from '../../model/grant-management.ts'
import { HeaderField, Pair } from '../../model/key-value.ts'
import { Scope } from '../../model/service/scope.ts'
import { detailsToApi } from '../../oauth/authorization-details.ts'
import { policyOf } from '../../oauth/policy.ts'
import { scopeEntries } from '../../oauth/scope.ts'
import {
  presentationAction,
  presentationChallenge,
  requireAuthentication,
  requireResources,
  requireScopes,
  requireSubject,
} from '../../oauth/tokens/presentation.ts'
import { grantOfToken } from '../../requests/grant-management.ts'
import { checkMessageSignature } from '../../tokens/message-signature.ts'
import { findPresentedToken } from '../../tokens/presented.ts'
import { makeNonce, nonceFor, requireSender } from '../../tokens/sender-constraint.ts'

const IntrospectionRequest = z
  .object({
    token: z.string().max(32_768).optional().describe('A token.'),
    scopes: z.array(z.string()).optional().describe('Names of scopes.'),
    subject: z.string().optional().describe('Unique identifier of the user at the service.'),
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
    resources: z.array(z.string()).optional().describe('Resource indicators, RFC 8707.'),
    acrValues: z
      .array(z.string())
      .optional()
      .describe('Authentication context classes of which the token needs one, RFC 9470.'),
    maxAge: z
      .int()
      .nonnegative()
      .optional()
      .describe('Seconds since the last authentication that are allowed.'),
    requiredComponents: z
      .array(z.string())
      .optional()
      .describe('Components that an HTTP message signature has to cover, RFC 9421.'),
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
  .meta({ id: 'introspection_request' })

const IntrospectionResponse = z
  .object({
    action: z
      .enum(['INTERNAL_SERVER_ERROR', 'BAD_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'OK'])
      .describe('What to do next.'),
    responseContent: z
      .string()
      .optional()
      .describe('What to send to the client; where it goes depends on the action.'),
    clientId: z.int().optional().describe('Number of the client.'),
    clientIdAlias: z.string().optional().describe('Alias of the client.'),
    clientIdAliasUsed: z
      .boolean()
      .optional()
      .describe('Whether the client was named by its alias.'),
    expiresAt: z
      .int()
      .optional()
      .describe('Milliseconds since the epoch; 0 for a token that does not expire.'),
    subject: z.string().optional().describe('Unique identifier of the user at the service.'),
    scopes: z.array(z.string()).optional().describe('Names of scopes.'),
    existent: z.boolean().optional().describe('Whether the token exists.'),
    usable: z.boolean().optional().describe('Whether the token exists and has not expired.'),
    sufficient: z
      .boolean()
      .optional()
      .describe('Whether the token covers all scopes that were asked for.'),
    refreshable: z.boolean().optional().describe('Whether the token can be refreshed.'),
    properties: z.array(Property).optional().describe('Properties attached to the token.'),
    certificateThumbprint: z
      .string()
      .optional()
      .describe('SHA-256 thumbprint of the certificate that the token is bound to, base64url.'),
    resources: z.array(z.string()).optional().describe('Resource indicators, RFC 8707.'),
    accessTokenResources: z
      .array(z.string())
      .optional()
      .describe('Resources that the access token is for, RFC 8707.'),
    authorizationDetails: AuthzDetails.optional().describe('Authorization details, RFC 9396.'),
    serviceAttributes: z.array(Pair).optional().describe('Attributes of the service.'),
    clientAttributes: z.array(Pair).optional().describe('Attributes of the client.'),
    scopeDetails: z.array(Scope).optional().describe('The scopes with their attributes.'),
    grantId: z.string().optional().describe('Identifier of the grant.'),
    grant: GrantView.optional().describe('The grant.'),
    forExternalAttachment: z
      .boolean()
      .optional()
      .describe('Whether the token is for an external attachment.'),
    consentedClaims: z
      .array(z.string())
      .optional()
      .describe('Names of claims that the user consented to.'),
    grantType: GrantType.optional().describe('Grant type.'),
    acr: z.string().optional().describe('Authentication context class of the user authentication.'),
    authTime: z
      .int()
      .optional()
      .describe('When the user authenticated, in seconds since the epoch.'),
    clientEntityId: z.string().optional().describe('Entity identifier of the client.'),
    clientEntityIdUsed: z
      .boolean()
      .optional()
      .describe('Whether the client was named by its entity identifier.'),
    forCredentialIssuance: z
      .boolean()
      .optional()
      .describe('Whether the token is for issuing credentials.'),
    cnonce: z.string().optional().describe('Nonce for credential requests.'),
    cnonceExpiresAt: z
      .int()
      .optional()
      .describe('When the nonce expires, in milliseconds since the epoch.'),
    issuableCredentials: z
      .string()
      .optional()
      .describe('Credentials that can be issued, as JSON text.'),
    dpopNonce: z
      .string()
      .optional()
      .describe('A new nonce for DPoP proofs, for the header DPoP-Nonce.'),
    responseSigningRequired: z
      .boolean()
      .optional()
      .describe('Whether the response of the protected resource has to be signed.'),
    metadataDocumentLocation: z
      .string()
      .optional()
      .describe('URL of the metadata document of the client.'),
    metadataDocumentUsed: z
      .boolean()
      .optional()
      .describe('Whether the client was named by the URL of its metadata.'),
  })
  .meta({ id: 'introspection_response' })

export const introspection = defineEndpoint({
  operationId: 'auth_introspection_api',
  method: 'post',
  path: '/api/{serviceId}/auth/introspection',
  tag: 'Introspection Endpoint',
  summary: 'Check an access token for a protected resource',
  description:
    'Says whether the token may be used for the request: `OK`, or `responseContent` is the value of ' +
    '`WWW-Authenticate`. Scopes, subject, resources and the user authentication (RFC 9470) are ' +
    'checked where the call names them.',
  right: 'use_introspection',
  body: IntrospectionRequest,
  form: true,
  clientText: presentedTexts,
  response: IntrospectionResponse,
  relay: {
    BAD_REQUEST: challenge(400),
    UNAUTHORIZED: challenge(401),
    FORBIDDEN: challenge(403),
    INTERNAL_SERVER_ERROR: challenge(500),
  },
  results: { OK: { code: 'P041901', message: 'The access token is good.' } },
  async handle({ body }, context) {
    const { service, store, now } = context
    const { row, client, grant, subject } = await findPresentedToken(context, body.token)
    await checkMessageSignature(context, client, body)
    await requireSender(context, grant, body, { accessToken: body.token ?? '' })
    requireScopes(grant.scopes, body.scopes ?? [])
    requireSubject(subject, body.subject || undefined)
    requireResources(grant.resources, body.resources ?? [])
    requireAuthentication(grant, body, now)
    const refresh = await store.refreshTokens.findFamily(service.apiKey, row.familyId)
    return {
      action: 'OK',
      ...describeClient(service, client, grant.namedBy),
      expiresAt: row.expiresAt === Number.MAX_SAFE_INTEGER ? 0 : row.expiresAt,
      subject,
      scopes: grant.scopes,
      existent: true,
      usable: true,
      sufficient: true,
      refreshable: refresh !== undefined && refresh.expiresAt > now,
      properties: grant.properties,
      certificateThumbprint: grant.certificateThumbprint,
      resources: grant.resources,
      accessTokenResources: grant.resources,
      authorizationDetails: detailsToApi(grant.authorizationDetails),
      scopeDetails: scopeEntries(service, grant.scopes),
      ...(await grantOfToken(context, grant)),
      forExternalAttachment: row.data.forExternalAttachment,
      consentedClaims: grant.consentedClaims,
      grantType: row.data.grantType,
      acr: grant.acr,
      ...(grant.authTime === undefined ? {} : { authTime: grant.authTime }),
      forCredentialIssuance: false,
      responseSigningRequired: policyOf(service, client).resourceResponseSigned,
      ...nonceFor(context, body),
    }
  },
  refuse: ({ rule }, context) => ({
    action: presentationAction(rule),
    responseContent: presentationChallenge(rule, context.service),
    existent: rule.error !== 'invalid_token' && rule.error !== 'invalid_request',
    usable: rule.error !== 'invalid_token' && rule.error !== 'invalid_request',
    sufficient: false,
    refreshable: false,
    ...(rule.error === 'use_dpop_nonce' ? { dpopNonce: makeNonce(context) } : {}),
  }),
})
