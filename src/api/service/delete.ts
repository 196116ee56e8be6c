/** A service ends, with everything in it. */
import { defineEndpoint } from '../../http/endpoint.ts'

export const serviceDelete = defineEndpoint({
  operationId: 'service_delete_api',
  method: 'delete',
  path: '/api/{serviceId}/service/delete',
  tag: 'Service Management',
  summary: 'Delete a service',
  description: 'Its clients, tokens and everything else of it go with it, at once and for good.',
  right: 'delete_service',
  response: undefined,
  async handle(_request, { service, store }) {
    await store.commit(...store.services.delete(service.apiKey))
    return undefined
  },
})
