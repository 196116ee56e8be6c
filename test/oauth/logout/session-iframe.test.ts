/** session_state and the OP iframe, OIDC Session Management §3. */
import { createHash } from 'node:crypto'
import { createContext, runInContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type SessionIframe, sessionIframe } from '../../../src/oauth/logout/session-iframe.ts'
import { iframeScript, sha256Script } from '../../../src/oauth/logout/session-iframe-script.ts'
import { originOf, sessionState } from '../../../src/oauth/logout/session-state.ts'
import { outcomeOf } from '../../support/rules.ts'

const base: SessionIframe = {
  cookieName: 'op_browser_state',
  refreshSeconds: 0,
  refreshPath: undefined,
  redirectUris: undefined,
}
const iframe = (more: Partial<SessionIframe> = {}) => sessionIframe({ ...base, ...more })
const policyOf = (redirectUris: string[] | undefined) =>
  iframe({ redirectUris }).contentSecurityPolicy

describe('session_state', () => {
  it('session_state: hash of client, origin, browser state and salt (OIDC Session Management §3.2)', () => {
    const text = 'app https://rp.example 5Bv4pX0_state saltsalt'
    const hash = createHash('sha256').update(text).digest('base64url')
    expect(sessionState('app', 'https://rp.example', '5Bv4pX0_state', 'saltsalt')).toBe(
      `${hash}.saltsalt`,
    )
  })

  it.each<[string, string | undefined]>([
    ['https://rp.example/callback', 'https://rp.example'],
    ['https://RP.example:443/callback?a=1', 'https://rp.example'],
    ['http://127.0.0.1:3000/', 'http://127.0.0.1:3000'],
    ['http://[::1]:3000/', 'http://[::1]:3000'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example'],
    ['com.example.app:/callback', undefined],
    ['custom://host/callback', undefined],
    ['urn:ietf:wg:oauth:2.0:oob', undefined],
    ['not a URI', undefined],
  ])('session_state: the origin of %s is %s (OIDC Session Management §3.2)', (uri, origin) => {
    expect(originOf(uri)).toBe(origin)
  })
})

describe('SHA-256 of the OP iframe', () => {
  const sha256 = runInContext(`${sha256Script}; sha256`, createContext({})) as (
    text: string,
  ) => string
  const expected = (text: string) => createHash('sha256').update(text).digest('base64url')

  it.each(['', 'abc', 'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', 'ü€😀'])(
    'SHA-256 of the OP iframe: %j (FIPS 180-4)',
    (text) => {
      expect(sha256(text)).toBe(expected(text))
    },
  )

  it('SHA-256 of the OP iframe: every length of up to 300 bytes', () => {
    for (let length = 0; length <= 300; length++) {
      const text = 'x'.repeat(length)
      expect(sha256(text)).toBe(expected(text))
    }
  })

  it('SHA-256 of the OP iframe: random text', () => {
    const text = fc.string({ unit: 'binary', maxLength: 600 })
    fc.assert(
      fc.property(text, (each) => {
        expect(sha256(each)).toBe(expected(each))
      }),
      { numRuns: 500 },
    )
  })

  it('SHA-256 of the OP iframe: it finds the session_state of a response', () => {
    const text = fc.string({ unit: 'grapheme-ascii', minLength: 1 })
    fc.assert(
      fc.property(text, text, text, (clientId, state, salt) => {
        const [hash] = sessionState(clientId, 'https://rp.example', state, salt).split('.')
        expect(sha256(`${clientId} https://rp.example ${state} ${salt}`)).toBe(hash)
      }),
    )
  })
})

describe('OP iframe', () => {
  it('OP iframe: the policy lets only its script run', () => {
    const { responseContent, contentSecurityPolicy } = iframe()
    const [, script = ''] = /<script>([\s\S]*)<\/script>/.exec(responseContent) ?? []
    expect(script).toBe(iframeScript)
    const hash = createHash('sha256').update(script).digest('base64')
    expect(contentSecurityPolicy).toBe(
      `default-src 'none'; script-src 'sha256-${hash}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors https: http:`,
    )
  })

  it('OP iframe: the script is ECMAScript 5', () => {
    expect(iframeScript).not.toMatch(/=>|`|\b(let|const|class|async|await|of)\b\s|\?\.|\?\?/)
    expect(iframeScript).not.toMatch(/<\/?script|<!--/)
  })

  it('OP iframe: only the origins of the client may embed it', () => {
    const uris = ['https://rp.example/a', 'https://rp.example/b', 'com.example:/x', 'http://[::1]/']
    expect(policyOf(uris)).toMatch(/; frame-ancestors https:\/\/rp\.example http:$/)
  })

  it.each<[string, string[]]>([
    ['no redirect URI', []],
    ['only private schemes', ['com.example.app:/callback']],
  ])('OP iframe: a client with %s is refused', (_case, uris) => {
    expect(outcomeOf(() => policyOf(uris))).toBe('invalid_request (P093001)')
  })

  it('OP iframe: names and times are in attributes', () => {
    const { responseContent } = iframe({
      cookieName: "a!#$%&'*+-.^_`|~1",
      refreshSeconds: 60,
      refreshPath: '/session/iframe?refresh&x="',
    })
    expect(responseContent).toContain('data-cookie="a!#$%&amp;&#39;*+-.^_`|~1"')
    expect(responseContent).toContain('data-refresh-path="/session/iframe?refresh&amp;x=&quot;"')
    expect(responseContent).toContain('data-refresh-seconds="60"')
    expect(iframe({ refreshPath: '/x' }).responseContent).not.toContain('data-refresh-path="')
  })

  it.each<[string, Partial<SessionIframe>]>([
    ['an empty cookie name', { cookieName: '' }],
    ['a space in the cookie name', { cookieName: 'a b' }],
    ['a semicolon in the cookie name', { cookieName: 'a;b' }],
    ['an equals sign in the cookie name', { cookieName: 'a=b' }],
    ['a quote in the cookie name', { cookieName: 'a"b' }],
    ['a line break after the cookie name', { cookieName: 'a\n' }],
    ['a letter that is not ASCII', { cookieName: 'ä' }],
    ['a long cookie name', { cookieName: 'a'.repeat(129) }],
    ['an empty path', { refreshPath: '' }],
    ['a relative path', { refreshPath: 'session' }],
    ['a URL', { refreshPath: 'https://evil.example/' }],
    ['the path of another host', { refreshPath: '//evil.example/' }],
    ['the path of another host with a backslash', { refreshPath: '/\\evil.example/' }],
    ['a semicolon in the path', { refreshPath: '/a;b' }],
    ['a space in the path', { refreshPath: '/a b' }],
    ['a fragment in the path', { refreshPath: '/a#b' }],
    ['a control character in the path', { refreshPath: '/a\u0001' }],
    ['a path that is not ASCII', { refreshPath: '/ä' }],
    ['no path to refresh at', { refreshSeconds: 60 }],
  ])('OP iframe: %s is refused (RFC 6265 §4.1.1)', (_case, more) => {
    expect(outcomeOf(() => iframe(more))).toBe('invalid_request (P093002)')
  })
})
