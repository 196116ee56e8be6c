/** Earlier settings of a service: lists them, shows one, and brings one back. */
import { defineEndpoint } from '../../http/endpoint.ts'
import { Service } from '../../model/service/service.ts'
import { replaceService } from '../../services/change.ts'
import { restoredService, revisedService } from '../../services/restore.ts'
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

const tag = 'Service Management'

export const serviceRevisionList = defineEndpoint({
  operationId: 'service_revision_list_api',
  method: 'get',
  path: '/api/{serviceId}/service/revisions',
  tag,
  summary: 'List the revisions of a service',
  description:
    'Who changed the service, when and why. The last 50 revisions are kept, and all of the last 90 ' +
    'days.',
  right: 'view_service',
  query: RevisionsQuery,
  response: RevisionsResponse,
  async handle({ query }, context) {
    return listRevisions(context, await revisedService(context), query)
  },
})

export const serviceRevisionGet = defineEndpoint({
  operationId: 'service_revision_get_api',
  method: 'get',
  path: '/api/{serviceId}/service/revisions/{revision}',
  tag,
  summary: 'Show a revision of a service',
  description:
    'The settings as they were, without secrets and keys; with `diff`, the changes from another ' +
    'revision.',
  right: 'view_service',
  params: RevisionPath,
  query: DiffQuery,
  response: RevisionResponse,
  async handle({ params, query }, context) {
    const revised = await revisedService(context)
    return showRevision(context, revised, params.revision, query.diff)
  },
})

export const serviceRevisionRestore = defineEndpoint({
  operationId: 'service_revision_restore_api',
  audits: 'service.updated',
  method: 'post',
  path: '/api/{serviceId}/service/revisions/{revision}/restore',
  tag,
  summary: 'Bring back the settings of a revision',
  description:
    'Saves the settings of the revision with the checks of an update, as a new revision. Secrets ' +
    'and keys stay as they are; a setting that names a removed key does, too.',
  right: 'modify_service',
  condition: 'If-Match',
  params: RevisionPath,
  response: Service.and(ReplacedMembers),
  async handle({ params: { revision } }, context) {
    const { settings } = await settingsAt(context, await revisedService(context), revision)
    const restored = (current: Service) => ({
      document: restoredService(settings, current),
      ignored: [],
    })
    return replaceService(context, restored, false, revision)
  },
})
