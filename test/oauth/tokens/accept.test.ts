/** Content negotiation by the Accept header, RFC 9110 §12.5.1 */
import { describe, expect, it } from 'vitest'
import { prefersJwt, signsUserInfo } from '../../../src/oauth/tokens/accept.ts'

const jwt = 'application/jwt'

describe('Accept header', () => {
  it.each<[string | undefined, boolean]>([
    [undefined, false],
    ['', false],
    ['application/jwt', true],
    ['APPLICATION/JWT', true],
    ['application/json', false],
    ['*/*', false],
    ['application/*', false],
    ['application/jwt, application/json', true],
    ['application/json, application/jwt', true],
    ['application/jwt;q=0.5, application/json', false],
    ['application/jwt;q=0.5,application/json;q=0.4', true],
    ['application/jwt; q=0.5, application/json; q=0.50', true],
    ['application/jwt;q=0', false],
    ['application/jwt;q=0.000, */*', false],
    ['application/jwt;q=0.9, */*;q=0.8', true],
    ['application/jwt;q=0.7, */*;q=0.8', false],
    ['application/jwt;q=0.7, application/*;q=0.6, */*;q=0.8', true],
    ['application/jwt;profile=x;q=0.5, text/html', true],
    ['application/jwt;q=2', true],
    ['application/token-introspection+jwt', false],
    ['application/jwtx', false],
    ['text/jwt', false],
  ])('%s prefers a JWT: %s (RFC 9110 §12.5.1)', (accept, expected) => {
    expect(prefersJwt(accept, jwt)).toBe(expected)
  })

  it('is read up to a limit, so that a long one holds up nothing', () => {
    const long = 'text/html,'.repeat(2_000)
    expect(prefersJwt(`application/jwt,${long}`, jwt)).toBe(true)
    expect(prefersJwt(`${long},application/jwt`, jwt)).toBe(false)
  })
})

describe('UserInfo response', () => {
  it.each<[string, 'ES256' | undefined, boolean, string | undefined, boolean]>([
    ['plain by default', undefined, false, undefined, false],
    ['signed on request', undefined, false, jwt, true],
    ['plain on request', undefined, false, 'application/json', false],
    ['signed as registered', 'ES256', false, undefined, true],
    ['signed as registered, in spite of the header', 'ES256', false, 'application/json', true],
    ['encrypted as registered, and not signed', undefined, true, jwt, false],
    ['signed and encrypted as registered', 'ES256', true, 'application/json', true],
  ])('is %s (OIDC Core §5.3.2)', (_case, userInfoSignAlg, isEncrypted, accept, expected) => {
    expect(signsUserInfo({ userInfoSignAlg }, isEncrypted, accept)).toBe(expected)
  })
})
