/** Creates a client. */

import { requireClientQuota, storeNewClient } from '../../clients/create.ts'
import { createdClient } from '../../clients/describe.ts'
import { clientRow, refuseAliasConflict } from '../../clients/row.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { Client, ClientDocument } from '../../model/client/client.ts'
import { secretBits } from '../../oauth/client-authentication/secret.ts'
import { unfederated } from '../../oauth/federation/federated-client.ts'
import { findClientWarnings } from '../../oauth/service/warnings.ts'
import { createOnce } from '../../services/idempotency.ts'
import { CreatedMembers, warningsOf } from '../../services/saved-document.ts'

export const clientCreate = defineEndpoint({
  operationId: 'client_create_api',
  audits: 'client.created',
  method: 'post',
  path: '/api/{serviceId}/client/create',
  tag: 'Client Management',
  summary: 'Create a client',
  description:
    'The client gets an id and a secret. Properties that the call omits get their defaults; ' +
    'read-only and unknown ones are ignored.',
  right: 'create_client',
  body: ClientDocument,
  response: Client.and(CreatedMembers),
  isRepeatable: true,
  handle: ({ body, ignored }, context) =>
    createOnce(context, context.service.apiKey, body, async (keep) => {
      const made = {
        clientSecret: context.system.random.token(secretBits),
        clientSource: body.clientSource ?? 'STATIC_REGISTRATION',
        ...unfederated,
      }
      const row = await clientRow(context, body, made as Partial<Client>)
      const found = findClientWarnings(row.whole as Client, context.service)
      const warnings = warningsOf(context, ignored, found)
      const shown = (client: Client) => ({ ...createdClient(client, context), ...warnings })
      const keeping = (client: Client) => [...requireClientQuota(context), ...keep(shown(client))]
      return shown(await storeNewClient(context, row, keeping).catch(refuseAliasConflict))
    }),
})
