/** Issuing Logout Tokens: signed, and encrypted like ID Tokens. OIDC Back-Channel Logout §2.4 */
import type { ServiceContext } from '../context.ts'
import { signJwt } from '../jose/sign.ts'
import type { Client } from '../model/client/client.ts'
import { type LoggedOut, unsignedLogoutToken } from '../oauth/logout/token.ts'
import { encryptFor } from './encryption.ts'

/** What signing needs. A process that delivers notifications has it without a request. */
export interface LogoutTokenContext
  extends Pick<ServiceContext, 'service' | 'keys' | 'keySets' | 'now'> {
  readonly system: Pick<ServiceContext['system'], 'random'>
}

const identifierBits = 128

/** A new Logout Token for a client. Its `iss` is in the JWE header too, if it is encrypted. */
export async function logoutToken(
  context: LogoutTokenContext,
  client: Client,
  loggedOut: LoggedOut,
): Promise<string> {
  const { service, keys, system, now } = context
  const jti = system.random.token(identifierBits)
  const unsigned = unsignedLogoutToken(service, client, loggedOut, { now, jti })
  const signed = await signJwt(keys.signing(service), unsigned)
  return encryptFor(context, client, 'idToken', signed, { cty: 'JWT', iss: service.issuer })
}
