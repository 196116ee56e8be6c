/** Which answers are the same for `postern shadow`, and how requests are translated. */
import { describe, expect, it } from 'vitest'
import { differencesOf } from '../../src/remote/shadow/compare.ts'
import { createMemory } from '../../src/remote/shadow/memory.ts'
import { operationOf } from '../../src/remote/shadow/operations.ts'
import { answerOf, compareAnswers } from '../../src/remote/shadow/replies.ts'
import { createReport } from '../../src/remote/shadow/report.ts'
import { translate } from '../../src/remote/shadow/translate.ts'
import { treeOf } from '../../src/remote/shadow/tree.ts'

const none = { isSame: () => false, tolerance: 10, ignored: new Set<string>() }
const causes = (a: unknown, b: unknown, more = {}) =>
  differencesOf(treeOf(a), treeOf(b), { ...none, ...more }).map(({ cause }) => cause)

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
const jwt = (claims: object, header: object = { alg: 'ES256', kid: 'a' }) =>
  `${encoded(header)}.${encoded(claims)}.c2lnbmF0dXJl`

describe('answers that mean the same', () => {
  it.each([
    ['tokens of one shape', { access_token: 'abcdefgh' }, { access_token: 'ijklmnopqr' }],
    ['scopes in another order', { scope: 'read write' }, { scope: 'write read' }],
    ['lists in another order', { scopes: ['read', 'write'] }, { scopes: ['write', 'read'] }],
    [
      'entries by their names',
      [{ name: 'a', x: 1 }, { name: 'b' }],
      [{ name: 'b' }, { name: 'a', x: 1 }],
    ],
    ['an absent member and null', { subject: null }, {}],
    ['other sentences', { error_description: 'No.' }, { error_description: 'It is expired.' }],
    ['times of two calls', { exp: 1_800_000_000 }, { exp: 1_800_000_004 }],
    [
      'JWTs of two keys',
      jwt({ sub: 'a', jti: '1' }),
      jwt({ sub: 'a', jti: '2' }, { alg: 'ES256', kid: 'b' }),
    ],
    [
      'redirects with two codes',
      'https://app.example/cb?code=abc&state=x',
      'https://app.example/cb?state=x&code=def',
    ],
    [
      'pages with two codes',
      '<form action="https://a.example"><input name="code" value="abcd"></form>',
      '<form method=post action="https://a.example"><input value="efgh" name="code"/></form>',
    ],
    [
      'challenges in another order',
      'Bearer error="invalid_token", scope="read"',
      'Bearer scope=read,error=invalid_token',
    ],
    [
      'key sets of one kind',
      { keys: [{ kty: 'EC', crv: 'P-256', x: 'a' }] },
      { keys: [{ kty: 'EC', crv: 'P-256', x: 'b' }] },
    ],
  ])('are %s', (_, a, b) => expect(causes(a, b)).toEqual([]))
})

describe('answers that differ', () => {
  it.each([
    [
      'an opaque token and a JWT',
      { access_token: 'abcdefgh' },
      { access_token: jwt({}) },
      ['shape access_token'],
    ],
    ['two scopes', { scope: 'read' }, { scope: 'read write' }, ['value scope']],
    ['a lifetime', { expires_in: 3_600 }, { expires_in: 60 }, ['value expires_in']],
    [
      'a lifetime of a JWT',
      jwt({ iat: 1, exp: 61 }),
      jwt({ iat: 1, exp: 31 }),
      ['lifetime expires_in', 'value claims.exp'],
    ],
    ['a missing claim', jwt({ sub: 'a', email: 'b' }), jwt({ sub: 'a' }), ['missing claims.email']],
    ['an extra member', {}, { refresh_token: 'abc' }, ['extra refresh_token']],
    ['an algorithm', jwt({}), jwt({}, { alg: 'RS256', kid: 'a' }), ['value header.alg']],
    ['a target', 'https://a.example/cb', 'https://b.example/cb', ['value path.2']],
    [
      'a parameter',
      'https://a.example/cb?error=x',
      'https://a.example/cb?error=y',
      ['value query.error'],
    ],
    [
      'a fragment',
      'https://a.example/cb#state=1',
      'https://a.example/cb?state=1',
      ['missing fragment', 'extra query'],
    ],
    [
      'a challenge',
      'Bearer error="invalid_token"',
      'DPoP error="invalid_token"',
      ['missing Bearer', 'extra DPoP'],
    ],
    ['a list', { acrs: ['a', 'b'] }, { acrs: ['a', 'c'] }, ['entries acrs']],
    [
      'an expiry',
      { expiresAt: 1_800_000_000_000 },
      { expiresAt: 1_800_000_600_000 },
      ['value expiresAt'],
    ],
    ['no expiry', { expiresAt: 1_800_000_000_000 }, { expiresAt: 0 }, ['value expiresAt']],
  ])('in %s', (_, a, b, expected) => expect(causes(a, b)).toEqual(expected))

  it('in their actions are compared no further', () => {
    const answer = (body: object) =>
      answerOf({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(body)) })
    const [a, b] = [answer({ action: 'OK', scope: 'a' }), answer({ action: 'BAD_REQUEST' })]
    expect(compareAnswers(a, b, none)).toEqual([
      { cause: 'action', primary: 'OK', secondary: 'BAD_REQUEST' },
    ])
  })

  it('are shown without secrets and personal data', () => {
    const [shown] = differencesOf(
      { email: 'alice@example.com' },
      { email: 'bob@example.com' },
      none,
    )
    expect(JSON.stringify(shown)).not.toMatch(/alice|bob/)
    expect(shown).toMatchObject({ primary: '(text, 17 characters)' })
    const [token] = differencesOf({ token: 'a-secret-value' }, { token: treeOf(jwt({})) }, none)
    expect(JSON.stringify(token)).not.toContain('a-secret')
  })

  it('are not searched for in members that are ignored', () => {
    expect(causes({ a: 1 }, { a: 2 }, { ignored: new Set(['a']) })).toEqual([])
  })
})

