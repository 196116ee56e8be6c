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
import { refuse } from '../../refusal.ts'
import { readCertificate } from '../../x509/certificate.ts'
import { chainsToRoot, rootsOf } from '../../x509/chain.ts'
import { effectiveSeconds } from '../duration.ts'
import { isAudience } from '../identifier.ts'
import { thumbprintOf } from '../tokens/dpop.ts'
import { rules } from './attestation-rules.ts'

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
  if (sub !== named.clientId) {
    refuse(rules.otherClient, { given: String(sub), expected: named.clientId })
  }
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
  if (iss !== undefined && iss !== named.clientId) {
    refuse(rules.proofOtherClient, { given: String(iss), expected: named.clientId })
  }
  if (!isAudience(aud, service.issuer)) {
    const expected = service.issuer
    refuse(rules.proofAudience, { given: String(aud), setting: 'service.issuer', expected })
  }
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
