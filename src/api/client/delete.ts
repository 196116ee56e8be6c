/** Deletes a client and its tokens. */

import { recordOf } from '../../audit/record.ts'
import { lastRevision } from '../../audit/revision.ts'
import { namedClient } from '../../clients/named.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { requireFilelessClient } from '../../services/configuration/strict.ts'
import { expectedVersion } from '../../services/precondition.ts'
import { ClientPath } from './schemas.ts'

export const clientDelete = defineEndpoint({
  operationId: 'client_delete_api',
  audits: 'client.deleted',
  method: 'delete',
  path: '/api/{serviceId}/client/delete/{clientId}',
  tag: 'Client Management',
  summary: 'Delete a client',
  description:
    'Deletes the client with its tokens, codes, tickets and granted scopes, irrevocably.',
  right: 'modify_client',
  ofOneClient: true,
  condition: 'If-Match',
  params: ClientPath,
  response: undefined,
  async handle({ params }, context) {
    const { service, store } = context
    const client = await namedClient(context, params.clientId)
    requireFilelessClient(service, client)
    const { clientId } = client
    await store.commit(
      ...expectedVersion(context, (versions) =>
        store.clients.requireVersion(service.apiKey, clientId, versions),
      ),
      ...lastRevision(context, service.apiKey, clientId),
      ...store.clients.delete(service.apiKey, clientId),
      ...recordOf(context, { target: { kind: 'client', id: clientId } }),
    )
    return undefined
  },
})
