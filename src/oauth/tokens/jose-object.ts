/** Verification of a JOSE object for the caller, RFC 7519 §7.2. */
import type { Unverified, Verified } from '../../jose/verify.ts'
import { defineRules, Refusal, type Rule } from '../../refusal.ts'

const rules = defineRules('JOSE object', {
  malformed: {
    code: 'P004901',
    error: 'invalid_request',
    spec: 'RFC 7519 §7.2',
    message: 'The JOSE object is not a well-formed signed JWT.',
    fix: 'Pass a signed JWT in compact form as `jose`.',
  },
  undecryptable: {
    code: 'P004902',
    error: 'invalid_request',
    spec: 'RFC 7516 §5.2',
    message: 'The JOSE object cannot be decrypted with the keys of the service.',
    fix: 'Encrypt to a current encryption key of the service.',
    settings: ['service.jwks'],
  },
  algorithm: {
    code: 'P004903',
    error: 'invalid_request',
    spec: 'RFC 8725 §3.1',
    message: 'The signature algorithm of the JOSE object is not supported.',
    fix: 'Sign by an algorithm of RFC 7518 that the service supports, not `none`.',
  },
  key: {
    code: 'P004904',
    error: 'invalid_request',
    spec: 'RFC 8725 §3.1',
    message: 'No key matches the signature of the JOSE object.',
    fix: 'Register the key that signed, or pass `signedByClient` with the client whose key it is.',
    settings: ['client.jwks', 'client.jwksUri'],
  },
  signature: {
    code: 'P004905',
    error: 'invalid_request',
    spec: 'RFC 7515 §5.2',
    message: 'The signature of the JOSE object is not valid.',
    fix: 'Sign the object with the private key whose public half is known, and pass it unchanged.',
  },
  claimMissing: {
    code: 'P004906',
    error: 'invalid_request',
    spec: 'RFC 7519 §4',
    message: 'A mandatory claim is missing from the JOSE object.',
    fix: 'Add the claims that the call requires as `mandatoryClaims`.',
  },
  claimInvalid: {
    code: 'P004907',
    error: 'invalid_request',
    spec: 'RFC 7519 §4.1',
    message: 'The JOSE object has expired or is not valid yet.',
    fix: 'Create a new object, and check the clocks.',
    settings: ['service.allowableClockSkew'],
  },
})

/** The result of the verification. */
export interface Verdict {
  valid: boolean
  signatureValid: boolean
  missingClaims?: string[]
  invalidClaims?: string[]
  errorDescriptions?: string[]
}

/** Thrown for a JOSE object that is not valid, with the verdict. */
export class InvalidJose extends Refusal {
  readonly verdict: Verdict

  constructor(broken: readonly Rule[], verdict: Omit<Verdict, 'valid' | 'errorDescriptions'>) {
    super(broken[0] ?? rules.malformed)
    const errorDescriptions = broken.map(({ code, message }) => `[${code}] ${message}`)
    this.verdict = { valid: false, ...verdict, errorDescriptions }
  }
}

const refuseJose = (rule: Rule): never => {
  throw new InvalidJose([rule], { signatureValid: false })
}

/** The decrypted content. The reason of a failure is not disclosed. */
export const requireDecrypted = (text: string | undefined): string =>
  text ?? refuseJose(rules.undecryptable)

export function requireSignature(verified: Verified | Unverified): Verified {
  return 'failure' in verified ? refuseJose(rules[verified.failure]) : verified
}

/** RFC 7519 §4.1.4 to §4.1.6 with a clock skew in seconds, and the mandatory claims. */
export function requireClaims(
  claims: Record<string, unknown>,
  demanded: { mandatoryClaims: readonly string[]; clockSkew: number },
  now: number,
): Verdict {
  const seconds = now / 1000
  const { mandatoryClaims, clockSkew } = demanded
  const missingClaims = [...new Set(mandatoryClaims)].filter((name) => !Object.hasOwn(claims, name))
  const holds: Record<string, (time: number) => boolean> = {
    exp: (time) => time + clockSkew > seconds,
    nbf: (time) => time - clockSkew <= seconds,
    iat: (time) => time - clockSkew <= seconds,
  }
  const invalidClaims = Object.entries(holds).flatMap(([name, isGood]) => {
    const time = claims[name]
    const isFine = time === undefined || (typeof time === 'number' && isGood(time))
    return isFine ? [] : [name]
  })
  const broken = [
    ...(missingClaims.length > 0 ? [rules.claimMissing] : []),
    ...(invalidClaims.length > 0 ? [rules.claimInvalid] : []),
  ]
  if (broken.length === 0) return { valid: true, signatureValid: true }
  throw new InvalidJose(broken, { signatureValid: true, missingClaims, invalidClaims })
}
