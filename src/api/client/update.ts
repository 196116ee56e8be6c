/** A client's settings, replaced as a whole; its id, secret and origin stay. */
import { defineEndpoint } from '../../http/endpoint.ts'
import { Client, ClientDocument } from '../../model/client.ts'
import { CallerError } from '../../refusal.ts'
import { orRefuse } from '../../store/store.ts'
import { clientRow, refuseAliasConflict } from './client-write.ts'
import { ClientPath } from './get.ts'
import { clientUnknown, namedClient } from './named-client.ts'
import { visibleClient } from './visible-client.ts'

export const clientUpdate = defineEndpoint({
  operationId: 'client_update_api',
  method: 'post',
  path: '/api/{serviceId}/client/update/{clientId}',
  tag: 'Client Management',
  summary: 'Update a client',
  description:
    'Replaces the whole document: what the call leaves out goes back to its default. The secret has ' +
    'operations of its own.',
  right: 'modify_client',
  ofOneClient: true,
  params: ClientPath,
  body: ClientDocument,
  form: true,
  response: Client,
  async handle({ params, body }, context) {
    const { service, store, now } = context
    const client = await namedClient(context, params.clientId)
    const { clientSecret, dynamicallyRegistered } = client
    const clientSource = body.clientSource ?? client.clientSource
    const kept = { clientSecret, clientSource, dynamicallyRegistered }
    const { whole, ...row } = await clientRow(context, body, kept as Partial<Client>)
    const write = store.clients.update(service.apiKey, client.clientId, { ...row, modifiedAt: now })
    await store.commit(orRefuse(write, new CallerError(clientUnknown))).catch(refuseAliasConflict)
    const { number, clientId, createdAt } = client
    const updated = Client.parse({ ...whole, number, clientId, createdAt, modifiedAt: now })
    return visibleClient(updated, context)
  },
})
