/** JWT introspection responses, RFC 9701. */

import type { JWK } from 'jose'
import { encryptWithKey, isSymmetricEncryption, secretKey } from '../../jose/encrypt.ts'
import { contentEncryptions, encryptionAlgorithms } from '../../jose/encryption-algorithm.ts'
import { importKey, includesAlgorithm, isPrivate } from '../../jose/key-set.ts'
import type { UnsignedJwt } from '../../jose/sign.ts'
import { signatureAlgorithms } from '../../jose/signature-algorithm.ts'
import { parseJson } from '../../model/json.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { encryptsOutgoing } from '../encryption/settings.ts'
import { signingAlgorithm } from '../fapi.ts'
import { policyOf } from '../policy.ts'
import { prefersJwt } from './accept.ts'

const rules = defineRules('Introspection JWT', {
  resourceMissing: {
    code: 'P042003',
    error: 'invalid_request',
    spec: 'RFC 9701 §5',
    message: 'The rsUri is required for a JWT response: specify the URI of the resource server.',
    fix: 'Pass the URI of the resource server as `rsUri`, or request a JSON response.',
  },
  algorithm: {
    code: 'P042004',
    error: 'invalid_request',
    spec: 'RFC 9701 §6',
    message: 'The algorithm for the introspection response is not supported.',
    fix: 'Pass a supported algorithm as `introspectionSignAlg` and for the encryption.',
    settings: ['service.fapiModes'],
  },
  keyMissing: {
    code: 'P042005',
    error: 'invalid_request',
    spec: 'RFC 9701 §6',
    message: 'The key for the algorithm of the introspection response is missing or unusable.',
    fix: 'Pass `sharedKeyForSign`, `sharedKeyForEncryption` or a public JWK in `publicKeyForEncryption`, as the algorithm needs.',
  },
})

export interface IntrospectionJwtOptions {
  rsUri?: string | undefined
  introspectionSignAlg?: string | undefined
  introspectionEncryptionAlg?: string | undefined
  introspectionEncryptionEnc?: string | undefined
  sharedKeyForSign?: string | undefined
  sharedKeyForEncryption?: string | undefined
  publicKeyForEncryption?: string | undefined
}

/** RFC 9701 §4: whether the Accept header prefers a JWT. */
export const wantsJwt = (accept: string | undefined): boolean =>
  prefersJwt(accept, 'application/token-introspection+jwt')

/** RFC 9701 §5: a signed JWT with the introspection response; encrypted if requested. */
export function introspectionJwt(
  service: Service,
  options: IntrospectionJwtOptions,
  introspected: Record<string, unknown>,
  now: number,
): UnsignedJwt {
  const { rsUri, introspectionSignAlg, sharedKeyForSign } = options
  if (!rsUri) refuse(rules.resourceMissing)
  const policy = policyOf(service)
  const alg = introspectionSignAlg || signingAlgorithm(policy, service, undefined)
  const allowed = policy.algorithms ?? signatureAlgorithms
  if (!includesAlgorithm(allowed, alg)) refuse(rules.algorithm, alg.slice(0, 40))
  if (alg.startsWith('HS') && !sharedKeyForSign) refuse(rules.keyMissing, alg)
  const claims = {
    iss: service.issuer,
    aud: rsUri,
    iat: Math.floor(now / 1000),
    token_introspection: introspected,
  }
  const signing = {
    alg,
    keyId: service.introspectionSignatureKeyId,
    clientSecret: sharedKeyForSign,
  }
  return { signing, claims, header: { typ: 'token-introspection+jwt' } }
}

/** Accepts the spelling of the contract (`RSA_OAEP_256`) and of RFC 9701 §6 (`RSA-OAEP-256`). */
function wireName(name: string, known: readonly string[]): string {
  const found = known.find(
    (each) => each === name || each.replace(/[-+]/g, '_').toUpperCase() === name.toUpperCase(),
  )
  return found ?? refuse(rules.algorithm, name.slice(0, 40))
}

/** The signed response, encrypted if the resource server requests that and the service does it. */
export async function encryptIntrospection(
  service: Service,
  signed: string,
  options: IntrospectionJwtOptions,
): Promise<string> {
  if (!options.introspectionEncryptionAlg || !encryptsOutgoing(service)) return signed
  const alg = wireName(options.introspectionEncryptionAlg, encryptionAlgorithms)
  const enc = wireName(options.introspectionEncryptionEnc || 'A128CBC-HS256', contentEncryptions)
  const { sharedKeyForEncryption, publicKeyForEncryption } = options
  if (isSymmetricEncryption(alg)) {
    if (!sharedKeyForEncryption) refuse(rules.keyMissing, alg)
    const key = secretKey(sharedKeyForEncryption, { alg, enc })
    return encryptWithKey(signed, { alg, enc }, key, { cty: 'JWT' })
  }
  try {
    const jwk = parseJson(publicKeyForEncryption ?? '') as JWK
    if (isPrivate(jwk)) refuse(rules.keyMissing, 'private')
    const key = await importKey(jwk, alg)
    return await encryptWithKey(signed, { alg, enc }, key, { kid: jwk.kid, cty: 'JWT' })
  } catch {
    return refuse(rules.keyMissing, alg)
  }
}
