/** Reissues the ID Token after a refresh with the action `ID_TOKEN_REISSUABLE`. */

import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { JsonObjectText } from '../../http/json-text.ts'
import { json } from '../../http/relay.ts'
import { hasStoredClaims } from '../../oauth/claims/policy-release.ts'
import { tokenHash } from '../../oauth/tokens/access-token.ts'
import { secondsLeft } from '../../oauth/tokens/expiry.ts'
import { grantForIdToken } from '../../oauth/tokens/id-token.ts'
import { requireReissuable } from '../../oauth/tokens/id-token-reissue.ts'
import { errorBody } from '../../refusal.ts'
import { idTokenFor } from '../../tokens/id-token.ts'
import { tokenResponse } from '../../tokens/response.ts'
import { storedGrant } from '../../tokens/session.ts'
import { action, field } from '../fields.ts'

const IdTokenReissueRequest = z
  .object({
    accessToken: z
      .string()
      .max(32_768)
      .describe('The access token from the response of the refresh.'),
    refreshToken: z
      .string()
      .max(32_768)
      .describe('The refresh token from the response of the refresh.'),
    sub: z
      .string()
      .max(1_000)
      .optional()
      .describe('The subject for the client, if it differs from the subject of the token.'),
    claims: JsonObjectText.optional().describe('Claims to add to the ID Token, as JSON text.'),
    idtHeaderParams: JsonObjectText.optional().describe(
      'Header parameters to add to the ID Token, as JSON text.',
    ),
    idTokenAudType: field.idTokenAudType,
  })
  .meta({ id: 'idtoken_reissue_request' })

const IdTokenReissueResponse = z
  .object({
    action: action('OK', 'INTERNAL_SERVER_ERROR', 'CALLER_ERROR'),
    responseContent: field.responseContent,
    idToken: z.string().optional().describe('The new ID Token.'),
  })
  .meta({ id: 'idtoken_reissue_response' })

export const idTokenReissue = defineEndpoint({
  operationId: 'idtoken_reissue_api',
  method: 'post',
  path: '/api/{serviceId}/idtoken/reissue',
  tag: 'Token Endpoint',
  summary: 'Reissue an ID Token',
  description:
    'Returns the token response of a refresh again, with a new ID Token that has the claims of the ' +
    'call. The tokens must be those that `/auth/token` returned with the action `ID_TOKEN_REISSUABLE`.',
  right: 'use_service',
  body: IdTokenReissueRequest,
  response: IdTokenReissueResponse,
  relay: { OK: json(200), INTERNAL_SERVER_ERROR: json(500) },
  results: { OK: { code: 'P024090', message: 'The ID Token is reissued.' } },
  async handle({ body }, context) {
    const { service, store, documents, now } = context
    const { accessToken, refreshToken } = body
    const row = await store.accessTokens.find(service.apiKey, tokenHash(accessToken))
    const refreshed = await store.refreshTokens.find(service.apiKey, tokenHash(refreshToken))
    const owner = row && (await documents.client(service.apiKey, row.clientId))
    const { access, client, subject } = requireReissuable(service, row, owner, refreshed, now)
    const grant = storedGrant(access)
    const idToken = await idTokenFor(
      context,
      client,
      {
        subject,
        grantType: access.data.grantType,
        grant: grantForIdToken(grant, body),
        ...(hasStoredClaims(service) ? { user: store.accessTokens.userOf(access) } : {}),
        now,
        accessToken,
      },
      access.tokenHash,
    )
    const tokens = {
      accessToken,
      refreshToken,
      grant,
      accessTokenDuration: secondsLeft(access.expiresAt, now),
    }
    const responseContent = await tokenResponse(context, client, tokens, idToken)
    return { action: 'OK', responseContent, idToken }
  },
  refuse: ({ rule }, { service }) =>
    rule.error === 'server_error'
      ? { action: 'INTERNAL_SERVER_ERROR', responseContent: errorBody(rule, service) }
      : { action: 'CALLER_ERROR' },
})
