/** One change of a client's document, whatever else it holds. */
import type { ServiceContext } from '../../grants/grant-request.ts'
import { type Client, ClientDocument, clientSecrets } from '../../model/client.ts'
import { CallerError } from '../../refusal.ts'
import { orRefuse } from '../../store/store.ts'
import { separate } from '../separate.ts'
import { clientUnknown } from './named-client.ts'

/** Writes the client with some properties changed. */
export async function changeClient(
  { service, store, now }: ServiceContext,
  client: Client,
  changes: Partial<Client>,
): Promise<void> {
  const { clientSecret, clientSource, dynamicallyRegistered, derivedSectorIdentifier } = client
  const kept = { clientSecret, clientSource, dynamicallyRegistered, derivedSectorIdentifier }
  const document = { ...ClientDocument.parse(client), ...kept, ...changes }
  const write = store.clients.update(service.apiKey, client.clientId, {
    alias: client.clientIdAlias || undefined,
    developer: client.developer || undefined,
    ...separate(document, clientSecrets),
    modifiedAt: now,
  })
  await store.commit(orRefuse(write, new CallerError(clientUnknown)))
}
