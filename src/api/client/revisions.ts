/** Earlier settings of a client: lists them, shows one, and brings one back. */
import { replaceClient } from '../../clients/document/replace.ts'
import { restoredClient, revisedClient } from '../../clients/document/restore.ts'
import { clientUnknown } from '../../clients/named.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { Client } from '../../model/client/client.ts'
import { refuseCaller } from '../../refusal.ts'
import {
  DiffQuery,
  listRevisions,
  RevisionPath,
  RevisionResponse,
  RevisionsQuery,
  RevisionsResponse,
  settingsAt,
  showRevision,
} from '../../services/revisions.ts'
import { ReplacedMembers } from '../../services/saved-document.ts'
import { ClientPath } from './schemas.ts'

const tag = 'Client Management'

export const clientRevisionList = defineEndpoint({
  operationId: 'client_revision_list_api',
  method: 'get',
  path: '/api/{serviceId}/clients/{clientId}/revisions',
  tag,
  summary: 'List the revisions of a client',
  description:
    'Who changed the client, when and why. The last 50 revisions are kept, and all of the last 90 ' +
    'days; those of a client that a caller deleted for 90 days.',
  right: 'view_client',
  ofOneClient: true,
  params: ClientPath,
  query: RevisionsQuery,
  response: RevisionsResponse,
  async handle({ params, query }, context) {
    return listRevisions(context, await revisedClient(context, params.clientId), query)
  },
})

export const clientRevisionGet = defineEndpoint({
  operationId: 'client_revision_get_api',
  method: 'get',
  path: '/api/{serviceId}/clients/{clientId}/revisions/{revision}',
  tag,
  summary: 'Show a revision of a client',
  description:
    'The settings as they were, without secrets and keys; with `diff`, the changes from another ' +
    'revision.',
  right: 'view_client',
  ofOneClient: true,
  params: ClientPath.extend(RevisionPath.shape),
  query: DiffQuery,
  response: RevisionResponse,
  async handle({ params, query }, context) {
    const revised = await revisedClient(context, params.clientId)
    return showRevision(context, revised, params.revision, query.diff)
  },
})

export const clientRevisionRestore = defineEndpoint({
  operationId: 'client_revision_restore_api',
  audits: 'client.updated',
  method: 'post',
  path: '/api/{serviceId}/clients/{clientId}/revisions/{revision}/restore',
  tag,
  summary: 'Bring back the settings of a revision',
  description:
    'Saves the settings of the revision with the checks of an update, as a new revision. Secrets, ' +
    'keys and the lock of the client stay as they are.',
  right: 'modify_client',
  ofOneClient: true,
  condition: 'If-Match',
  params: ClientPath.extend(RevisionPath.shape),
  response: Client.and(ReplacedMembers),
  async handle({ params }, context) {
    const { clientId, ...revised } = await revisedClient(context, params.clientId)
    if (!revised.row) refuseCaller(clientUnknown)
    const { revision } = params
    const { settings } = await settingsAt(context, revised, revision)
    const restored = (current: Client) => ({
      document: restoredClient(settings, current),
      ignored: [],
    })
    return replaceClient(context, clientId, restored, false, revision)
  },
})
