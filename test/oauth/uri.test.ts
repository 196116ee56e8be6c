/** Splitting, rejecting and comparing URIs, RFC 3986. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isUrl } from '../../src/model/url.ts'
import { isUri, normalizedUri, splitUri } from '../../src/oauth/uri.ts'
import { computed } from '../support/pace.ts'

describe('URI', () => {
  it('may have a name with an umlaut, however often it was parsed', () => {
    // More often than it takes the engine to compile the function.
    const answers = Array.from({ length: 20_000 }, () => isUrl('https://bücher.example/'))
    expect(answers).not.toContain(false)
  })

  it('is split without a change of characters (RFC 3986 §3)', () => {
    const text = 'http://u:p@[::1]:8080/a/../b;c?d=%2F#e'
    expect(splitUri(text)).toEqual({
      ...{ scheme: 'http', userinfo: 'u:p', host: '[::1]', port: '8080' },
      rest: '/a/../b;c?d=%2F#e',
    })
    expect(splitUri('com.example.app:/cb')).toMatchObject({ host: '', rest: '/cb' })
    expect(splitUri('com.example.app://cb?x')).toMatchObject({ host: 'cb', rest: '?x' })
  })

  it.each([
    ...['http://127.0.0.1/a\r\nb', 'http://127.0.0.1/a b', 'http://127.0.0.1\\a', 'http:\\\\a/b'],
    ...['http://127.0.0.1/%zz', 'http://127.0.0.1/%2', 'http://1２7.0.0.1/', 'http://a/ü'],
    ...['http://a@b@c/', 'http://[::1/', 'http://[::1]x/', 'http:/127.0.0.1/', 'http:///a', '//a'],
    ...['http://a/"', 'http://a/<b>', 'http://a/{b}', 'http://a/[b]', 'a', '', '/a', '\nhttp://a/'],
  ])('is invalid: %j (RFC 3986 Appendix A)', (text) => {
    expect(splitUri(text)).toBeUndefined()
    expect(isUri(text)).toBe(false)
  })

  it.each([
    ['https://as.example.com/token', 'HTTPS://AS.Example.COM:443/token'],
    ['https://as.example.com/token', 'https://as.example.com/x/../token'],
    ['https://as.example.com/token', 'https://as.example.com/./%74oken'],
    ['https://as.example.com/a%2Fb', 'https://as.example.com/a%2fb'],
    ['https://as.example.com/', 'https://as.example.com'],
    ['http://[::1]/a/', 'http://[::1]:80/a/b/..'],
  ])('%s equals %s (RFC 3986 §6.2.2)', (one, other) => {
    expect(normalizedUri(other)).toBe(normalizedUri(one))
    expect(normalizedUri(one)).toBe(one)
  })

  it.each([
    ['https://as.example.com/token', 'https://as.example.com/Token'],
    ['https://as.example.com/token', 'https://as.example.com/token/'],
    ['https://as.example.com/token', 'https://as.example.com:8443/token'],
    ['https://as.example.com/a/b', 'https://as.example.com/a%2Fb'],
    ['https://as.example.com/token', 'http://as.example.com/token'],
    ['https://as.example.com/token', 'https://as.example.com./token'],
  ])('%s differs from %s (RFC 3986 §6.2.2)', (one, other) => {
    expect(normalizedUri(other)).not.toBe(normalizedUri(one))
  })

  it('with userinfo has no normal form, since userinfo can be mistaken for the host', () => {
    expect(normalizedUri('https://as.example.com@evil.example/token')).toBeUndefined()
    expect(normalizedUri('https://as.example.com:443@evil.example/token')).toBeUndefined()
  })

  it('in normal form is not changed by normalization (RFC 3986 §6.2.2)', () => {
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (url) => {
        const normal = normalizedUri(url)
        expect(normal).toBeDefined()
        expect(normalizedUri(normal ?? '')).toBe(normal)
      }),
    )
  })

  it('is parsed in time linear to its length', async () => {
    const hostile = [
      'a:'.repeat(40_000),
      `http://${'a:'.repeat(40_000)}`,
      `a:${'%2f/'.repeat(20_000)} `,
    ]
    for (const text of hostile) {
      const milliseconds = await computed(() => {
        splitUri(text)
        normalizedUri(text)
      }, 100)
      expect(milliseconds).toBeLessThan(100)
    }
  })
})
