/** The scopes that a client may request. */
import { z } from 'zod'
import { changeClient } from '../../clients/change.ts'
import { namedClient } from '../../clients/named.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { ClientExtension } from '../../model/client/extension.ts'
import { ClientPath } from './schemas.ts'

const RequestableScopes = z.object({
  requestableScopes: z
    .array(z.string().min(1).max(255))
    .max(1_000)
    .optional()
    .describe('Names of the scopes that the client may request; absent if it may request all.'),
})

const path = '/api/{serviceId}/client/extension/requestable_scopes'

export const requestableScopesGet = defineEndpoint({
  operationId: 'client_extension_requestables_scopes_get_api',
  method: 'get',
  path: `${path}/get/{clientId}`,
  tag: 'Client Management',
  summary: 'Get the requestable scopes of a client',
  description: 'The response is empty if the client may request every scope of the service.',
  right: 'view_client',
  ofOneClient: true,
  params: ClientPath,
  response: RequestableScopes.meta({ id: 'client_extension_requestable_scopes_get_response' }),
  async handle({ params }, context) {
    const { extension } = await namedClient(context, params.clientId)
    return extension?.requestableScopesEnabled
      ? { requestableScopes: extension.requestableScopes ?? [] }
      : {}
  },
})

const declaration = {
  path: `${path}/update/{clientId}`,
  tag: 'Client Management',
  summary: 'Set the requestable scopes of a client',
  description: 'Limits the client to the scopes of the list, from its next request on.',
  right: 'modify_client',
  audits: 'client.updated',
  ofOneClient: true,
  params: ClientPath,
  body: RequestableScopes.meta({ id: 'client_extension_requestable_scopes_update_request' }),
  response: RequestableScopes.meta({ id: 'client_extension_requestable_scopes_update_response' }),
} as const

async function update(
  { params, body }: { params: { clientId: string }; body: z.output<typeof RequestableScopes> },
  context: Parameters<typeof namedClient>[0],
) {
  const client = await namedClient(context, params.clientId)
  const { requestableScopes = [] } = body
  await changeClient(context, client, ({ extension }) => ({
    extension: ClientExtension.parse({
      ...extension,
      requestableScopesEnabled: true,
      requestableScopes,
    }),
  }))
  return { requestableScopes }
}

export const requestableScopesUpdatePost = defineEndpoint({
  ...declaration,
  operationId: 'client_extension_requestables_scopes_update_api_post',
  method: 'post',
  handle: update,
})

export const requestableScopesUpdate = defineEndpoint({
  ...declaration,
  operationId: 'client_extension_requestables_scopes_update_api',
  method: 'put',
  handle: update,
})

export const requestableScopesDelete = defineEndpoint({
  operationId: 'client_extension_requestables_scopes_delete_api',
  audits: 'client.updated',
  method: 'delete',
  path: `${path}/delete/{clientId}`,
  tag: 'Client Management',
  summary: 'Delete the requestable scopes of a client',
  description: 'The client may request every scope of the service again.',
  right: 'modify_client',
  ofOneClient: true,
  params: ClientPath,
  response: undefined,
  async handle({ params }, context) {
    const client = await namedClient(context, params.clientId)
    await changeClient(context, client, ({ extension }) => {
      const { requestableScopes: _, ...rest } = extension ?? {}
      return { extension: ClientExtension.parse({ ...rest, requestableScopesEnabled: false }) }
    })
    return undefined
  },
})
