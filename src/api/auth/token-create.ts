/** A token that the caller creates by itself, outside any flow. */

import { z } from 'zod'
import { identifyClient } from '../../clients/authenticate.ts'
import type { ServiceContext } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { ClientIdText } from '../../http/identifier.ts'
import { JsonObjectText } from '../../http/json-text.ts'
import { AuthzDetails } from '../../model/authorization-details.ts'
import { GrantType } from '../../model/enums.ts'
import { GivenProperties, Grant, Property } from '../../model/grant.ts'
import { tokenHash } from '../../oauth/access-token.ts'
import { detailsFromApi, detailsToApi } from '../../oauth/authorization-details.ts'
import { keepScopes } from '../../oauth/scope.ts'
import { defineRules, errorBody, refuse } from '../../refusal.ts'
import type { Write } from '../../store/store.ts'
import { newFamilyId } from '../../tokens/family.ts'
import { isRefreshable, issueAccessToken, issueRefreshToken } from '../../tokens/issue.ts'
import { tokenTypeOf } from '../../tokens/response.ts'

const rules = defineRules('Token create', {
  clientMissing: {
    code: 'P046001',
    error: 'invalid_request',
    spec: 'RFC 6749 §5.1',
    says: 'The call has to name the client by clientId or clientIdentifier.',
  },
  clientUnknown: {
    code: 'P046002',
    error: 'invalid_request',
    spec: 'RFC 6749 §5.1',
    says: 'The client that the call names does not exist.',
  },
  subjectMissing: {
    code: 'P046003',
    error: 'invalid_request',
    spec: 'RFC 6749 §5.1',
    says: 'A token of this grant type needs a subject.',
  },
  scopeUnsupported: {
    code: 'P046004',
    error: 'invalid_request',
    spec: 'RFC 6749 §3.3',
    says: 'The call names a scope that the service or the client does not have.',
  },
})

const Thumbprint = z.string().regex(/^[\w-]{43}$/, 'Expected base64url of a SHA-256')

export const TokenCreateRequest = z
  .object({
    grantType: GrantType.optional().describe('Grant type.'),
    clientId: z.int().nonnegative().optional().describe('Number of the client.'),
    subject: z
      .string()
      .max(255)
      .optional()
      .describe('Unique identifier of the user at the service.'),
    scopes: z.array(z.string()).optional().describe('Names of scopes.'),
    accessTokenDuration: z.int().nonnegative().optional().describe('Seconds.'),
    refreshTokenDuration: z.int().nonnegative().optional().describe('Seconds.'),
    properties: GivenProperties.optional().describe('Properties attached to the token.'),
    clientIdAliasUsed: z
      .boolean()
      .optional()
      .describe('Whether the client was named by its alias.'),
    accessToken: z
      .string()
      .max(32_768)
      .optional()
      .describe('An access token: the one issued, or the value that the caller chooses for it.'),
    refreshToken: z
      .string()
      .max(32_768)
      .optional()
      .describe('A refresh token: the one issued, or the value that the caller chooses for it.'),
    accessTokenPersistent: z
      .boolean()
      .optional()
      .describe('Whether the access token does not expire.'),
    certificateThumbprint: Thumbprint.optional().describe(
      'SHA-256 thumbprint of the certificate that the token is bound to, base64url.',
    ),
    dpopKeyThumbprint: Thumbprint.optional().describe(
      'JWK thumbprint of the DPoP key that the token is bound to.',
    ),
    authorizationDetails: AuthzDetails.optional().describe('Authorization details, RFC 9396.'),
    resources: z.array(z.string()).optional().describe('Resource indicators, RFC 8707.'),
    forExternalAttachment: z
      .boolean()
      .optional()
      .describe('Whether the token is for an external attachment.'),
    jwtAtClaims: JsonObjectText.optional().describe(
      'Claims to add to a JWT access token, as JSON text of an object.',
    ),
    acr: z.string().optional().describe('Authentication context class of the user authentication.'),
    authTime: z
      .int()
      .nonnegative()
      .optional()
      .describe('When the user authenticated, in seconds since the epoch.'),
    clientEntityIdUsed: z
      .boolean()
      .optional()
      .describe('Whether the client was named by its entity identifier.'),
    clientIdentifier: ClientIdText.optional().describe('Number or alias of the client.'),
    sessionId: z
      .string()
      .max(512)
      .optional()
      .describe('Identifier of the user session at the frontend.'),
    metadataDocumentUsed: z
      .boolean()
      .optional()
      .describe('Whether the client was named by the URL of its metadata.'),
  })
  .meta({ id: 'token_create_request' })

