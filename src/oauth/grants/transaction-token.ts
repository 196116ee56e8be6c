/**
 * Transaction tokens: short-lived JWTs that tell the workloads of one trust domain for whom and for
 * what a request is processed. Transaction Tokens §9 and §11
 */
import type { UnsignedJwt } from '../../jose/sign.ts'
import type { Client } from '../../model/client/client.ts'
import type { ClientAuthMethod } from '../../model/enums.ts'
import { parseExact } from '../../model/exact-json.ts'
import type { NamedBy } from '../../model/named-by.ts'
import type { Service } from '../../model/service/service.ts'
import { check, defineRules, refuse } from '../../refusal.ts'
import { type AttributeForm, defineAttribute, wholeNumber, words } from '../attribute.ts'
import type { Parameters } from '../parameters.ts'
import { parseScope, supportedScopes } from '../scope.ts'
import { clientIdentifier } from '../tokens/id-token.ts'
import { exchangeSigning } from './exchange-signing.ts'

const rules = defineRules('Transaction token', {
  unauthenticated: {
    code: 'P162201',
    error: 'invalid_client',
    spec: 'Transaction Tokens §11.5',
    message: 'A transaction token is issued to authenticated clients only.',
    fix: 'Register an authentication method for the workload, and send its credentials.',
    settings: ['client.tokenAuthMethod'],
  },
  notPermitted: {
    code: 'P162202',
    error: 'unauthorized_client',
    spec: 'Transaction Tokens §11.3',
    message: 'The client must not get transaction tokens.',
    fix: 'Give the client the scopes of the transactions that it starts.',
    settings: ['client.ext.txn_token.scopes'],
  },
  audienceUnfit: {
    code: 'P162203',
    error: 'invalid_target',
    spec: 'Transaction Tokens §11.1',
    message: 'The audience must be the trust domain of the service.',
    fix: 'Send one `audience`: the trust domain.',
    settings: ['service.ext.txn_token.trust_domain'],
  },
  scopeMissing: {
    code: 'P162204',
    error: 'invalid_scope',
    spec: 'Transaction Tokens §13.6',
    message: 'The request has no scope that the client may use for this subject token.',
    fix: 'Send a `scope` of the client for transactions, and, if it is a scope of the service, a subject token that has it.',
    settings: ['client.ext.txn_token.scopes', 'service.supportedScopes'],
  },
  scopeUnknown: {
    code: 'P165002',
    error: 'invalid_scope',
    spec: 'Transaction Tokens §13.14',
    message: 'The scopes of the subject token are unknown.',
    fix: 'Send a subject token with a `scope`, or list `scopes` for the trusted issuer.',
    settings: ['service.ext.trustedIssuers'],
  },
  subjectTypeUnfit: {
    code: 'P162205',
    error: 'invalid_request',
    spec: 'Transaction Tokens §11.2',
    message:
      'The subject token must be an access token or a transaction token of the service, or a JWT of a trusted issuer.',
    fix: 'Send an access token, a transaction token, or a JWT of an issuer with the grant `token-exchange`.',
    settings: ['service.ext.trustedIssuers'],
  },
  contextMalformed: {
    code: 'P162206',
    error: 'invalid_request',
    spec: 'Transaction Tokens §11.1',
    message: 'request_context and request_details must be JSON objects of at most 4096 characters.',
    fix: 'Send the text of a JSON object.',
  },
  actorUnsupported: {
    code: 'P162207',
    error: 'invalid_request',
    spec: 'Transaction Tokens §11.1',
    message: 'A request for a transaction token must not have an actor token.',
    fix: 'Omit `actor_token` and `actor_token_type`: the client is in `req_wl`.',
  },
  subjectIssuer: {
    code: 'P162208',
    error: 'unauthorized_client',
    spec: 'Transaction Tokens §11.3',
    message: 'The client must not use JWTs of the issuer of the subject token.',
    fix: 'Add the client to the `clients` of the trusted issuer.',
    settings: ['service.ext.trustedIssuers'],
  },
})

export const transactionTokenType = 'urn:ietf:params:oauth:token-type:txn_token'

const domainName: AttributeForm<string | undefined> = {
  parse: (text) => (/^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/.test(text) ? text : undefined),
  expected: 'the name of a trust domain, with at most 255 characters and no spaces',
}

const trustDomain = defineAttribute<string | undefined>({
  name: 'ext.txn_token.trust_domain',
  of: 'service',
  form: domainName,
  fallback: undefined,
  effect:
    'The trust domain for whose workloads the service issues transaction tokens by token exchange: ' +
    'their `aud`. Without the attribute, none are issued.',
  spec: 'Transaction Tokens §9.2',
})

const seconds = defineAttribute({
  name: 'ext.txn_token.duration',
  of: 'service',
  form: wholeNumber(5, 3_600),
  fallback: 300,
  effect: 'Seconds for which a transaction token is valid, and no longer than its subject token.',
  spec: 'Transaction Tokens §6',
})

const scopesOfClient = defineAttribute<readonly string[] | undefined>({
  name: 'ext.txn_token.scopes',
  of: 'client',
  form: words((word) => /^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/.test(word), 200, 'scopes'),
  fallback: undefined,
  effect:
    'The scopes of transaction tokens that the client may get. Scopes of the service must also be ' +
    'those of the subject token. Without the attribute, the client gets no transaction tokens.',
  spec: 'Transaction Tokens §13.10',
})

