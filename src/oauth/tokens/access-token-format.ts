/** The format of access tokens: opaque, or JWTs of RFC 9068 with the key that signs them. */
import { isSigningKey, isSymmetricKey, parseKeySet } from '../../jose/key-set.ts'
import { serviceKeySet } from '../../jose/service-key-set.ts'
import type { Signing } from '../../jose/sign.ts'
import {
  asymmetricAlgorithms,
  jwsAlgorithm,
  symmetricAlgorithms,
} from '../../jose/signature-algorithm.ts'
import type { Client } from '../../model/client/client.ts'
import type { Grant } from '../../model/grant.ts'
import type { Service, ServiceDocument } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { type AttributeOwner, defineAttribute, flag, oneOf } from '../attribute.ts'
import { policyOf, serviceProfile } from '../policy.ts'
import type { Problem } from '../property-problem.ts'
import { onlyDescribed } from '../resources/described.ts'
import { namedKeyId, signingKeyId } from './signing-key.ts'

const rules = defineRules('Access token format', {
  keyMissing: {
    code: 'P101001',
    error: 'unauthorized_client',
    spec: 'RFC 9068 §2.1',
    message:
      'The access tokens of the client are JWTs, but the service has no private key that can sign them.',
    fix: 'Add a private key for the algorithm of access tokens, or let the access tokens of the client be opaque.',
    settings: [
      'service.accessTokenSignAlg',
      'service.accessTokenSignatureKeyId',
      'service.jwks',
      'client.ext.access_token.format',
    ],
  },
  resourceKeyMissing: {
    code: 'P161002',
    error: 'invalid_target',
    spec: 'RFC 9068 §2.1',
    message:
      'The access tokens for the resource are JWTs, but the service has no private key that can sign them with an allowed algorithm.',
    fix: 'Add a private key for the algorithm of the resource, or describe the resource with another algorithm or with opaque tokens.',
    settings: ['service.ext.resources', 'service.jwks'],
  },
})

const formatOf = defineAttribute<'opaque' | 'jwt' | undefined>({
  name: 'ext.access_token.format',
  of: 'client',
  form: oneOf('opaque', 'jwt'),
  fallback: undefined,
  effect:
    'The format of the access tokens of the client. `jwt` is signed with `accessTokenSignAlg` of the ' +
    'service, or else with the first algorithm that the service has a key for. Without the ' +
    'attribute, access tokens are JWTs if the service has `accessTokenSignAlg`.',
  spec: 'RFC 9068 §2.1',
})

const symmetric = defineAttribute({
  name: 'ext.at.symmetric',
  of: 'service',
  form: flag,
  fallback: false,
  effect:
    'With `true`, `accessTokenSignAlg` may be HS256, HS384 or HS512. An `oct` key in `jwks` signs, ' +
    'which is at least as long as the hash and is never published. Who has the key can make ' +
    'tokens, so it belongs to the service and its resource servers only.',
  spec: 'RFC 7518 §3.2',
})

/** Whether symmetric keys of the service may sign access tokens. */
export const allowsSymmetric = (service: AttributeOwner): boolean => symmetric.read(service)

/** Whether the access tokens of the client are JWTs. */
export function areJwts(service: Service, client: AttributeOwner): boolean {
  const format = formatOf.read(client)
  return format === undefined ? service.accessTokenSignAlg !== undefined : format === 'jwt'
}

/**
 * How the access tokens of the client for some resources are signed; undefined for opaque ones. The
 * description of a single resource decides before client and service: its server reads the tokens.
 */
export function accessTokenSigning(
  service: Service,
  client: Client,
  { scopes, resources }: Pick<Grant, 'scopes' | 'resources'>,
): Signing | undefined {
  const { accessTokenFormat, accessTokenSignAlg } = onlyDescribed(service, resources) ?? {}
  if (accessTokenFormat === 'opaque') return undefined
  const isOfResource = accessTokenFormat === 'jwt' || accessTokenSignAlg !== undefined
  if (!isOfResource && !areJwts(service, client)) return undefined
  if (accessTokenSignAlg !== undefined) {
    const { algorithms = asymmetricAlgorithms } = policyOf(service, client, scopes)
    const candidates = algorithms.includes(accessTokenSignAlg) ? [accessTokenSignAlg] : []
    const { accessTokenSignatureKeyId: ofService } = service
    const signing =
      signingWith(service, client, candidates, { keyId: ofService }) ??
      signingWith(service, client, candidates, {})
    return signing ?? refuse(rules.resourceKeyMissing, { expected: accessTokenSignAlg })
  }
  const signing = signingOf(service, client, scopes)
  return signing ?? refuse(isOfResource ? rules.resourceKeyMissing : rules.keyMissing)
}

