/**
 * Request objects of relying parties that register automatically, OpenID Federation §12.1.1. They
 * are checked before anything is known about the relying party, and again on every later request.
 */
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import { headerOf, unverifiedClaims } from '../../jose/verify.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { defineAttribute, flag } from '../attribute.ts'
import { effectiveSeconds } from '../duration.ts'
import { isOfKind } from '../jwt-kinds.ts'
import type { Parameters } from '../parameters.ts'

const rules = defineRules('Federated request object', {
  required: {
    code: 'P137101',
    error: 'invalid_request',
    spec: 'OpenID Federation §12.1.1',
    message: 'A relying party that registers automatically must send a request object.',
    fix: 'Send a signed request object in `request`, or push the request with client authentication.',
    settings: ['service.supportedClientRegistrationTypes'],
  },
  malformed: {
    code: 'P137102',
    error: 'invalid_request_object',
    spec: 'OpenID Federation §12.1.1.1',
    message: 'The request object is not a well-formed signed JWT of at most 96 KB.',
    fix: 'Send the request object as a signed JWT in compact form, at most 96 KB long.',
  },
  undecryptable: {
    code: 'P137103',
    error: 'invalid_request_object',
    spec: 'RFC 9101 §6.1',
    message: 'The request object cannot be decrypted with the asymmetric keys of the service.',
    fix: 'Encrypt the request object to a current public encryption key of the service, by an asymmetric algorithm.',
    settings: ['service.jwks'],
  },
  algorithm: {
    code: 'P137104',
    error: 'invalid_request_object',
    spec: 'OpenID Federation §12.1',
    message: 'The request object must be signed with an asymmetric algorithm.',
    fix: 'Sign the request object with an asymmetric algorithm such as ES256.',
  },
  type: {
    code: 'P137105',
    error: 'invalid_request_object',
    spec: 'RFC 9101 §10.8',
    message: 'The typ of the request object must be absent, JWT or oauth-authz-req+jwt.',
    fix: 'Set `typ` of the request object to `oauth-authz-req+jwt`, or omit it.',
  },
  client: {
    code: 'P137106',
    error: 'invalid_request',
    spec: 'OpenID Federation §12.1.1.1',
    message: 'The client_id inside and outside the request object must be the entity identifier.',
    fix: 'Send the entity identifier as `client_id` inside and outside the request object.',
  },
  issuer: {
    code: 'P137107',
    error: 'invalid_request_object',
    spec: 'OpenID Federation §12.1.1.1',
    message: 'The iss of the request object must be the entity identifier of the relying party.',
    fix: 'Set `iss` of the request object to the entity identifier of the relying party.',
  },
  audience: {
    code: 'P137108',
    error: 'invalid_request_object',
    spec: 'OpenID Federation §12.1.1.1',
    message: 'The aud of the request object must be the issuer of the service, and nothing else.',
    fix: 'Set `aud` of the request object to the issuer of the service, as a single value.',
    settings: ['service.issuer'],
  },
  subject: {
    code: 'P137109',
    error: 'invalid_request_object',
    spec: 'OpenID Federation §12.1.1.1',
    message: 'The request object must have no sub.',
    fix: 'Remove `sub` from the request object.',
  },
  expiry: {
    code: 'P137110',
    error: 'invalid_request_object',
    spec: 'OpenID Federation §12.1.1.1',
    message: 'The request object must have an exp that is not over, and at most an hour ahead.',
    fix: 'Set `exp` of the request object to a time in the next hour, and check the clock of the relying party.',
    settings: ['service.allowableClockSkew'],
  },
  identifier: {
    code: 'P137111',
    error: 'invalid_request_object',
    spec: 'OpenID Federation §12.1.1.1',
    message: 'The request object must have a jti of 1 to 256 characters.',
    fix: 'Add a `jti` of 1 to 256 characters that is different in each request object.',
  },
  nested: {
    code: 'P137112',
    error: 'invalid_request_object',
    spec: 'RFC 9101 §4',
    message: 'The parameters request and request_uri are not allowed in a request object.',
    fix: 'Remove `request` and `request_uri` from the request object.',
  },
  trustChain: {
    code: 'P137113',
    error: 'invalid_request_object',
    spec: 'OpenID Federation §4.3',
    message: 'The trust_chain of the request object must be a list of entity statements.',
    fix: 'Send `trust_chain` as an array of the signed entity statements, or omit it.',
  },
  replayed: {
    code: 'P137114',
    error: 'invalid_request_object',
    spec: 'OpenID Federation §12.1.1.1',
    message: 'The request object has been used before: its jti is taken.',
    fix: 'Create a request object with a new `jti` for each request, also for a retry.',
  },
})

