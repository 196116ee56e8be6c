/**
 * Redirect URIs: where an authorization response may go. Read by: authorization. RFC 6749 §3.1.2
 */
import type { Client } from '../model/client.ts'
import type { Service } from '../model/service.ts'
import { defineRules, refuse } from '../refusal.ts'

const rules = defineRules('Redirect URI', {
  noneRegistered: {
    code: 'P004001',
    error: 'invalid_request',
    spec: 'RFC 6749 §3.1.2.2',
    says: 'The client has no registered redirect URI.',
  },
  missing: {
    code: 'P004002',
    error: 'invalid_request',
    spec: 'OIDC Core §3.1.2.1',
    says: 'The request has to carry a redirect_uri.',
  },
  unregistered: {
    code: 'P004003',
    error: 'invalid_request',
    spec: 'RFC 6749 §3.1.2.3',
    says: 'The redirect_uri is not one that the client registered.',
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
 * RFC 8252 §7.3: a native client may listen on any port of the loopback address that it registered.
 */
function sameLoopback(registered: string, requested: string): boolean {
  if (!URL.canParse(registered) || !URL.canParse(requested)) return false
  const [left, right] = [new URL(registered), new URL(requested)]
  const isLoopback = left.protocol === 'http:' && loopbackHosts.has(left.hostname)
  if (!isLoopback || right.username || right.password) return false
  const withoutPort = (url: URL) => `${url.protocol}//${url.hostname}${url.pathname}${url.search}`
  return requested.indexOf('#') < 0 && withoutPort(left) === withoutPort(right)
}
const loopbackHosts = new Set(['127.0.0.1', '[::1]'])
