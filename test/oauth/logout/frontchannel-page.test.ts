/** The page of front-channel logout, OIDC Front-Channel Logout §2 and §3. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frontchannelPage, frontchannelUris } from '../../../src/oauth/logout/frontchannel-page.ts'

const issuer = 'https://as.example.com'
const participant = (frontchannelLogoutUri: string, sid = 's1') => ({ frontchannelLogoutUri, sid })
const target = 'https://rp.example/out?state=a+b&x=%22'
const page = (more: object = {}) =>
  frontchannelPage({
    ...{ uris: ['https://rp.example/logout?iss=i&sid=s'], target, timeoutMs: 2_000, uiLocales: [] },
    ...more,
  })

describe('front-channel logout URI', () => {
  const query = 'iss=https%3A%2F%2Fas.example.com&sid=s1'
  it.each<[string, string, string]>([
    ['without a query', 'https://rp.example/logout', `https://rp.example/logout?${query}`],
    ['with a query', 'https://rp.example/logout?a=1', `https://rp.example/logout?a=1&${query}`],
    ['of plain http', 'http://127.0.0.1:3000/x', `http://127.0.0.1:3000/x?${query}`],
  ])(
    'front-channel logout URI: %s gets iss and sid (OIDC Front-Channel Logout §2)',
    (_case, uri, expected) => {
      expect(frontchannelUris([participant(uri)], issuer)).toEqual({ uris: [expected], omitted: 0 })
    },
  )

  it('front-channel logout URI: a sid is form-encoded', () => {
    const { uris } = frontchannelUris([participant('https://rp.example/', 'a b&c="d')], issuer)
    expect(new URL(uris[0] ?? '').searchParams.get('sid')).toBe('a b&c="d')
  })

  it('front-channel logout URI: without an issuer it gets neither (OIDC Front-Channel Logout §2)', () => {
    const { uris } = frontchannelUris([participant('https://rp.example/x')], undefined)
    expect(uris).toEqual(['https://rp.example/x'])
  })

  it('front-channel logout URI: the first 30 are loaded, and the rest is counted', () => {
    const all = Array.from({ length: 33 }, (_, i) => participant(`https://rp${i}.example/`))
    const { uris, omitted } = frontchannelUris(all, issuer)
    expect([uris.length, omitted]).toEqual([30, 3])
    expect(uris[0]).toContain('//rp0.example/')
  })

  it.each(['javascript:alert(1)', 'data:text/html,x', 'com.example:/x', 'https://', 'x'])(
    'front-channel logout URI: %s is never loaded',
    (uri) => {
      expect(frontchannelUris([participant(uri)], issuer)).toEqual({ uris: [], omitted: 1 })
    },
  )
})

describe('front-channel page', () => {
  it('front-channel page: with a target it goes there, with and without scripts', () => {
    const { responseContent } = page()
    const escaped = 'https://rp.example/out?state=a+b&amp;x=%22'
    expect(responseContent).toContain(`data-target="${escaped}"`)
    expect(responseContent).toContain(`<meta http-equiv="refresh" content="2;url=${escaped}"/>`)
    expect(responseContent).toContain(`<a id="continue" href="${escaped}">Continue</a>`)
    expect(responseContent).not.toContain('logged_out')
  })

  it('front-channel page: without a target it stays and says so', () => {
    const { responseContent } = page({ target: undefined })
    expect(responseContent).toContain('<h1 id="logged_out">You are logged out</h1>')
    expect(responseContent).not.toMatch(/http-equiv="refresh"|data-target=|<a /)
  })

  it('front-channel page: an iframe cannot navigate the page (OIDC Front-Channel Logout §3)', () => {
    const { responseContent } = page()
    expect(responseContent).toContain(
      '<iframe src="https://rp.example/logout?iss=i&amp;sid=s" sandbox="allow-scripts allow-same-origin" referrerpolicy="no-referrer"',
    )
  })

  it.each<[string[], string, string]>([
    [[], 'en', 'You are logged out'],
    [['de-CH-1996', 'fr'], 'de', 'Sie sind abgemeldet'],
    [['zh-Hant', 'FR-ca'], 'fr', 'Déconnexion effectuée'],
    [['es'], 'es', 'Sesión cerrada'],
    [['ja-JP'], 'ja', 'ログアウトしました'],
    [['*', 'x-de', '', '-de', '__proto__', 'constructor'], 'en', 'You are logged out'],
  ])(
    'front-channel page: the locales %j are shown in %s (RFC 4647 §3.4)',
    (uiLocales, language, title) => {
      const { responseContent } = page({ uiLocales })
      expect(responseContent).toContain(`<html lang="${language}" `)
      expect(responseContent).toContain(`<title>${title}</title>`)
    },
  )
})

describe('policy of the front-channel page', () => {
  const directives = (policy: string) =>
    Object.fromEntries(policy.split('; ').map((each) => each.split(/ (.*)/, 2)))

  it('policy of the front-channel page: it lets only its own script, style and iframes run', () => {
    const uris = ['https://a.example/1', 'https://a.example/2', 'http://127.0.0.1:3000/x']
    const { responseContent, contentSecurityPolicy } = page({ uris })
    const hashOf = (tag: string) => {
      const text = new RegExp(`<${tag}>([\\s\\S]*)</${tag}>`).exec(responseContent)?.[1] ?? ''
      return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    }
    expect(directives(contentSecurityPolicy)).toEqual({
      'default-src': "'none'",
      'script-src': hashOf('script'),
      'style-src': hashOf('style'),
      'frame-src': 'https://a.example http://127.0.0.1:3000',
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    })
  })

  it.each<[string, string[], string]>([
    ['no iframe', [], "'none'"],
    ['a semicolon in the host', ['https://a;script-src/x'], 'https:'],
    ['a comma in the host', ['http://a,b/x'], 'http:'],
    ['a quote in the host', ["https://'self'/x"], 'https:'],
    ['an IPv6 address', ['http://[::1]:3000/x'], 'http:'],
    ['an international name', ['https://bücher.example/'], 'https://xn--bcher-kva.example'],
    ['a name of its own port', ['https://a.example:443/'], 'https://a.example'],
    [
      'names that are too long for a header field',
      Array.from(
        { length: 30 },
        (_, i) => `https://${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(40)}.d${i}/`,
      ),
      'https: http:',
    ],
  ])('policy of the front-channel page: %s', (_case, uris, sources) => {
    const { contentSecurityPolicy } = page({ uris })
    expect(directives(contentSecurityPolicy)['frame-src']).toBe(sources)
    expect(contentSecurityPolicy).toMatch(/^[\x20-\x7e]+$/)
    expect(contentSecurityPolicy.split(';').length).toBe(7)
  })
})

describe('hostile text in the front-channel page', () => {
  it('hostile text in the front-channel page: it stays inside of its attribute', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('"><script>alert(1)</script>', "' onload='x", '</noscript><b>', '&quot;'),
    )
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 3 }), (hostile, uiLocales) => {
        const uris = [`https://rp.example/${hostile}`]
        const { responseContent } = page({ uris, target: `x:${hostile}`, uiLocales })
        const skeleton = (html: string) => html.replace(/"[^"]*"/g, '""').replace(/lang=""/, '')
        const tags = (html: string) => skeleton(html).match(/<[^>]*>/g)
        const calm = page({ uris: ['https://rp.example/'], target: 'x:' }).responseContent
        expect(tags(responseContent)).toEqual(tags(calm))
      }),
    )
  })
})