/** The rule for a `jti` that a concurrent request used first. */
export const federatedRequestReplayed = rules.replayed

export const anyRequestUri = defineAttribute({
  name: 'ext.federation.request_uri',
  of: 'service',
  form: flag,
  fallback: false,
  effect:
    'Whether a relying party that registers automatically may pass its request object by a ' +
    '`request_uri` that it has not registered. A stranger decides then what the service fetches.',
  spec: 'OpenID Federation §12.1.1',
})

/** The longest request object: its header may have a trust chain. Encrypted, a third longer. */
export const longestFederatedRequest = 96 * 1_024
export const longestEncryptedRequest = (longestFederatedRequest / 3) * 4 + 4_096

/** What a request object says that was not verified yet. */
export interface FederatedRequest {
  /** The signed JWT. */
  text: string
  jwtId: string
  /** Until when its identifier is kept, in milliseconds since the Unix epoch. */
  expiresAt: number
  trustChain: readonly string[] | undefined
}

export const refuseMissingRequest = (): never => refuse(rules.required)

/** The client_id beside a request object, which a known client could also have another name for. */
export function requireOuterClient(parameters: Parameters, entityId: string): void {
  const outside = parameters.get('client_id')
  if (outside !== entityId) refuse(rules.client, outside?.slice(0, 100))
}

export const requireDecrypted = (text: string | undefined): string =>
  text ?? refuse(rules.undecryptable)

const longestAhead = 3_600
const longestIdentifier = 256

/** Checks everything about a request object but its signature. `now` is in milliseconds. */
export function requireFederatedRequest(
  text: string,
  clientId: string,
  service: Service,
  now: number,
): FederatedRequest {
  const header = headerOf(text, longestFederatedRequest)
  const claims = unverifiedClaims(text, longestFederatedRequest)
  if (!header || !claims) return refuse(rules.malformed)
  const { alg } = header
  if (!asymmetricAlgorithms.some((each) => each === alg)) {
    refuse(rules.algorithm, String(alg).slice(0, 20))
  }
  if (!isOfKind('request object', { header, claims })) refuse(rules.type)
  requireParties(claims, clientId, service)
  if (claims['request'] !== undefined || claims['request_uri'] !== undefined) refuse(rules.nested)
  const expiresAt = requireExpiry(claims['exp'], service, now)
  const { jti } = claims
  if (typeof jti !== 'string' || jti === '' || jti.length > longestIdentifier) {
    return refuse(rules.identifier)
  }
  return { text, jwtId: jti, expiresAt, trustChain: chainOf(header, claims) }
}

type Json = Readonly<Record<string, unknown>>

function requireParties(claims: Json, clientId: string, { issuer }: Service): void {
  const { iss, aud, sub, client_id: inside } = claims
  if (inside !== clientId) refuse(rules.client, String(inside).slice(0, 100))
  if (iss !== clientId) refuse(rules.issuer, String(iss).slice(0, 100))
  const [only, ...others] = Array.isArray(aud) ? aud : [aud]
  if (!issuer || only !== issuer || others.length > 0) refuse(rules.audience)
  if (sub !== undefined) refuse(rules.subject)
}

function requireExpiry(exp: unknown, service: Service, now: number): number {
  const skew = effectiveSeconds(service, 'allowableClockSkew')
  const seconds = now / 1_000
  const isGood =
    typeof exp === 'number' && exp + skew > seconds && exp <= seconds + longestAhead + skew
  return isGood ? Math.ceil((exp + skew) * 1_000) : refuse(rules.expiry)
}

/** OpenID Federation §12.1.1.1: in the header, or as a claim, which is how it was before. */
function chainOf(header: Json, claims: Json): readonly string[] | undefined {
  const chain = header['trust_chain'] ?? claims['trust_chain']
  if (chain === undefined) return undefined
  const isList = Array.isArray(chain) && chain.every((each) => typeof each === 'string')
  return isList ? (chain as string[]) : refuse(rules.trustChain)
}
