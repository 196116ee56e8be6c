/** Redirect URIs: where an authorization response may go. */
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { isLoopback, isPort, splitUri } from '../uri.ts'

const rules = defineRules('Redirect URI', {
  noneRegistered: {
    code: 'P004001',
    error: 'invalid_request',
    spec: 'RFC 6749 §3.1.2.2',
    message: 'The client has no registered redirect URI.',
  },
  missing: {
    code: 'P004002',
    error: 'invalid_request',
    spec: 'OIDC Core §3.1.2.1',
    message: 'The parameter redirect_uri is required.',
  },
  unregistered: {
    code: 'P004003',
    error: 'invalid_request',
    spec: 'RFC 6749 §3.1.2.3',
    message: 'The redirect_uri does not match a redirect URI that the client registered.',
  },
  unsafe: {
    code: 'P004004',
    error: 'server_error',
    spec: 'RFC 3986 §2',
    message:
      'The redirect URI contains a character that is not allowed in a URI, so no response is sent to it.',
  },
})

export interface RedirectUri {
  redirectUri: string
  /** Whether the request named it: the token request then has to name it too, RFC 6749 §4.1.3. */
  redirectUriGiven: boolean
}

/**
 * RFC 6749 §3.1.2.3 and OIDC Core §3.1.2.1: the URI must match a registered one character by
 * character. It may be left out only by a request that is not OpenID Connect, of a client that has
 * just one.
 */
export function chooseRedirectUri(
  requested: string | undefined,
  client: Client,
  service: Service,
  isOpenId: boolean,
): RedirectUri {
  const registered = client.redirectUris ?? []
  const [only, another] = registered
  if (only === undefined) refuse(rules.noneRegistered)
  if (requested === undefined) {
    if (isOpenId || another !== undefined) refuse(rules.missing)
    return { redirectUri: only, redirectUriGiven: false }
  }
  const matches = (uri: string) =>
    uri === requested || (service.loopbackRedirectionUriVariable && sameLoopback(uri, requested))
  if (!registered.some(matches)) refuse(rules.unregistered, requested.slice(0, 200))
  return { redirectUri: requested, redirectUriGiven: true }
}

/**
 * RFC 8252 §7.3: a client may listen on any port of the loopback host that it registered. All but
 * the port is compared as text, for the text is what the user's browser is sent to.
 */
function sameLoopback(registered: string, requested: string): boolean {
  const [left, right] = [splitUri(registered), splitUri(requested)]
  if (left?.scheme !== 'http' || !isLoopback(left) || right?.scheme !== 'http') return false
  const { host, port, rest, userinfo } = right
  if (userinfo !== undefined || rest.includes('#')) return false
  return host === left.host && rest === left.rest && (port === undefined || isPort(port))
}

/**
 * The outlet of every redirect: a target with a character that no URI has, such as a line break, is
 * sent to nobody.
 */
export function requireTarget(redirectUri: string): void {
  if (!/^[\x21-\x7e]+$/.test(redirectUri)) refuse(rules.unsafe)
}
