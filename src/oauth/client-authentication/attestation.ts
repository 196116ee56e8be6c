/**
 * Attestation-based client authentication, draft-ietf-oauth-attestation-based-client-auth-07, cited
 * as "Client Attestation": the client attester signs a key of the client instance.
 */

import type { X509Certificate } from 'node:crypto'
import type { JWK } from 'jose'
import { fitsSignatureAlgorithm, isPrivate } from '../../jose/key-set.ts'
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import {
  headerOf,
  type Unverified,
  unverifiedClaims,
  type Verified,
  verifyWithKey,
} from '../../jose/verify.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { readCertificate } from '../../x509/certificate.ts'
import { chainsToRoot, rootsOf } from '../../x509/chain.ts'
import { effectiveSeconds } from '../duration.ts'
import { isAudience } from '../identifier.ts'
import { thumbprintOf } from '../tokens/dpop.ts'

const rules = defineRules('Client attestation', {
  malformed: {
    code: 'P010201',
    error: 'invalid_client',
    spec: 'Client Attestation §5.1',
    message: 'The client attestation is missing, or is not a JWT of the required type.',
  },
  untrusted: {
    code: 'P010202',
    error: 'invalid_client',
    spec: 'Client Attestation §9',
    message: 'The client attestation is not signed by a trusted attester of the client.',
  },
  otherClient: {
    code: 'P010203',
    error: 'invalid_client',
    spec: 'Client Attestation §5.1',
    message: 'The sub of the client attestation must be the client id.',
  },
  outOfTime: {
    code: 'P010204',
    error: 'invalid_client',
    spec: 'Client Attestation §5.1',
    message:
      'The exp of the client attestation is missing, or the attestation has expired or is not valid yet.',
  },
  keyUnusable: {
    code: 'P010205',
    error: 'invalid_client',
    spec: 'Client Attestation §5.1',
    message: 'The cnf of the client attestation must contain a public key.',
  },
  proofMalformed: {
    code: 'P010206',
    error: 'invalid_client',
    spec: 'Client Attestation §5.2',
    message: 'The client attestation proof is missing, or is not a JWT of the required type.',
  },
  proofUnverified: {
    code: 'P010207',
    error: 'invalid_client',
    spec: 'Client Attestation §9',
    message: 'The client attestation proof is not signed with the key of the client attestation.',
  },
  proofOtherClient: {
    code: 'P010208',
    error: 'invalid_client',
    spec: 'Client Attestation §5.2',
    message: 'The iss of the client attestation proof must be the client id.',
  },
  proofAudience: {
    code: 'P010209',
    error: 'invalid_client',
    spec: 'Client Attestation §5.2',
    message:
      'The aud of the client attestation proof must be the issuer of the authorization server.',
  },
  proofOutOfTime: {
    code: 'P010210',
    error: 'invalid_client',
    spec: 'Client Attestation §9',
    message:
      'The iat of the client attestation proof is missing, too old or in the future, or the proof has expired.',
  },
  proofIdMissing: {
    code: 'P010211',
    error: 'invalid_client',
    spec: 'Client Attestation §5.2',
    message: 'The jti of the client attestation proof is missing.',
  },
  proofReplayed: {
    code: 'P010212',
    error: 'invalid_client',
    spec: 'Client Attestation §12.1',
    message: 'The client attestation proof has been used before.',
  },
  challengeNeeded: {
    code: 'P010213',
    error: 'use_attestation_challenge',
    spec: 'Client Attestation §9',
    message:
      'The client attestation proof requires a current challenge of the authorization server.',
  },
  uncertified: {
    code: 'P133002',
    error: 'invalid_client',
    spec: 'HAIP §4.4.1',
    message:
      'The x5c of the client attestation is required: certificates that are not self-signed, without the trust anchor.',
  },
  otherInstance: {
    code: 'P010214',
    error: 'invalid_client',
    spec: 'Client Attestation §10.3',
    message: 'The refresh token was issued to another instance of the client.',
  },
})

/** The rule for a `jti` that a concurrent request used first. */
export const attestationReplayed = rules.proofReplayed

const attestationType = 'oauth-client-attestation+jwt'
const proofType = 'oauth-client-attestation-pop+jwt'
const longestChain = 10

/** How far `iat` of a proof may be in the past or in the future, in milliseconds. */
const longestAge = 300_000
const longestLead = 60_000

const skewOf = (service: Service): number => effectiveSeconds(service, 'allowableClockSkew')

/** The client id of an attestation that is not verified yet, for the look-up of the client. */
export function attestedClientId(attestation: string): string {
  const { sub } = unverifiedClaims(attestation) ?? refuse(rules.malformed)
  return typeof sub === 'string' && sub !== '' ? sub : refuse(rules.otherClient)
}

/**
 * The `x5c` of an attestation that must chain to the attester roots of the service; undefined if it
 * must be signed with a key that the client registered.
 */
export function attesterChain(attestation: string, service: Service): unknown[] | undefined {
  const header = headerOf(attestation)
  if (header?.['typ'] !== attestationType) refuse(rules.malformed)
  const { x5c } = header
  const { clientAttesterRootsEnabled, clientAttesterRootsOnly } = service
  if (Array.isArray(x5c) && (clientAttesterRootsEnabled || clientAttesterRootsOnly)) return x5c
  if (clientAttesterRootsOnly) refuse(rules.untrusted, 'no x5c')
  return undefined
}

