/** Introspection in the format of this API: whether a token is valid for a request. */

import { z } from 'zod'
import { describeClient } from '../../clients/describe.ts'
import { givenAgain } from '../../http/call/reply.ts'
import { presentedTexts } from '../../http/client-text.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { challenge } from '../../http/relay.ts'
import type { Client } from '../../model/client/client.ts'
import type { Grant } from '../../model/grant.ts'
import { Scope } from '../../model/service/scope.ts'
import type { Service } from '../../model/service/service.ts'
import { detailsToApi } from '../../oauth/authorization-details.ts'
import { policyOf } from '../../oauth/policy.ts'
import { scopeEntries } from '../../oauth/scope.ts'
import { shownExpiry } from '../../oauth/tokens/expiry.ts'
import {
  presentationAction,
  presentationChallenge,
  requireAuthentication,
  requireResources,
  requireScopes,
  requireSubject,
} from '../../oauth/tokens/presentation.ts'
import { issuableCredentials } from '../../oauth/vci/granted.ts'
import { plan, step } from '../../refusal.ts'
import { grantOfToken } from '../../requests/grant-management.ts'
import { checkMessageSignature } from '../../tokens/message-signature.ts'
import { type AccessTokenRow, findPresentedToken } from '../../tokens/presented.ts'
import { isNeverRefreshed } from '../../tokens/refresh/refresh-token.ts'
import { boundBy, nonceAfter, nonceFor, requireSender } from '../../tokens/sender-constraint.ts'
import { action, field, signedRequestMembers } from '../fields.ts'

const IntrospectionRequest = z
  .object({
    token: field.token,
    scopes: field.scopes,
    subject: field.subject,
    clientCertificate: field.clientCertificate,
    dpop: field.dpop,
    htm: field.htm,
    htu: field.htu,
    resources: field.resources,
    acrValues: z
      .array(z.string())
      .optional()
      .describe('Authentication context classes, one of which the token must satisfy (RFC 9470).'),
    maxAge: z
      .int()
      .nonnegative()
      .optional()
      .describe('Maximum time since the last authentication of the user, in seconds.'),
    requiredComponents: z
      .array(z.string())
      .optional()
      .describe('Components that the HTTP message signature must cover (RFC 9421).'),
    ...signedRequestMembers,
  })
  .meta({ id: 'introspection_request' })

