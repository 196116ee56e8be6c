/** Replaces the settings of a service as a whole. */
import { defineEndpoint } from '../../http/endpoint.ts'
import { Service, ServiceDocument } from '../../model/service/service.ts'
import { withKeptService } from '../../oauth/logout/kept-properties.ts'
import { replaceService } from '../../services/change.ts'
import { ReplacedMembers } from '../../services/saved-document.ts'

export const serviceUpdate = defineEndpoint({
  operationId: 'service_update_api',
  audits: 'service.updated',
  method: 'post',
  path: '/api/{serviceId}/service/update',
  tag: 'Service Management',
  summary: 'Update a service',
  description:
    'Replaces the whole document: properties that the call omits get their defaults. Read-only and ' +
    'unknown properties are ignored. Existing tokens stay unchanged.',
  right: 'modify_service',
  condition: 'If-Match',
  body: ServiceDocument,
  form: true,
  response: Service.and(ReplacedMembers),
  handle: ({ body, ignored }, context) =>
    replaceService(context, (current) => ({ document: withKeptService(body, current), ignored })),
})
