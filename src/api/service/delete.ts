/** Deletes a service and all its data. */
import { z } from 'zod'
import { recordOf } from '../../audit/record.ts'
import { authorizeForService, serviceUnknown } from '../../caller.ts'
import { type Context, processTime } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { refuseCaller } from '../../refusal.ts'
import { Address } from '../../services/api-token.ts'
import { requireFileless } from '../../services/configuration/strict.ts'
import { expectedVersion } from '../../services/precondition.ts'

const about = {
  tag: 'Service Management',
  right: 'delete_service',
  audits: 'service.deleted',
  condition: 'If-Match',
} as const

/** The audit log of the service stays. */
const deletionOf = (context: Context, serviceId: number) => [
  ...expectedVersion(context, (versions) =>
    context.store.services.requireVersion(serviceId, versions),
  ),
  ...context.store.services.delete(serviceId, processTime(context)),
  ...recordOf(context, { serviceId, target: { kind: 'service', id: serviceId } }),
]

export const serviceDelete = defineEndpoint({
  ...about,
  operationId: 'service_delete_api',
  method: 'delete',
  path: '/api/{serviceId}/service/delete',
  summary: 'Delete a service',
  description:
    'Deletes the service with its clients, tokens and all other data, irrevocably. Its audit log stays ' +
    'until it is old.',
  response: undefined,
  async handle(_request, context) {
    requireFileless(context.service)
    await context.store.commit(...deletionOf(context, context.service.apiKey))
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
  async handle({ body: { serviceId } }, context) {
    const { store, documents, caller } = context
    authorizeForService(caller, serviceId)
    const service = await documents.service(serviceId)
    if (!service) refuseCaller(serviceUnknown)
    requireFileless(service)
    await store.commit(...deletionOf(context, serviceId))
    return undefined
  },
})
