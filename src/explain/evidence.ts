/**
 * Evidence of a refusal: what was given, what was expected, and which setting decides. It is for
 * the caller and the log, so it contains no secret: values of parameters that are not listed here
 * are replaced with their length.
 */
import { hash } from 'node:crypto'

export type Shown =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Shown[]
  | { readonly [name: string]: Shown }

export interface Evidence {
  /** The parameter of the request, or a member of it: `redirect_uri`, `DPoP.htu`. */
  readonly parameter?: string | undefined
  /** The property that decides: `service.parRequired`, `client.redirectUris`. */
  readonly setting?: string | undefined
  /** The demand of the policy; the trace tells which setting or profile makes it. */
  readonly demand?: string | undefined
  readonly given?: Shown
  readonly expected?: Shown
  /** One sentence more, without values of closed parameters. */
  readonly note?: string | undefined
}

/** Parameters, and members of JWTs, whose values are shown. */
const openParameters = new Set([
  ...['client_id', 'redirect_uri', 'response_type', 'response_mode', 'scope', 'prompt', 'display'],
  ...['code_challenge_method', 'max_age', 'acr_values', 'grant_type', 'resource', 'audience'],
  ...['client_assertion_type', 'subject_token_type', 'actor_token_type', 'token_type_hint'],
  ...['requested_token_type', 'dpop_jkt', 'registration', 'grant_management_action'],
  ...['alg', 'enc', 'typ', 'cty', 'kid', 'crit', 'iss', 'aud', 'exp', 'nbf', 'iat', 'htm', 'htu'],
])

/** Properties whose values are not shown. */
const closedSettings = /(?:secret|jwks|key|password|token)s?$/i

/** The parameters of a request: values of those that are listed, the presence of others. */
export function shownParameters(given: Iterable<[string, unknown]>): Record<string, Shown> {
  const shown = [...given].slice(0, mostParameters).map(([name, value]): [string, Shown] => {
    const told = typeof value === 'string' ? value : String(JSON.stringify(value))
    return [text(name), isOpen(name) ? text(told) : presence(told)]
  })
  return Object.fromEntries(shown)
}

const mostParameters = 50
const longest = 300
const most = 20
const deepest = 4
const compactJwt = /\beyJ[\w-]{5,}(?:\.[\w-]*){2,4}/g

/** What may be told of a secret that a person can have chosen: that it is there, and its length. */
export const presence = (secret: string | undefined): Shown =>
  secret === undefined ? { present: false } : { present: true, length: secret.length }

/** What may be told of a random secret: also the beginning of its hash, to compare it by. */
export const fingerprint = (secret: string): Shown => ({
  present: true,
  length: secret.length,
  sha256: hash('sha256', secret).slice(0, 8),
})

/** The evidence without what must not be told, and with limits for long values. */
export function shownEvidence(evidence: Evidence | string): Evidence {
  if (typeof evidence === 'string') return { note: text(evidence) }
  const { parameter, setting, given, expected, note } = evidence
  const isClosed = parameter !== undefined && !isOpen(parameter)
  const isClosedSetting = setting !== undefined && closedSettings.test(setting)
  return {
    ...(parameter === undefined ? {} : { parameter: text(parameter) }),
    ...(given === undefined ? {} : { given: isClosed ? closed(given) : bounded(given) }),
    ...(setting === undefined ? {} : { setting: text(setting) }),
    ...(expected === undefined
      ? {}
      : { expected: isClosed || isClosedSetting ? closed(expected) : bounded(expected) }),
    ...(note === undefined ? {} : { note: text(note) }),
  }
}

const isOpen = (parameter: string) => openParameters.has(parameter.split('.').at(-1) ?? '')

/** Text becomes its length. Objects are what `presence` and its neighbours have made of it. */
const closed = (value: Shown): Shown => {
  if (typeof value === 'string') return { present: true, length: value.length }
  return Array.isArray(value) ? { count: value.length } : bounded(value)
}

/** A value with at most 20 members in each of four levels, of at most 300 characters. */
export function bounded(value: unknown, depth = 0): Shown {
  if (typeof value === 'string') return text(value)
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value !== 'object') return undefined
  if (depth >= deepest) return '…'
  if (Array.isArray(value)) {
    const shown = value.slice(0, most).map((item) => bounded(item, depth + 1))
    return value.length > most ? [...shown, `… ${value.length - most} more`] : shown
  }
  const members = Object.entries(value).slice(0, most)
  return Object.fromEntries(members.map(([name, item]) => [text(name), bounded(item, depth + 1)]))
}

function text(value: string): string {
  const start = value.slice(0, longest * 4)
  // Most values are short and have no JWT.
  const mayHaveJwt = start.length > 10 && start.includes('eyJ')
  const cut = mayHaveJwt ? start.replace(compactJwt, (jwt) => `(JWT of ${jwt.length})`) : start
  return cut.length > longest ? `${cut.slice(0, longest)}…` : cut
}

/** Where two texts begin to differ, counted from 1. */
export function difference(given: string, expected: string): string | undefined {
  if (given === expected) return undefined
  let at = 0
  while (at < given.length && given[at] === expected[at]) at += 1
  const from = (whole: string) =>
    at < whole.length ? JSON.stringify(whole.slice(at, at + 20)) : 'the end'
  return `differs at character ${at + 1}: ${from(given)} instead of ${from(expected)}`
}
