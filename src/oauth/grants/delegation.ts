/**
 * Token exchanges that the engine itself decides: delegation and impersonation with the claims
 * `act` and `may_act`, RFC 8693 §4.1 and §4.4.
 */
import type { Client } from '../../model/client/client.ts'
import type { ClientAuthMethod } from '../../model/enums.ts'
import { writeExact } from '../../model/exact-json.ts'
import type { Grant } from '../../model/grant.ts'
import { isStorable } from '../../model/primitives.ts'
import type { Service } from '../../model/service/service.ts'
import { check, defineRules, refuse } from '../../refusal.ts'
import { defineAttribute, oneOf, wholeNumber } from '../attribute.ts'
import { isIdentifier } from '../identifier.ts'
import type { Parameters } from '../parameters.ts'
import { parseResources } from '../resource.ts'
import { chooseScopes } from '../scope.ts'
import { clientIdentifiers } from '../tokens/id-token.ts'
import { subjectIn } from './trusted-assertion.ts'
import type { TrustedIssuer } from './trusted-issuers.ts'

const rules = defineRules('Delegation', {
  unauthenticated: {
    code: 'P162301',
    error: 'invalid_client',
    spec: 'RFC 8693 §2.1',
    message: 'Only an authenticated client may exchange this token.',
    fix: 'Register an authentication method for the client, and send its credentials.',
    settings: ['client.tokenAuthMethod', 'service.ext.token_exchange.decide'],
  },
  notEntitled: {
    code: 'P162302',
    error: 'unauthorized_client',
    spec: 'RFC 8693 §2.1',
    message: 'The client must not exchange this token, which was issued to another client.',
    fix: 'Permit token exchange to the client, or name it in the may_act of the token or in the `clients` of its issuer.',
    settings: ['client.extension', 'service.ext.trustedIssuers'],
  },
  mayNotAct: {
    code: 'P162303',
    error: 'invalid_request',
    spec: 'RFC 8693 §4.4',
    message: 'The may_act of the subject token names another actor.',
    fix: 'Send an actor token of the party in `may_act`; only sub, iss and client_id are compared.',
  },
  chainTooLong: {
    code: 'P162304',
    error: 'invalid_request',
    spec: 'RFC 8693 §4.1',
    message: 'The chain of actors is too long.',
    fix: 'Exchange a token with fewer actors in its `act`, or allow longer chains.',
    settings: ['service.ext.token_exchange.act_depth'],
  },
  chainMalformed: {
    code: 'P162305',
    error: 'invalid_request',
    spec: 'RFC 8693 §4.1',
    message: 'The act of the token is malformed: each actor must have a sub.',
    fix: 'Let `act` be an object with a `sub` of at most 255 characters, and the former actor in its `act`.',
  },
  audienceUnsupported: {
    code: 'P162306',
    error: 'invalid_target',
    spec: 'RFC 8693 §2.1',
    message: 'The service knows no audiences: name the target by the parameter resource.',
    fix: 'Send `resource` in place of `audience`, or let the frontend decide about exchanges.',
    settings: ['service.ext.token_exchange.decide'],
  },
  foreignActor: {
    code: 'P162307',
    error: 'invalid_request',
    spec: 'RFC 8693 §2.1',
    message: 'The actor token was issued to another client.',
    fix: 'Send an access token of the client that makes the request as its `actor_token`.',
  },
  userMissing: {
    code: 'P162308',
    error: 'invalid_request',
    spec: 'RFC 8693 §2.2.2',
    message: 'The subject token is not about a user.',
    fix: 'Send a token of a user; a client gets a token for itself by client credentials.',
  },
  detailsUnsupported: {
    code: 'P162309',
    error: 'invalid_authorization_details',
    spec: 'RFC 9396 §5',
    message: 'The service exchanges no tokens with authorization_details.',
    fix: 'Request scopes and resources, or let the frontend decide about exchanges.',
    settings: ['service.ext.token_exchange.decide'],
  },
  subjectUnfit: {
    code: 'P162311',
    error: 'invalid_request',
    spec: 'RFC 8693 §2.2.2',
    message: 'The token of the trusted issuer does not name a subject that can be used.',
    fix: 'Let the claim that names the subject have 1 to 255 characters, with the prefix.',
    settings: ['service.ext.trustedIssuers'],
  },
  subjectNotListed: {
    code: 'P162312',
    error: 'invalid_request',
    spec: 'RFC 8693 §2.2.2',
    message: 'The service does not accept this subject from the issuer of the token.',
    fix: 'Add the subject to the `subjects` of the trusted issuer, or a beginning of it with `*`.',
    settings: ['service.ext.trustedIssuers'],
  },
})

const decide = defineAttribute({
  name: 'ext.token_exchange.decide',
  of: 'service',
  form: oneOf('caller', 'engine'),
  fallback: 'caller',
  effect:
    'With `engine`, Postern itself answers exchanges for an access token, of access tokens of the ' +
    'service and of JWTs of trusted issuers with the grant `token-exchange`. Other exchanges, and ' +
    'all of them with `caller`, are decided by the frontend.',
  spec: 'RFC 8693 §2.2',
})

const actDepth = defineAttribute({
  name: 'ext.token_exchange.act_depth',
  of: 'service',
  form: wholeNumber(1, 10),
  fallback: 4,
  effect: 'The most actors in the claim `act`, from the present to the first one.',
  spec: 'RFC 8693 §4.1',
})

