/** Tokens end: one of them, or all of a client, of a user, or of a user at a client. */
import { z } from 'zod'
import type { ServiceContext } from '../../grants/grant-request.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { tokenHashes } from '../../oauth/access-token.ts'
import { defineCallerRules, refuseCaller } from '../../refusal.ts'
import { identifyClient } from '../authenticate-client.ts'
import { findNamedToken } from '../find-access-token.ts'

const rules = defineCallerRules('Token revoke', {
  unnamed: {
    code: 'P048001',
    status: 400,
    says: 'The call has to name a token, a client or a subject.',
  },
})

const Identifier = z.string().min(1).max(32_768)

const TokenRevokeRequest = z
  .object({
    accessTokenIdentifier: Identifier.optional().describe('An access token or its hash.'),
    refreshTokenIdentifier: Identifier.optional().describe('A refresh token or its hash.'),
    clientIdentifier: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe('Number or alias of a client.'),
    subject: z.string().min(1).max(255).optional().describe('Unique identifier of a user.'),
  })
  .meta({ id: 'token_revoke_request' })

const TokenRevokeAnswer = z
  .object({ count: z.int().describe('How many access tokens ended.') })
  .meta({ id: 'token_revoke_response' })

export const tokenRevoke = defineEndpoint({
  operationId: 'auth_token_revoke_api',
  method: 'post',
  path: '/api/{serviceId}/auth/token/revoke',
  tag: 'Token Operations',
  summary: 'Revoke tokens',
  description:
    'By access token, by refresh token (with the access tokens of its grant), or all of a client and ' +
    'a subject, of which at least one is named, with the codes that are not redeemed yet. What does ' +
    'not exist counts as none.',
  right: 'use_service',
  body: TokenRevokeRequest,
  form: true,
  response: TokenRevokeAnswer,
  results: { OK: { code: 'P048901', says: 'The tokens were revoked.' } },
  async handle({ body }, context) {
    const { service, store } = context
    const serviceId = service.apiKey
    const { accessTokenIdentifier, refreshTokenIdentifier, clientIdentifier, subject } = body
    if (accessTokenIdentifier) {
      const row = await findNamedToken(context, accessTokenIdentifier)
      return { count: row ? await endFamily(context, row.familyId) : 0 }
    }
    if (refreshTokenIdentifier) {
      const familyId = await familyOf(context, refreshTokenIdentifier)
      return { count: familyId === undefined ? 0 : await endFamily(context, familyId) }
    }
    if (!clientIdentifier && !subject) refuseCaller(rules.unnamed)
    const found = clientIdentifier ? await identifyClient(context, clientIdentifier) : undefined
    if (clientIdentifier && !found) return { count: 0 }
    const owner = { clientId: found?.client.clientId, subject }
    const count = await store.accessTokens.count(serviceId, owner)
    await store.commit(
      ...store.undelivered.deleteOf(serviceId, owner),
      store.refreshTokens.deleteOf(serviceId, owner),
      store.accessTokens.deleteOf(serviceId, owner),
    )
    return { count }
  },
})

async function familyOf({ service, store }: ServiceContext, identifier: string) {
  for (const hash of tokenHashes(identifier)) {
    const row = await store.refreshTokens.find(service.apiKey, hash)
    if (row) return row.familyId
  }
  return undefined
}

async function endFamily({ service, store }: ServiceContext, familyId: string): Promise<number> {
  const count = await store.accessTokens.count(service.apiKey, { familyId })
  await store.commit(
    store.refreshTokens.deleteFamily(service.apiKey, familyId),
    store.accessTokens.deleteFamily(service.apiKey, familyId),
  )
  return count
}