const TokenCreateAnswer = z
  .object({
    action: z
      .enum(['INTERNAL_SERVER_ERROR', 'BAD_REQUEST', 'FORBIDDEN', 'OK'])
      .describe('What to do next.'),
    accessToken: z
      .string()
      .optional()
      .describe('An access token: the one issued, or the value that the caller chooses for it.'),
    clientId: z.int().optional().describe('Number of the client.'),
    expiresAt: z
      .int()
      .optional()
      .describe('Milliseconds since the epoch; 0 for a token that does not expire.'),
    expiresIn: z.int().optional().describe('Seconds until the token expires.'),
    grantType: GrantType.optional().describe('Grant type.'),
    properties: z.array(Property).optional().describe('Properties attached to the token.'),
    refreshToken: z
      .string()
      .optional()
      .describe('A refresh token: the one issued, or the value that the caller chooses for it.'),
    scopes: z.array(z.string()).optional().describe('Names of scopes.'),
    subject: z.string().optional().describe('Unique identifier of the user at the service.'),
    tokenType: z.string().optional().describe('Type of the token, RFC 6749 §7.1.'),
    jwtAccessToken: z.string().optional().describe('The access token, where it is a JWT.'),
    authorizationDetails: AuthzDetails.optional().describe('Authorization details, RFC 9396.'),
    forExternalAttachment: z
      .boolean()
      .optional()
      .describe('Whether the token is for an external attachment.'),
    tokenId: z.string().optional().describe('Identifier of the token: its hash.'),
    refreshTokenScopes: z.array(z.string()).optional().describe('Scopes of the refresh token.'),
    clientIdentifier: z.string().optional().describe('Number or alias of the client.'),
    sessionId: z.string().optional().describe('Identifier of the user session at the frontend.'),
  })
  .meta({ id: 'token_create_response' })
type Body = z.output<typeof TokenCreateRequest>
type Answer = z.input<typeof TokenCreateAnswer>

export const tokenCreate = defineEndpoint({
  operationId: 'auth_token_create_api',
  method: 'post',
  path: '/api/{serviceId}/auth/token/create',
  tag: 'Token Operations',
  summary: 'Create an access token',
  description:
    'Issues tokens without a request of a client, with the scopes, subject and values that the call names.',
  right: 'use_service',
  body: TokenCreateRequest,
  form: true,
  response: TokenCreateAnswer,
  results: { OK: { code: 'P046901', says: 'The token was created.' } },
  async handle({ body }, context) {
    const { answer, writes } = await prepareToken(body, context)
    await context.store.commit(...writes)
    return answer
  },
  refuse: ({ rule }, { service }) => ({
    action: rule.error === 'server_error' ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST',
    responseContent: errorBody(rule, service),
  }),
})

/** The answer for one token, and the writes that make it good. */
export async function prepareToken(
  body: Body,
  context: ServiceContext,
): Promise<{ answer: Answer; writes: Write[] }> {
  const { service, now } = context
  const grantType = body.grantType ?? refuse(rules.subjectMissing)
  const subject = body.subject || undefined
  if (subject === undefined && grantType !== 'CLIENT_CREDENTIALS') refuse(rules.subjectMissing)
  const { client, ...named } = await namedClient(body, context)
  const scopes = keepScopes(body.scopes ?? [], service, client)
  if (scopes.length < new Set(body.scopes ?? []).size) refuse(rules.scopeUnsupported)
  const grant = grantOf(body, scopes, named)
  const familyId = newFamilyId(context)
  const issue = {
    client,
    grantType,
    subject: grantType === 'CLIENT_CREDENTIALS' ? undefined : subject,
    grant,
    familyId,
    accessToken: body.accessToken,
    accessTokenDuration: body.accessTokenDuration,
    accessTokenPersistent: body.accessTokenPersistent ?? false,
    forExternalAttachment: body.forExternalAttachment ?? false,
    isCreated: true,
  }
  const withRefresh =
    grantType !== 'IMPLICIT' && grantType !== 'CLIENT_CREDENTIALS' && isRefreshable(context, client)
  const refresh = withRefresh ? issueRefreshToken(context, issue, body) : undefined
  const access = await issueAccessToken(context, issue)
  const answer: Answer = {
    action: 'OK',
    accessToken: access.accessToken,
    jwtAccessToken: access.jwtAccessToken,
    clientId: client.clientId,
    clientIdentifier: body.clientIdentifier,
    expiresAt: access.accessTokenExpiresAt,
    expiresIn: Math.max(0, Math.floor((access.accessTokenExpiresAt - now) / 1000)),
    grantType,
    properties: grant.properties,
    refreshToken: refresh?.refreshToken,
    scopes,
    refreshTokenScopes: refresh && scopes,
    subject: issue.subject,
    tokenType: tokenTypeOf(service, grant),
    forExternalAttachment: issue.forExternalAttachment,
    tokenId: tokenHash(access.accessToken),
    sessionId: grant.sessionId,
    authorizationDetails: detailsToApi(grant.authorizationDetails),
  }
  return { answer, writes: [...access.writes, ...(refresh?.writes ?? [])] }
}

async function namedClient(
  { clientId, clientIdentifier, clientIdAliasUsed, metadataDocumentUsed }: Body,
  context: ServiceContext,
) {
  const named = clientIdentifier ?? clientId?.toString() ?? refuse(rules.clientMissing)
  const found = (await identifyClient(context, named)) ?? refuse(rules.clientUnknown)
  return {
    client: found.client,
    clientIdAliasUsed: clientIdAliasUsed || found.clientIdAliasUsed,
    metadataDocumentUsed: metadataDocumentUsed || found.metadataDocumentUsed,
  }
}

const grantOf = (
  body: Body,
  scopes: string[],
  named: Pick<Grant, 'clientIdAliasUsed' | 'metadataDocumentUsed'>,
): Grant =>
  Grant.parse({
    scopes,
    properties: body.properties,
    resources: body.resources,
    authorizationDetails: detailsFromApi(body.authorizationDetails),
    acr: body.acr,
    authTime: body.authTime || undefined,
    sessionId: body.sessionId,
    jwtAtClaims: body.jwtAtClaims,
    certificateThumbprint: body.certificateThumbprint,
    dpopThumbprint: body.dpopKeyThumbprint,
    ...named,
  })
