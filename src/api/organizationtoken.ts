/** Manages API tokens that are valid for all services. */
import { z } from 'zod'
import { defineEndpoint } from '../http/endpoint.ts'
import { jsonResponse } from '../http/response.ts'
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

const Owner = { organizationId: Address.organizationId }

const OrganizationToken = TokenView.omit({ apiServerId: true }).meta({ id: 'organization_token' })

const all = { serviceId: 0 }
const about = { tag: 'API Tokens', method: 'post', right: 'admin' } as const

export const organizationTokenCreate = defineEndpoint({
  ...about,
  operationId: 'organization_token_create_api',
  isRepeatable: true,
  audits: 'api_token.created',
  path: '/api/organizationtoken/create',
  summary: 'Create an API token of all services',
  description:
    'Only this response has the value of the token: the server stores its hash. The rights and the ' +
    'lifetime of the token cannot exceed those of the token of the caller.',
  body: z.object({ ...Owner, ...Features }).meta({ id: 'organization_token_create_request' }),
  response: OrganizationToken,
  handle: async ({ body }, context) => ({
    organizationId: body.organizationId,
    ...(await createToken(context, all, body)),
  }),
})

export const organizationTokenList = defineEndpoint({
  ...about,
  operationId: 'organization_token_all_api',
  path: '/api/organizationtoken/all',
  summary: 'List the API tokens of all services',
  description:
    'The tokens without their values, the oldest first. The list does not include tokens of a single ' +
    'service.',
  body: z.object(Owner).meta({ id: 'organization_token_all_request' }),
  response: z.array(OrganizationToken),
  async handle({ body: { organizationId } }, context) {
    const tokens = await listTokens(context, all)
    return jsonResponse(tokens.map((token) => ({ organizationId, ...token })))
  },
})

export const organizationTokenRotate = defineEndpoint({
  ...about,
  operationId: 'organization_token_rotate_api',
  audits: 'api_token.rotated',
  path: '/api/organizationtoken/rotate',
  summary: 'Replace the value of an API token of all services',
  description: 'The former value is refused immediately; name and rights stay unchanged.',
  body: z.object({ ...Owner, ...TokenName }).meta({ id: 'organization_token_rotate_request' }),
  response: OrganizationToken,
  handle: async ({ body }, context) => ({
    organizationId: body.organizationId,
    ...(await rotateToken(context, all, body.tokenId)),
  }),
})

export const organizationTokenUpdate = defineEndpoint({
  ...about,
  operationId: 'organization_token_update_api',
  audits: 'api_token.updated',
  path: '/api/organizationtoken/update',
  summary: 'Update an API token of all services',
  description: 'Changes the description of the token, and its rights if the call specifies them.',
  body: z
    .object({ ...Owner, ...TokenName, ...Changes })
    .meta({ id: 'organization_token_update_request' }),
  response: OrganizationToken,
  handle: async ({ body }, context) => ({
    organizationId: body.organizationId,
    ...(await updateToken(context, all, body.tokenId, body)),
  }),
})

export const organizationTokenRevoke = defineEndpoint({
  ...about,
  operationId: 'organization_token_revoke_api',
  audits: 'api_token.revoked',
  path: '/api/organizationtoken/revoke',
  summary: 'Revoke an API token of all services',
  description: 'The token is refused immediately.',
  body: z.object({ ...Owner, ...TokenName }).meta({ id: 'organization_token_revoke_request' }),
  response: undefined,
  async handle({ body }, context) {
    await revokeToken(context, all, body.tokenId)
    return undefined
  },
})
