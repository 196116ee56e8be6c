/** Changes some settings of a client, and keeps all others. */
import { z } from 'zod'
import { replaceClient } from '../../clients/document/replace.ts'
import { namedClient } from '../../clients/named.ts'
import { PatchBody, patchedDocument } from '../../http/call/patch.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { Flag } from '../../http/flag.ts'
import { Client, ClientDocument } from '../../model/client/client.ts'
import { readOnlyMembers } from '../../model/configuration/unknown-members.ts'
import { withRemovals } from '../../oauth/logout/kept-properties.ts'
import { PatchedMembers } from '../../services/saved-document.ts'
import { ClientPath } from './schemas.ts'

const alsoKnown = readOnlyMembers(ClientDocument, Client)

export const clientPatch = defineEndpoint({
  operationId: 'client_patch_api',
  audits: 'client.updated',
  method: 'patch',
  path: '/api/{serviceId}/clients/{clientId}',
  tag: 'Client Management',
  summary: 'Change some settings of a client',
  description:
    'Applies a JSON Merge Patch (RFC 7396) or a JSON Patch (RFC 6902) to the settings, and saves ' +
    'them with the checks of the update. A property that is removed gets its default. Read-only ' +
    'and unknown properties have no effect; separate operations change the client secret.',
  right: 'modify_client',
  ofOneClient: true,
  condition: 'If-Match',
  params: ClientPath,
  query: z.object({
    dryRun: Flag.describe('Whether the changes are only shown, and nothing is saved.'),
  }),
  body: PatchBody,
  response: Client.and(PatchedMembers),
  async handle({ params, query, body }, context) {
    const { preferences } = context
    const { clientId } = await namedClient(context, params.clientId)
    const patched = (current: Client) => {
      const settings = patchedDocument(ClientDocument, current, body, { preferences, alsoKnown })
      const { document, ignored } = settings
      return { document: withRemovals(document, current), ignored }
    }
    return replaceClient(context, clientId, patched, query.dryRun)
  },
})
