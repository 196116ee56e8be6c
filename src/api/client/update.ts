/** Replaces the settings of a client as a whole, except for its id, secret and origin. */
import { replaceClient } from '../../clients/document/replace.ts'
import { namedClient } from '../../clients/named.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { Client, ClientDocument } from '../../model/client/client.ts'
import { ReplacedMembers } from '../../services/saved-document.ts'
import { ClientPath } from './schemas.ts'

export const clientUpdate = defineEndpoint({
  operationId: 'client_update_api',
  audits: 'client.updated',
  method: 'post',
  path: '/api/{serviceId}/client/update/{clientId}',
  tag: 'Client Management',
  summary: 'Update a client',
  description:
    'Replaces the whole document: properties that the call omits get their defaults. Separate ' +
    'operations change the client secret.',
  right: 'modify_client',
  ofOneClient: true,
  condition: 'If-Match',
  params: ClientPath,
  body: ClientDocument,
  form: true,
  response: Client.and(ReplacedMembers),
  async handle({ params, body, ignored }, context) {
    const { clientId } = await namedClient(context, params.clientId)
    return replaceClient(context, clientId, () => ({ document: body, ignored }))
  },
})
