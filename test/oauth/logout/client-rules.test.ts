/** A client's URIs for logout: which are registered, and which are refused with what message. */
import { describe, expect, it } from 'vitest'
import { logoutProblems } from '../../../src/oauth/logout/client-rules.ts'
import { clientWith } from '../../support/rules.ts'

const redirectUris = ['https://app.example.com:8443/callback', 'http://127.0.0.1:5000/callback']
const at = 'https://app.example.com:8443'

const problemsOf = (more: object, applicationType: 'WEB' | 'NATIVE' = 'WEB') =>
  logoutProblems(
    clientWith({ clientType: 'CONFIDENTIAL', redirectUris, ...more }),
    applicationType,
  ).flatMap((problem) => (problem ? [`${problem.path}: ${problem.message}`] : []))

const publicClient = { clientType: 'PUBLIC' }

describe('postLogoutRedirectUris', () => {
  it.each<[string, object, 'WEB' | 'NATIVE']>([
    ['https of any host, with a query', {}, 'WEB'],
    ['http of a confidential client', {}, 'WEB'],
    ['https of a public client', publicClient, 'WEB'],
  ])('accepts %s (OIDC RP-Initiated Logout §3.1)', (what, client, type) => {
    const uri = what.startsWith('http of') ? 'http://app.example.com/out' : 'https://x.example/o?a'
    expect(problemsOf({ ...client, postLogoutRedirectUris: [uri] }, type)).toEqual([])
  })

  it('accepts loopback http and private-use schemes of a native client (OIDC RP-Initiated Logout §3.1)', () => {
    const uris = ['http://127.0.0.1:9/out', 'http://[::1]/out', 'com.example.app:/out']
    expect(problemsOf({ ...publicClient, postLogoutRedirectUris: uris }, 'NATIVE')).toEqual([])
  })

  it.each<[string, object, string]>([
    ['/out', {}, 'Expected an absolute URI.'],
    ['https://app.example.com/a b', {}, 'Expected an absolute URI.'],
    ['https://app.example.com/\u0000', {}, 'Expected an absolute URI.'],
    ['https://app.example.com/out#', {}, 'must not have a fragment'],
    ['javascript:alert(1)', {}, 'The scheme javascript: is not allowed.'],
    ['data:text/html,x', {}, 'The scheme data: is not allowed.'],
    ['com.example.app:/out', {}, 'private-use schemes'],
    ['http://app.example.com/out', publicClient, 'A public client must use https'],
    [`https://app.example.com/${'a'.repeat(2_048)}`, {}, 'at most 2048 characters'],
  ])('refuses %j (OIDC RP-Initiated Logout §3.1)', (uri, client, message) => {
    const [problem] = problemsOf({ ...client, postLogoutRedirectUris: ['https://a.example/', uri] })
    expect(problem).toContain('postLogoutRedirectUris.1: ')
    expect(problem).toContain(message)
  })

  it('refuses a dangerous scheme of a native client too', () => {
    expect(problemsOf({ postLogoutRedirectUris: ['file:///etc/passwd'] }, 'NATIVE')).toEqual([
      'postLogoutRedirectUris.0: The scheme file: is not allowed.',
    ])
  })

  it('refuses more than 100 URIs, and a URI that is listed twice', () => {
    const uris = Array.from({ length: 101 }, (_, index) => `https://app.example.com/${index}`)
    expect(problemsOf({ postLogoutRedirectUris: uris.slice(1) })).toEqual([])
    expect(problemsOf({ postLogoutRedirectUris: uris })).toEqual([
      'postLogoutRedirectUris: A client must have at most 100 of these URIs.',
    ])
    expect(problemsOf({ postLogoutRedirectUris: [`${at}/out`, `${at}/out`] })).toEqual([
      `postLogoutRedirectUris: ${at}/out is listed twice.`,
    ])
  })
})

describe('frontchannelLogoutUri', () => {
  it.each([`${at}/out`, `${at}/out?a=b`, 'http://127.0.0.1:5000/'])(
    'accepts the scheme, host and port of a redirect URI: %s (OIDC Front-Channel Logout §2)',
    (uri) => {
      expect(problemsOf({ frontchannelLogoutUri: uri })).toEqual([])
    },
  )

  it.each([
    ['https://app.example.com/out', 'must be those of a redirect URI'],
    ['http://app.example.com:8443/out', 'must be those of a redirect URI'],
    ['https://other.example.com:8443/out', 'must be those of a redirect URI'],
    [`${at}/out#a`, 'must not have a fragment'],
    ['com.example.app:/out', 'private-use schemes'],
    ['out', 'Expected an absolute URI.'],
  ])('refuses %s (OIDC Front-Channel Logout §2)', (uri, message) => {
    const [problem] = problemsOf({ frontchannelLogoutUri: uri }, 'NATIVE')
    expect(problem).toContain(`frontchannelLogoutUri: `)
    expect(problem).toContain(message)
  })

  it('refuses the private-use scheme of a redirect URI: no browser loads it in an iframe', () => {
    const native = { redirectUris: ['com.example.app:/callback'] }
    expect(
      problemsOf({ ...native, frontchannelLogoutUri: 'com.example.app:/out' }, 'NATIVE'),
    ).toHaveLength(1)
  })
})

describe('backchannelLogoutUri', () => {
  it.each<[string, object, string | undefined]>([
    ['https://app.example.com/out?a=b', publicClient, undefined],
    ['http://app.internal/out', {}, undefined],
    ['http://app.internal/out', publicClient, 'A public client must use https.'],
    ['https://app.example.com/out#a', {}, 'The URI must not have a fragment.'],
    ['ftp://app.example.com/out', {}, 'Expected a URI with the scheme https or http.'],
    ['com.example.app:/out', {}, 'Expected a URI with the scheme https or http.'],
  ])('%s of %j gives %s (OIDC Back-Channel Logout §2.2)', (uri, client, message) => {
    const expected = message === undefined ? [] : [`backchannelLogoutUri: ${message}`]
    expect(problemsOf({ ...client, backchannelLogoutUri: uri }, 'NATIVE')).toEqual(expected)
  })
})
