/** Responses of token exchange with a JWT that is no access token, RFC 8693 §2.2.1. */
import type { ServiceContext } from '../../context.ts'
import { signJwt, type UnsignedJwt } from '../../jose/sign.ts'
import { writeExact } from '../../model/exact-json.ts'

interface Issued {
  issuedTokenType: string
  scopes: readonly string[]
  /** RFC 9396 §7. */
  details?: readonly object[]
  /** In seconds. */
  lifetime: number
}

/** Signs the JWT. Its `token_type` is N_A: it does not give access by itself. */
export async function signExchanged(
  { service, keys }: ServiceContext,
  unsigned: UnsignedJwt,
  issued: Issued,
): Promise<string> {
  const { issuedTokenType, scopes, details = [], lifetime } = issued
  return writeExact({
    access_token: await signJwt(keys.signing(service), unsigned),
    issued_token_type: issuedTokenType,
    token_type: 'N_A',
    expires_in: lifetime,
    ...(scopes.length > 0 ? { scope: scopes.join(' ') } : {}),
    ...(details.length > 0 ? { authorization_details: details } : {}),
  })
}
