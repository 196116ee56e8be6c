/** Searches the clients of a service. */
import { z } from 'zod'
import { linkNext, nextField, searchOf, searchQuery } from '../http/call/search.ts'
import { defineEndpoint } from '../http/endpoint.ts'
import { Client } from '../model/client/client.ts'
import { ApplicationType, ClientAuthMethod, ClientSource, ClientType } from '../model/enums.ts'
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

const yesOrNo = z.enum(['true', 'false']).transform((text) => text === 'true')

const Filters = z.object({
  clientType: ClientType.optional().describe('Only clients of this type.'),
  applicationType: ApplicationType.optional().describe('Only clients of this application type.'),
  clientSource: ClientSource.optional().describe('Only clients that were created so.'),
  tokenAuthMethod: ClientAuthMethod.optional().describe(
    'Only clients that authenticate so at the token endpoint.',
  ),
  locked: yesOrNo.optional().describe('Only clients that are locked, or only those that are not.'),
  unusedSince: z.coerce
    .number()
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe(
      'Only clients that were not used since then, in milliseconds since the epoch: see `lastUsedAt`.',
    ),
})

function filtersOf({ unusedSince, ...query }: z.output<typeof Filters>) {
  const { clientType, applicationType, clientSource, tokenAuthMethod, locked } = query
  const traits = { clientType, applicationType, clientSource, tokenAuthMethod, locked }
  return { traits, unusedSince }
}

export const clientSearch = defineEndpoint({
  operationId: 'client_search_api',
  method: 'get',
  path: '/api/{serviceId}/clients',
  tag: 'Client Management',
  summary: 'Search clients',
  description:
    'Summaries of the clients of the service, in the order of their names. With `query`, first the ' +
    'clients with this number or alias, then those whose names begin so, then those whose first ' +
    'redirect URIs do; with `match=substring`, then those that have it within one of these.',
  right: 'view_client',
  isLinked: true,
  query: searchQuery(
    'A client ID or alias, or the beginning of a name or of the first redirect URI, with or ' +
      'without its scheme.',
  ).extend(Filters.shape),
  response: z
    .object({ clients: z.array(ClientItem).describe('The clients.'), next: nextField })
    .meta({ id: 'client_search_response' }),
  results: { OK: { code: 'P141902', message: 'The clients are listed.' } },
  async handle({ query }, context) {
    const { apiKey } = context.service
    const search = { ...searchOf(query), ...filtersOf(query) }
    const { rows, next } = await context.store.summaries.clients(apiKey, search)
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
