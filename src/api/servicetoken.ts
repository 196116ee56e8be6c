/** Manages API tokens of one service. */

import { z } from 'zod'
import { authorizeForService, serviceUnknown } from '../caller.ts'
import { clientUnknown } from '../clients/named.ts'
import type { Context } from '../context.ts'
import { defineEndpoint } from '../http/endpoint.ts'
import { jsonResponse } from '../http/response.ts'
import { isNumericId } from '../model/primitives.ts'
import { refuseCaller } from '../refusal.ts'
import {
  Address,
  Changes,
  createToken,
  Features,
  listTokens,
  revokeToken,
  rotateToken,
  TokenName,
  TokenView,
  updateToken,
} from '../services/api-token.ts'

/** A number, or a number as text. */
const NumericId = z.preprocess(
  (value) => (typeof value === 'string' && isNumericId(value) ? Number(value) : value),
  z.int().min(1),
)

const Owner = {
  ...Address,
  serviceId: NumericId.describe('API key of the service.'),
}

const ServiceToken = TokenView.extend({
  serviceId: z.int().describe('API key of the service.'),
}).meta({ id: 'service_token' })

const about = {
  tag: 'API Tokens',
  method: 'post',
  right: 'admin',
  ofAnyService: true,
} as const

interface Owned {
  organizationId?: number | undefined
  apiServerId?: number | undefined
  serviceId: number
}

/** The service of the call, which must exist and be accessible to the caller. */
async function ownerOf({ caller, documents }: Context, { serviceId }: Owned) {
  authorizeForService(caller, serviceId)
  const service = await documents.service(serviceId)
  if (!service) refuseCaller(serviceUnknown)
  return { serviceId }
}

const addressOf = ({ organizationId, apiServerId, serviceId }: Owned) => ({
  organizationId,
  apiServerId,
  serviceId,
})

export const serviceTokenCreate = defineEndpoint({
  ...about,
  operationId: 'service_token_create_api',
  isRepeatable: true,
  audits: 'api_token.created',
  path: '/api/servicetoken/create',
  summary: 'Create an API token of a service',
  description:
    'Only this response has the value of the token: the server stores its hash. The rights and the ' +
    'lifetime of the token cannot exceed those of the token of the caller. With `clientId` the token ' +
    'is valid for that client only.',
  body: z
    .object({
      ...Owner,
      ...Features,
      clientId: NumericId.optional().describe(
        'Number of the only client that the token may be used for.',
      ),
    })
    .meta({ id: 'service_token_create_request' }),
  response: ServiceToken,
  async handle({ body }, context) {
    const { serviceId } = await ownerOf(context, body)
    const { clientId } = body
    const client = clientId && (await context.documents.client(serviceId, clientId))
    if (clientId && !client) refuseCaller(clientUnknown)
    return { ...addressOf(body), ...(await createToken(context, { serviceId, clientId }, body)) }
  },
})

export const serviceTokenList = defineEndpoint({
  ...about,
  operationId: 'service_token_all_api',
  path: '/api/servicetoken/all',
  summary: 'List the API tokens of a service',
  description: 'The tokens without their values, the oldest first.',
  body: z.object(Owner).meta({ id: 'service_token_all_request' }),
  response: z.array(ServiceToken),
  async handle({ body }, context) {
    const tokens = await listTokens(context, await ownerOf(context, body))
    return jsonResponse(tokens.map((token) => ({ ...addressOf(body), ...token })))
  },
})

export const serviceTokenRotate = defineEndpoint({
  ...about,
  operationId: 'service_token_rotate_api',
  audits: 'api_token.rotated',
  path: '/api/servicetoken/rotate',
  summary: 'Replace the value of an API token of a service',
  description: 'The former value is refused immediately; name and rights stay unchanged.',
  body: z.object({ ...Owner, ...TokenName }).meta({ id: 'service_token_rotate_request' }),
  response: ServiceToken,
  async handle({ body }, context) {
    const owner = await ownerOf(context, body)
    return { ...addressOf(body), ...(await rotateToken(context, owner, body.tokenId)) }
  },
})

export const serviceTokenUpdate = defineEndpoint({
  ...about,
  operationId: 'service_token_update_api',
  audits: 'api_token.updated',
  path: '/api/servicetoken/update',
  summary: 'Update an API token of a service',
  description: 'Changes the description of the token, and its rights if the call specifies them.',
  body: z
    .object({ ...Owner, ...TokenName, ...Changes })
    .meta({ id: 'service_token_update_request' }),
  response: ServiceToken,
  async handle({ body }, context) {
    const owner = await ownerOf(context, body)
    return { ...addressOf(body), ...(await updateToken(context, owner, body.tokenId, body)) }
  },
})

export const serviceTokenRevoke = defineEndpoint({
  ...about,
  operationId: 'service_token_revoke_api',
  audits: 'api_token.revoked',
  path: '/api/servicetoken/revoke',
  summary: 'Revoke an API token of a service',
  description: 'The token is refused immediately.',
  body: z.object({ ...Owner, ...TokenName }).meta({ id: 'service_token_revoke_request' }),
  response: undefined,
  async handle({ body }, context) {
    await revokeToken(context, await ownerOf(context, body), body.tokenId)
    return undefined
  },
})
