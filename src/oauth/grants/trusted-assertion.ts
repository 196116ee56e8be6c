/**
 * Assertions of trusted issuers, which the engine itself accepts as grants: RFC 7523 §3, and the
 * Identity Assertion JWT Authorization Grant.
 */
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import type { Unverified, Verified } from '../../jose/verify.ts'
import type { Client } from '../../model/client/client.ts'
import type { ClientAuthMethod } from '../../model/enums.ts'
import type { Grant } from '../../model/grant.ts'
import { isStorable } from '../../model/primitives.ts'
import type { Service } from '../../model/service/service.ts'
import { check, defineRules, refuse } from '../../refusal.ts'
import { detailsOfAssertion, narrowAuthorizationDetails } from '../authorization-details.ts'
import { effectiveSeconds } from '../duration.ts'
import { failureNotes } from '../explain/jwt.ts'
import { isIdentifier } from '../identifier.ts'
import { type Parameters, parametersOf } from '../parameters.ts'
import { policyOf } from '../policy.ts'
import { narrowResources, parseResources } from '../resource.ts'
import { chooseScopes } from '../scope.ts'
import { clientIdentifiers } from '../tokens/id-token.ts'
import type { PresentedJwt } from './presented-jwt.ts'
import { isListedSubject, type TrustedIssuer } from './trusted-issuers.ts'

const rules = defineRules('Trusted assertion', {
  clientMissing: {
    code: 'P162001',
    error: 'invalid_client',
    spec: 'RFC 7521 §4.1',
    message: 'An assertion of this issuer requires a client.',
    fix: 'Send the `client_id` and, unless the client is public, its credentials.',
    settings: ['service.ext.trustedIssuers'],
  },
  clientNotListed: {
    code: 'P162002',
    error: 'unauthorized_client',
    spec: 'RFC 7521 §4.1',
    message: 'The client must not use assertions of this issuer.',
    fix: 'Add the client to the `clients` of the trusted issuer.',
    settings: ['service.ext.trustedIssuers'],
  },
  useNotAllowed: {
    code: 'P162003',
    error: 'invalid_grant',
    spec: 'RFC 7523 §3.1',
    message: 'The service does not accept assertions of this type from this issuer.',
    fix: 'Add `jwt-bearer`, or `id-jag` for the type oauth-id-jag+jwt, to the `grants` of the issuer.',
    settings: ['service.ext.trustedIssuers'],
  },
  unverified: {
    code: 'P162004',
    error: 'invalid_grant',
    spec: 'RFC 7523 §3',
    message: 'The signature of the assertion cannot be verified with the keys of its issuer.',
    fix: 'Give the trusted issuer the public key that signs the assertion, and an algorithm that is allowed.',
    settings: ['service.ext.trustedIssuers'],
  },
  subjectUnfit: {
    code: 'P162005',
    error: 'invalid_grant',
    spec: 'RFC 7523 §3',
    message: 'The assertion does not name a subject that can be used.',
    fix: 'Let the claim that names the subject have 1 to 255 characters, with the prefix.',
    settings: ['service.ext.trustedIssuers'],
  },
  subjectNotListed: {
    code: 'P162006',
    error: 'invalid_grant',
    spec: 'RFC 7523 §3',
    message: 'The service does not accept this subject from the issuer of the assertion.',
    fix: 'Add the subject to the `subjects` of the trusted issuer, or a beginning of it with `*`.',
    settings: ['service.ext.trustedIssuers'],
  },
  tooLong: {
    code: 'P162007',
    error: 'invalid_grant',
    spec: 'RFC 7523 §3',
    message: 'The assertion is valid for too long: the limit is one day.',
    fix: 'Let the assertion expire within minutes.',
  },
  replayed: {
    code: 'P162008',
    error: 'invalid_grant',
    spec: 'RFC 7523 §3',
    message: 'The assertion has been used before.',
    fix: 'Get an assertion with a new `jti` for each request, also for a retry.',
  },
  unauthenticated: {
    code: 'P162009',
    error: 'invalid_client',
    spec: 'Identity Assertion Grant §8.1',
    message: 'An ID-JAG requires client authentication.',
    fix: 'Register an authentication method for the client: a public client uses authorization codes.',
    settings: ['client.tokenAuthMethod'],
  },
  grantIncomplete: {
    code: 'P162010',
    error: 'invalid_grant',
    spec: 'Identity Assertion Grant §3.1',
    message: 'An ID-JAG must have the claims jti, iat and client_id, and one aud: the issuer.',
    fix: 'Add `jti`, `iat` and `client_id`, and set `aud` to the issuer of this service only.',
    settings: ['service.issuer'],
  },
  clientMismatch: {
    code: 'P162011',
    error: 'invalid_grant',
    spec: 'Identity Assertion Grant §4.4.1',
    message: 'The client_id of the ID-JAG is not the client that sent the request.',
    fix: 'Get an ID-JAG whose `client_id` is the identifier of this client at this service.',
  },
  scopeMalformed: {
    code: 'P162012',
    error: 'invalid_grant',
    spec: 'RFC 8693 §4.2',
    message: 'The scope of the assertion must be a string.',
    fix: 'Let `scope` be one string, with spaces between the scopes.',
  },
  detailsUnsupported: {
    code: 'P162013',
    error: 'invalid_authorization_details',
    spec: 'RFC 9396 §5',
    message: 'The assertion of this issuer grants no authorization_details.',
    fix: 'Request scopes and resources, or bring an ID-JAG with details of types that the issuer may grant.',
    settings: ['service.ext.trustedIssuers'],
  },
})