/** Whether the engine decides about the exchanges that it can decide about. */
export const decidesExchanges = (service: Service): boolean => decide.read(service) === 'engine'

/** A party as `act` and `may_act` name it. */
export interface Party {
  /** The first is the name in `act`. */
  subs: readonly [string, ...string[]]
  iss: string | undefined
  /** Identifiers of its client, if it is known to the service. */
  clientIds: readonly string[]
}

export function requireAuthenticatedClient(
  client: Client | undefined,
  method: ClientAuthMethod | undefined,
): Client {
  if (!client || method === 'NONE') refuse(rules.unauthenticated, { parameter: 'client_id' })
  return client
}

/** The client as an actor, if the request has no actor token. */
export const clientAsParty = (service: Service, client: Client): Party => {
  const clientIds = clientIdentifiers(client)
  const [first = String(client.clientId), ...more] = clientIds
  return { subs: [first, ...more], iss: service.issuer, clientIds }
}

/**
 * RFC 8693 §4.4: the actor must be the one that `may_act` names. Whether the claim is there, which
 * entitles this actor.
 */
export function obeysMayAct(mayAct: unknown, acting: Party): boolean {
  if (mayAct === undefined) return false
  check(isActor(mayAct, acting), rules.mayNotAct, { parameter: 'subject_token.may_act' })
  return true
}

function isActor(named: unknown, { subs, iss, clientIds }: Party): boolean {
  if (typeof named !== 'object' || named === null) return false
  const claims = Object.entries(named)
  const isNamed = 'sub' in named || 'client_id' in named
  const fits = ([name, value]: [string, unknown]): boolean => {
    if (name === 'iss') return value === iss
    if (name === 'sub') return subs.some((sub) => sub === value)
    return name === 'client_id' && clientIds.some((id) => id === value)
  }
  return isNamed && claims.every(fits)
}

export function requireEntitled(isEntitled: boolean): void {
  if (!isEntitled) refuse(rules.notEntitled, { parameter: 'client_id' })
}

/** Whether the client may exchange tokens of others, by its extension. */
export const isPermitted = ({ extension }: Client): boolean =>
  extension?.tokenExchangePermitted ?? false

export function requireOwnActor(isOwn: boolean): void {
  if (!isOwn) refuse(rules.foreignActor, { parameter: 'actor_token' })
}

export const requireUser = (subject: string | undefined): string =>
  subject ?? refuse(rules.userMissing, { parameter: 'subject_token' })

/** An actor, and the one before it. */
interface Act {
  sub: string
  iss?: string
  client_id?: string
  act?: Act
}

const longestName = 2_048
const isName = (value: unknown): value is string =>
  isIdentifier(value) && value.length <= longestName && isStorable(value)

/** The chain of actors of a token, with what names them; undefined for a token without. */
function chainOf(act: unknown, service: Service): Act | undefined {
  return act === undefined ? undefined : chain(act, actDepth.read(service))
}

function chain(act: unknown, depth: number): Act {
  check(depth > 0, rules.chainTooLong)
  if (typeof act !== 'object' || act === null) return refuse(rules.chainMalformed)
  const { sub, iss, client_id, act: former } = act as Record<string, unknown>
  if (!isName(sub)) return refuse(rules.chainMalformed)
  return {
    sub,
    ...(isName(iss) ? { iss } : {}),
    ...(isName(client_id) ? { client_id } : {}),
    ...(former === undefined ? {} : { act: chain(former, depth - 1) }),
  }
}

/** RFC 8693 §4.1: the actor before those of the subject token; without an actor, only those. */
export function delegated(
  actor: Party | undefined,
  former: unknown,
  service: Service,
): string | undefined {
  const before = former === undefined ? {} : { act: former }
  const [sub] = actor?.subs ?? []
  const isForeign = actor?.iss !== undefined && actor.iss !== service.issuer
  const named = { sub, ...(isForeign ? { iss: actor.iss } : {}), ...before }
  const act = chainOf(actor ? named : former, service)
  return act && writeExact(act)
}

/** Scopes that need the user, so that they are not exchanged. */
const userScopes = ['openid', 'offline_access']

/** At most the scopes of the subject token; its resources, or those of the request. */
export function narrowed(
  parameters: Parameters,
  service: Service,
  client: Client,
  held: { scopes: readonly string[] | undefined; resources: string[] },
): Pick<Grant, 'scopes' | 'resources'> {
  if (parameters.getAll('audience').length > 0) {
    refuse(rules.audienceUnsupported, { parameter: 'audience' })
  }
  if (parameters.get('authorization_details') !== undefined) {
    refuse(rules.detailsUnsupported, { parameter: 'authorization_details' })
  }
  const own = held.scopes?.length ? held.scopes.join(' ') : undefined
  const chosen = chooseScopes(parameters.get('scope') ?? own, service, client)
  const asked = parseResources(parameters)
  return {
    scopes: chosen.filter(
      (scope) => !userScopes.includes(scope) && (held.scopes?.includes(scope) ?? true),
    ),
    resources: asked.length > 0 ? asked : held.resources,
  }
}

/** The subject of a token of a trusted issuer, `from` a parameter. */
export function subjectOfTrusted(
  issuer: TrustedIssuer,
  claims: Record<string, unknown>,
  from: string,
): string {
  const found = subjectIn(issuer, claims)
  if ('subject' in found) return found.subject
  return refuse(rules[found.broken], { parameter: `${from}.${issuer.subjectClaim}` })
}
