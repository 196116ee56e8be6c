/** Redirect URIs: where an authorization response may be sent, RFC 6749 §3.1.2. */
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { check, defineRules, difference, type Evidence, refuse, step } from '../../refusal.ts'
import { defineAttribute, flag } from '../attribute.ts'
import { isLoopback, isPort, splitUri } from '../uri.ts'

const rules = defineRules('Redirect URI', {
  noneRegistered: {
    code: 'P004001',
    error: 'invalid_request',
    spec: 'RFC 6749 §3.1.2.2',
    message: 'The client has no registered redirect URI.',
    fix: 'Register a redirect URI for the client.',
    settings: ['client.redirectUris'],
  },
  missing: {
    code: 'P004002',
    error: 'invalid_request',
    spec: 'OIDC Core §3.1.2.1',
    message: 'The parameter redirect_uri is required.',
    fix: 'Send `redirect_uri`; it may be omitted only with a single registered URI and without the scope openid.',
    settings: ['client.redirectUris', 'service.ext.redirect_uri.omit_if_single'],
  },
  unregistered: {
    code: 'P004003',
    error: 'invalid_request',
    spec: 'RFC 6749 §3.1.2.3',
    message: 'The redirect_uri does not match a redirect URI that the client registered.',
    fix: 'Register the URI exactly as the client sends it, or send the registered one.',
    settings: ['client.redirectUris', 'service.loopbackRedirectionUriVariable'],
  },
  unsafe: {
    code: 'P004004',
    error: 'server_error',
    spec: 'RFC 3986 §2',
    message:
      'The redirect URI contains a character that is not allowed in a URI, so no response is sent to it.',
    fix: 'Percent-encode the redirect URI, and register it again.',
    settings: ['client.redirectUris'],
  },
})

const omitIfSingle = defineAttribute({
  name: 'ext.redirect_uri.omit_if_single',
  of: 'service',
  form: flag,
  fallback: false,
  effect:
    'A client with a single registered redirect URI may omit `redirect_uri` in requests with the ' +
    'scope openid, too. OpenID Connect requires it.',
  spec: 'OIDC Core §3.1.2.1',
})

export interface RedirectUri {
  redirectUri: string
  /** Whether the request contained it: the token request must repeat it, RFC 6749 §4.1.3. */
  redirectUriGiven: boolean
  /** The URI is not registered, and accepted because of test mode. */
  test?: true
}

/**
 * RFC 6749 §3.1.2.3 and OIDC Core §3.1.2.1: the URI must match a registered one by exact string
 * comparison. It may be omitted if the client has a single registered URI, and in a request with
 * the scope openid only if the service allows it.
 */
export function chooseRedirectUri(
  requested: string | undefined,
  client: Client,
  service: Service,
  isOpenId: boolean,
): RedirectUri {
  step('redirect URI')
  const registered = client.redirectUris ?? []
  const [only, another] = registered
  check(only !== undefined, rules.noneRegistered, {
    parameter: 'redirect_uri',
    given: requested,
    setting: 'client.redirectUris',
    expected: [],
  })
  if (requested === undefined) {
    const mayOmit = another === undefined && (!isOpenId || omitIfSingle.read(service))
    check(mayOmit, rules.missing, () => ({
      parameter: 'redirect_uri',
      setting: 'client.redirectUris',
      expected: registered,
      note:
        another === undefined
          ? 'A request with the scope openid must contain it (ext.redirect_uri.omit_if_single).'
          : 'More than one is registered.',
    }))
    return { redirectUri: only, redirectUriGiven: false }
  }
  check(isRegisteredUri(requested, client, service), rules.unregistered, () =>
    unregisteredEvidence(requested, registered),
  )
  return { redirectUri: requested, redirectUriGiven: true }
}

/** Names the registered URI that is nearest, and where it differs. */
function unregisteredEvidence(given: string, registered: readonly string[]): Evidence {
  const sameStart = (uri: string) => {
    let at = 0
    while (at < uri.length && uri[at] === given[at]) at += 1
    return at
  }
  const nearest = registered.reduce((best, uri) => (sameStart(uri) > sameStart(best) ? uri : best))
  return {
    parameter: 'redirect_uri',
    given,
    setting: 'client.redirectUris',
    expected: registered,
    note: `${difference(given, nearest)}, in entry ${registered.indexOf(nearest) + 1}`,
  }
}

/** Whether a URI is registered, or is a registered loopback URI with another port. */
export function isRegisteredUri(
  requested: string,
  { redirectUris = [] }: Client,
  { loopbackRedirectionUriVariable }: Service,
): boolean {
  const matches = (uri: string) =>
    uri === requested || (loopbackRedirectionUriVariable && isSameLoopback(uri, requested))
  return redirectUris.some(matches)
}

/**
 * RFC 8252 §7.3: a client may use any port of the loopback host that it registered. All other parts
 * are compared as text, because the browser is redirected to the text.
 */
export function isSameLoopback(registered: string, requested: string): boolean {
  const [left, right] = [splitUri(registered), splitUri(requested)]
  if (left?.scheme !== 'http' || !isLoopback(left) || right?.scheme !== 'http') return false
  const { host, port, rest, userinfo } = right
  if (userinfo !== undefined || rest.includes('#')) return false
  return host === left.host && rest === left.rest && (port === undefined || isPort(port))
}

/**
 * The last check before every redirect: refuses a target with a character that is not allowed in a
 * URI, such as a line break.
 */
export function requireTarget(redirectUri: string): void {
  if (!/^[\x21-\x7e]+$/.test(redirectUri)) {
    refuse(rules.unsafe, { parameter: 'redirect_uri', given: redirectUri })
  }
}
