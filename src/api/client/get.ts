/** Returns a client. */
import { z } from 'zod'
import { publicClient, visibleClient } from '../../clients/describe.ts'
import { namedClient } from '../../clients/named.ts'
import { noteField } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { Flag } from '../../http/flag.ts'
import { notModified } from '../../http/response.ts'
import { Client } from '../../model/client/client.ts'
import { clientTag } from '../../services/entity-tag.ts'
import { ClientPath } from './schemas.ts'

export const clientGet = defineEndpoint({
  operationId: 'client_get_api',
  method: 'get',
  path: '/api/{serviceId}/client/get/{clientId}',
  tag: 'Client Management',
  summary: 'Get a client',
  description:
    'The response has the client secret only if the caller has the right `modify_client`.',
  right: 'view_client',
  ofOneClient: true,
  condition: 'If-None-Match',
  params: ClientPath,
  query: z.object({
    withoutSecrets: Flag.describe(
      'Whether the response omits the secret and private keys although the caller may see them. ' +
        'The `ETag` fits a patch.',
    ),
  }),
  response: Client,
  async handle({ params, query }, context) {
    const { service, store } = context
    const client = await namedClient(context, params.clientId)
    const lastUsedAt = await store.clientUses.lastUsedAt(service.apiKey, client.clientId)
    const { withoutSecrets } = query
    const visible = withoutSecrets ? publicClient(client, context) : visibleClient(client, context)
    const shown = { ...visible, lastUsedAt }
    const tag = clientTag(client, shown, context.caller, query)
    if (context.call.knows(tag)) return notModified(tag)
    noteField(context, 'ETag', tag)
    return shown
  },
})
