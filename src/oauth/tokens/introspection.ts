/** Rules about those who introspect tokens, RFC 7662 §2.1. */
import type { ClientAuthMethod } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { defineAttribute, flag, words } from '../attribute.ts'

const rules = defineRules('Introspection client', {
  unauthenticated: {
    code: 'P102002',
    error: 'invalid_client',
    spec: 'RFC 7662 §2.1',
    message: 'The client does not authenticate, so it must not introspect tokens.',
    fix: 'Register an authentication method for the client, or introspect with another client.',
    settings: ['client.tokenAuthMethod', 'service.supportedIntrospectionAuthMethods'],
  },
  twoWays: {
    code: 'P102003',
    error: 'invalid_request',
    spec: 'RFC 6749 §2.3',
    message: 'The request has credentials of a client and an access token: use one of them.',
    fix: 'Pass either the credentials of the client or `bearerToken`.',
    settings: ['service.ext.introspection.bearer_scopes'],
  },
  bearerUnsupported: {
    code: 'P102004',
    error: 'invalid_request',
    spec: 'RFC 7662 §2.1',
    message: 'The introspection endpoint does not accept access tokens: authenticate the client.',
    fix: 'Authenticate a client, or let the service accept access tokens at the introspection endpoint.',
    settings: ['service.ext.introspection.bearer_scopes'],
  },
})

/** RFC 7662 §2.1: without authentication, anyone could try out tokens. */
export function requireAuthenticated(method: ClientAuthMethod): void {
  if (method === 'NONE') refuse(rules.unauthenticated)
}

export function requireOneWay(isNamed: boolean): void {
  if (isNamed) refuse(rules.twoWays)
}

const bearerScopes = defineAttribute<readonly string[] | undefined>({
  name: 'ext.introspection.bearer_scopes',
  of: 'service',
  form: words((word) => /^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/.test(word), 100, 'scopes'),
  fallback: undefined,
  effect:
    'The scopes that the access token of a request to the introspection endpoint must have ' +
    '(`bearerToken`); if empty, any active access token is enough. Without the attribute, access ' +
    'tokens are not accepted in place of client authentication.',
  spec: 'RFC 7662 §2.1',
})

/** The scopes of an access token that may introspect. Refuses it if the service accepts none. */
export const requiredBearerScopes = (service: Service): readonly string[] =>
  bearerScopes.read(service) ?? refuse(rules.bearerUnsupported)

const idTokens = defineAttribute({
  name: 'ext.introspect.id_token',
  of: 'service',
  form: flag,
  fallback: false,
  effect:
    'With `true`, introspection with the `token_type_hint` `id_token` verifies an ID Token of the ' +
    'service: its signature, its expiry and, where Postern keeps sessions, the session of its `sid`. ' +
    'With `false`, ID Tokens are inactive.',
  spec: 'RFC 7662 §2.1',
})

/** Whether an introspection request may be about an ID Token. */
export const mayBeIdToken = (service: Service, hint: string | undefined): boolean =>
  hint === 'id_token' && idTokens.read(service)

/** The claims of the protocol; those about the user are for the client only. */
const shown = [
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'sid'],
  ...['auth_time', 'nonce', 'acr', 'amr', 'azp'],
]

/** An introspection response about a verified ID Token; undefined if it has expired. */
export function describeIdToken(
  claims: Readonly<Record<string, unknown>>,
  clientId: string,
  now: number,
): Record<string, unknown> | undefined {
  const { exp } = claims
  if (typeof exp !== 'number' || exp * 1000 <= now) return undefined
  const members = shown
    .filter((name) => claims[name] !== undefined)
    .map((name): [string, unknown] => [name, claims[name]])
  return { active: true, client_id: clientId, ...Object.fromEntries(members) }
}
