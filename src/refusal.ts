/**
 * Refusals: every reason to refuse a request is a named rule, and rules are data. Each file has the
 * table of its rules at the top; all tables together are the catalogue of result codes.
 */
import { channel } from 'node:diagnostics_channel'
import { type Evidence, shownEvidence } from './explain/evidence.ts'
import { currentTrace, notePassed, noteRefused } from './explain/trace.ts'

export { difference, type Evidence, fingerprint, presence } from './explain/evidence.ts'
export { note, noteShown, plan, step } from './explain/trace.ts'

/** All OAuth error codes that may be sent to clients, and where each is defined. */
export const errorCodes = {
  invalid_request: 'RFC 6749 §5.2',
  invalid_client: 'RFC 6749 §5.2',
  invalid_grant: 'RFC 6749 §5.2',
  unauthorized_client: 'RFC 6749 §5.2',
  unsupported_grant_type: 'RFC 6749 §5.2',
  invalid_scope: 'RFC 6749 §5.2',
  access_denied: 'RFC 6749 §4.1.2.1',
  unsupported_response_type: 'RFC 6749 §4.1.2.1',
  server_error: 'RFC 6749 §4.1.2.1',
  temporarily_unavailable: 'RFC 6749 §4.1.2.1',
  interaction_required: 'OIDC Core §3.1.2.6',
  login_required: 'OIDC Core §3.1.2.6',
  account_selection_required: 'OIDC Core §3.1.2.6',
  consent_required: 'OIDC Core §3.1.2.6',
  invalid_request_uri: 'OIDC Core §3.1.2.6',
  invalid_request_object: 'OIDC Core §3.1.2.6',
  request_not_supported: 'OIDC Core §3.1.2.6',
  request_uri_not_supported: 'OIDC Core §3.1.2.6',
  registration_not_supported: 'OIDC Core §3.1.2.6',
  unmet_authentication_requirements: 'OIDC UAR §3',
  unsupported_token_type: 'RFC 7009 §2.2.1',
  invalid_target: 'RFC 8707 §2',
  invalid_authorization_details: 'RFC 9396 §5',
  invalid_token: 'RFC 6750 §3.1',
  insufficient_scope: 'RFC 6750 §3.1',
  use_attestation_challenge: 'Client Attestation §9',
  invalid_dpop_proof: 'RFC 9449 §5',
  use_dpop_nonce: 'RFC 9449 §8',
  insufficient_user_authentication: 'RFC 9470 §3',
  invalid_binding_message: 'CIBA §13',
  missing_user_code: 'CIBA §13',
  invalid_user_code: 'CIBA §13',
  expired_login_hint_token: 'CIBA §13',
  unknown_user_id: 'CIBA §13',
  authorization_pending: 'CIBA §11',
  slow_down: 'CIBA §11',
  expired_token: 'CIBA §11',
  transaction_failed: 'CIBA §12',
  invalid_redirect_uri: 'RFC 7591 §3.2.2',
  invalid_client_metadata: 'RFC 7591 §3.2.2',
  invalid_software_statement: 'RFC 7591 §3.2.2',
  unapproved_software_statement: 'RFC 7591 §3.2.2',
  invalid_trust_anchor: 'OpenID Federation §8.9',
  invalid_trust_chain: 'OpenID Federation §8.9',
  invalid_metadata: 'OpenID Federation §8.9',
  invalid_grant_id: 'Grant Management §5.3',
  invalid_credential_request: 'OpenID4VCI §8.3.1.2',
  unknown_credential_configuration: 'OpenID4VCI §8.3.1.2',
  unknown_credential_identifier: 'OpenID4VCI §8.3.1.2',
  missing_proof: 'UserInfo VC §6',
  invalid_proof: 'OpenID4VCI §8.3.1.2',
  invalid_nonce: 'OpenID4VCI §8.3.1.2',
  invalid_encryption_parameters: 'OpenID4VCI §8.3.1.2',
  credential_request_denied: 'OpenID4VCI §8.3.1.2',
  invalid_transaction_id: 'OpenID4VCI §9.3',
  invalid_notification_id: 'OpenID4VCI §11.3',
  invalid_notification_request: 'OpenID4VCI §11.3',
  invalid_tx_code: 'OpenID4VCI 1.1 §6.3',
  not_found: 'OpenID Federation §8.9',
} as const
export type ErrorCode = keyof typeof errorCodes

