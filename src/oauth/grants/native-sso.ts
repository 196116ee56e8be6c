/**
 * Native SSO: apps of one vendor on one device share a session. The caller creates and checks the
 * device secrets; Postern does not store them.
 */

import { hash } from 'node:crypto'
import type { Client } from '../../model/client/client.ts'
import type { GrantType } from '../../model/enums.ts'
import type { Grant } from '../../model/grant.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { isIdentifier, isSameIdentifier } from '../identifier.ts'
import { sessionBehind } from '../tokens/pairwise-session.ts'
import type { PresentedJwt } from './presented-jwt.ts'

const rules = defineRules('Native SSO', {
  sessionMissing: {
    code: 'P029001',
    error: 'server_error',
    spec: 'OIDC Native SSO §3.1',
    message: 'A sessionId is required: the authorization request uses Native SSO.',
    fix: 'Pass the `sessionId` of the user to `/auth/authorization/issue`, or do not grant the scope `device_sso`.',
    settings: ['service.nativeSsoSupported'],
  },
  clientMissing: {
    code: 'P029002',
    error: 'invalid_client',
    spec: 'OIDC Native SSO §4.3',
    message: 'The exchange of a device secret requires a client id.',
    fix: 'Send the `client_id` of the app together with the device secret.',
  },
  notOurs: {
    code: 'P029003',
    error: 'invalid_request',
    spec: 'OIDC Native SSO §4.2',
    message: 'The subject_token must be an ID Token that the service signed.',
    fix: 'Send as `subject_token` the signed ID Token that this service issued to the first app.',
    settings: ['service.issuer'],
  },
  incomplete: {
    code: 'P029004',
    error: 'invalid_request',
    spec: 'OIDC Native SSO §3.3',
    message: 'The ID Token must contain sid and ds_hash: it was not issued for Native SSO.',
    fix: 'Send an ID Token that was issued for the scope `device_sso`, which has `sid` and `ds_hash`.',
    settings: ['service.nativeSsoSupported'],
  },
  sessionEnded: {
    code: 'P029005',
    error: 'invalid_grant',
    spec: 'OIDC Native SSO §4.3',
    message: 'The session has ended: none of its tokens is active.',
    fix: 'Let the user log in again in the first app, and exchange the new ID Token and device secret.',
  },
})

const scope = 'device_sso'

/** OIDC Native SSO §3.1: the request has both scopes and results in a code. */
export const requestsNativeSso = (
  service: Service,
  scopes: readonly string[],
  responseTypes: readonly string[],
): boolean =>
  grantsNativeSso(service, scopes) && scopes.includes('openid') && responseTypes.includes('code')

/** Whether a grant shares its session with other apps. */
export const grantsNativeSso = (service: Service, scopes: readonly string[]): boolean =>
  service.nativeSsoSupported && scopes.includes(scope)

/** Whether the caller must complete the token response with a device secret. */
export const continuesNativeSso = (
  service: Service,
  grantType: GrantType,
  { scopes, sessionId }: Grant,
): boolean =>
  sessionId !== undefined &&
  grantsNativeSso(service, scopes) &&
  (grantType === 'REFRESH_TOKEN' ||
    (grantType === 'AUTHORIZATION_CODE' && scopes.includes('openid')))

/** Native SSO requires a session that the apps can share. */
export function requireSession(sessionId: string | undefined): void {
  if (!sessionId) refuse(rules.sessionMissing)
}

export const requireApp = (client: Client | undefined): Client =>
  client ?? refuse(rules.clientMissing)

/** OIDC Native SSO §4.3: the subject token must be a signed ID Token of this service. */
export function requireOwnIdToken(jwt: PresentedJwt | undefined, service: Service): PresentedJwt {
  const isOurs = jwt && jwt.alg !== 'none' && isSameIdentifier(jwt.claims['iss'], service.issuer)
  return isOurs ? jwt : refuse(rules.notOurs)
}

/** The session and the device secret hash of an ID Token. */
export function sessionOf(
  { header, claims }: PresentedJwt,
  service: Service,
): { sessionId: string; dsHash: string } {
  const { sid, ds_hash } = claims
  if (!isIdentifier(sid) || !isIdentifier(ds_hash)) refuse(rules.incomplete)
  return { sessionId: sessionBehind(service, header, sid), dsHash: ds_hash }
}

/** The rule for a session that ends while tokens are issued. */
export const { sessionEnded } = rules

export const requireLiveSession = <T>(token: T | undefined): T =>
  token ?? refuse(rules.sessionEnded)

/** The hash of a device secret if the caller does not provide one. */
export const deviceSecretHash = (deviceSecret: string): string =>
  hash('sha256', deviceSecret, 'base64url')
