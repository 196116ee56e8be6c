/** One token, named by the caller, ends. */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { findNamedToken } from '../find-access-token.ts'

export const tokenDelete = defineEndpoint({
  operationId: 'auth_token_delete_api',
  method: 'delete',
  path: '/api/{serviceId}/auth/token/delete/{accessTokenIdentifier}',
  tag: 'Token Operations',
  summary: 'Delete an access token',
  description:
    'The token, given by value or hash, ends together with the refresh token of its grant.',
  right: 'use_service',
  params: z.object({
    accessTokenIdentifier: z.string().min(1).max(32_768).describe('The token or its hash.'),
  }),
  response: undefined,
  async handle({ params }, context) {
    const { service, store } = context
    const row = await findNamedToken(context, params.accessTokenIdentifier)
    if (row) {
      await store.commit(
        store.accessTokens.delete(service.apiKey, row.tokenHash),
        store.refreshTokens.deleteFamily(service.apiKey, row.familyId),
      )
    }
    return undefined
  },
})
