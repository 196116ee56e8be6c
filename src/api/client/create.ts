/** A new client of a service. */

import { serviceUnknown } from '../../caller.ts'
import { clientRow, refuseAliasConflict, type rowOf } from '../../clients/row.ts'
import type { ServiceContext } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { Client, ClientDocument } from '../../model/client.ts'
import { findClientWarnings } from '../../oauth/settings-warnings.ts'
import { CallerError, refuseCaller } from '../../refusal.ts'
import { CreatedMembers, warningsOf } from '../../services/saved-document.ts'
import { orRefuse, type Write } from '../../store/store.ts'
import { newIdentifier } from '../../system/identifier.ts'

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
  response: Client.and(CreatedMembers),
  async handle({ body, ignored }, context) {
    const made = {
      clientSecret: context.system.random.token(secretBits),
      clientSource: body.clientSource ?? 'STATIC_REGISTRATION',
    }
    const row = await clientRow(context, body, made as Partial<Client>)
    const warnings = warningsOf(
      context,
      ignored,
      findClientWarnings(row.whole as Client, context.service),
    )
    const client = await storeNewClient(context, row).catch(refuseAliasConflict)
    return { ...client, serviceNumber: context.service.number, ...warnings }
  },
})

/** The client with its id and number, in one commit with whatever else has to hold. */
export async function storeNewClient(
  { service, store, system, now }: ServiceContext,
  { whole, ...row }: ReturnType<typeof rowOf>,
  writes: Write[] = [],
  expiresAt?: number,
): Promise<Client> {
  const serviceId = service.apiKey
  const number = await store.counters.nextIfServiceExists(serviceId, 'client')
  if (number === undefined) refuseCaller(serviceUnknown)
  const taken = (identifier: number) => store.clients.version(serviceId, identifier)
  const clientId = await newIdentifier(system.random, taken)
  const times = { createdAt: now, modifiedAt: now }
  const client = { serviceId, clientId, number, ...row, ...times, expiresAt }
  const write = store.clients.insertIfServiceExists(client)
  await store.commit(...writes, orRefuse(write, new CallerError(serviceUnknown)))
  return Client.parse({ ...whole, number, clientId, ...times })
}