/** The algorithm of the client's access tokens; undefined if opaque, or without a key. */
export const accessTokenAlgorithm = (service: Service, client: Client): string | undefined =>
  areJwts(service, client) ? signingOf(service, client, [])?.alg : undefined

/** Undefined if a client demands JWTs, and the service has no key for them. */
function signingOf(
  service: Service,
  client: Client,
  scopes: readonly string[],
): Signing | undefined {
  const keyId = service.accessTokenSignatureKeyId
  const ofService = service.accessTokenSignAlg && jwsAlgorithm(service.accessTokenSignAlg)
  const isOfService = isSymmetric(ofService)
  if (ofService && formatOf.read(client) === undefined) {
    const named = signingKeyId(service, client, ofService, keyId)
    return { alg: ofService, keyId: named, isOfService }
  }
  const { algorithms = ['RS256', ...asymmetricAlgorithms] } = policyOf(service, client, scopes)
  const candidates = ofService ? [ofService] : algorithms
  return signingWith(service, client, candidates, { keyId, isOfService })
}

/** The first of the algorithms that the service has a key for, with that key. */
function signingWith(
  service: Service,
  client: Client,
  candidates: readonly string[],
  { keyId, isOfService = false }: { keyId?: string | undefined; isOfService?: boolean },
): Signing | undefined {
  const { keys } = serviceKeySet(service)
  const canSign = isOfService ? isSymmetricKey : isSigningKey
  const firstOf = (named: string | undefined) =>
    candidates.find((alg) =>
      keys.some((key) => (named === undefined || key.kid === named) && canSign(key, alg)),
    )
  const ofClient = namedKeyId(client)
  const alg = (ofClient === undefined ? undefined : firstOf(ofClient)) ?? firstOf(keyId)
  if (alg === undefined) return undefined
  return { alg, keyId: signingKeyId(service, client, alg, keyId), isOfService }
}

/**
 * The problem of a client that demands JWTs of a service without a key for them. An update that
 * does not change the attribute is not refused, as the keys of the service may have changed since.
 */
export function formatProblem(
  service: Service,
  client: Client,
  former?: Client,
): Problem | undefined {
  const format = formatOf.read(client)
  const isKept = former !== undefined && formatOf.read(former) === format
  if (format !== 'jwt' || isKept || signingOf(service, client, [])) return undefined
  const message =
    `The attribute ${formatOf.name} is jwt, but the service has no private key that can sign ` +
    'access tokens: add one to jwks.'
  return { path: 'attributes', message }
}

const isSymmetric = (alg: string | undefined): boolean =>
  (symmetricAlgorithms as readonly (string | undefined)[]).includes(alg)

/**
 * Algorithms of the contract that never sign access tokens: unsigned, or not supported by the JOSE
 * library. Symmetric ones require the attribute, and a key that is long enough.
 */
export function signAlgProblem(document: ServiceDocument): Problem | undefined {
  const { accessTokenSignAlg: alg, accessTokenSignatureKeyId: keyId, jwks } = document
  const path = 'accessTokenSignAlg'
  if (!alg) return undefined
  if (alg === 'ES256K') return { path, message: 'ES256K is not supported: use ES256 or EdDSA.' }
  if (!isSymmetric(alg) || !symmetric.read(document)) {
    const isUsable = alg !== 'NONE' && !isSymmetric(alg)
    return isUsable ? undefined : { path, message: asymmetricOnly }
  }
  if (serviceProfile.read(document) === 'fapi-2.0') {
    return { path, message: 'The algorithm is not allowed by FAPI: use PS256, ES256 or EdDSA.' }
  }
  const { keys } = parseKeySet(jwks)
  const isNamed = (kid: string | undefined) => !keyId || kid === keyId
  if (keys.some((key) => isNamed(key.kid) && isSymmetricKey(key, alg))) return undefined
  const named = keyId ? ` and the kid ${keyId}` : ''
  const message =
    `${alg} requires a key in jwks with the kty oct${named}, which has at least ` +
    `${alg.slice(2)} bits (RFC 7518 §3.2).`
  return { path, message }
}

const asymmetricOnly =
  'Access tokens require an asymmetric algorithm: use RS, PS or ES with 256, 384 or 512, or EdDSA.'
