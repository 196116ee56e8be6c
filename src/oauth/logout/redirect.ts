/** Where the browser goes after a logout, OIDC RP-Initiated Logout §2 and §3. */
import { defineRules, Refusal } from '../../refusal.ts'
import { isSameLoopback } from '../authorization/redirect-uri.ts'
import { dangerousSchemes } from '../uri.ts'

const rules = defineRules('Post-logout redirect', {
  clientMissing: {
    code: 'P094003',
    error: 'invalid_request',
    spec: 'OIDC RP-Initiated Logout §2',
    message:
      'The post_logout_redirect_uri is not used: neither id_token_hint nor client_id names a client of the service.',
    fix: 'Send `id_token_hint` or `client_id` besides `post_logout_redirect_uri`.',
  },
  unregistered: {
    code: 'P094004',
    error: 'invalid_request',
    spec: 'OIDC RP-Initiated Logout §3',
    message:
      'The post_logout_redirect_uri is not used: it does not match a post-logout redirect URI that the client registered.',
    fix: 'Register the URI exactly as the client sends it, or send the registered one.',
    settings: ['client.postLogoutRedirectUris', 'service.loopbackRedirectionUriVariable'],
  },
  hintInvalid: {
    code: 'P094005',
    error: 'invalid_request',
    spec: 'OIDC RP-Initiated Logout §3',
    message: 'The post_logout_redirect_uri is not used: the id_token_hint is not valid.',
    fix: 'Send an ID Token of this service as `id_token_hint`, or omit it and send `client_id`.',
  },
})

/** The accepted URI, or why it is not used. Both are undefined if the request has no URI. */
export interface PostLogoutRedirect {
  uri?: string
  refused?: Refusal
}

/**
 * The URI is used with a valid hint, or with a `client_id` and no hint: then the user has confirmed
 * the logout, or there was nothing to end. A refusal is not an error of the logout.
 */
export function choosePostLogoutRedirect(
  requested: string | undefined,
  hint: 'none' | 'invalid' | 'valid',
  client: { registered: readonly string[] } | undefined,
  loopbackPortsVary: boolean,
): PostLogoutRedirect {
  if (requested === undefined) return {}
  if (hint === 'invalid') return { refused: new Refusal(rules.hintInvalid) }
  if (!client) return { refused: new Refusal(rules.clientMissing) }
  const matches = (uri: string) =>
    uri === requested || (loopbackPortsVary && isSameLoopback(uri, requested))
  return isTarget(requested) && client.registered.some(matches)
    ? { uri: requested }
    : {
        refused: new Refusal(rules.unregistered, {
          given: requested,
          setting: 'client.postLogoutRedirectUris',
          expected: client.registered,
        }),
      }
}

/** A browser can be sent there: a URI without a fragment, of a scheme that it does not execute. */
function isTarget(uri: string): boolean {
  const isExecuted = dangerousSchemes.some((scheme) => uri.toLowerCase().startsWith(scheme))
  return !isExecuted && /^[A-Za-z][A-Za-z\d+.-]*:[\x21\x22\x24-\x7e]*$/.test(uri)
}

/** OIDC RP-Initiated Logout §3: the URI with the `state` of the request, unchanged. */
export function postLogoutTarget(uri: string, state: string | undefined): string {
  if (state === undefined) return uri
  const separator = uri.includes('?') ? '&' : '?'
  return `${uri}${separator}${new URLSearchParams({ state })}`
}
