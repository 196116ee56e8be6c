/**
 * Changes of an existing client by optimistic locking: a change is retried from the newest row if
 * another one was faster.
 */
import type { ServiceContext } from '../context.ts'
import { type Client, ClientDocument, clientSecrets } from '../model/client/client.ts'
import { splitSecrets } from '../model/split-secrets.ts'
import { refuseCaller } from '../refusal.ts'
import { clientOf } from '../store/configuration.ts'
import { orRefuse } from '../store/engine.ts'
import { clientUnknown } from './named.ts'

interface ClientWrite {
  alias: string | undefined
  developer: string | undefined
  softwareId: string | undefined
  data: Record<string, unknown>
  secrets: Record<string, unknown>
  /** The new expiry if the client itself made the change. A change by a caller removes it. */
  expiresAt?: number
}

/** One writer wins each round, so losing this many means that something is wrong. */
const rounds = 100

/**
 * Rewrites a client without losing concurrent changes. Returns the client before the change.
 */
export async function rewriteClient(
  { service, store, now }: ServiceContext,
  clientId: number,
  rewrite: (current: Client) => Promise<ClientWrite>,
): Promise<Client> {
  const lost = new Error('The client was changed concurrently in every attempt.')
  for (let round = 1; ; round++) {
    const row = await store.clients.find(service.apiKey, clientId)
    if (!row) refuseCaller(clientUnknown)
    const current = clientOf(row)
    const changes = { ...(await rewrite(current)), modifiedAt: now }
    const write = store.clients.update(service.apiKey, clientId, changes, row.version)
    try {
      await store.commit(orRefuse(write, lost))
      return current
    } catch (error) {
      if (error !== lost || round === rounds) throw error
    }
  }
}

/**
 * Changes some properties of a client and keeps all others. `expiresAt` as for `rewriteClient`.
 */
export const changeClient = (
  context: ServiceContext,
  client: Client,
  changes: (current: Client) => Partial<Client>,
  expiresAt?: number,
): Promise<Client> =>
  rewriteClient(context, client.clientId, async (current) => {
    const { clientSecret, dynamicallyRegistered, derivedSectorIdentifier } = current
    const kept = { clientSecret, dynamicallyRegistered, derivedSectorIdentifier }
    const document = { ...ClientDocument.parse(current), ...kept, ...changes(current) }
    return {
      alias: current.clientIdAlias || undefined,
      developer: current.developer || undefined,
      softwareId: document.softwareId || undefined,
      ...splitSecrets(document, clientSecrets),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    }
  })
