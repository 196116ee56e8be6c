/**
 * Changes of a client that exists: made from its newest row, and made again when another was
 * faster.
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
  data: Record<string, unknown>
  secrets: Record<string, unknown>
  /** Given where the client itself made the change: others vouch for it by theirs. */
  expiresAt?: number
}

/** Somebody wins each round, so that this many are lost only when something is wrong. */
const rounds = 100

/**
 * Nothing that a concurrent call changed is lost: a new secret, a lock. Returns the client as it
 * was.
 */
export async function rewriteClient(
  { service, store, now }: ServiceContext,
  clientId: number,
  rewrite: (current: Client) => Promise<ClientWrite>,
): Promise<Client> {
  const lost = new Error('The client was changed by other calls all the time.')
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

/** Some properties change, and whatever else the client has stays. */
export const changeClient = (
  context: ServiceContext,
  client: Client,
  changes: (current: Client) => Partial<Client>,
): Promise<Client> =>
  rewriteClient(context, client.clientId, async (current) => {
    const { clientSecret, dynamicallyRegistered, derivedSectorIdentifier } = current
    const kept = { clientSecret, dynamicallyRegistered, derivedSectorIdentifier }
    const document = { ...ClientDocument.parse(current), ...kept, ...changes(current) }
    return {
      alias: current.clientIdAlias || undefined,
      developer: current.developer || undefined,
      ...splitSecrets(document, clientSecrets),
    }
  })
