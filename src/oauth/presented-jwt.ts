/**
 * A JWT that stands for somebody else's word, RFC 7519 §7.2: is it one, and is it valid now? Who
 * uses it says by which rule it is refused. Read by: token exchange, the JWT bearer grant.
 */
import { encryptionHeaderOf } from '../jose/decrypt.ts'
import { headerOf, unverifiedClaims } from '../jose/verify.ts'
import type { Service } from '../model/service.ts'
import { type Rule, refuse } from '../refusal.ts'

/** One rule for each way in which such a JWT is wrong. */
export interface JwtRules {
  malformed: Rule
  encrypted: Rule
  unsigned: Rule
  expired: Rule
  notYetValid: Rule
}

export interface PresentedJwt {
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
  const alg = headerOf(text)?.['alg']
  const claims = unverifiedClaims(text)
  if (typeof alg !== 'string' || !claims) refuse(rules.malformed)
  // RFC 7519 §6.1: an unsecured JWT has no signature, and every other one has.
  if ((alg === 'none') !== text.endsWith('.')) refuse(rules.malformed)
  if (alg === 'none' && rejects.unsigned) refuse(rules.unsigned)
  return { alg, claims }
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
  const audiences = listed.filter((each) => typeof each === 'string')
  return audiences.length > 0 && audiences.length === listed.length ? audiences : undefined
}
