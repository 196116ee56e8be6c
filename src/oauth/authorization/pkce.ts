/** Proof key for code exchange, RFC 7636. */
import { hash, timingSafeEqual } from 'node:crypto'
import { defineRules, refuse } from '../../refusal.ts'
import type { Parameters } from '../parameters.ts'

const rules = defineRules('PKCE', {
  challengeMissing: {
    code: 'P003001',
    error: 'invalid_request',
    spec: 'RFC 7636 §4.4.1',
    message: 'The parameter code_challenge is required.',
  },
  challengeMalformed: {
    code: 'P003002',
    error: 'invalid_request',
    spec: 'RFC 7636 §4.2',
    message: 'The code_challenge does not have the form that its code_challenge_method requires.',
  },
  methodUnknown: {
    code: 'P003003',
    error: 'invalid_request',
    spec: 'RFC 7636 §4.4.1',
    message: 'The code_challenge_method is not supported: use S256 or plain.',
  },
  methodWithoutChallenge: {
    code: 'P003004',
    error: 'invalid_request',
    spec: 'RFC 7636 §4.3',
    message: 'The parameter code_challenge is required with a code_challenge_method.',
  },
  plainRefused: {
    code: 'P003005',
    error: 'invalid_request',
    spec: 'RFC 7636 §4.4.1',
    message: 'The code_challenge_method must be S256.',
  },
  verifierMissing: {
    code: 'P003006',
    error: 'invalid_grant',
    spec: 'RFC 7636 §4.5',
    message:
      'The parameter code_verifier is required: the authorization request had a code_challenge.',
  },
  verifierMalformed: {
    code: 'P003007',
    error: 'invalid_grant',
    spec: 'RFC 7636 §4.1',
    message: 'The code_verifier must have 43 to 128 unreserved characters.',
  },
  verifierMismatch: {
    code: 'P003008',
    error: 'invalid_grant',
    spec: 'RFC 7636 §4.6',
    message: 'The code_verifier does not match the code_challenge of the authorization request.',
  },
  verifierUnasked: {
    code: 'P003009',
    error: 'invalid_grant',
    spec: 'RFC 9700 §2.1.1',
    message: 'The code_verifier is not allowed: the authorization request had no code_challenge.',
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
  parameters: Parameters,
  policy: PkcePolicy,
): CodeChallenge | undefined {
  const codeChallenge = parameters.get('code_challenge')
  const method = parameters.get('code_challenge_method')
  if (codeChallenge === undefined) {
    if (method !== undefined) refuse(rules.methodWithoutChallenge)
    if (policy.required) refuse(rules.challengeMissing)
    return undefined
  }
  const codeChallengeMethod = method ?? 'plain'
  if (codeChallengeMethod !== 'S256' && codeChallengeMethod !== 'plain') refuse(rules.methodUnknown)
  if (policy.s256Required && codeChallengeMethod !== 'S256') refuse(rules.plainRefused)
  const form = codeChallengeMethod === 'S256' ? /^[\w-]{43}$/ : /^[\w.~-]{43,128}$/
  if (!form.test(codeChallenge)) refuse(rules.challengeMalformed)
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
    if (verifier !== undefined) refuse(rules.verifierUnasked)
    return
  }
  if (verifier === undefined) refuse(rules.verifierMissing)
  if (!/^[\w.~-]{43,128}$/.test(verifier)) refuse(rules.verifierMalformed)
  const transformed = codeChallengeMethod === 'S256' ? sha256(verifier) : verifier
  if (!equal(transformed, codeChallenge)) refuse(rules.verifierMismatch)
}

const sha256 = (text: string) => hash('sha256', text, 'base64url')

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
