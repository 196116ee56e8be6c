/** Changes some settings of a service, and keeps all others. */
import { z } from 'zod'
import { PatchBody, patchedDocument } from '../../http/call/patch.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { Flag } from '../../http/flag.ts'
import { readOnlyMembers } from '../../model/configuration/unknown-members.ts'
import { Service, ServiceDocument } from '../../model/service/service.ts'
import { withKeptService } from '../../oauth/logout/kept-properties.ts'
import { replaceService } from '../../services/change.ts'
import { PatchedMembers } from '../../services/saved-document.ts'

const alsoKnown = readOnlyMembers(ServiceDocument, Service)

export const servicePatch = defineEndpoint({
  operationId: 'service_patch_api',
  audits: 'service.updated',
  method: 'patch',
  path: '/api/{serviceId}/service',
  tag: 'Service Management',
  summary: 'Change some settings of a service',
  description:
    'Applies a JSON Merge Patch (RFC 7396) or a JSON Patch (RFC 6902) to the settings, and saves ' +
    'them with the checks of the update. A property that is removed gets its default. Read-only ' +
    'and unknown properties have no effect.',
  right: 'modify_service',
  condition: 'If-Match',
  query: z.object({
    dryRun: Flag.describe('Whether the changes are only shown, and nothing is saved.'),
  }),
  body: PatchBody,
  response: Service.and(PatchedMembers),
  handle({ query, body }, context) {
    const { preferences } = context
    const patched = (current: Service) => {
      const settings = patchedDocument(ServiceDocument, current, body, { preferences, alsoKnown })
      const { document, ignored } = settings
      return { document: withKeptService(document, document as Service), ignored }
    }
    return replaceService(context, patched, query.dryRun)
  },
})
