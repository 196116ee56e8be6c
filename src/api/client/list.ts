/** Lists the clients of a service. */

import { z } from 'zod'
import { visibleClient } from '../../clients/describe.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { clamp, Page } from '../../http/page.ts'
import { Client } from '../../model/client/client.ts'
import { clientOf } from '../../store/configuration.ts'
import { field } from '../fields.ts'

const ClientList = z
  .object({
    start: field.start,
    end: field.end,
    totalCount: z.int().describe('Number of clients.'),
    developer: field.developerOfCall,
    clients: z.array(Client).describe('The clients, in the order in which they were created.'),
  })
  .meta({ id: 'client_get_list_response' })

export const clientList = defineEndpoint({
  operationId: 'client_get_list_api',
  method: 'get',
  path: '/api/{serviceId}/client/get/list',
  tag: 'Client Management',
  summary: 'List clients',
  description: 'All clients of the service, or those of one developer.',
  right: 'view_client',
  query: Page.extend({
    developer: field.developer,
  }),
  response: ClientList,
  async handle({ query }, context) {
    const { service, store } = context
    const { start, end } = clamp(query)
    const developer = query.developer || undefined
    const { rows, total } = await store.clients.list(service.apiKey, { start, end, developer })
    const clients = rows.map((row) => ({
      ...visibleClient(clientOf(row), context),
      lastUsedAt: row.lastUsedAt ?? undefined,
    }))
    return { start, end, totalCount: total, developer, clients }
  },
})
