/** Response types (RFC 6749 §3.1.1) and response modes. */
import type z from 'zod'
import type { Client } from '../../model/client/client.ts'
import type { ResponseType, WireResponseMode } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { check, defineRules, step } from '../../refusal.ts'
import { parseWords } from '../parameters.ts'
import type { Policy } from '../policy.ts'

const rules = defineRules('Response type', {
  missing: {
    code: 'P005001',
    error: 'invalid_request',
    spec: 'RFC 6749 §3.1.1',
    message: 'The parameter response_type is required.',
    fix: 'Send `response_type=code`.',
  },
  unknown: {
    code: 'P005002',
    error: 'unsupported_response_type',
    spec: 'RFC 6749 §4.1.2.1',
    message: 'The response_type is unknown.',
    fix: 'Send a `response_type` of OAuth 2.0 or OpenID Connect, such as `code`.',
    settings: ['service.supportedResponseTypes'],
  },
  unsupported: {
    code: 'P005003',
    error: 'unsupported_response_type',
    spec: 'RFC 6749 §4.1.2.1',
    message: 'The response_type is not supported by the service.',
    fix: 'Add the type to the service, or send a supported one.',
    settings: ['service.supportedResponseTypes'],
  },
  notForClient: {
    code: 'P005004',
    error: 'unauthorized_client',
    spec: 'RFC 6749 §4.1.2.1',
    message: 'The response_type is not allowed for the client.',
    fix: 'Add the type to the client, or send a registered one.',
    settings: ['client.responseTypes'],
  },
  withoutOpenId: {
    code: 'P005005',
    error: 'invalid_request',
    spec: 'OIDC Core §3.2.2.1',
    message: 'The scope openid is required for a response_type with id_token.',
    fix: 'Add `openid` to the scopes of the request.',
    settings: ['service.supportedScopes'],
  },
  nonceMissing: {
    code: 'P005006',
    error: 'invalid_request',
    spec: 'OIDC Core §3.2.2.1',
    message: 'The parameter nonce is required for a response_type with id_token.',
    fix: 'Send a `nonce`, and compare it with the one in the ID Token.',
  },
  unsignedIdToken: {
    code: 'P005010',
    error: 'unsupported_response_type',
    spec: 'OIDC Core §2',
    message:
      'The client registered unsigned ID Tokens, which are not allowed in an authorization response: use the response_type code.',
    fix: 'Use the `response_type` code, or register a signature algorithm for ID Tokens.',
    settings: ['client.idTokenSignAlg'],
  },
  modeUnknown: {
    code: 'P005007',
    error: 'invalid_request',
    spec: 'OAuth 2.0 Multiple Response Types §2.1',
    message: 'The response_mode is not supported.',
    fix: 'Send `query`, `fragment`, `form_post`, or one of their forms with `jwt`.',
  },
  modeUnsafe: {
    code: 'P005008',
    error: 'invalid_request',
    spec: 'OAuth 2.0 Multiple Response Types §3',
    message:
      'The response_mode query is not allowed for a response with tokens: use fragment or form_post.',
    fix: 'Send `fragment` or `form_post`, or use the `response_type` code.',
  },
  modeNotForClient: {
    code: 'P005009',
    error: 'invalid_request',
    spec: 'OAuth 2.0 Multiple Response Types §2.1',
    message: 'The response_mode is not allowed for the client.',
    fix: 'Add the mode to the client, or send a registered one.',
    settings: ['client.responseModes'],
  },
})

const names: Record<string, ResponseType> = {
  none: 'NONE',
  code: 'CODE',
  token: 'TOKEN',
  id_token: 'ID_TOKEN',
  'code token': 'CODE_TOKEN',
  'code id_token': 'CODE_ID_TOKEN',
  'id_token token': 'ID_TOKEN_TOKEN',
  'code id_token token': 'CODE_ID_TOKEN_TOKEN',
}

/** The response_type parameter of a response type: its words in alphabetical order. */
export const responseTypeWords = (type: ResponseType): string =>
  Object.entries(names).find(([, name]) => name === type)?.[0] ?? 'none'

/** The response type of its words, in any order. */
export const responseTypeOf = (text: string): ResponseType | undefined => {
  const words = parseWords(text).sort().join(' ')
  return Object.hasOwn(names, words) ? names[words] : undefined
}

