/** Storing a new client of a service. */
import { changesOf } from '../audit/changes.ts'
import { recordOf } from '../audit/record.ts'
import { firstRevision } from '../audit/revision.ts'
import { serviceUnknown } from '../caller.ts'
import type { ServiceContext } from '../context.ts'
import { type Client, ClientDocument, StoredClient } from '../model/client/client.ts'
import { saltBits, settledSecrets } from '../oauth/client-authentication/secret.ts'
import { clientsOfService } from '../oauth/service/quotas.ts'
import { CallerError, defineCallerRules, refuseCaller } from '../refusal.ts'
import { orRefuse, type Write } from '../store/engine.ts'
import { newIdentifier } from '../system/identifier.ts'
import { unshownOfClient } from './change.ts'
import type { rowOf } from './row.ts'

const { tooManyClients } = defineCallerRules('Quotas', {
  tooManyClients: {
    code: 'P166003',
    status: 409,
    message:
      'The service has as many clients as its quota allows (`ext.quota.clients`): delete one, or ' +
      'let the quota be raised.',
  },
})

/**
 * Stores a client with a new id and number, in one commit with its audit record and further writes,
 * which go first.
 * Returns it with its secret in clear.
 */
export async function storeNewClient(
  context: ServiceContext,
  {
    whole,
    secrets: given,
    ...row
  }: ReturnType<typeof rowOf> & { registrationHash?: string | undefined },
  writesFor: (client: Client) => Write[] = () => [],
  expiresAt?: number,
): Promise<Client> {
  const { service, store, system, now } = context
  const serviceId = service.apiKey
  const number = await store.counters.nextIfServiceExists(serviceId, 'client')
  if (number === undefined) refuseCaller(serviceUnknown)
  const taken = (identifier: number) => store.clients.version(serviceId, identifier)
  const clientId = await newIdentifier(system.random, taken)
  const secrets = settledSecrets(service, given, now, () => system.random.token(saltBits))
  const times = { createdAt: now, modifiedAt: now }
  const client = { serviceId, clientId, number, ...row, secrets, ...times, expiresAt }
  const write = store.clients.insertIfServiceExists(client)
  const record = recordOf(context, {
    target: { kind: 'client', id: clientId },
    changes: changesOf(ClientDocument.parse({}), ClientDocument.parse(whole), unshownOfClient),
  })
  // A client that came by itself gets a revision with its first change.
  const name = { serviceId, kind: 'client', documentId: clientId } as const
  const revision = expiresAt === undefined ? [firstRevision(context, name)] : []
  const guarded = orRefuse(write, new CallerError(serviceUnknown))
  const created = StoredClient.parse({ ...whole, number, clientId, ...times })
  await store.commit(...writesFor(created), guarded, ...record, ...revision)
  return created
}

/** Goes before the insert of a client, in its commit: of two for the last place one succeeds. */
export function requireClientQuota({ service, store }: ServiceContext): Write[] {
  const most = clientsOfService.read(service)
  if (most === undefined) return []
  const full = new CallerError(tooManyClients)
  return store.expiringClients.requireRoom(service.apiKey, 'any', most, full)
}
