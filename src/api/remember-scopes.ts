/** What a user has granted to a client, kept for the caller to ask about later. */
import type { ServiceContext } from '../grants/grant-request.ts'
import type { Client } from '../model/client.ts'
import type { Grant } from '../model/grant.ts'
import type { Write } from '../store/store.ts'

export async function rememberScopes(
  { service, store, now }: ServiceContext,
  client: Client,
  subject: string,
  { scopes }: Grant,
): Promise<Write> {
  const owner = { serviceId: service.apiKey, clientId: client.clientId, subject }
  const known = await store.grantedScopes.find(owner.serviceId, owner.clientId, subject)
  const merged = [...new Set([...(known?.data.merged ?? []), ...scopes])]
  return store.grantedScopes.upsert({ ...owner, modifiedAt: now, data: { latest: scopes, merged } })
}
