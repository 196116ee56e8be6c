/** Logout requests, OIDC RP-Initiated Logout §2. */
import type { Client } from '../../model/client/client.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { isAudience } from '../identifier.ts'
import { type Parameters, parseParameters, parseWords } from '../parameters.ts'
import { clientIdentifiers } from '../tokens/id-token.ts'

const rules = defineRules('Logout request', {
  malformed: {
    code: 'P094001',
    error: 'invalid_request',
    spec: 'OIDC RP-Initiated Logout §2',
    message:
      'A parameter of the logout request is included more than once or is too long: the limits are 8,192 characters for state and 64 KB for the whole request.',
    fix: 'Send each parameter once, with a `state` of at most 8192 characters.',
  },
  otherClient: {
    code: 'P094002',
    error: 'invalid_request',
    spec: 'OIDC RP-Initiated Logout §2',
    message: 'The client_id does not name the client that the id_token_hint was issued to.',
    fix: 'Send the `client_id` of the client to which the ID Token was issued.',
  },
})

const requestBytes = 64 * 1024
const stateLength = 8_192

export interface LogoutRequest {
  idTokenHint: string | undefined
  clientId: string | undefined
  postLogoutRedirectUri: string | undefined
  state: string | undefined
  /** Language tags in the order of preference, BCP 47. */
  uiLocales: string[]
  logoutHint: string | undefined
}

/** The logout request in a query or a form. Unknown parameters are ignored. */
export function parseLogoutRequest(text: string): LogoutRequest {
  if (Buffer.byteLength(text) > requestBytes) refuse(rules.malformed, 'the request is too long')
  const parameters = parseParameters(text)
  const state = only(parameters, 'state')
  if (state !== undefined && state.length > stateLength) refuse(rules.malformed, 'state')
  return {
    idTokenHint: only(parameters, 'id_token_hint'),
    clientId: only(parameters, 'client_id'),
    postLogoutRedirectUri: only(parameters, 'post_logout_redirect_uri'),
    state,
    uiLocales: parseWords(only(parameters, 'ui_locales')),
    logoutHint: only(parameters, 'logout_hint'),
  }
}

function only(parameters: Parameters, name: string): string | undefined {
  const [value, another] = parameters.getAll(name)
  if (another !== undefined) refuse(rules.malformed, name)
  return value
}

/**
 * OIDC RP-Initiated Logout §2: a `client_id` must name the client of a valid `id_token_hint`, by
 * any of its names. Without one of the two there is nothing to compare.
 */
export function requireSameClient(
  clientId: string | undefined,
  hinted: { client: Client; aud: readonly string[] } | undefined,
): void {
  if (clientId === undefined || hinted === undefined) return
  const names = [...clientIdentifiers(hinted.client), ...hinted.aud]
  if (!isAudience(clientId, ...names)) refuse(rules.otherClient, clientId.slice(0, 200))
}
