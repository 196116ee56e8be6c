/** Storing a new client of a service. */
import { serviceUnknown } from '../caller.ts'
import type { ServiceContext } from '../context.ts'
import { Client } from '../model/client/client.ts'
import { CallerError, refuseCaller } from '../refusal.ts'
import { orRefuse, type Write } from '../store/engine.ts'
import { newIdentifier } from '../system/identifier.ts'
import type { rowOf } from './row.ts'

/** Stores a client with a new id and number, in one commit with further writes. */
export async function storeNewClient(
  { service, store, system, now }: ServiceContext,
  { whole, ...row }: ReturnType<typeof rowOf> & { registrationHash?: string | undefined },
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