/** One reason to refuse a request. The client gets the `message` as `error_description`. */
export interface Rule {
  readonly code: string
  readonly error: ErrorCode
  readonly spec: string
  readonly message: string
  /** A page about the error from the caller: `error_uri`. */
  readonly uri?: string
  /** The same call may succeed later, so that no response of it ends an authorization request. */
  readonly isTemporary?: true
  /** One sentence for the operator: what to change. */
  readonly fix: string
  /** The properties that decide, such as `client.redirectUris`. */
  readonly settings?: readonly string[]
}

/** One reason to refuse a call of this API, with an HTTP status instead of an OAuth error. */
export interface CallerRule {
  readonly code: string
  readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 409 | 412 | 413 | 415 | 422 | 428 | 429 | 503
  readonly message: string
  /** Further header fields of the response. */
  readonly headers?: Readonly<Record<string, string>>
}

/** The `resultCode` and `resultMessage` of an action that is not a refusal. */
export interface Result {
  readonly code: string
  readonly message: string
}

export type CatalogueEntry = { area: string; name: string } & (Rule | CallerRule | Result)

const entries = new Map<string, CatalogueEntry>()

function register(area: string, table: Record<string, Rule | CallerRule | Result>): void {
  for (const [name, entry] of Object.entries(table)) {
    const taken = entries.get(entry.code)
    if (taken)
      throw new Error(`${entry.code} is both ${taken.area}.${taken.name} and ${area}.${name}`)
    entries.set(entry.code, { area, name, ...entry })
  }
}

/** Every rule and result that the loaded modules declare, by code. */
export const catalogue: ReadonlyMap<string, CatalogueEntry> = entries

export function defineRules<const T extends Record<string, Rule>>(area: string, table: T): T {
  register(area, table)
  return table
}

export function defineCallerRules<const T extends Record<string, CallerRule>>(
  area: string,
  table: T,
): T {
  register(area, table)
  return table
}

export function defineResults<const T extends Record<string, Result>>(area: string, table: T): T {
  register(area, table)
  return table
}

/** Every refusal is published here: `{ code, detail, service, client, operation, requestId }`. */
export const refusals = channel('postern.refusal')

/** Every wrong credential is published here: `{ kind, throttled }`. */
export const guesses = channel('postern.guess')

/**
 * An error that becomes a response. It has no stack trace, which is not used and would cost more
 * than the rest of the response: guarded writes create their error in advance.
 */
class Outcome extends Error {
  constructor(message: string) {
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    super(message)
    Error.stackTraceLimit = limit
  }
}

/**
 * A protocol refusal, thrown where the rule is broken and turned into an action by the endpoint.
 * The evidence is for operators: ids, expected and actual values, never secrets.
 */
export class Refusal extends Outcome {
  readonly rule: Rule
  readonly evidence: Evidence | string | undefined
  private whatIsShown: Evidence | undefined

  constructor(rule: Rule, evidence?: Evidence | string) {
    super(`[${rule.code}] ${rule.message}`)
    this.name = 'Refusal'
    this.rule = rule
    this.evidence = evidence
  }

  /** The evidence without what must not be told: made once, for it is shown in several places. */
  get shown(): Evidence | undefined {
    if (this.evidence === undefined) return undefined
    this.whatIsShown ??= shownEvidence(this.evidence)
    return this.whatIsShown
  }

  /** The evidence on one line, for the log. */
  get detail(): string | undefined {
    return typeof this.evidence === 'string' ? this.evidence : shownText(this.shown)
  }
}

