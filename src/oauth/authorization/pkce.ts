/** Proof key for code exchange, RFC 7636. */
import { hash, timingSafeEqual } from 'node:crypto'
import { check, defineRules, fingerprint, step } from '../../refusal.ts'
import type { Parameters as Received } from '../parameters.ts'

const rules = defineRules('PKCE', {
  challengeMissing: {
    code: 'P003001',
    error: 'invalid_request',
    spec: 'RFC 7636 §4.4.1',
    message: 'The parameter code_challenge is required.',
    fix: 'Let the client use PKCE: `code_challenge` with the method S256.',
    settings: [
      'service.pkceRequired',
      'client.pkceRequired',
      'service.fapiModes',
      'service.ext.profile',
    ],
  },
  challengeMalformed: {
    code: 'P003002',
    error: 'invalid_request',
    spec: 'RFC 7636 §4.2',
    message: 'The code_challenge does not have the form that its code_challenge_method requires.',
    fix: 'Send the base64url of the SHA-256 of the verifier without padding: 43 characters.',
  },
  methodUnknown: {
    code: 'P003003',
    error: 'invalid_request',
    spec: 'RFC 7636 §4.4.1',
    message: 'The code_challenge_method is not supported: use S256 or plain.',
    fix: 'Send `code_challenge_method=S256`.',
  },
  methodWithoutChallenge: {
    code: 'P003004',
    error: 'invalid_request',
    spec: 'RFC 7636 §4.3',
    message: 'The parameter code_challenge is required with a code_challenge_method.',
    fix: 'Send `code_challenge`, or omit `code_challenge_method`.',
  },
  plainRefused: {
    code: 'P003005',
    error: 'invalid_request',
    spec: 'RFC 7636 §4.4.1',
    message: 'The code_challenge_method must be S256.',
    fix: 'Send `code_challenge_method=S256`: without it, the method is plain.',
    settings: [
      'service.pkceS256Required',
      'client.pkceS256Required',
      'service.fapiModes',
      'service.ext.profile',
    ],
  },
  verifierMissing: {
    code: 'P003006',
    error: 'invalid_grant',
    spec: 'RFC 7636 §4.5',
    message:
      'The parameter code_verifier is required: the authorization request had a code_challenge.',
    fix: 'Send the `code_verifier` whose challenge the authorization request had.',
  },
  verifierMalformed: {
    code: 'P003007',
    error: 'invalid_grant',
    spec: 'RFC 7636 §4.1',
    message: 'The code_verifier must have 43 to 128 unreserved characters.',
    fix: 'Create a verifier of 43 to 128 letters, digits and `-._~`.',
  },
  verifierMismatch: {
    code: 'P003008',
    error: 'invalid_grant',
    spec: 'RFC 7636 §4.6',
    message: 'The code_verifier does not match the code_challenge of the authorization request.',
    fix: 'Keep the verifier of each authorization request with its `state`, and send that one; check its encoding.',
  },
  verifierUnasked: {
    code: 'P003009',
    error: 'invalid_grant',
    spec: 'RFC 9700 §2.1.1',
    message: 'The code_verifier is not allowed: the authorization request had no code_challenge.',
    fix: 'Omit `code_verifier`, or send a `code_challenge` in the authorization request.',
  },
})

export interface CodeChallenge {
  codeChallenge: string
  codeChallengeMethod: 'S256' | 'plain'
}

export interface PkcePolicy {
  required: boolean
  s256Required: boolean
}

/** RFC 7636 §4.3. The default method is `plain`. Undefined without a code_challenge. */
export function parseCodeChallenge(
  parameters: Received,
  policy: PkcePolicy,
): CodeChallenge | undefined {
  step('PKCE', () => ({ ...policy }))
  const codeChallenge = parameters.get('code_challenge')
  const method = parameters.get('code_challenge_method')
  if (codeChallenge === undefined) {
    check(method === undefined, rules.methodWithoutChallenge, {
      parameter: 'code_challenge_method',
      given: method,
    })
    check(!policy.required, rules.challengeMissing, {
      parameter: 'code_challenge',
      demand: 'pkceRequired',
    })
    return undefined
  }
  const codeChallengeMethod = method ?? 'plain'
  const given = { parameter: 'code_challenge_method', given: method }
  const isKnown = codeChallengeMethod === 'S256' || codeChallengeMethod === 'plain'
  check(isKnown, rules.methodUnknown, { ...given, expected: ['S256', 'plain'] })
  check(!policy.s256Required || codeChallengeMethod === 'S256', rules.plainRefused, () => ({
    ...given,
    demand: 'pkceS256Required',
    expected: 'S256',
    note: method === undefined ? 'It is missing, which means plain.' : undefined,
  }))
  const form = codeChallengeMethod === 'S256' ? /^[\w-]{43}$/ : /^[\w.~-]{43,128}$/
  check(form.test(codeChallenge), rules.challengeMalformed, () => ({
    parameter: 'code_challenge',
    given: { length: codeChallenge.length },
    expected: codeChallengeMethod === 'S256' ? { length: 43 } : { length: '43 to 128' },
    note: /[+/=]/.test(codeChallenge) ? 'It is base64 instead of base64url.' : undefined,
  }))
  return { codeChallenge, codeChallengeMethod }
}

/**
 * RFC 7636 §4.6: the verifier must match the challenge. A verifier without a challenge is refused
 * too, or an attacker could remove the challenge (RFC 9700 §2.1.1).
 */
export function verifyCodeVerifier(
  expected: { codeChallenge?: string | undefined; codeChallengeMethod?: string | undefined },
  verifier: string | undefined,
): void {
  const { codeChallenge, codeChallengeMethod } = expected
  if (codeChallenge === undefined) {
    check(verifier === undefined, rules.verifierUnasked, { parameter: 'code_verifier' })
    return
  }
  check(verifier !== undefined, rules.verifierMissing, { parameter: 'code_verifier' })
  check(/^[\w.~-]{43,128}$/.test(verifier), rules.verifierMalformed, () => ({
    parameter: 'code_verifier',
    given: fingerprint(verifier),
    expected: { length: '43 to 128' },
  }))
  const transformed = codeChallengeMethod === 'S256' ? sha256(verifier) : verifier
  check(equal(transformed, codeChallenge), rules.verifierMismatch, () => ({
    parameter: 'code_verifier',
    given: fingerprint(verifier),
    expected: { codeChallengeMethod, ...challengeStarts(transformed, expected) },
    note: wrongVerifierNote(verifier, expected),
  }))
}

type Challenge = Parameters<typeof verifyCodeVerifier>[0]

/** How the challenges begin; with `plain`, they are secrets. */
const challengeStarts = (given: string, { codeChallenge, codeChallengeMethod }: Challenge) =>
  codeChallengeMethod === 'S256'
    ? { challengeOfVerifier: `${given.slice(0, 6)}…`, challenge: `${codeChallenge?.slice(0, 6)}…` }
    : {}

function wrongVerifierNote(verifier: string, { codeChallenge }: Challenge): string | undefined {
  if (verifier === codeChallenge) return 'It is the code_challenge itself.'
  if (sha256(verifier) === codeChallenge) return 'It fits by S256: send code_challenge_method=S256.'
  const isHex =
    hash('sha256', verifier) === Buffer.from(codeChallenge ?? '', 'base64url').toString()
  return isHex ? 'The challenge encodes the hash as hexadecimal text.' : undefined
}

const sha256 = (text: string) => hash('sha256', text, 'base64url')

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
