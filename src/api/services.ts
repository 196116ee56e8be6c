/** Searches the services that the caller may read. */
import { z } from 'zod'
import { linkNext, nextField, searchOf, searchQuery } from '../http/call/search.ts'
import { defineEndpoint } from '../http/endpoint.ts'
import { Service } from '../model/service/service.ts'
import { serviceLabels } from '../oauth/labels.ts'
import { summary } from './summary-fields.ts'

const { apiKey, number, createdAt, modifiedAt } = Service.shape

const ServiceItem = z
  .object({
    apiKey,
    number,
    serviceName: summary.name.describe('The display name of the service.'),
    issuer: summary.name.describe('The issuer identifier of the authorization server.'),
    labels: summary.labels.describe(serviceLabels.effect),
    key: summary.key.describe('The key of the service: the attribute `ext.config.key`.'),
    createdAt,
    modifiedAt,
    version: summary.version,
  })
  .meta({ id: 'service_summary' })

export const serviceSearch = defineEndpoint({
  operationId: 'service_search_api',
  method: 'get',
  path: '/api/services',
  tag: 'Service Management',
  summary: 'Search services',
  description:
    'Summaries of all services, or of the one that the API token is limited to, in the order of ' +
    'their names. With `query`, first the service with this API key, then those whose names begin ' +
    'so, then those whose issuers do; with `match=substring`, then those that have it within a ' +
    'name or an issuer. With `order=-changed`, all that is found in the order of changes instead.',
  right: 'view_service',
  ofAnyService: true,
  isLinked: true,
  query: searchQuery(
    'An API key, or the beginning of a name or of an issuer, with or without its scheme.',
  ).extend({
    order: z
      .enum(['name', '-changed'])
      .default('name')
      .describe('The order: by name, or by the last change, the newest first.'),
  }),
  response: z
    .object({ services: z.array(ServiceItem).describe('The services.'), next: nextField })
    .meta({ id: 'service_search_response' }),
  results: { OK: { code: 'P141901', message: 'The services are listed.' } },
  async handle({ query }, context) {
    const { rows, next } = await context.store.summaries.services(
      { ...searchOf(query), newestFirst: query.order === '-changed' },
      context.caller.serviceId,
    )
    const services = rows.map((row) => ({
      apiKey: row.serviceId,
      number: row.number,
      serviceName: row.summary.serviceName ?? undefined,
      issuer: row.summary.issuer ?? undefined,
      labels: row.summary.labels ?? undefined,
      key: row.summary.key ?? undefined,
      createdAt: row.createdAt,
      modifiedAt: row.modifiedAt,
      version: row.version,
    }))
    return { services, next: linkNext(context, '/api/services', query, next) }
  },
})
