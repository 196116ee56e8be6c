/** Token exchange, RFC 8693: checks of the client, the parameters and the presented tokens. */

import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import type { Client } from '../../model/client/client.ts'
import type { TokenType } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { isUrl } from '../../model/url.ts'
import { check, refuse } from '../../refusal.ts'
import { defineAttribute, words } from '../attribute.ts'
import { isAudience, isIdentifier } from '../identifier.ts'
import { isOfKind, isOwnResponse } from '../jwt-kinds.ts'
import type { Parameters } from '../parameters.ts'
import { isUri } from '../uri.ts'
import { audiencesOf, type PresentedJwt, readJwt, requireValidNow } from './presented-jwt.ts'
import { rules } from './token-exchange-rules.ts'
import type { TrustedIssuer } from './trusted-issuers.ts'

/** Identifiers of token types, RFC 8693 §3. */
const typeNames: Record<string, TokenType> = {
  'urn:ietf:params:oauth:token-type:jwt': 'JWT',
  'urn:ietf:params:oauth:token-type:access_token': 'ACCESS_TOKEN',
  'urn:ietf:params:oauth:token-type:refresh_token': 'REFRESH_TOKEN',
  'urn:ietf:params:oauth:token-type:id_token': 'ID_TOKEN',
  'urn:ietf:params:oauth:token-type:saml1': 'SAML1',
  'urn:ietf:params:oauth:token-type:saml2': 'SAML2',
}
const typeOf = (text: string | undefined): TokenType | undefined =>
  text !== undefined && Object.hasOwn(typeNames, text) ? typeNames[text] : undefined

/** OIDC Native SSO §4.2: the type of the actor token, which goes with an ID Token. */
const deviceSecretType = 'urn:openid:params:token-type:device-secret'

/** Whether the service allows a client, or an anonymous request, to exchange tokens. */
export function requireExchanger(service: Service, client: Client | undefined): void {
  if (service.tokenExchangeByIdentifiableClientsOnly && !client) {
    const setting = 'service.tokenExchangeByIdentifiableClientsOnly'
    refuse(rules.clientMissing, { parameter: 'client_id', setting })
  }
  const isConfidential = client !== undefined && client.clientType !== 'PUBLIC'
  if (service.tokenExchangeByConfidentialClientsOnly && !isConfidential) {
    refuse(rules.publicClient, { setting: 'service.tokenExchangeByConfidentialClientsOnly' })
  }
  const isPermitted = client?.extension?.tokenExchangePermitted ?? false
  if (service.tokenExchangeByPermittedClientsOnly && !isPermitted) {
    refuse(rules.notPermitted, { setting: 'service.tokenExchangeByPermittedClientsOnly' })
  }
}

export interface ExchangeParameters {
  requestedTokenType: TokenType | undefined
  subjectToken: string
  subjectTokenType: TokenType
  actorToken: string | undefined
  actorTokenType: TokenType | undefined
  audiences: string[]
}

/** RFC 8693 §2.1. The contract has no name for the types of `others`, which the engine issues. */
export function parseExchange(
  parameters: Parameters,
  service: Service,
  others: readonly string[] = [],
): ExchangeParameters {
  const requested = parameters.get('requested_token_type')
  const requestedTokenType = typeOf(requested)
  if (requested !== undefined && !requestedTokenType && !others.includes(requested)) {
    refuse(rules.requestedTypeUnknown, {
      parameter: 'requested_token_type',
      given: requested,
      expected: Object.keys(typeNames),
    })
  }
  const subjectToken =
    parameters.get('subject_token') ?? refuse(rules.subjectMissing, { parameter: 'subject_token' })
  const subjectType = parameters.get('subject_token_type')
  const subjectTokenType =
    typeOf(subjectType) ??
    refuse(rules.subjectTypeUnknown, {
      parameter: 'subject_token_type',
      given: subjectType,
      expected: Object.keys(typeNames),
    })
  const actorToken = parameters.get('actor_token')
  const actorType = parameters.get('actor_token_type')
  if (actorToken === undefined && actorType !== undefined) {
    refuse(rules.actorTypeAlone, { parameter: 'actor_token' })
  }
  const isDeviceSecret = service.nativeSsoSupported && actorType === deviceSecretType
  const actorTokenType = isDeviceSecret ? 'DEVICE_SECRET' : typeOf(actorType)
  if (actorToken !== undefined && !actorTokenType) {
    const expected = Object.keys(typeNames)
    refuse(rules.actorTypeUnknown, { parameter: 'actor_token_type', given: actorType, expected })
  }
  const audiences = [...new Set(parameters.getAll('audience'))]
  return {
    requestedTokenType,
    subjectToken,
    subjectTokenType,
    actorToken,
    actorTokenType,
    audiences,
  }
}

