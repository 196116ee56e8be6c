/** PKCE: challenges, methods and verifiers, RFC 7636. */
import { describe, expect, it } from 'vitest'
import { parseCodeChallenge, verifyCodeVerifier } from '../../../src/oauth/authorization/pkce.ts'
import { parseParameters } from '../../../src/oauth/parameters.ts'
import { outcomeOf } from '../../support/rules.ts'

/** The vectors of RFC 7636, appendix B. */
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

const optional = { required: false, s256Required: false }
const required = { required: true, s256Required: false }
const s256 = { required: true, s256Required: true }
const accepted = (codeChallenge: string, codeChallengeMethod: string) => ({
  ...{ codeChallenge, codeChallengeMethod },
})

describe('code challenge', () => {
  const text = (length: number) => 'a'.repeat(length)
  it.each<[string, string, typeof optional, unknown]>([
    [
      'S256',
      `code_challenge=${challenge}&code_challenge_method=S256`,
      s256,
      accepted(challenge, 'S256'),
    ],
    ['no method', `code_challenge=${verifier}`, optional, accepted(verifier, 'plain')],
    [
      'plain',
      `code_challenge=${verifier}&code_challenge_method=plain`,
      optional,
      accepted(verifier, 'plain'),
    ],
    [
      'plain of 128 characters',
      `code_challenge=${text(128)}`,
      optional,
      accepted(text(128), 'plain'),
    ],
    [
      'plain with . and ~',
      `code_challenge=${text(41)}.~`,
      optional,
      accepted(`${text(41)}.~`, 'plain'),
    ],
    ['no challenge where PKCE is optional', '', optional, undefined],
    ['no challenge where PKCE is required', '', required, 'invalid_request (P003001)'],
    [
      'an empty challenge where PKCE is required',
      'code_challenge=',
      required,
      'invalid_request (P003001)',
    ],
    [
      'a method without a challenge',
      'code_challenge_method=S256',
      optional,
      'invalid_request (P003004)',
    ],
    [
      'method s256 in lower case',
      `code_challenge=${challenge}&code_challenge_method=s256`,
      optional,
      'invalid_request (P003003)',
    ],
    [
      'method S512',
      `code_challenge=${challenge}&code_challenge_method=S512`,
      optional,
      'invalid_request (P003003)',
    ],
    [
      'plain where S256 is required',
      `code_challenge=${verifier}&code_challenge_method=plain`,
      s256,
      'invalid_request (P003005)',
    ],
    [
      'no method where S256 is required',
      `code_challenge=${verifier}`,
      s256,
      'invalid_request (P003005)',
    ],
    [
      'S256 of 42 characters',
      `code_challenge=${text(42)}&code_challenge_method=S256`,
      optional,
      'invalid_request (P003002)',
    ],
    [
      'S256 of 44 characters',
      `code_challenge=${challenge}%3D&code_challenge_method=S256`,
      optional,
      'invalid_request (P003002)',
    ],
    ['plain of 42 characters', `code_challenge=${text(42)}`, optional, 'invalid_request (P003002)'],
    [
      'plain of 129 characters',
      `code_challenge=${text(129)}`,
      optional,
      'invalid_request (P003002)',
    ],
    ['plain with a space', `code_challenge=${text(42)}+`, optional, 'invalid_request (P003002)'],
    [
      'plain with a line break',
      `code_challenge=${text(43)}%0A`,
      optional,
      'invalid_request (P003002)',
    ],
  ])('code challenge: %s (RFC 7636 §4.2, §4.3)', (_case, query, policy, expected) => {
    expect(outcomeOf(() => parseCodeChallenge(parseParameters(query), policy))).toEqual(expected)
  })
})

describe('code verifier', () => {
  const hashed = accepted(challenge, 'S256')
  const plain = accepted(verifier, 'plain')
  it.each<[string, object, string | undefined, unknown]>([
    ['the vector of RFC 7636 appendix B', hashed, verifier, undefined],
    ['another verifier', hashed, verifier.replace('d', 'e'), 'invalid_grant (P003008)'],
    ['the challenge itself for S256', hashed, challenge, 'invalid_grant (P003008)'],
    ['the verifier itself for plain', plain, verifier, undefined],
    ['its hash for plain', plain, challenge, 'invalid_grant (P003008)'],
    ['none for a challenge', hashed, undefined, 'invalid_grant (P003006)'],
    ['42 characters', hashed, 'a'.repeat(42), 'invalid_grant (P003007)'],
    ['129 characters', hashed, 'a'.repeat(129), 'invalid_grant (P003007)'],
    ['a character that is not unreserved', hashed, `${'a'.repeat(42)}/`, 'invalid_grant (P003007)'],
    ['one without a challenge', {}, verifier, 'invalid_grant (P003009)'],
    ['none without a challenge', {}, undefined, undefined],
  ])('code verifier: %s (RFC 7636 §4.6)', (_case, expected, given, outcome) => {
    expect(outcomeOf(() => verifyCodeVerifier(expected, given))).toBe(outcome)
  })
})
