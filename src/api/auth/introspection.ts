/**
 * Introspection for resource servers of this API: a token, and whether it is good for a request.
 */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { challenge, json } from '../../http/relay.ts'
import { AuthzDetails } from '../../model/authorization-details.ts'
import { GrantType } from '../../model/enums.ts'
import { Property } from '../../model/grant.ts'
import { GrantView } from '../../model/grant-management.ts'
import { Pair } from '../../model/pair.ts'
import { Scope } from '../../model/scope.ts'
import { supportedScopes } from '../../oauth/scope.ts'
import {
  requireAuthentication,
  requireResources,
  requireScopes,
  requireSubject,
} from '../../oauth/token-presentation.ts'
import { bearerChallenge, type Rule } from '../../refusal.ts'
import { findPresentedToken } from '../find-access-token.ts'
import { checkSender, makeNonce, nonceFor } from '../sender.ts'

const IntrospectionRequest = z
  .object({
    token: z.string().max(32_768).optional(),
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
    acrValues: z.array(z.string()).optional(),
    maxAge: z
      .int()
      .nonnegative()
      .optional()
      .describe('Seconds since the last authentication that are allowed.'),
    requiredComponents: z.array(z.string()).optional(),
    uri: z.string().optional(),
    message: z.string().optional(),
    headers: z.array(Pair).optional(),
    targetUri: z.string().optional(),
    dpopNonceRequired: z.boolean().optional(),
    requestBodyContained: z.boolean().optional(),
  })
  .meta({ id: 'introspection_request' })

const IntrospectionAnswer = z
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
    certificateThumbprint: z.string().optional(),
    resources: z.array(z.string()).optional().describe('Resource indicators, RFC 8707.'),
    accessTokenResources: z.array(z.string()).optional(),
    authorizationDetails: AuthzDetails.optional(),
    serviceAttributes: z.array(Pair).optional(),
    clientAttributes: z.array(Pair).optional(),
    scopeDetails: z.array(Scope).optional(),
    grantId: z.string().optional(),
    grant: GrantView.optional(),
    forExternalAttachment: z.boolean().optional(),
    consentedClaims: z.array(z.string()).optional(),
    grantType: GrantType.optional(),
    acr: z.string().optional().describe('Authentication context class of the user authentication.'),
    authTime: z
      .int()
      .optional()
      .describe('When the user authenticated, in seconds since the epoch.'),
    clientEntityId: z.string().optional(),
    clientEntityIdUsed: z.boolean().optional(),
    forCredentialIssuance: z.boolean().optional(),
    cnonce: z.string().optional(),
    cnonceExpiresAt: z.int().optional(),
    issuableCredentials: z.string().optional(),
    dpopNonce: z.string().optional(),
    responseSigningRequired: z.boolean().optional(),
    metadataDocumentLocation: z.string().optional(),
    metadataDocumentUsed: z.boolean().optional(),
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
  response: IntrospectionAnswer,
  relay: {
    BAD_REQUEST: challenge(400),
    UNAUTHORIZED: challenge(401),
    FORBIDDEN: challenge(403),
    INTERNAL_SERVER_ERROR: json(500),
  },
  results: { OK: { code: 'P041901', says: 'The access token is good.' } },
  async handle({ body }, context) {
    const { service, store, now } = context
    const { row, client, grant, subject } = await findPresentedToken(context, body.token)
    await checkSender(context, grant, body, { accessToken: body.token ?? '' })
    requireScopes(grant.scopes, body.scopes ?? [])
    requireSubject(subject, body.subject || undefined)
    requireResources(grant.resources, body.resources ?? [])
    requireAuthentication(grant, body, now)
    const refresh = await store.refreshTokens.findFamily(service.apiKey, row.familyId)
    return {
      action: 'OK',
      clientId: client.clientId,
      clientIdAlias: client.clientIdAlias,
      clientIdAliasUsed: grant.clientIdAliasUsed,
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
      serviceAttributes: service.attributes,
      clientAttributes: client.attributes,
      scopeDetails: supportedScopes(service).filter(({ name }) => grant.scopes.includes(name)),
      forExternalAttachment: row.data.forExternalAttachment,
      consentedClaims: grant.consentedClaims,
      grantType: row.data.grantType,
      acr: grant.acr,
      ...(grant.authTime === undefined ? {} : { authTime: grant.authTime }),
      clientEntityIdUsed: false,
      forCredentialIssuance: false,
      responseSigningRequired: false,
      metadataDocumentUsed: false,
      ...nonceFor(context, body),
    }
  },
  refuse: ({ rule }, context) => ({
    action: presentationAction(rule),
    responseContent: bearerChallenge(rule, context.service),
    existent: rule.error !== 'invalid_token' && rule.error !== 'invalid_request',
    usable: rule.error !== 'invalid_token' && rule.error !== 'invalid_request',
    sufficient: false,
    refreshable: false,
    ...(rule.error === 'use_dpop_nonce' ? { dpopNonce: makeNonce(context) } : {}),
  }),
})

/** RFC 6750 §3.1: what status a refusal of a token is answered with, as an action. */
export const presentationAction = ({ error }: Rule) =>
  error === 'invalid_request'
    ? ('BAD_REQUEST' as const)
    : error === 'insufficient_scope'
      ? ('FORBIDDEN' as const)
      : ('UNAUTHORIZED' as const)