/** The rule for an assertion that a concurrent request used first. */
export const assertionReplayed = rules.replayed

const idJagType = 'oauth-id-jag+jwt'
const isIdJag = ({ header }: PresentedJwt): boolean =>
  typeof header['typ'] === 'string' &&
  header['typ'].toLowerCase().replace(/^application\//, '') === idJagType

/** Whether the issuer may send this assertion, and the client use it. */
export function requireUse(
  issuer: TrustedIssuer,
  jwt: PresentedJwt,
  client: Client | undefined,
  method: ClientAuthMethod | undefined,
): Client {
  const use = isIdJag(jwt) ? 'id-jag' : 'jwt-bearer'
  const { grants } = issuer
  check(grants.includes(use), rules.useNotAllowed, {
    parameter: 'assertion.typ',
    given: String(jwt.header['typ']),
    expected: grants,
  })
  if (!client) refuse(rules.clientMissing, { parameter: 'client_id' })
  check(isListedClient(issuer, client), rules.clientNotListed, {
    parameter: 'client_id',
    given: client.clientId,
  })
  if (use === 'id-jag') check(method !== 'NONE', rules.unauthenticated)
  return client
}

/** Whether the client may use JWTs of the issuer. */
export function isListedClient({ clients }: TrustedIssuer, client: Client): boolean {
  const names = clientIdentifiers(client)
  return clients?.some((each) => names.includes(each)) ?? true
}

/** The algorithms that the issuer may sign with. */
export function algorithmsOf(
  service: Service,
  client: Client | undefined,
  issuer: TrustedIssuer,
): readonly string[] {
  const { algorithms } = policyOf(service, client)
  const listed: readonly string[] = issuer.algorithms ?? asymmetricAlgorithms
  return listed.filter((alg) => algorithms?.includes(alg) ?? true)
}

export function requireVerifiedAssertion(outcome: Verified | Unverified): void {
  if ('failure' in outcome) {
    refuse(rules.unverified, { parameter: 'assertion', note: failureNotes[outcome.failure] })
  }
}

const longestSeconds = 86_400

/**
 * RFC 7523 §3: single use until the assertion expires. Without a `jti`, the signed text is what is
 * used once, because some signatures of the same text can be written in several ways.
 */
export function singleUse(
  { issuer }: TrustedIssuer,
  { claims }: PresentedJwt,
  assertion: string,
  service: Service,
  now: number,
): { value: string; expiresAt: number } {
  const { exp, jti } = claims
  const skew = effectiveSeconds(service, 'allowableClockSkew')
  const ends = Number(exp)
  check(ends <= now / 1000 + longestSeconds + skew, rules.tooLong, {
    parameter: 'assertion.exp',
    given: ends,
  })
  const signed = assertion.slice(0, assertion.lastIndexOf('.'))
  const value = isIdentifier(jti) ? `jti ${issuer}\0${jti}` : `text ${issuer}\0${signed}`
  return { value, expiresAt: Math.ceil((ends + skew) * 1000) }
}

/** What an ID-JAG must say beside the claims of every assertion. */
export function requireIdJag(jwt: PresentedJwt, service: Service, client: Client): void {
  if (!isIdJag(jwt)) return
  const { jti, iat, client_id, aud } = jwt.claims
  const isForUs = [aud].flat().length === 1 && [aud].flat()[0] === service.issuer
  const isComplete = isIdentifier(jti) && iat !== undefined && isIdentifier(client_id)
  check(isComplete && isForUs, rules.grantIncomplete, { parameter: 'assertion' })
  const names = clientIdentifiers(client)
  check(names.includes(client_id as string), rules.clientMismatch, {
    parameter: 'assertion.client_id',
    expected: names,
  })
}

const subjectLimit = 255

/** The subject at this service, or why there is none: the rule that each use has for it. */
export function subjectIn(
  { subjectClaim, subjectPrefix, subjects }: TrustedIssuer,
  claims: Record<string, unknown>,
): { subject: string } | { broken: 'subjectUnfit' | 'subjectNotListed' } {
  const named = claims[subjectClaim]
  const fits = isIdentifier(named) && isStorable(named)
  if (!fits || subjectPrefix.length + named.length > subjectLimit) return { broken: 'subjectUnfit' }
  if (!isListedSubject(named, subjects)) return { broken: 'subjectNotListed' }
  return { subject: subjectPrefix + named }
}

/** The subject by the mapping of the issuer. */
export function subjectFrom(issuer: TrustedIssuer, claims: Record<string, unknown>): string {
  const found = subjectIn(issuer, claims)
  if ('subject' in found) return found.subject
  return refuse(rules[found.broken], { parameter: `assertion.${issuer.subjectClaim}` })
}

/** Scopes that a user must consent to at this service. */
const userScopes = ['openid', 'offline_access']

/**
 * The scopes, resources and details of the new token: at most those that the issuer may give, and
 * those that the assertion names, if it names any.
 */
export function grantedBy(
  issuer: TrustedIssuer,
  jwt: PresentedJwt,
  parameters: Parameters,
  service: Service,
  client: Client,
): Pick<Grant, 'scopes' | 'resources' | 'authorizationDetails'> {
  const { claims } = jwt
  const { authorizationDetailsTypes: types = [] } = issuer
  const inGrant = isIdJag(jwt) ? claims['authorization_details'] : undefined
  const granted = detailsOfAssertion(inGrant, types, service, client)
  const wanted = parameters.get('authorization_details')
  if (wanted !== undefined && granted === undefined) {
    refuse(rules.detailsUnsupported, { parameter: 'authorization_details' })
  }
  const authorizationDetails = narrowAuthorizationDetails(wanted, granted)
  const { scope, resource } = claims
  if (scope !== undefined && typeof scope !== 'string') {
    refuse(rules.scopeMalformed, { parameter: 'assertion.scope' })
  }
  const chosen = chooseScopes(parameters.get('scope') ?? scope, service, client)
  const inAssertion = scope === undefined ? undefined : new Set(scope.split(' '))
  const scopes = chosen.filter(
    (each) =>
      !userScopes.includes(each) &&
      (inAssertion?.has(each) ?? true) &&
      (issuer.scopes?.includes(each) ?? true),
  )
  const asked = parseResources(parameters)
  if (resource === undefined) return { scopes, resources: asked, authorizationDetails }
  const named = parseResources(parametersOf({ resource }))
  return { scopes, resources: narrowResources(asked, named), authorizationDetails }
}

/** How and when the user authenticated at the issuer, if the assertion tells. */
export function authenticationIn({ auth_time, acr }: Record<string, unknown>) {
  const isTime = typeof auth_time === 'number' && Number.isSafeInteger(auth_time) && auth_time > 0
  const isClass = isIdentifier(acr) && acr.length <= 255 && isStorable(acr)
  return { ...(isTime ? { authTime: auth_time } : {}), ...(isClass ? { acr } : {}) }
}
