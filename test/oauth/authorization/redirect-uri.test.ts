/** Choice of the redirect URI, RFC 6749 §3.1.2, and loopback ports, RFC 8252. */
import { describe, expect, it } from 'vitest'
import { chooseRedirectUri, requireTarget } from '../../../src/oauth/authorization/redirect-uri.ts'
import { clientWith, outcomeOf, serviceWith } from '../../support/rules.ts'

const one = 'https://app.example.com/callback'
const two = 'https://app.example.com/other'
const exact = serviceWith()
const anyPort = serviceWith({ loopbackRedirectionUriVariable: true })
const choose = (
  requested: string | undefined,
  redirectUris: string[],
  { service = exact, isOpenId = false } = {},
) => outcomeOf(() => chooseRedirectUri(requested, clientWith({ redirectUris }), service, isOpenId))
const unregistered = 'invalid_request (P004003)'

describe('redirect URI', () => {
  it.each<[string, string | undefined, string[], boolean, unknown]>([
    ['the registered one', one, [one], true, { redirectUri: one, redirectUriGiven: true }],
    [
      'the second registered one',
      two,
      [one, two],
      true,
      { redirectUri: two, redirectUriGiven: true },
    ],
    [
      'none, of one registered',
      undefined,
      [one],
      false,
      { redirectUri: one, redirectUriGiven: false },
    ],
    ['none, of two registered', undefined, [one, two], false, 'invalid_request (P004002)'],
    ['none, of an OpenID Connect request', undefined, [one], true, 'invalid_request (P004002)'],
    ['none registered', one, [], false, 'invalid_request (P004001)'],
    ['a trailing slash added', `${one}/`, [one], false, unregistered],
    ['a query added', `${one}?a=b`, [one], false, unregistered],
    ['a fragment added', `${one}#a`, [one], false, unregistered],
    ['the host in capitals', one.replace('app', 'APP'), [one], false, unregistered],
    ['the default port added', one.replace('.com', '.com:443'), [one], false, unregistered],
    ['a path with dots', one.replace('callback', 'x/../callback'), [one], false, unregistered],
    ['a percent-encoded letter', one.replace('callback', '%63allback'), [one], false, unregistered],
    ['http for https', one.replace('https', 'http'), [one], false, unregistered],
    ['a user name added', one.replace('app', 'user@app'), [one], false, unregistered],
    ['a longer host', one.replace('.com', '.com.evil.example'), [one], false, unregistered],
    ['a prefix', 'https://app.example.com/', [one], false, unregistered],
    ['a space at the end', `${one} `, [one], false, unregistered],
    ['the empty text', '', [one], false, unregistered],
  ])('redirect URI: %s (RFC 6749 §3.1.2.3)', (_case, requested, registered, isOpenId, expected) => {
    expect(choose(requested, registered, { isOpenId })).toEqual(expected)
  })
})

describe('loopback redirect URI', () => {
  const v4 = 'http://127.0.0.1/callback'
  const v6 = 'http://[::1]/callback'
  it.each<[string, string, string, boolean]>([
    ['port 51004 of 127.0.0.1', 'http://127.0.0.1:51004/callback', v4, true],
    ['port 61023 of [::1]', 'http://[::1]:61023/callback', v6, true],
    ['port 8080 of localhost', 'http://localhost:8080/callback', 'http://localhost/callback', true],
    ['no port for a registered one', v4, 'http://127.0.0.1:80/callback', true],
    [
      'another port than the registered one',
      'http://127.0.0.1:2/callback',
      'http://127.0.0.1:1/callback',
      true,
    ],
    ['port 65535', 'http://127.0.0.1:65535/callback', v4, true],
    ['port 65536', 'http://127.0.0.1:65536/callback', v4, false],
    ['port 0', 'http://127.0.0.1:0/callback', v4, false],
    ['an empty port', 'http://127.0.0.1:/callback', v4, false],
    ['a port with a zero before it', 'http://127.0.0.1:080/callback', v4, false],
    ['another path', 'http://127.0.0.1:1/other', v4, false],
    ['another query', 'http://127.0.0.1:1/callback?a=b', v4, false],
    ['a fragment', 'http://127.0.0.1:1/callback#a', v4, false],
    ['localhost for 127.0.0.1', 'http://localhost:1/callback', v4, false],
    ['127.0.0.2 for 127.0.0.1', 'http://127.0.0.2:1/callback', v4, false],
    ['127.1 for 127.0.0.1', 'http://127.1:1/callback', v4, false],
    ['a longer form of ::1', 'http://[0:0:0:0:0:0:0:1]:1/callback', v6, false],
    ['a user name', 'http://user@127.0.0.1:1/callback', v4, false],
    ['a host that only begins so', 'http://127.0.0.1.evil.example:1/callback', v4, false],
    ['https', 'https://127.0.0.1:1/callback', v4, false],
    ['a port of another host', 'http://app.example.com:1/cb', 'http://app.example.com/cb', false],
    ['a port of https on loopback', 'https://127.0.0.1:1/cb', 'https://127.0.0.1/cb', false],
  ])('loopback redirect URI: %s (RFC 8252 §7.3)', (_case, requested, registered, isAccepted) => {
    const accepted = { redirectUri: requested, redirectUriGiven: true }
    const options = { service: anyPort }
    expect(choose(requested, [registered], options)).toEqual(isAccepted ? accepted : unregistered)
    expect(choose(requested, [registered])).toBe(unregistered)
  })
})

describe('target of a redirect', () => {
  it.each([
    ['a URI', one, undefined],
    ['a line break', `${one}\r\nLocation: https://evil.example`, 'server_error (P004004)'],
    ['a space', `${one} x`, 'server_error (P004004)'],
    ['a letter beyond ASCII', `${one}ä`, 'server_error (P004004)'],
    ['nothing', '', 'server_error (P004004)'],
  ])('target of a redirect: %s (RFC 3986 §2)', (_case, uri, expected) => {
    expect(outcomeOf(() => requireTarget(uri))).toBe(expected)
  })
})
