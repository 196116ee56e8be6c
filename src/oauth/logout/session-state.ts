/** `session_state`: the session as a client sees it, OIDC Session Management §3. */

import { hash } from 'node:crypto'
import { isUrl } from '../../model/url.ts'

/** The origin of a redirect URI, as browsers write it; undefined for a scheme without origins. */
export function originOf(redirectUri: string): string | undefined {
  if (!isUrl(redirectUri)) return undefined
  const { protocol, origin } = new URL(redirectUri)
  return protocol === 'https:' || protocol === 'http:' ? origin : undefined
}

/**
 * OIDC Session Management §3: the page in the OP iframe computes the same from the cookie with the
 * browser state. `clientId` is the client id of the request, `salt` a random value.
 */
export function sessionState(
  clientId: string,
  origin: string,
  browserState: string,
  salt: string,
): string {
  return `${hash('sha256', `${clientId} ${origin} ${browserState} ${salt}`, 'base64url')}.${salt}`
}
