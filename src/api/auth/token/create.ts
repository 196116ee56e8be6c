/** A token that the caller creates by itself, outside any flow. */

import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { AuthzDetails } from '../../../model/authorization-details.ts'
import { GrantType } from '../../../model/enums.ts'
import { Property } from '../../../model/grant.ts'
import { errorBody } from '../../../refusal.ts'
import { prepareToken } from '../../../tokens/create.ts'
import { TokenCreateRequest } from './create-schemas.ts'

const TokenCreateResponse = z
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
  response: TokenCreateResponse,
  results: { OK: { code: 'P046901', message: 'The token was created.' } },
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
