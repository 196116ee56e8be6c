/** Finds the clients that depend on the keys for an algorithm. */
import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { dependingSettings } from '../../../oauth/keys/dependents.ts'
import { clientOf } from '../../../store/configuration.ts'
import { Algorithm, about } from './keys-schemas.ts'

const most = 100

const KeysClientsRequest = z
  .object({
    alg: Algorithm,
    start: z.int().min(0).default(0).describe('Where to begin in the list of all clients.'),
    limit: z.int().min(1).max(most).default(most).describe('How many clients to look at.'),
  })
  .meta({ id: 'service_keys_clients_request' })

const KeysClientsResponse = z
  .object({
    clients: z
      .array(
        z.object({
          clientId: z.int().describe('The ID of the client.'),
          clientName: z.string().optional().describe('The name of the client.'),
          settings: z.array(z.string()).describe('The properties that name the algorithm.'),
        }),
      )
      .describe('The clients that depend on it, in the order in which they were created.'),
    checked: z.int().describe('How many clients this call looked at.'),
    totalCount: z.int().describe('Number of clients.'),
    next: z.int().optional().describe('The `start` of the next call; absent after the last.'),
  })
  .meta({ id: 'service_keys_clients_response' })

export const keysClients = defineEndpoint({
  ...about,
  operationId: 'service_keys_clients_api',
  method: 'post',
  path: '/api/{serviceId}/service/keys/clients',
  summary: 'Find clients that depend on keys',
  description:
    'The clients whose settings name the algorithm for what the service signs for them, or for what ' +
    'they encrypt to it: these must know the new key before a rotation ends the former one. Call it ' +
    'with `next` until that is absent.',
  right: 'view_service',
  body: KeysClientsRequest,
  response: KeysClientsResponse,
  results: { OK: { code: 'P158903', message: 'The clients are listed.' } },
  async handle({ body: { alg, start, limit } }, { service, store }) {
    const { rows, total } = await store.clients.list(service.apiKey, { start, end: start + limit })
    const clients = rows.flatMap((row) => {
      const client = clientOf(row)
      const settings = dependingSettings(client, alg)
      const { clientId, clientName } = client
      return settings.length > 0 ? [{ clientId, clientName, settings }] : []
    })
    const end = start + rows.length
    const next = rows.length > 0 && end < total ? end : undefined
    return { clients, checked: rows.length, totalCount: total, next }
  },
})