/** The words of the response type in any order, RFC 6749 §3.1.1; empty for `none`. */
export function parseResponseType(
  text: string | undefined,
  service: Service,
  client: Client,
): string[] {
  step('response type')
  check(text !== undefined, rules.missing, { parameter: 'response_type' })
  const words = parseWords(text).sort()
  const type = responseTypeOf(text)
  check(type !== undefined, rules.unknown, () => ({
    parameter: 'response_type',
    given: text,
    expected: Object.keys(names),
  }))
  const { supportedResponseTypes: supported } = service
  const { responseTypes: registered } = client
  check(!supported || supported.includes(type), rules.unsupported, () => ({
    parameter: 'response_type',
    given: text,
    setting: 'service.supportedResponseTypes',
    expected: supported,
  }))
  check(!registered || registered.includes(type), rules.notForClient, () => ({
    parameter: 'response_type',
    given: text,
    setting: 'client.responseTypes',
    expected: registered,
  }))
  return words.filter((word) => word !== 'none')
}

/**
 * OIDC Core §3.2.2.1 and §3.3.2.1: an ID Token in the front channel requires the scope openid, a
 * nonce and a signature.
 */
export function requireOpenIdParts(
  responseTypes: string[],
  isOpenId: boolean,
  nonce: string | undefined,
  client: Client,
): void {
  if (!responseTypes.includes('id_token')) return
  check(client.idTokenSignAlg !== 'NONE', rules.unsignedIdToken, {
    setting: 'client.idTokenSignAlg',
    given: 'NONE',
  })
  check(isOpenId, rules.withoutOpenId, { parameter: 'scope', expected: 'openid' })
  check(nonce !== undefined, rules.nonceMissing, { parameter: 'nonce' })
}

const modes = {
  query: 'QUERY',
  fragment: 'FRAGMENT',
  form_post: 'FORM_POST',
  'query.jwt': 'QUERY_JWT',
  'fragment.jwt': 'FRAGMENT_JWT',
  'form_post.jwt': 'FORM_POST_JWT',
} as const satisfies Record<z.output<typeof WireResponseMode>, string>
export type ResponseMode = keyof typeof modes

/** The names of all modes for the metadata; `jwt` is the JWT form of the default mode. */
export const responseModes: readonly string[] = [...Object.keys(modes), 'jwt']

/** The default mode of a response type, which errors use if the requested mode is not valid. */
export function defaultResponseMode(responseType: string | undefined): 'query' | 'fragment' {
  return /(^| )(token|id_token)( |$)/.test(responseType ?? '') ? 'fragment' : 'query'
}

/** JARM §2.3.4: `jwt` is the JWT form of the default mode of the response type. */
function expandMode(text: string, responseType: string | undefined): string {
  return text === 'jwt' ? `${defaultResponseMode(responseType)}.jwt` : text
}

const isMode = (text: string): text is ResponseMode => Object.hasOwn(modes, text)

/** A mode as it is registered. */
export const wireModeOf = (text: string): (typeof modes)[ResponseMode] | undefined =>
  isMode(text) ? modes[text] : undefined

/** The mode for errors: the requested one if it is known and safe, else the default. */
export function recipientMode(
  text: string | undefined,
  responseType: string | undefined,
): ResponseMode {
  const byDefault = defaultResponseMode(responseType)
  const mode = text === undefined ? byDefault : expandMode(text, responseType)
  return isMode(mode) && mode !== 'query' ? mode : byDefault
}

/**
 * The mode for errors of a request that is not resolved yet. If the policy requires signed
 * responses for codes, the error is signed too, because the request object may request that.
 */
export function unresolvedMode(
  text: string | undefined,
  responseType: string | undefined,
  { responses, jarmRequired }: Policy,
): ResponseMode {
  const mode = recipientMode(text, responseType)
  const isSigned = jarmRequired || responses === 'code or detached'
  const isCode = defaultResponseMode(responseType) === 'query'
  return isSigned && isCode && !mode.endsWith('.jwt') ? (`${mode}.jwt` as ResponseMode) : mode
}

/** Refuses unsafe modes: tokens in a query would appear in logs and browser histories. */
export function chooseResponseMode(
  text: string | undefined,
  responseTypes: string[],
  client: Client,
): ResponseMode {
  const type = responseTypes.join(' ')
  const byDefault = defaultResponseMode(type)
  const mode = expandMode(text ?? byDefault, type)
  check(isMode(mode), rules.modeUnknown, () => ({
    parameter: 'response_mode',
    given: text,
    expected: responseModes,
  }))
  const isSafe = byDefault === 'query' || (mode !== 'query' && mode !== 'query.jwt')
  check(isSafe, rules.modeUnsafe, () => ({ parameter: 'response_mode', given: mode }))
  const names = [modes[mode], ...(text === 'jwt' ? (['JWT'] as const) : [])]
  const allowed = client.responseModes
  const isAllowed = !allowed || names.some((name) => allowed.includes(name))
  check(isAllowed, rules.modeNotForClient, () => ({
    parameter: 'response_mode',
    given: mode,
    setting: 'client.responseModes',
    expected: allowed,
  }))
  return mode
}
