/** Tells a caller what its own API token is for. */
import { z } from 'zod'
import { defineEndpoint } from '../http/endpoint.ts'
import { AccessRight } from '../model/api-token.ts'

const Self = z
  .object({
    tokenId: z
      .string()
      .optional()
      .describe('Identifier of the token; absent for one of an early version.'),
    label: z.string().describe('What the token is for: the description that it was created with.'),
    rights: z.array(AccessRight).describe('What the token permits, included rights, too.'),
    serviceId: z
      .int()
      .optional()
      .describe('API key of the only service of the token; absent: all services.'),
    clientId: z
      .int()
      .optional()
      .describe('Number of the only client of the token; absent: all clients.'),
    expiresAt: z
      .int()
      .describe('When the token expires, in milliseconds since the epoch; 0: never.'),
  })
  .meta({ id: 'self_response' })

export const self = defineEndpoint({
  operationId: 'self_api',
  method: 'get',
  path: '/api/self',
  tag: 'API Tokens',
  summary: 'Describe the API token of the call',
  description: 'Rights, limits and expiry of the token, without its value.',
  right: 'any',
  response: Self,
  results: { OK: { code: 'P141903', message: 'The API token is described.' } },
  async handle(_request, { caller }) {
    const { tokenId, label, serviceId, clientId, expiresAt = 0 } = caller
    const rights = AccessRight.options.filter((right) => caller.may(right))
    return { tokenId, label, rights, serviceId, clientId, expiresAt }
  },
})