describe('requests for the secondary', () => {
  const memory = createMemory({ services: new Map([['1', '2']]), clients: new Map([['7', '8']]) })
  memory.set('ticket-of-primary', { flow: 3, secondary: 'ticket+of/secondary' })
  memory.set('lost-value', { flow: 4, secondary: undefined })
  const of = (path: string, body: unknown = '') =>
    translate(
      {
        ...{ method: 'POST', path, headers: {} },
        body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      },
      memory,
    )
  const bodyOf = (body: unknown) => JSON.parse(of('/api/1/auth/token', body).body ?? '')

  it.each([
    [{ ticket: 'ticket-of-primary' }, { ticket: 'ticket+of/secondary' }],
    [
      { parameters: 'a=b+c&code=ticket-of-primary' },
      { parameters: 'a=b+c&code=ticket%2Bof%2Fsecondary' },
    ],
    [{ parameters: 'client_id=7&x=7' }, { parameters: 'client_id=8&x=7' }],
    [
      { clientId: 7, clientIdentifier: '7' },
      { clientId: 8, clientIdentifier: '8' },
    ],
    [{ header: 'Bearer ticket-of-primary' }, { header: 'Bearer ticket+of/secondary' }],
    [
      { url: 'https://a.example/?code=ticket-of-primary' },
      { url: 'https://a.example/?code=ticket%2Bof%2Fsecondary' },
    ],
    [{ json: '{"token":"ticket-of-primary"}' }, { json: '{"token":"ticket+of/secondary"}' }],
  ])('have %j as %j', (given, expected) => expect(bodyOf(given)).toEqual(expected))

  it('have the paths of the secondary', () => {
    expect(of('/api/1/client/get/7?clientId=7').path).toBe('/api/2/client/get/8?clientId=8')
    expect(of('/api/1/x/ticket-of-primary').path).toBe('/api/2/x/ticket%2Bof%2Fsecondary')
    expect(of('/api/9/auth/token').path).toBe('/api/9/auth/token')
  })

  it('tell of values that the secondary cannot know', () => {
    expect(of('/', { token: 'lost-value' })).toMatchObject({ isLost: true, isUnknown: false })
    expect(of('/', { token: 'from-before' })).toMatchObject({ isLost: false, isUnknown: true })
    const hash = Buffer.from('x').toString('base64url')
    expect(of('/', { dpop: jwt({ nonce: 'ticket-of-primary', ath: hash }) }).isBound).toBe(true)
    expect(of('/', { dpop: jwt({ nonce: 'another' }) }).isBound).toBe(false)
    expect([...of('/', { ticket: 'ticket-of-primary' }).flows]).toEqual([3])
  })

  it('are sent as they are if they are no JSON, or too deep', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
    expect(of('/', deep).body).toBe(deep)
    expect(of('/', 'no JSON').body).toBe('no JSON')
  })
})

describe('reports of postern shadow', () => {
  it('count by operations without identifiers, of a bounded number', () => {
    expect(operationOf('GET', '/api/1/client/get/4711?x=1').name).toBe('GET /client/get/{}')
    const report = createReport(
      () => {},
      () => 0,
    )
    for (let each = 0; each < 1_100; each += 1) {
      report.compared({
        ...{ operation: '/x', service: '1', isUnknown: false },
        differences: [{ cause: `value ${each}`, primary: 1, secondary: 2 }],
      })
    }
    expect(report.summary().differences.length).toBe(1_001)
    expect(report.summary().differences[0]).toMatchObject({ cause: 'others', count: 100 })
  })
})
