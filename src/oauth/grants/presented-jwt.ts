/**
 * A JWT that stands for somebody else's word, RFC 7519 §7.2: is it one, and is it valid now? Who
 * uses it says by which rule it is refused.
 */
import type { JWK } from 'jose'

import { encryptionHeaderOf } from '../../jose/decrypt.ts'
import { headerOf, unverifiedClaims } from '../../jose/verify.ts'
import type { Service } from '../../model/service/service.ts'
import { type Rule, refuse } from '../../refusal.ts'
import { isIdentifier } from '../identifier.ts'
import { thumbprintOf } from '../tokens/dpop.ts'

/** One rule for each way in which such a JWT is wrong. */
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

/** Undefined for an encrypted JWT that the service permits: nobody but the caller can read it. */
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
  // RFC 7519 §6.1: an unsecured JWT has no signature, and every other one has.
  if ((alg === 'none') !== text.endsWith('.')) refuse(rules.malformed)
  if (alg === 'none' && rejects.unsigned) refuse(rules.unsigned)
  return { header, alg, claims }
}

/** RFC 7519 §4.1.4 to §4.1.6: claims of time are checked where the JWT has them. */
export function requireValidNow(
  { claims }: PresentedJwt,
  rules: JwtRules,
  service: Service,
  now: number,
): void {
  const seconds = now / 1000
  const skew = service.allowableClockSkew > 0 ? service.allowableClockSkew : 10
  const { exp, iat, nbf } = claims
  if (exp !== undefined && !(typeof exp === 'number' && exp + skew > seconds)) refuse(rules.expired)
  for (const time of [iat, nbf]) {
    if (time !== undefined && !(typeof time === 'number' && time - skew <= seconds)) {
      refuse(rules.notYetValid)
    }
  }
}

/** RFC 7519 §4.1.3: one text, or a list of texts. */
export function audiencesOf(aud: unknown): string[] | undefined {
  const listed: unknown[] = Array.isArray(aud) ? aud : [aud]
  const audiences = listed.filter(isIdentifier)
  return audiences.length > 0 && audiences.length === listed.length ? audiences : undefined
}

/** What a request proves possession of: thumbprints of a DPoP key and of a client certificate. */
export interface Proven {
  dpopThumbprint?: string | undefined
  certificateThumbprint?: string | undefined
}

/**
 * RFC 7800 §3.1: a token that is bound is used by who proves to hold the key. Members that are not
 * understood are ignored, but for a binding that has no others, which nobody can prove here.
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

/** Null, which nothing equals, for a key that has no thumbprint. */
async function keyThumbprint(jwk: unknown): Promise<string | null> {
  try {
    return await thumbprintOf(jwk as JWK)
  } catch {
    return null
  }
}