/** Reads and checks a JWT except for its signature; undefined for an encrypted one. */
export function readExchangedJwt(
  text: string,
  type: 'JWT' | 'ID_TOKEN',
  service: Service,
  now: number,
): PresentedJwt | undefined {
  const jwt = readJwt(text, rules, {
    encrypted: service.tokenExchangeEncryptedJwtRejected,
    unsigned: service.tokenExchangeUnsignedJwtRejected,
  })
  if (!jwt) return undefined
  requireValidNow(jwt, rules, service, now)
  if (type === 'ID_TOKEN') requireIdToken(jwt, service)
  else requireExchangeable(jwt, service)
  return jwt
}

/**
 * RFC 8693 §3. An access token of this service requires the type access_token, so that revocation
 * is checked. Responses that this service signed are not tokens.
 */
function requireExchangeable(jwt: PresentedJwt, { issuer }: Service): void {
  if (!isOfKind('exchanged JWT', jwt)) refuse(rules.otherKind)
  const isOurs = issuer !== undefined && jwt.claims['iss'] === issuer
  if (isOurs && isOfKind('access token', jwt)) refuse(rules.otherKind)
  if (isOwnResponse(jwt, issuer)) refuse(rules.otherKind)
}

/** OIDC Core §2: the required claims of an ID Token. */
function requireIdToken(jwt: PresentedJwt, service: Service): void {
  const { iss, aud, exp, iat, nonce } = jwt.claims
  if (exp === undefined || iat === undefined) refuse(rules.idTokenIncomplete, 'exp or iat')
  const isIssuer = typeof iss === 'string' && /^https:\/\/[^?#]+$/.test(iss) && isUri(iss)
  // A service in development may have an issuer on the loopback interface without TLS.
  const isOurs = Boolean(service.issuer) && iss === service.issuer
  if (!isIssuer && !isOurs) refuse(rules.idTokenIncomplete, 'iss')
  if (!audiencesOf(aud)) refuse(rules.idTokenIncomplete, 'aud')
  if (nonce !== undefined && typeof nonce !== 'string') refuse(rules.idTokenIncomplete, 'nonce')
  if (!isOfKind('ID Token', jwt)) refuse(rules.otherKind)
}

const isIssuer = (text: string): boolean => /^https:\/\/[^?#\\@]+$/.test(text) && isUrl(text)

const listedIssuers = defineAttribute<readonly string[] | undefined>({
  name: 'ext.token_exchange.issuers',
  of: 'service',
  form: words(isIssuer, 100, 'https URLs without query'),
  fallback: undefined,
  effect:
    'Issuers, besides the service itself, whose ID Tokens may be exchanged. Keys are fetched from ' +
    'these issuers only.',
  spec: 'RFC 8693 §2.2.2',
})

/**
 * Keys are fetched only from issuers that the service lists, because an attacker chooses the `iss`
 * of the token.
 */
export function requireListedIssuer(issuer: string, service: Service): string {
  const isListed = listedIssuers.read(service)?.includes(issuer)
  if (isListed) return issuer
  const setting = 'service.ext.token_exchange.issuers'
  return refuse(rules.issuerUnknown, { parameter: 'subject_token.iss', given: issuer, setting })
}

/** RFC 7523 §3: a JWT of a trusted issuer is for this service, about a subject, and ends. */
export function requireAddressed(
  { claims }: PresentedJwt,
  { issuer, tokenEndpoint }: Service,
  { audiences = [] }: TrustedIssuer,
): void {
  const { sub, aud, exp } = claims
  const isComplete = isIdentifier(sub) && typeof exp === 'number'
  const expected = [issuer, tokenEndpoint, ...audiences]
  check(isComplete && isAudience(aud, ...expected), rules.notForUs, {
    parameter: 'subject_token.aud',
    given: audiencesOf(aud),
    expected,
  })
}

/** Only asymmetric signatures are verified: a shared secret would not prove the issuer. */
export function requireAsymmetric({ alg }: PresentedJwt): void {
  const isAsymmetric = (asymmetricAlgorithms as readonly string[]).includes(alg)
  if (!isAsymmetric) refuse(rules.signature, { parameter: 'subject_token.alg', given: alg })
}

export function requireVerified(outcome: object): void {
  if ('failure' in outcome) refuse(rules.signature, String(outcome.failure))
}

/** The token must be active and issued by this service, and its client active. */
export function requireOwnToken<T>(found: T | undefined): T {
  return found ?? refuse(rules.tokenUnknown)
}

/** RFC 9449 §7.1, RFC 8705 §3: a bound token requires proof of possession of its key. */
export function requirePossession(isProven: boolean): void {
  if (!isProven) refuse(rules.possessionUnproven)
}

/** RFC 6749 §10.4: a refresh token is bound to its client. */
export function requireOwnRefreshToken(clientId: number, client: Client | undefined): void {
  if (clientId !== client?.clientId) refuse(rules.foreignRefreshToken)
}