const IntrospectionResponse = z
  .object({
    action: action('INTERNAL_SERVER_ERROR', 'BAD_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'OK'),
    responseContent: field.responseContent,
    corsOrigins: field.corsOrigins,
    clientId: field.clientId,
    clientIdAlias: field.clientIdAlias,
    clientIdAliasUsed: field.clientIdAliasUsed,
    expiresAt: field.expiresAt,
    sessionId: field.sessionId,
    subject: field.subject,
    scopes: field.scopes,
    existent: z.boolean().optional().describe('Whether the token exists.'),
    usable: z.boolean().optional().describe('Whether the token exists and has not expired.'),
    sufficient: z.boolean().optional().describe('Whether the token has all scopes of the call.'),
    refreshable: z.boolean().optional().describe('Whether the token can be refreshed.'),
    properties: field.properties,
    certificateThumbprint: z
      .string()
      .optional()
      .describe('SHA-256 thumbprint of the certificate that the token is bound to, base64url.'),
    resources: field.resources,
    accessTokenResources: field.accessTokenResources,
    authorizationDetails: field.authorizationDetails,
    serviceAttributes: field.serviceAttributes,
    clientAttributes: field.clientAttributes,
    scopeDetails: z.array(Scope).optional().describe('The scopes with their attributes.'),
    grantId: field.grantId,
    grant: field.grant,
    forExternalAttachment: field.forExternalAttachment,
    consentedClaims: field.consentedClaims,
    grantType: field.grantType,
    acr: field.acr,
    authTime: z
      .int()
      .optional()
      .describe('When the user authenticated, in seconds since the epoch.'),
    test: field.test,
    clientEntityId: field.clientEntityId,
    clientEntityIdUsed: field.clientEntityIdUsed,
    forCredentialIssuance: z
      .boolean()
      .optional()
      .describe('Whether the token is for issuing credentials.'),
    cnonce: field.cnonce,
    cnonceExpiresAt: field.cnonceExpiresAt,
    issuableCredentials: field.issuableCredentials,
    dpopNonce: field.dpopNonce,
    responseSigningRequired: z
      .boolean()
      .optional()
      .describe('Whether the protected resource must sign its response.'),
    metadataDocumentLocation: field.metadataDocumentLocation,
    metadataDocumentUsed: field.metadataDocumentUsed,
  })
  .meta({ id: 'introspection_response' })

export const introspection = defineEndpoint({
  operationId: 'auth_introspection_api',
  method: 'post',
  path: '/api/{serviceId}/auth/introspection',
  tag: 'Introspection Endpoint',
  summary: 'Check an access token for a protected resource',
  description:
    'Checks whether the token is valid for the request. `OK`: it is; otherwise `responseContent` is ' +
    'the value of `WWW-Authenticate`, with the `resource_metadata` of the only resource that the ' +
    'call specifies if `ext.resources` describes it (RFC 9728). Scopes, subject, resources and the user authentication ' +
    '(RFC 9470) are checked if the call specifies them.',
  right: 'use_introspection',
  mayBeStale: true,
  fromBrowsers: true,
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
  results: { OK: { code: 'P041901', message: 'The access token is valid for the request.' } },
  async handle({ body }, context) {
    const { service, store, now } = context
    plan('token', 'message signature', 'sender constraint', 'scope', 'subject', 'authentication')
    step('token')
    const { row, client, grant, subject } = await findPresentedToken(context, body.token)
    step('message signature')
    await checkMessageSignature(context, client, body)
    step('sender constraint', () => boundBy(grant))
    await requireSender(context, grant, body, { accessToken: body.token ?? '' })
    step('scope', () => ({ granted: grant.scopes, required: body.scopes }))
    requireScopes(grant.scopes, body.scopes ?? [])
    step('subject')
    requireSubject(subject, body.subject || undefined)
    requireResources(grant.resources, body.resources ?? [])
    step('authentication')
    requireAuthentication(grant, body, now)
    const refresh = isNeverRefreshed(row.data.grantType)
      ? undefined
      : await store.refreshTokens.findKeptFamily(service.apiKey, row.familyId)
    const refreshable = refresh !== undefined && refresh.expiresAt > now
    const facts = factsOf(service, { client, row, grant, subject, refreshable })
    const changing = { ...(await grantOfToken(context, grant)), ...nonceFor(context, body) }
    return Object.keys(changing).length > 0 ? { ...facts, ...changing } : facts
  },
  refuse: ({ rule }, context, body) => ({
    action: presentationAction(rule),
    responseContent: presentationChallenge(rule, context.service, body),
    existent: rule.error !== 'invalid_token' && rule.error !== 'invalid_request',
    usable: rule.error !== 'invalid_token' && rule.error !== 'invalid_request',
    sufficient: false,
    refreshable: false,
    ...nonceAfter(context, rule.error),
  }),
})

interface Found {
  client: Client
  row: AccessTokenRow
  grant: Grant
  subject: string | undefined
  refreshable: boolean
}

const known = new WeakMap<AccessTokenRow, Found & { service: Service; facts: Facts }>()

/** What the answer to every good request tells of a token; the same while nothing has changed. */
function factsOf(service: Service, found: Found): Facts {
  const { client, row, refreshable } = found
  const former = known.get(row)
  const isSame =
    former?.service === service && former.client === client && former.refreshable === refreshable
  if (isSame) return former.facts
  const facts = givenAgain(tokenFacts(service, found))
  known.set(row, { ...found, service, facts })
  return facts
}

type Facts = ReturnType<typeof tokenFacts>

const tokenFacts = (service: Service, { client, row, grant, subject, refreshable }: Found) => ({
  action: 'OK' as const,
  ...describeClient(service, client, grant.namedBy),
  expiresAt: shownExpiry(row.expiresAt),
  subject,
  scopes: grant.scopes,
  existent: true,
  usable: true,
  sufficient: true,
  refreshable,
  properties: grant.properties,
  certificateThumbprint: grant.certificateThumbprint,
  resources: grant.resources,
  accessTokenResources: grant.resources,
  authorizationDetails: detailsToApi(grant.authorizationDetails),
  scopeDetails: scopeEntries(service, grant.scopes),
  forExternalAttachment: row.data.forExternalAttachment,
  consentedClaims: grant.consentedClaims,
  grantType: row.data.grantType,
  sessionId: grant.sessionId,
  acr: grant.acr,
  ...(grant.authTime === undefined ? {} : { authTime: grant.authTime }),
  test: grant.test,
  ...issuance(service, grant),
  responseSigningRequired: policyOf(service, client).resourceResponseSigned,
})

/** OpenID4VCI §8: what the token may obtain at the credential endpoint. */
function issuance(service: Service, grant: Grant) {
  const issuable = issuableCredentials(service, grant)
  return { forCredentialIssuance: issuable !== undefined, issuableCredentials: issuable }
}
