/** Where a logout goes, OIDC RP-Initiated Logout §2 and §3; loopback ports, RFC 8252 §7.3. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { choosePostLogoutRedirect, postLogoutTarget } from '../../../src/oauth/logout/redirect.ts'
import { explain } from '../../../src/refusal.ts'

type Hint = Parameters<typeof choosePostLogoutRedirect>[1]

const choose = (
  requested: string | undefined,
  { hint = 'valid' as Hint, registered = [] as string[], isClient = true, vary = false } = {},
) => {
  const client = isClient ? { registered } : undefined
  const { uri, refused } = choosePostLogoutRedirect(requested, hint, client, vary)
  return refused ? explain(refused).resultCode : uri
}

const out = 'https://rp.example/logged-out'
const registered = [out, 'https://rp.example/other?a=1', 'com.example.app:/out']

describe('post-logout redirect', () => {
  it.each<[string, string | undefined, Hint, boolean, unknown]>([
    ['none, without a client', undefined, 'none', false, undefined],
    ['none, with an invalid hint', undefined, 'invalid', true, undefined],
    ['a registered one with a valid hint', out, 'valid', true, out],
    ['a registered one with client_id alone', out, 'none', true, out],
    ['a registered one with an invalid hint and client_id', out, 'invalid', true, 'P094005'],
    ['one with an invalid hint, without a client', out, 'invalid', false, 'P094005'],
    ['one without hint and client', out, 'none', false, 'P094003'],
    ['the second registered one', registered[1], 'valid', true, registered[1]],
    ['a private scheme', registered[2], 'valid', true, registered[2]],
    ['a trailing slash added', `${out}/`, 'valid', true, 'P094004'],
    ['a query added', `${out}?foo=bar`, 'valid', true, 'P094004'],
    ['the query removed', 'https://rp.example/other', 'valid', true, 'P094004'],
    ['a fragment added', `${out}#a`, 'valid', true, 'P094004'],
    ['the host in capitals', out.replace('rp', 'RP'), 'valid', true, 'P094004'],
    ['the scheme in capitals', out.replace('https', 'HTTPS'), 'valid', true, 'P094004'],
    ['the default port', out.replace('.example', '.example:443'), 'valid', true, 'P094004'],
    ['an encoded letter', out.replace('logged', '%6Cogged'), 'valid', true, 'P094004'],
    ['dots in the path', out.replace('/logged', '/x/../logged'), 'valid', true, 'P094004'],
    ['a longer host', out.replace('.example', '.example.evil.test'), 'valid', true, 'P094004'],
    ['a user name', out.replace('rp', 'user@rp'), 'valid', true, 'P094004'],
    ['http for https', out.replace('https', 'http'), 'valid', true, 'P094004'],
    ['a space at the end', `${out} `, 'valid', true, 'P094004'],
  ])(
    'post-logout redirect: %s (OIDC RP-Initiated Logout §3)',
    (_case, uri, hint, isClient, expected) => {
      expect(choose(uri, { hint, isClient, registered })).toBe(expected)
    },
  )

  it('post-logout redirect: a client that registered none', () => {
    expect(choose(out)).toBe('P094004')
  })

  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,hello',
    'vbscript:x',
    `${out}#fragment`,
    `${out}\r\nSet-Cookie: a=b`,
    'https://rp.example/ü',
    '/relative',
    '//rp.example/',
  ])('post-logout redirect: %j is not used even if it is registered', (uri) => {
    expect(choose(uri, { registered: [uri] })).toBe('P094004')
  })

  it.each<[string, string, boolean, boolean]>([
    ['http://127.0.0.1:51004/out', 'http://127.0.0.1/out', true, true],
    ['http://127.0.0.1:51004/out', 'http://127.0.0.1:8080/out', true, true],
    ['http://[::1]:51004/out', 'http://[::1]/out', true, true],
    ['http://127.0.0.1:51004/out', 'http://127.0.0.1/out', false, false],
    ['http://127.0.0.1:51004/other', 'http://127.0.0.1/out', true, false],
    ['http://127.0.0.1:51004/out?a', 'http://127.0.0.1/out', true, false],
    ['http://localhost:51004/out', 'http://127.0.0.1/out', true, false],
    ['https://127.0.0.1:51004/out', 'https://127.0.0.1/out', true, false],
    ['http://rp.example:51004/out', 'http://rp.example/out', true, false],
    ['http://a@127.0.0.1:51004/out', 'http://127.0.0.1/out', true, false],
    ['http://127.0.0.1:99999/out', 'http://127.0.0.1/out', true, false],
  ])(
    'post-logout redirect: %s for %s where ports may vary: %s (RFC 8252 §7.3)',
    (uri, known, vary, isUsed) => {
      expect(choose(uri, { registered: [known], vary })).toBe(isUsed ? uri : 'P094004')
    },
  )
})

describe('state of a logout', () => {
  it.each<[string, string, string | undefined, string]>([
    ['none', out, undefined, out],
    ['a plain one', out, 'abc', `${out}?state=abc`],
    ['after a query', `${out}?a=1`, 'abc', `${out}?a=1&state=abc`],
    ['with signs', out, 'a b&c=d#"<>\r\n%é', `${out}?state=a+b%26c%3Dd%23%22%3C%3E%0D%0A%25%C3%A9`],
    ['to a private scheme', 'com.example.app:/out', 'x', 'com.example.app:/out?state=x'],
  ])('state of a logout: %s (OIDC RP-Initiated Logout §3)', (_case, uri, state, expected) => {
    expect(postLogoutTarget(uri, state)).toBe(expected)
  })

  it('state of a logout: any text comes back as it was', () => {
    const text = fc.string({ unit: 'binary', minLength: 1 })
    fc.assert(
      fc.property(text, fc.constantFrom(out, `${out}?a=1`), (state, uri) => {
        const target = postLogoutTarget(uri, state)
        expect(target).toMatch(/^[\x21-\x7e]+$/)
        expect(new URL(target).searchParams.get('state')).toBe(state)
      }),
    )
  })
})