/** HAIP §4.4.1: the attestation names the certificate of its key, without the trust anchor. */
export function requireCertified(attestation: string): void {
  const x5c: unknown = headerOf(attestation)?.['x5c']
  const chain = Array.isArray(x5c) && x5c.length <= longestChain ? x5c : []
  const certificates = chain.map((each) =>
    typeof each === 'string' ? readCertificate(each) : undefined,
  )
  const isSelfSigned = (each: X509Certificate | undefined) => !each || each.checkIssued(each)
  if (certificates.length === 0 || certificates.some(isSelfSigned)) refuse(rules.uncertified)
}

/** RFC 7515 §4.1.6: verifies with the first certificate, which must chain to a root. */
export async function verifyByChain(
  attestation: string,
  x5c: unknown[],
  service: Service,
  now: number,
): Promise<Verified | Unverified> {
  const certificates = x5c.map((each) =>
    typeof each === 'string' ? readCertificate(each) : undefined,
  )
  const [leaf, ...others] = certificates.filter((each) => each !== undefined)
  const isWhole = !certificates.includes(undefined) && certificates.length <= longestChain
  if (!leaf || !isWhole) refuse(rules.malformed, 'x5c')
  if (!(await chainsToRoot(leaf, others, rootsOf(service.clientAttesterRoots), now))) {
    refuse(rules.untrusted, 'x5c does not chain to a root')
  }
  return verifyWithKey(attestation, jwkOf(leaf), asymmetricAlgorithms)
}

function jwkOf(certificate: X509Certificate): JWK {
  try {
    return certificate.publicKey.export({ format: 'jwk' }) as JWK
  } catch {
    return refuse(rules.untrusted, 'the key type is not supported')
  }
}

/** Client Attestation §5.1. Returns the key of the instance. */
export function verifyAttestation(
  verified: Verified | Unverified,
  named: { clientId: string },
  service: Service,
  now: number,
): JWK {
  if ('failure' in verified) refuse(rules.untrusted, verified.failure)
  const { sub, exp, nbf, iat, cnf } = verified.claims
  if (sub !== named.clientId) refuse(rules.otherClient)
  const seconds = now / 1000
  const skew = skewOf(service)
  if (!isNumber(exp) || exp + skew <= seconds) refuse(rules.outOfTime, `exp ${String(exp)}`)
  for (const time of [nbf, iat]) {
    if (time !== undefined && (!isNumber(time) || time > seconds + skew)) refuse(rules.outOfTime)
  }
  const key = isObject(cnf) ? cnf['jwk'] : undefined
  const isUsable = isObject(key) && !isPrivate(key)
  const fits = asymmetricAlgorithms.some((alg) => isUsable && fitsSignatureAlgorithm(key, alg))
  return isUsable && fits ? key : refuse(rules.keyUnusable)
}

export interface InstanceProof {
  /** Thumbprint of the instance's key, RFC 7638. */
  thumbprint: string
  jwtId: string
  challenge: unknown
  /** Until when the `jti` must be remembered, in milliseconds since the epoch. */
  expiresAt: number
}

/** Client Attestation §5.2 and §9: verifies the proof of possession by the client instance. */
export async function verifyInstanceProof(
  proof: string,
  key: JWK,
  named: { clientId: string },
  service: Service,
  now: number,
): Promise<InstanceProof> {
  if (headerOf(proof)?.['typ'] !== proofType) refuse(rules.proofMalformed)
  const verified = await verifyWithKey(proof, key, asymmetricAlgorithms)
  if ('failure' in verified) refuse(rules.proofUnverified, verified.failure)
  const { iss, aud, jti, iat, exp, nbf, challenge } = verified.claims
  if (iss !== undefined && iss !== named.clientId) refuse(rules.proofOtherClient)
  if (!isAudience(aud, service.issuer)) refuse(rules.proofAudience)
  const age = isNumber(iat) ? now - iat * 1000 : Number.NaN
  if (!(age <= longestAge && age >= -longestLead)) refuse(rules.proofOutOfTime, `age ${age} ms`)
  const skew = skewOf(service) * 1000
  if (exp !== undefined && !(isNumber(exp) && exp * 1000 + skew > now)) refuse(rules.proofOutOfTime)
  if (nbf !== undefined && !(isNumber(nbf) && nbf * 1000 - skew <= now))
    refuse(rules.proofOutOfTime)
  if (typeof jti !== 'string' || jti === '') refuse(rules.proofIdMissing)
  const thumbprint = await thumbprintOf(key)
  return { thumbprint, jwtId: jti, challenge, expiresAt: Math.ceil(now - age + longestAge) }
}

export function requireChallenge(isGood: boolean): void {
  if (!isGood) refuse(rules.challengeNeeded)
}

/** Client Attestation §10.3: a refresh token is bound to its client instance. */
export function requireSameInstance(
  bound: string | undefined,
  presented: { attestationThumbprint?: string | undefined },
): void {
  if (bound !== undefined && bound !== presented.attestationThumbprint) refuse(rules.otherInstance)
}

const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value)

const isObject = (value: unknown): value is JWK & Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
