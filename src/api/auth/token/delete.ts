/** Deletes one token. */
import { z } from 'zod'
import { recordOf } from '../../../audit/record.ts'
import { identifyClient } from '../../../clients/authenticate.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { findNamedRefreshToken, findNamedToken, matchesFilter } from '../../../tokens/presented.ts'

export const tokenDelete = defineEndpoint({
  operationId: 'auth_token_delete_api',
  audits: 'token.deleted',
  method: 'delete',
  path: '/api/{serviceId}/auth/token/delete/{accessTokenIdentifier}',
  tag: 'Token Operations',
  summary: 'Delete a token',
  description:
    'Deletes the access token, specified by value or hash, and the refresh token of its grant; or the ' +
    'refresh token and all access tokens of its grant. If the call specifies a client or subject ' +
    'that does not match, nothing is deleted.',
  right: 'use_service',
  params: z.object({
    accessTokenIdentifier: z
      .string()
      .min(1)
      .max(32_768)
      .describe('An access or refresh token, or its hash: the base64url of its SHA-256.'),
  }),
  query: z.object({
    clientIdentifier: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe('Number or alias of the client: the token of another client is not deleted.'),
    subject: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe('Unique identifier of the user: the token of another user is not deleted.'),
  }),
  response: undefined,
  async handle({ params, query }, context) {
    const { service, store } = context
    const { clientIdentifier, subject } = query
    const found = clientIdentifier ? await identifyClient(context, clientIdentifier) : undefined
    if (clientIdentifier && !found) return undefined
    const filter = { clientId: found?.client.clientId, subject }
    const serviceId = service.apiKey
    const access = await findNamedToken(context, params.accessTokenIdentifier)
    const row = access ?? (await findNamedRefreshToken(context, params.accessTokenIdentifier))
    if (!row || !matchesFilter(row, filter)) return undefined
    const { familyId } = row
    await store.commit(
      store.refreshTokens.deleteFamily(serviceId, familyId),
      access
        ? store.accessTokens.delete(serviceId, access.tokenHash)
        : store.accessTokens.deleteFamily(serviceId, familyId),
      ...recordOf(context, { target: { kind: 'token', id: row.tokenHash } }),
    )
    return undefined
  },
})
