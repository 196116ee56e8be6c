/** Replaces the settings of a client as a whole, except for its id, secret and origin. */
import { z } from 'zod'
import { replaceClient } from '../../clients/document/replace.ts'
import { namedClient } from '../../clients/named.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { Client, ClientDocument } from '../../model/client/client.ts'
import { ReplacedMembers } from '../../services/saved-document.ts'
import { ClientPath } from './schemas.ts'

/** Callers that do not know the lock, such as Terraform, must not unlock a client. */
const UpdatedClient = ClientDocument.extend({
  locked: z.boolean().optional().describe('Without, a client that is locked stays locked.'),
}).meta({ id: 'client_update_request' })

export const clientUpdate = defineEndpoint({
  operationId: 'client_update_api',
  audits: 'client.updated',
  method: 'post',
  path: '/api/{serviceId}/client/update/{clientId}',
  tag: 'Client Management',
  summary: 'Update a client',
  description:
    'Replaces the whole document: properties that the call omits get their defaults, but a locked ' +
    'client stays locked. Separate operations change the client secret.',
  right: 'modify_client',
  ofOneClient: true,
  condition: 'If-Match',
  params: ClientPath,
  body: UpdatedClient,
  form: true,
  response: Client.and(ReplacedMembers),
  async handle({ params, body, ignored }, context) {
    const { clientId } = await namedClient(context, params.clientId)
    return replaceClient(context, clientId, ({ locked }) => {
      return { document: { ...body, locked: body.locked ?? locked }, ignored }
    })
  },
})
