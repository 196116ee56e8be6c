/** Token responses and token types, RFC 6749 §5.1. */
import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import { writeExact } from '../model/exact-json.ts'
import { type Grant, propertyMembers } from '../model/grant.ts'
import { detailsWithDatasets } from '../oauth/vci/details.ts'
import type { IssuedAccessToken } from './access-token.ts'
import { encryptedValues } from './encryption.ts'
import { tokenNonceMembers } from './userinfo-vc/token-nonce.ts'

/**
 * A token response, RFC 6749 §5.1, with the properties that are not hidden. It has encrypted tokens
 * if the client gets them so. A token exchange names the type of the issued token, RFC 8693 §2.2.1.
 */
export async function tokenResponse(
  context: ServiceContext,
  client: Client,
  tokens: Pick<IssuedAccessToken, 'accessToken' | 'accessTokenDuration' | 'grant'> & {
    refreshToken?: string
  },
  idToken: string | undefined,
  issuedTokenType?: string,
): Promise<string> {
  const { accessTokenDuration, grant } = tokens
  const encrypted = await encryptedValues(context, client, tokens)
  const { accessToken = tokens.accessToken, refreshToken = tokens.refreshToken } = encrypted
  const visible = grant.properties.filter(({ hidden }) => !hidden)
  return writeExact({
    ...propertyMembers(visible),
    access_token: accessToken,
    ...(issuedTokenType === undefined ? {} : { issued_token_type: issuedTokenType }),
    token_type: tokenTypeOf(context.service, grant),
    ...(accessTokenDuration > 0 ? { expires_in: accessTokenDuration } : {}),
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    // RFC 6749 §5.1: without scope, all requested scopes would count as granted.
    scope: grant.scopes.join(' '),
    ...(idToken === undefined ? {} : { id_token: idToken }),
    ...detailsWithDatasets(context.service, grant),
    ...tokenNonceMembers(context, tokens.accessToken, grant.scopes),
    ...(grant.grantId === undefined ? {} : { grant_id: grant.grantId }),
  })
}

/**
 * The type of a token, RFC 6749 §7.1: `DPoP` for a token bound to a key, else the setting of the
 * service.
 */
export const tokenTypeOf = (service: { accessTokenType?: string | undefined }, grant: Grant) =>
  grant.dpopThumbprint ? 'DPoP' : service.accessTokenType || 'Bearer'
