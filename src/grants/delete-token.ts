/** The grant type `delete_token`: ends a refresh token like the revocation endpoint, RFC 7009. */
import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import { tokenToDelete } from '../oauth/grants/delete-token.ts'
import type { Parameters } from '../oauth/parameters.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import type { Write } from '../store/engine.ts'
import { findRefreshFamily } from '../tokens/refresh/former.ts'

interface DeletionRequest {
  client: Client
  parameters: Parameters
  /** The writes of the client authentication. */
  writes: Write[]
}

/**
 * Revokes the tokens of the grant, also if the refresh token was replaced. A token that is unknown
 * or of another client is ignored, RFC 7009 §2.2. Returns the content of the response.
 */
export async function deleteToken(
  { client, parameters, writes }: DeletionRequest,
  context: ServiceContext,
): Promise<string> {
  const { service, store } = context
  const serviceId = service.apiKey
  const token = tokenToDelete(parameters)
  const row = await findRefreshFamily(context, token, tokenHash(token))
  const endings =
    row?.clientId === client.clientId
      ? [
          store.refreshTokens.deleteFamily(serviceId, row.familyId),
          store.accessTokens.deleteFamily(serviceId, row.familyId),
        ]
      : []
  await store.commit(...writes, ...endings)
  return '{}'
}
