/** Creates a token without a request of a client. */

import { z } from 'zod'
import { changesOf } from '../../../audit/changes.ts'
import { recordOf } from '../../../audit/record.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { refuseAs } from '../../../http/refuse-as.ts'
import { prepareToken } from '../../../tokens/create.ts'
import { encryptedValues } from '../../../tokens/encryption.ts'
import { commitInSession } from '../../../tokens/session.ts'
import { action, field } from '../../fields.ts'
import { TokenCreateRequest } from './create-schemas.ts'

const TokenCreateResponse = z
  .object({
    action: action('INTERNAL_SERVER_ERROR', 'BAD_REQUEST', 'FORBIDDEN', 'OK'),
    accessToken: field.accessToken,
    clientId: field.clientId,
    expiresAt: field.expiresAt,
    expiresIn: z.int().optional().describe('Seconds until the token expires.'),
    grantType: field.grantType,
    properties: field.properties,
    refreshToken: field.refreshToken,
    scopes: field.scopes,
    subject: field.subject,
    tokenType: field.tokenType,
    jwtAccessToken: field.jwtAccessToken,
    authorizationDetails: field.authorizationDetails,
    forExternalAttachment: field.forExternalAttachment,
    tokenId: field.tokenId,
    refreshTokenScopes: field.refreshTokenScopes,
    clientIdentifier: z.string().optional().describe('Number or alias of the client.'),
    sessionId: field.sessionId,
    encryptedAccessToken: z
      .string()
      .optional()
      .describe(
        'The access token in a JWE: the value for the client, if the client has `ext.encrypt.access_token` = `true`.',
      ),
    encryptedRefreshToken: z
      .string()
      .optional()
      .describe(
        'The refresh token in a JWE: the value for the client, if the client has `ext.encrypt.refresh_token` = `true`.',
      ),
  })
  .meta({ id: 'token_create_response' })

export const tokenCreate = defineEndpoint({
  operationId: 'auth_token_create_api',
  audits: 'token.created',
  method: 'post',
  path: '/api/{serviceId}/auth/token/create',
  tag: 'Token Operations',
  summary: 'Create an access token',
  description:
    'Issues tokens without a request of a client. The call specifies scopes, subject and values.',
  right: 'use_service',
  body: TokenCreateRequest,
  form: true,
  response: TokenCreateResponse,
  results: { OK: { code: 'P046901', message: 'The token was created.' } },
  async handle({ body }, context) {
    const { answer, client, writes } = await prepareToken(body, context)
    const { accessToken, refreshToken } = await encryptedValues(context, client, answer)
    const { tokenId, clientId, subject, scopes, grantType } = answer
    const record = recordOf(context, {
      target: { kind: 'token', id: tokenId },
      changes: changesOf({}, { clientId, subject, scopes, grantType }),
    })
    await commitInSession(context, answer, ...writes, ...record)
    return { ...answer, encryptedAccessToken: accessToken, encryptedRefreshToken: refreshToken }
  },
  refuse: refuseAs({ server_error: 'INTERNAL_SERVER_ERROR', otherwise: 'BAD_REQUEST' }),
})