/** Whether the service issues transaction tokens. */
export const issuesTransactionTokens = (service: Service): boolean =>
  trustDomain.read(service) !== undefined

export interface TransactionRequest {
  client: Client
  namedBy: NamedBy
  audience: string
  /** Scopes of the request that the client may use. */
  scopes: string[]
  /** `request_context` and `request_details`. */
  requester: Record<string, unknown> | undefined
  details: Record<string, unknown> | undefined
}

/** Transaction Tokens §11.1: the workload, the trust domain, the purpose and the context. */
export function parseTransaction(
  parameters: Parameters,
  service: Service,
  asking: { client: Client | undefined; method: ClientAuthMethod | undefined; namedBy: NamedBy },
): TransactionRequest {
  const { client, method, namedBy } = asking
  if (!client || method === 'NONE') refuse(rules.unauthenticated, { parameter: 'client_id' })
  const allowed = scopesOfClient.read(client) ?? refuse(rules.notPermitted)
  const hasActor = parameters.get('actor_token') ?? parameters.get('actor_token_type')
  if (hasActor !== undefined) refuse(rules.actorUnsupported, { parameter: 'actor_token' })
  const audiences = parameters.getAll('audience')
  const audience = trustDomain.read(service)
  if (audience === undefined || audiences.length !== 1 || audiences[0] !== audience) {
    refuse(rules.audienceUnfit, { parameter: 'audience', given: audiences, expected: audience })
  }
  const asked = parseScope(parameters.get('scope') ?? '')
  return {
    client,
    namedBy,
    audience,
    scopes: asked.filter((scope) => allowed.includes(scope)),
    requester: objectIn(parameters, 'request_context'),
    details: objectIn(parameters, 'request_details'),
  }
}

const longest = 4_096

/** The JSON object in a parameter; numbers keep their spelling. */
function objectIn(parameters: Parameters, parameter: string): Record<string, unknown> | undefined {
  const text = parameters.get(parameter)
  if (text === undefined) return undefined
  check(text.length <= longest, rules.contextMalformed, { parameter })
  let value: unknown
  try {
    value = parseExact(text)
  } catch {
    return refuse(rules.contextMalformed, { parameter })
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject
    ? (value as Record<string, unknown>)
    : refuse(rules.contextMalformed, { parameter })
}

export function requireFitting<T>(presented: T | undefined): T {
  return presented ?? refuse(rules.subjectTypeUnfit, { parameter: 'subject_token_type' })
}

export function requireIssuerOf(isAllowed: boolean): void {
  if (!isAllowed) refuse(rules.subjectIssuer, { parameter: 'client_id' })
}

/** Whom the transaction is about. */
export interface Principal {
  sub: string
  /** The scopes of the subject token; undefined if it tells none. */
  scopes: readonly string[] | undefined
  /** Milliseconds since the epoch. */
  expiresAt: number
  /** What the new token has of the transaction token that it replaces. */
  former?: FormerTransaction
}

export interface FormerTransaction {
  txn: string
  /** The workloads that asked before, the last one first: RFC 8693 §4.1. */
  actors: object
  rctx: Record<string, unknown>
  tctx: Record<string, unknown>
}

/**
 * The scopes of the transaction. Scopes of the service must be those of the subject token; the
 * others have a meaning in the trust domain only, for which the list of the client is enough.
 */
export function transactionScopes(
  { scopes }: TransactionRequest,
  { scopes: held, former }: Principal,
  service: Service,
): string[] {
  const has = new Set(held ?? refuse(rules.scopeUnknown, { parameter: 'subject_token' }))
  const known = new Set(supportedScopes(service).map(({ name }) => name))
  // A transaction token tells all that the transaction may do.
  const isFree = (scope: string) => former === undefined && !known.has(scope)
  const granted = scopes.filter((scope) => isFree(scope) || has.has(scope))
  check(granted.length > 0, rules.scopeMissing, { parameter: 'scope', given: scopes })
  return granted
}

/** Transaction Tokens §9.1 and §9.2. */
export function unsignedTransactionToken(
  service: Service,
  { client, namedBy, audience, requester, details }: TransactionRequest,
  { sub, expiresAt, former }: Principal,
  made: { scopes: readonly string[]; now: number; txn: string },
): UnsignedJwt & { lifetime: number } {
  const { scopes, now, txn } = made
  const issuedAt = Math.floor(now / 1000)
  const exp = Math.min(issuedAt + seconds.read(service), Math.floor(expiresAt / 1000))
  const workload = clientIdentifier(client, { namedBy })
  const claims = {
    ...(service.issuer === undefined ? {} : { iss: service.issuer }),
    iat: issuedAt,
    aud: audience,
    exp,
    txn: former?.txn ?? txn,
    sub,
    scope: scopes.join(' '),
    req_wl: workload,
    ...(former ? { act: { sub: workload, act: former.actors } } : {}),
    ...context('rctx', requester, former?.rctx),
    ...context('tctx', details, former?.tctx),
  }
  const signing = exchangeSigning(service, client)
  return { signing, claims, header: { typ: 'txntoken+jwt' }, lifetime: exp - issuedAt }
}

/** What was asserted before stays as it was; further members may be added. */
function context(
  name: 'rctx' | 'tctx',
  asked: Record<string, unknown> | undefined,
  former: Record<string, unknown> = {},
): Record<string, unknown> {
  const members = { ...asked, ...former }
  return asked === undefined && Object.keys(members).length === 0 ? {} : { [name]: members }
}
