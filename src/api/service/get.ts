/** Returns a service. */
import { recordRead } from '../../audit/read.ts'
import { noteField } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { notModified } from '../../http/response.ts'
import { Service } from '../../model/service/service.ts'
import { showsPrivateKeys, visibleService } from '../../services/describe.ts'
import { serviceTag } from '../../services/entity-tag.ts'

export const serviceGet = defineEndpoint({
  operationId: 'service_get_api',
  audits: 'private_keys.read',
  method: 'get',
  path: '/api/{serviceId}/service/get',
  tag: 'Service Management',
  summary: 'Get a service',
  description:
    'The response has secrets and private keys only if the caller has the right `modify_service`.',
  right: 'view_service',
  condition: 'If-None-Match',
  response: Service,
  async handle(_request, context) {
    const { service, caller, call } = context
    const tag = serviceTag(service, caller)
    if (call.knows(tag)) return notModified(tag)
    if (showsPrivateKeys(service, caller)) {
      await recordRead(context, { target: { kind: 'service', id: service.apiKey } })
    }
    noteField(context, 'ETag', tag)
    return visibleService(service, caller)
  },
})
