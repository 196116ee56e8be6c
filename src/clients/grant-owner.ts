/** The clients of tokens, and of token requests without a client id. */
import type { ServiceContext } from '../context.ts'
import { type Client, StoredClient } from '../model/client/client.ts'
import type { Parameters } from '../oauth/parameters.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import type { AuthenticatedClient } from './authenticate.ts'

/** The client id of the code or token; undefined unless `missingClientIdAllowed` is set. */
export async function clientOfGrant(parameters: Parameters, { service, store }: ServiceContext) {
  if (!service.missingClientIdAllowed) return undefined
  const code = parameters.get('code')
  const refreshToken = parameters.get('refresh_token')
  const deviceCode = parameters.get('device_code')
  if (code !== undefined) return (await store.codes.find(service.apiKey, tokenHash(code)))?.clientId
  if (refreshToken !== undefined) {
    return (await store.refreshTokens.find(service.apiKey, tokenHash(refreshToken)))?.clientId
  }
  if (deviceCode === undefined) return undefined
  return (await store.deviceCodes.find(service.apiKey, tokenHash(deviceCode)))?.clientId
}

/**
 * The client of tokens that were issued without one, OpenID4VCI §6.1. It is built in: it has no
 * row, no request can name it, and no management operation finds it.
 */
const anonymousClient: Client = StoredClient.parse({
  number: 0,
  clientId: 0,
  clientType: 'PUBLIC',
  tokenAuthMethod: 'NONE',
  createdAt: 0,
  modifiedAt: 0,
})

export const isAnonymousClient = ({ clientId }: { clientId: number }): boolean =>
  clientId === anonymousClient.clientId

/** The client of a request without one. */
export const anonymousRequester = (): AuthenticatedClient => ({
  client: anonymousClient,
  namedBy: 'id',
  clientAuthMethod: 'NONE',
  writes: [],
})

/** The client of a token. */
export const clientOfToken = (
  { service, documents }: Pick<ServiceContext, 'service' | 'documents'>,
  row: { clientId: number },
): Promise<Client | undefined> =>
  isAnonymousClient(row)
    ? Promise.resolve(anonymousClient)
    : documents.client(service.apiKey, row.clientId)
