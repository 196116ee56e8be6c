/** Lists the services that the caller may read. */
import { z } from 'zod'
import { changesOf } from '../../audit/changes.ts'
import { recordRead } from '../../audit/read.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { clamp, Page } from '../../http/page.ts'
import { Service } from '../../model/service/service.ts'
import { showsPrivateKeys, visibleService } from '../../services/describe.ts'
import { serviceOf } from '../../store/configuration.ts'

const ServiceList = z
  .object({
    start: z.int().describe('Index of the first service.'),
    end: z.int().describe('Index after the last requested service.'),
    totalCount: z.int().describe('Number of services that the caller may read.'),
    services: z.array(Service).describe('The services, in the order in which they were created.'),
  })
  .meta({ id: 'service_get_list_response' })

export const serviceList = defineEndpoint({
  operationId: 'service_get_list_api',
  audits: 'private_keys.read',
  method: 'get',
  path: '/api/service/get/list',
  tag: 'Service Management',
  summary: 'List services',
  description: 'All services, or only the service that the API token is limited to.',
  right: 'view_service',
  ofAnyService: true,
  query: Page,
  response: ServiceList,
  async handle({ query }, context) {
    const { store, caller, now } = context
    const { start, end } = clamp(query)
    const ids = caller.serviceId === undefined ? undefined : [caller.serviceId]
    const { rows, total } = await store.services.list({ start, end, ids })
    const listed = rows.map((row) => serviceOf(row, now + row.ahead))
    const shown = listed.filter((service) => showsPrivateKeys(service, caller))
    if (shown.length > 0) {
      const after = shown.map(({ apiKey }) => apiKey)
      await recordRead(context, {
        serviceId: caller.serviceId ?? 0,
        target: { kind: 'installation', id: 'services' },
        changes: changesOf({}, { services: after }),
      })
    }
    const services = listed.map((service) => visibleService(service, caller))
    return { start, end, totalCount: total, services }
  },
})
