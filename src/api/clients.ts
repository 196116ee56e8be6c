/** Searches the clients of a service. */
import { z } from 'zod'
import { linkNext, nextField, searchOf, searchQuery } from '../http/call/search.ts'
import { defineEndpoint } from '../http/endpoint.ts'
import { Client } from '../model/client/client.ts'
import { clientLabels } from '../oauth/labels.ts'
import { summary } from './summary-fields.ts'

const { clientId, number, clientIdAlias, clientType, clientSource } = Client.shape
const { createdAt, modifiedAt, lastUsedAt } = Client.shape

const ClientItem = z
  .object({
    clientId,
    number,
    clientIdAlias,
    clientName: summary.name.describe('The display name of the client.'),
    clientType,
    clientSource,
    locked: z.boolean().describe('Whether the client is locked.'),
    labels: summary.labels.describe(clientLabels.effect),
    key: summary.key.describe('The key of the client: the attribute `ext.config.key`.'),
    createdAt,
    modifiedAt,
    lastUsedAt,
    version: summary.version,
  })
  .meta({ id: 'client_summary' })
type ClientItem = z.output<typeof ClientItem>

export const clientSearch = defineEndpoint({
  operationId: 'client_search_api',
  method: 'get',
  path: '/api/{serviceId}/clients',
  tag: 'Client Management',
  summary: 'Search clients',
  description:
    'Summaries of the clients of the service, in the order of their names. With `query`, first the ' +
    'clients with this number or alias, then those whose names begin so, then those whose first ' +
    'redirect URIs do.',
  right: 'view_client',
  isLinked: true,
  query: searchQuery(
    'A client ID or alias, or the beginning of a name or of the first redirect URI, with or ' +
      'without its scheme.',
  ),
  response: z
    .object({ clients: z.array(ClientItem).describe('The clients.'), next: nextField })
    .meta({ id: 'client_search_response' }),
  results: { OK: { code: 'P141902', message: 'The clients are listed.' } },
  async handle({ query }, context) {
    const { apiKey } = context.service
    const { rows, next } = await context.store.summaries.clients(apiKey, searchOf(query))
    const clients = rows.map(({ summary: shown, ...row }) => ({
      clientId: row.clientId,
      number: row.number,
      clientIdAlias: row.alias ?? undefined,
      clientName: shown.clientName ?? undefined,
      clientType: (shown.clientType ?? undefined) as ClientItem['clientType'],
      clientSource: (shown.clientSource ?? undefined) as ClientItem['clientSource'],
      locked: shown.locked ?? false,
      labels: shown.labels ?? undefined,
      key: shown.key ?? undefined,
      createdAt: row.createdAt,
      modifiedAt: row.modifiedAt,
      lastUsedAt: row.lastUsedAt ?? undefined,
      version: row.version,
    }))
    return { clients, next: linkNext(context, `/api/${apiKey}/clients`, query, next) }
  },
})
