/**
 * JWTs of other issuers that a token request presents, RFC 7519 §7.2: syntax, times and possession.
 * Each grant passes its own rules for the refusals.
 */
import type { JWK } from 'jose'

import { encryptionHeaderOf } from '../../jose/decrypt.ts'
import { headerOf, unverifiedClaims } from '../../jose/verify.ts'
import type { Service } from '../../model/service/service.ts'
import { type Rule, refuse } from '../../refusal.ts'
import { effectiveSeconds } from '../duration.ts'
import { isIdentifier } from '../identifier.ts'
import { thumbprintOf } from '../tokens/dpop.ts'

/** The rules of one grant for such JWTs. */
export interface JwtRules {
  malformed: Rule
  encrypted: Rule
  unsigned: Rule
  expired: Rule
  notYetValid: Rule
}

export interface PresentedJwt {
  header: Record<string, unknown>
  /** `none` for a JWT without a signature. */
  alg: string
  claims: Record<string, unknown>
}

/** Undefined for an encrypted JWT that the service allows: only the caller can decrypt it. */
export function readJwt(
  text: string,
  rules: JwtRules,
  rejects: { encrypted: boolean; unsigned: boolean },
): PresentedJwt | undefined {
  if (text.split('.').length === 5) {
    if (!encryptionHeaderOf(text)) refuse(rules.malformed)
    return rejects.encrypted ? refuse(rules.encrypted) : undefined
  }
  const header = headerOf(text)
  const alg = header?.['alg']
  const claims = unverifiedClaims(text)
  if (!header || typeof alg !== 'string' || !claims) refuse(rules.malformed)
  // RFC 7519 §6.1: an unsecured JWT has an empty signature, all others do not.
  if ((alg === 'none') !== text.endsWith('.')) refuse(rules.malformed)
  if (alg === 'none' && rejects.unsigned) refuse(rules.unsigned)
  return { header, alg, claims }
}

/** RFC 7519 §4.1.4 to §4.1.6: checks exp, nbf and iat if present; `now` is in milliseconds. */
export function requireValidNow(
  { claims }: PresentedJwt,
  rules: JwtRules,
  service: Service,
  now: number,
): void {
  const seconds = now / 1000
  const skew = effectiveSeconds(service, 'allowableClockSkew')
  const { exp, iat, nbf } = claims
  if (exp !== undefined && !(typeof exp === 'number' && exp + skew > seconds)) refuse(rules.expired)
  for (const time of [iat, nbf]) {
    if (time !== undefined && !(typeof time === 'number' && time - skew <= seconds)) {
      refuse(rules.notYetValid)
    }
  }
}

/** RFC 7519 §4.1.3: a string or a list of strings; undefined for other values. */
export function audiencesOf(aud: unknown): string[] | undefined {
  const listed: unknown[] = Array.isArray(aud) ? aud : [aud]
  const audiences = listed.filter(isIdentifier)
  return audiences.length > 0 && audiences.length === listed.length ? audiences : undefined
}

/** Proof of possession in a request: thumbprints of a DPoP key and of a client certificate. */
export interface Proven {
  dpopThumbprint?: string | undefined
  certificateThumbprint?: string | undefined
}

/**
 * RFC 7800 §3.1: whether the request proves possession of the key that `cnf` names. Unknown members
 * are ignored; a confirmation with unknown members only is never proven.
 */
export async function provesPossession(confirmation: unknown, proven: Proven): Promise<boolean> {
  if (confirmation === undefined) return true
  if (typeof confirmation !== 'object' || confirmation === null) return false
  const { jkt, jwk, 'x5t#S256': x5t } = confirmation as Record<string, unknown>
  const keys = [jkt, jwk === undefined ? undefined : await keyThumbprint(jwk)]
  const pairs: [bound: unknown, presented: string | undefined][] = [
    ...keys.map((key): [unknown, string | undefined] => [key, proven.dpopThumbprint]),
    [x5t, proven.certificateThumbprint],
  ]
  const required = pairs.filter(([bound]) => bound !== undefined)
  return required.length > 0 && required.every(([bound, presented]) => bound === presented)
}

/**
 * The binding of a token that is made of a bound one, whose keys the request has proven: without
 * it, the exchange would remove the protection. `own` is how the request binds tokens anyway.
 */
export function bindingBy<T extends Proven>(confirmation: unknown, proven: Proven, own: T): T {
  if (typeof confirmation !== 'object' || confirmation === null) return own
  const isOfKey = 'jkt' in confirmation || 'jwk' in confirmation
  const isOfCertificate = 'x5t#S256' in confirmation
  return {
    ...own,
    dpopThumbprint: isOfKey ? proven.dpopThumbprint : own.dpopThumbprint,
    certificateThumbprint: isOfCertificate
      ? proven.certificateThumbprint
      : own.certificateThumbprint,
  }
}

/** Null, which matches no proof, if the key is not valid. */
async function keyThumbprint(jwk: unknown): Promise<string | null> {
  try {
    return await thumbprintOf(jwk as JWK)
  } catch {
    return null
  }
}
