/** Nonces of token responses, for proofs of a credential of UserInfo: UserInfo VC §5. */
import { sealedTime } from '../../clients/sealed-time.ts'
import type { ServiceContext } from '../../context.ts'
import { effectiveSeconds } from '../../oauth/duration.ts'
import { tokenHash } from '../../oauth/tokens/access-token.ts'
import { credentialScopes, offersUserInfoCredentials } from '../../oauth/userinfo-vc/settings.ts'

const nonces = sealedTime('userinfo_credential_nonce')

export interface TokenNonce {
  nonce: string
  expiresIn: number
}

/** A nonce that is bound to an access token, by the hash of the token. */
export const makeTokenNonce = (context: ServiceContext, hash: string): TokenNonce => ({
  nonce: nonces.make(context, hash),
  expiresIn: effectiveSeconds(context.service, 'cnonceDuration'),
})

export const isGoodTokenNonce = (context: ServiceContext, nonce: string, hash: string): boolean =>
  nonces.isFresh(context, nonce, effectiveSeconds(context.service, 'cnonceDuration'), hash)

/** The members of a token response, if the token may obtain the credential. */
export function tokenNonceMembers(
  context: ServiceContext,
  accessToken: string,
  scopes: readonly string[],
): Record<string, unknown> {
  if (!offersUserInfoCredentials(context.service)) return {}
  if (!credentialScopes.every((scope) => scopes.includes(scope))) return {}
  const { nonce, expiresIn } = makeTokenNonce(context, tokenHash(accessToken))
  return { c_nonce_draft_00: nonce, c_nonce_expires_in_draft_00: expiresIn }
}
