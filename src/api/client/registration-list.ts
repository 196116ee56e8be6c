/** Lists the clients that registered themselves, as metadata that may be published. */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { clamp, Page } from '../../http/page.ts'
import { json } from '../../http/relay.ts'
import { writeExact } from '../../model/exact-json.ts'
import { requireRegistration } from '../../oauth/registration/dynamic.ts'
import { publicMetadata } from '../../oauth/registration/response.ts'
import { errorBody } from '../../refusal.ts'
import { clientOf } from '../../store/configuration.ts'
import { action, field } from '../fields.ts'

const RegistrationListRequest = Page.meta({ id: 'client_registration_list_request' })

const RegistrationListResponse = z
  .object({
    action: action('OK', 'BAD_REQUEST'),
    responseContent: field.responseContent,
    start: z.int().optional().describe('Index of the first client.'),
    end: z.int().optional().describe('Index after the last requested client.'),
    totalCount: z.int().optional().describe('Number of all clients that registered themselves.'),
  })
  .meta({ id: 'client_registration_list_response' })

export const registrationList = defineEndpoint({
  operationId: 'client_registration_list_api',
  method: 'post',
  path: '/api/{serviceId}/client/registration/list',
  tag: 'Dynamic Client Registration',
  summary: 'List the clients that registered themselves',
  description:
    'Returns the registered metadata of a page of clients as a JSON array, in the order in which ' +
    'they registered, without secrets and tokens. The frontend decides who may see the list.',
  right: 'use_service',
  body: RegistrationListRequest,
  form: true,
  response: RegistrationListResponse,
  relay: { OK: json(200), BAD_REQUEST: json(400) },
  results: { OK: { code: 'P089901', message: 'The clients are listed.' } },
  async handle({ body }, { service, store }) {
    requireRegistration(service)
    const { start, end } = clamp(body)
    const page = { start, end, registeredThemselves: true }
    const { rows, total } = await store.clients.list(service.apiKey, page)
    const metadata = rows.map((row) => publicMetadata(clientOf(row)))
    return {
      action: 'OK',
      responseContent: writeExact(metadata),
      start,
      end,
      totalCount: total,
    }
  },
  refuse: ({ rule }, { service }) => ({
    action: 'BAD_REQUEST',
    responseContent: errorBody(rule, service),
  }),
})
