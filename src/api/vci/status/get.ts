/** A Status List Token, for the frontend to publish: Token Status List §8.1. */
import { z } from 'zod'
import { statusToken } from '../../../credentials/status-token.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { refuseAs } from '../../../http/refuse-as.ts'
import { json, jwtDocument, nothing } from '../../../http/relay.ts'
import { statusSettings } from '../../../oauth/vci/status-settings.ts'
import { defineCallerRules, refuseCaller } from '../../../refusal.ts'
import { action, field } from '../../fields.ts'

const rules = defineCallerRules('Status list', {
  nothingNamed: {
    code: 'P131001',
    status: 400,
    message: 'The call must contain either uri or list.',
  },
})

const StatusGetRequest = z
  .object({
    uri: z.string().max(2_048).optional().describe('The URL of the status list.'),
    list: z.int().min(1).max(999_999_999).optional().describe('The number of the status list.'),
  })
  .meta({ id: 'vci_status_get_request' })

const StatusGetResponse = z
  .object({
    action: action('OK', 'NOT_FOUND', 'INTERNAL_SERVER_ERROR'),
    responseContent: field.clientResponse,
    contentType: z.string().optional().describe('The media type of `responseContent`.'),
    maxAge: z
      .int()
      .optional()
      .describe('For how many seconds the frontend and its caches may keep the response.'),
    cacheControl: z.string().optional().describe('The same, as the header Cache-Control.'),
  })
  .meta({ id: 'vci_status_get_response' })

const contentType = 'application/statuslist+jwt'

export const statusGet = defineEndpoint({
  operationId: 'vci_status_get_api',
  method: 'post',
  path: '/api/{serviceId}/vci/status/get',
  tag: 'Verifiable Credential Issuer',
  summary: 'Get a status list',
  description:
    'Returns the signed status list with this URL or number, which the frontend publishes at the ' +
    'URL. The list contains the status of each credential at its place, and nothing else about it.',
  right: 'use_service',
  body: StatusGetRequest,
  response: StatusGetResponse,
  relay: {
    OK: jwtDocument(contentType),
    NOT_FOUND: nothing(404),
    INTERNAL_SERVER_ERROR: json(500),
  },
  results: {
    OK: { code: 'P131901', message: 'The status list is signed.' },
    NOT_FOUND: { code: 'P131902', message: 'The service has no such status list.' },
  },
  async handle({ body }, context) {
    const { service, store } = context
    const { uri, list: number } = body
    if ((uri === undefined) === (number === undefined)) refuseCaller(rules.nothingNamed)
    const settings = statusSettings(service)
    const list = number ?? settings?.listOf(uri ?? '')
    const row = list === undefined ? undefined : await store.statusLists.find(service.apiKey, list)
    if (!settings || !row) return { action: 'NOT_FOUND' }
    const { token, maxAgeSeconds } = await statusToken(context, settings, row)
    return {
      action: 'OK',
      responseContent: token,
      contentType,
      maxAge: maxAgeSeconds,
      cacheControl: `public, max-age=${maxAgeSeconds}`,
    }
  },
  refuse: refuseAs({ otherwise: 'INTERNAL_SERVER_ERROR' }),
})
