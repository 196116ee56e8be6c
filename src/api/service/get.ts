/** Returns a service. */
import { defineEndpoint } from '../../http/endpoint.ts'
import { Service } from '../../model/service/service.ts'
import { visibleService } from '../../services/describe.ts'

export const serviceGet = defineEndpoint({
  operationId: 'service_get_api',
  method: 'get',
  path: '/api/{serviceId}/service/get',
  tag: 'Service Management',
  summary: 'Get a service',
  description:
    'The response has secrets and private keys only if the caller has the right `modify_service`.',
  right: 'view_service',
  response: Service,
  handle: async (_request, { service, caller }) => visibleService(service, caller),
})
