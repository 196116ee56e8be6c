/** Checks of a presented access token: validity, scopes, subject, resources, authentication. */

import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { bearerChallenge, defineRules, type Rule, refuse } from '../../refusal.ts'
import { policyOf } from '../policy.ts'
import { foreignResource } from '../resource.ts'
import { onlyDescribed } from '../resources/described.ts'
import { metadataUrl } from '../resources/metadata.ts'

const rules = defineRules('Access token', {
  missing: {
    code: 'P040001',
    error: 'invalid_request',
    spec: 'RFC 6750 §3.1',
    message: 'An access token is required.',
    fix: 'Pass the access token of the Authorization header without its scheme.',
  },
  unknown: {
    code: 'P040002',
    error: 'invalid_token',
    spec: 'RFC 6750 §3.1',
    message: 'The access token is unknown, revoked or expired.',
    fix: 'Get a new access token, by a refresh token or a new authorization.',
    settings: ['service.accessTokenDuration', 'client.extension'],
  },
  clientGone: {
    code: 'P040003',
    error: 'invalid_token',
    spec: 'RFC 6750 §3.1',
    message: 'The client of the access token is locked or was deleted.',
    fix: 'Unlock the client, or let another client get a token.',
    settings: ['client.locked'],
  },
  scopeMissing: {
    code: 'P040004',
    error: 'insufficient_scope',
    spec: 'RFC 6750 §3.1',
    message: 'The access token does not have the required scopes.',
    fix: 'Let the client request the missing scopes, or let the resource require fewer of them.',
  },
  otherSubject: {
    code: 'P040005',
    error: 'invalid_token',
    spec: 'RFC 6750 §3.1',
    message: 'The subject of the access token does not match the expected subject.',
    fix: 'Pass the subject of the token as `subject`, or omit it.',
  },
  otherResource: {
    code: 'P040006',
    error: 'invalid_token',
    spec: 'RFC 8707 §2.2',
    message: 'The access token was not issued for this resource.',
    fix: 'Request the token with the `resource` of this resource server, or pass another one as `resources`.',
  },
  openidMissing: {
    code: 'P040007',
    error: 'insufficient_scope',
    spec: 'OIDC Core §5.3.1',
    message: 'The access token does not have the scope openid.',
    fix: 'Request the scope openid at the authorization endpoint.',
    settings: ['service.supportedScopes'],
  },
  noSubject: {
    code: 'P040008',
    error: 'invalid_token',
    spec: 'OIDC Core §5.3.1',
    message: 'The access token was issued without a user.',
    fix: 'Use an access token that a user granted: one of client credentials has no user.',
  },
  acrUnmet: {
    code: 'P040009',
    error: 'insufficient_user_authentication',
    spec: 'RFC 9470 §3',
    message: 'The authentication context class of the access token is not acceptable.',
    fix: 'Let the client send an authorization request with the required `acr_values`.',
    settings: ['service.supportedAcrs'],
  },
  authenticationTooOld: {
    code: 'P040010',
    error: 'insufficient_user_authentication',
    spec: 'RFC 9470 §3',
    message: 'The user authentication of the access token is too old.',
    fix: 'Let the client send an authorization request with the required `max_age`.',
  },
})

export const requireToken = (token: string | undefined): string =>
  token || refuse(rules.missing, { parameter: 'token' })

/** RFC 6750 §3.1: an expired token is refused like an unknown one. */
export function requireLive<R extends { expiresAt: number }>(row: R | undefined, now: number): R {
  if (!row) refuse(rules.unknown, { parameter: 'token', note: 'It is unknown or revoked.' })
  if (row.expiresAt <= now) refuse(rules.unknown, { parameter: 'token', note: 'It has expired.' })
  return row
}

/** Refuses the token of a client that is locked or deleted. */
export function requireActiveClient(client: Client | undefined): Client {
  if (!client) refuse(rules.clientGone, { note: 'The client was deleted.' })
  if (client.locked) refuse(rules.clientGone, { setting: 'client.locked', given: true })
  return client
}

export function requireScopes(held: readonly string[], needed: readonly string[]): void {
  if (needed.length === 0) return
  const known = new Set(held)
  const missing = needed.filter((scope) => !known.has(scope))
  if (missing.length > 0) {
    refuse(rules.scopeMissing, { parameter: 'scope', given: held, expected: needed })
  }
}

export function requireSubject(subject: string | undefined, expected: string | undefined): void {
  if (expected !== undefined && subject !== expected) refuse(rules.otherSubject)
}

/** RFC 8707 §2.2: a token with resources is valid for these only; without any, for all. */
export function requireResources(held: readonly string[], needed: readonly string[]): void {
  if (held.length === 0 || needed.length === 0) return
  const foreign = foreignResource(held, needed)
  if (foreign !== undefined) {
    refuse(rules.otherResource, { parameter: 'resource', given: held, expected: needed })
  }
}

/**
 * Step-up authentication, RFC 9470 §3: checks class and age of the authentication if required.
 */
export function requireAuthentication(
  held: { acr?: string | undefined; authTime?: number | undefined },
  needed: { acrValues?: readonly string[] | undefined; maxAge?: number | undefined },
  now: number,
): void {
  const { acrValues = [], maxAge = 0 } = needed
  if (acrValues.length > 0 && !acrValues.includes(held.acr ?? '')) {
    refuse(rules.acrUnmet, { parameter: 'acr_values', given: held.acr, expected: acrValues })
  }
  if (maxAge > 0 && !(held.authTime !== undefined && held.authTime + maxAge >= now / 1000)) {
    refuse(rules.authenticationTooOld, {
      parameter: 'max_age',
      given: held.authTime === undefined ? undefined : Math.floor(now / 1000) - held.authTime,
      expected: maxAge,
    })
  }
}

/** OIDC Core §5.3.1: UserInfo requires a token with a user and the scope openid. */
export function requireUserInfo(subject: string | undefined, scopes: readonly string[]): string {
  if (!scopes.includes('openid')) {
    refuse(rules.openidMissing, { parameter: 'scope', given: scopes, expected: 'openid' })
  }
  return subject ?? refuse(rules.noSubject)
}

/** What a request at a protected resource needs, as far as the call tells. */
interface Needed {
  scopes?: readonly string[] | undefined
  resources?: readonly string[] | undefined
}

/**
 * RFC 9449 §7.1: a DPoP challenge lists the algorithms that are allowed for proofs. RFC 6750 §3:
 * one about scopes names those that are needed. RFC 9728 §5.1: it tells where the metadata of the
 * resource are, if the service describes it.
 */
export function presentationChallenge(
  rule: Rule,
  service: Service,
  { scopes = [], resources = [] }: Needed = {},
): string {
  const { algorithms = asymmetricAlgorithms } = policyOf(service)
  const isDpop = rule.spec.startsWith('RFC 9449')
  const isOfScopes = rule.error === 'insufficient_scope' && scopes.length > 0
  const described = onlyDescribed(service, resources)
  const url = described && metadataUrl(described)
  return bearerChallenge(rule, service, {
    ...(isDpop ? { algs: algorithms.join(' ') } : {}),
    ...(isOfScopes ? { scope: scopes.join(' ') } : {}),
    ...(url === undefined ? {} : { resource_metadata: url }),
  })
}

/** RFC 6750 §3.1: the action for the HTTP status of a refused token. */
export const presentationAction = ({ error }: Rule) =>
  error === 'invalid_request'
    ? ('BAD_REQUEST' as const)
    : error === 'insufficient_scope'
      ? ('FORBIDDEN' as const)
      : ('UNAUTHORIZED' as const)
