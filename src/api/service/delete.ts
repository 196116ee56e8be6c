/** Deletes a service and all its data. */
import { z } from 'zod'
import { authorizeForService, serviceUnknown } from '../../caller.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { refuseCaller } from '../../refusal.ts'
import { Address } from '../../services/api-token.ts'

const about = { tag: 'Service Management', right: 'delete_service' } as const

export const serviceDelete = defineEndpoint({
  ...about,
  operationId: 'service_delete_api',
  method: 'delete',
  path: '/api/{serviceId}/service/delete',
  summary: 'Delete a service',
  description: 'Deletes the service with its clients, tokens and all other data, irrevocably.',
  response: undefined,
  async handle(_request, { service, store }) {
    await store.commit(...store.services.delete(service.apiKey))
    return undefined
  },
})

export const organizationServiceDelete = defineEndpoint({
  ...about,
  operationId: 'organization_service_delete_api',
  method: 'post',
  path: '/api/service/remove',
  ofAnyService: true,
  summary: 'Delete a service of an organization',
  description:
    'The same as deleting the service by its path, for tools that specify an organization.',
  body: z
    .object({
      ...Address,
      serviceId: z.coerce.number().int().min(1).describe('API key of the service.'),
    })
    .meta({ id: 'organization_service_delete_request' }),
  response: undefined,
  async handle({ body: { serviceId } }, { store, documents, caller }) {
    authorizeForService(caller, serviceId)
    if (!(await documents.service(serviceId))) refuseCaller(serviceUnknown)
    await store.commit(...store.services.delete(serviceId))
    return undefined
  },
})
