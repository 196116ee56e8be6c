/** The settings of a revision of a client, with its present secrets and keys. */
import { authorizeForClient } from '../../caller.ts'
import type { ServiceContext } from '../../context.ts'
import { type Client, ClientDocument } from '../../model/client/client.ts'
import { isNumericId } from '../../model/primitives.ts'
import { withRemovals } from '../../oauth/logout/kept-properties.ts'
import { refuseCaller } from '../../refusal.ts'
import { documentName, type Revised } from '../../services/revisions.ts'
import { clientUnknown } from '../named.ts'

/** By number or alias; by number also a client that was deleted. */
export async function revisedClient(
  context: ServiceContext,
  identifier: string,
): Promise<Revised & { clientId: number }> {
  const { service, store, documents, caller } = context
  const { apiKey } = service
  const known = isNumericId(identifier)
    ? Number(identifier)
    : (await documents.clientByAlias(apiKey, identifier))?.clientId
  const byNumber = known === undefined ? undefined : await store.clients.find(apiKey, known)
  const byAlias = byNumber ? undefined : await documents.clientByAlias(apiKey, identifier)
  const clientId = byAlias?.clientId ?? known
  if (clientId === undefined) refuseCaller(clientUnknown)
  const row = byAlias ? await store.clients.find(apiKey, clientId) : byNumber
  const name = documentName(apiKey, 'client', clientId)
  const isKnown = row || (await store.revisions.list(name, { limit: 1 })).length > 0
  if (!isKnown) refuseCaller(clientUnknown)
  authorizeForClient(caller, clientId)
  return { clientId, name, row, parse: (settings) => ClientDocument.parse(settings) }
}

/** A lock is no setting: a client that was locked since stays locked. */
export function restoredClient(settings: Record<string, unknown>, current: Client): ClientDocument {
  const { jwks, locked } = current
  return withRemovals(ClientDocument.parse({ ...settings, jwks, locked }), current)
}
