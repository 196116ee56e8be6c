/** A new client of a service. */
import { defineEndpoint } from '../../http/endpoint.ts'
import { Client, ClientDocument } from '../../model/client.ts'
import { newIdentifier } from '../new-identifier.ts'
import { clientRow, refuseAliasConflict } from './client-write.ts'

/** As long as the longest key of a symmetric algorithm of JOSE, RFC 7518 §3.2. */
const secretBits = 512

export const clientCreate = defineEndpoint({
  operationId: 'client_create_api',
  method: 'post',
  path: '/api/{serviceId}/client/create',
  tag: 'Client Management',
  summary: 'Create a client',
  description:
    'The client gets an id and a secret. Properties that the call leaves out get their defaults; ' +
    'read-only and unknown ones are ignored.',
  right: 'create_client',
  body: ClientDocument,
  response: Client,
  async handle({ body }, context) {
    const { service, store, system, now } = context
    const serviceId = service.apiKey
    const made = {
      clientSecret: system.random.token(secretBits),
      clientSource: body.clientSource ?? 'STATIC_REGISTRATION',
    }
    const { whole, ...row } = await clientRow(context, body, made as Partial<Client>)
    const number = await store.counters.next(serviceId, 'client')
    const taken = (identifier: number) => store.clients.version(serviceId, identifier)
    const clientId = await newIdentifier(system.random, taken)
    const times = { createdAt: now, modifiedAt: now }
    await store
      .commit(store.clients.insert({ serviceId, clientId, number, ...row, ...times }))
      .catch(refuseAliasConflict)
    return Client.parse({ ...whole, number, serviceNumber: service.number, clientId, ...times })
  },
})