const shownText = (shown: Evidence | undefined) => shown && JSON.stringify(shown)

/** A refused call of this API: an HTTP error response with the detail in its message. */
export class CallerError extends Outcome {
  readonly rule: CallerRule
  readonly detail: string | undefined

  constructor(rule: CallerRule, detail?: string) {
    super(`[${rule.code}] ${rule.message}${detail ? ` ${detail}` : ''}`)
    this.name = 'CallerError'
    this.rule = rule
    this.detail = detail
  }
}

/** Throws a Refusal of the rule. */
export function refuse(rule: Rule, evidence?: Evidence | string): never {
  throw new Refusal(rule, evidence)
}

/** Throws a Refusal of the rule unless it is kept, which the trace of an explained call notes. */
export function check(
  isKept: unknown,
  rule: Rule,
  evidence?: Evidence | (() => Evidence),
): asserts isKept {
  if (!isKept) refuse(rule, typeof evidence === 'function' ? evidence() : evidence)
  notePassed(rule.code)
}

/** Throws a CallerError of the rule. */
export function refuseCaller(rule: CallerRule, detail?: string): never {
  throw new CallerError(rule, detail)
}

/**
 * The rule with description and URI from the caller, RFC 6749 §5.2: printable ASCII without quotes
 * and backslashes, and no spaces in a URI. Other characters are removed.
 */
export function inWords(
  rule: Rule,
  words: { errorDescription?: string | undefined; errorUri?: string | undefined },
): Rule {
  const message = words.errorDescription?.replace(/[^\x20-\x7e]|["\\]/g, '').trim()
  const uri = words.errorUri?.replace(/[^\x21-\x7e]|["\\]/g, '')
  return { ...rule, ...(message ? { message } : {}), ...(uri ? { uri } : {}) }
}

/** The call that is refused, as far as it is known. */
export interface RefusedAt {
  operation?: string | undefined
  requestId?: string | undefined
  service?: number | undefined
  /** The number of the client. */
  client?: number | undefined
}

/** The result code and message for the caller; publishes the refusal. */
export function explain(
  refused: Refusal | CallerError,
  about?: RefusedAt,
): { resultCode: string; resultMessage: string } {
  const { code } = refused.rule
  noteRefused(refused, code)
  // A dry run leaves no trace, not even in metrics.
  if (refusals.hasSubscribers && !currentTrace()?.isRehearsal) {
    refusals.publish({ code, detail: refused.detail, ...about })
  }
  return { resultCode: code, resultMessage: refused.message }
}

/** Settings of a service about the members of error responses. */
export interface Verbosity {
  errorDescriptionOmitted: boolean
  errorUriOmitted: boolean
}

/** The members of an OAuth error response in the order of RFC 6749 §5.2. */
export function errorMembers(rule: Rule, service?: Verbosity): Record<string, string> {
  return {
    error: rule.error,
    ...(service?.errorDescriptionOmitted
      ? {}
      : { error_description: `[${rule.code}] ${rule.message}` }),
    ...(rule.uri && !service?.errorUriOmitted ? { error_uri: rule.uri } : {}),
  }
}

/** An OAuth error response body, RFC 6749 §5.2. */
export function errorBody(rule: Rule, service?: Verbosity): string {
  return JSON.stringify(errorMembers(rule, service))
}

/** A `WWW-Authenticate` challenge of a protected resource, RFC 6750 §3 and RFC 9449 §7.1. */
export function bearerChallenge(
  rule: Rule,
  service?: Verbosity,
  more: Record<string, string> = {},
) {
  const members = { ...errorMembers(rule, service), ...more }
  const quoted = Object.entries(members).map(([name, value]) => `${name}="${quote(value)}"`)
  return `${rule.spec.startsWith('RFC 9449') ? 'DPoP' : 'Bearer'} ${quoted.join(',')}`
}

const quote = (value: string) => value.replace(/[^\x20-\x7e]/g, '').replace(/[\\"]/g, '\\$&')
