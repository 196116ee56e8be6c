/**
 * Consent of the user in the example frontend: the page shows everything that is requested, and
 * only what was shown is remembered. Claims are supplied accordingly.
 */

import { decodeJwt } from 'jose'
import type * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  alice,
  answerOf,
  bob,
  configure,
  createUser,
  redeem,
  requestOf,
  startWorld,
  type World,
} from './world.ts'

let world: World
let configuration: openid.Configuration

beforeAll(async () => {
  world = await startWorld({
    service: {
      supportedAuthorizationDetailsTypes: ['payment'],
      supportedScopes: [
        { name: 'openid', description: 'Know who you are' },
        { name: 'read' },
        { name: 'transfer', attributes: [{ key: 'regex', value: '^transfer:[0-9]+$' }] },
      ],
      supportedTrustFrameworks: ['de_aml'],
      supportedEvidence: ['document'],
      supportedDocuments: ['idcard'],
      supportedVerifiedClaims: ['given_name', 'family_name', 'birthdate'],
    },
  })
  const { clientId, clientSecret } = await world.client({ authorizationDetailsTypes: ['payment'] })
  configuration = await configure(world, clientId, clientSecret)
})
afterAll(() => world?.close())

type User = ReturnType<typeof createUser>
type Asked = Record<string, string>

async function run(user: User, more: Asked, by = configuration) {
  const request = await requestOf(by, more)
  const { shown, url } = await user.walk(request.url)
  return { shown, request, url }
}

const payment = (amount: string) =>
  JSON.stringify([{ type: 'payment', amount, locations: ['https://bank.example.com'] }])

/** The text of the consent page after a login. */
async function consentOf(more: Asked): Promise<string> {
  const { url } = await requestOf(configuration, more)
  const { browser } = createUser()
  const login = await browser.open(url.href)
  return (await browser.submit(login, { ...alice, decision: 'login' })).text
}

describe('consent page', () => {
  it('shows the members of each authorization detail (RFC 9396 §11.1)', async () => {
    const text = await consentOf({ authorization_details: payment('123.45') })
    for (const part of ['payment', 'amount', '123.45', 'https://bank.example.com']) {
      expect(text).toContain(part)
    }
  })

  it('shows each resource and each dynamic scope (RFC 8707 §2)', async () => {
    const resource = 'https://api.example.com/accounts'
    const text = await consentOf({ resource, scope: 'openid read transfer:250' })
    for (const part of [resource, 'Know who you are (openid)', 'read', 'transfer:250']) {
      expect(text).toContain(`<li>${part}</li>`)
    }
  })

  it('shows values of the client as text, not as HTML (OWASP ASVS 5.3.3)', async () => {
    const text = await consentOf({ authorization_details: payment('<script>alert(1)</script>') })
    expect(text).not.toContain('<script>')
    expect(text).toContain('&lt;script&gt;')
  })

  it('shows requested claims, which of them are verified, and their purpose', async () => {
    const claims = JSON.stringify({
      userinfo: {
        nickname: null,
        verified_claims: {
          verification: { trust_framework: null, evidence: [{ type: { value: 'document' } }] },
          claims: { birthdate: null },
        },
      },
    })
    const text = await consentOf({ claims, purpose: 'To sell you wine' })
    for (const part of [
      ...['nickname', 'birthdate, verified', 'evidence of the verification'],
      'To sell you wine',
    ]) {
      expect(text).toContain(`<li>${part}</li>`)
    }
  })
})

describe('remembered consent', () => {
  it.each<[string, Asked, Asked]>([
    [
      'other authorization details',
      { authorization_details: payment('1.00') },
      { authorization_details: payment('9000.00') },
    ],
    [
      'another resource',
      { resource: 'https://api.example.com/a' },
      { resource: 'https://api.example.com/b' },
    ],
    [
      'another value of a dynamic scope',
      { scope: 'openid transfer:1' },
      { scope: 'openid transfer:2' },
    ],
    [
      'other verified claims',
      { claims: verifiedOf('given_name') },
      { claims: verifiedOf('birthdate') },
    ],
  ])('covers the shown request, and not %s', async (_what, first, other) => {
    const user = createUser()
    expect((await run(user, first)).shown).toEqual(['login', 'consent'])
    expect((await run(user, first)).shown).toEqual([])
    expect((await run(user, { ...first, prompt: 'none' })).url).toContain('code=')
    const silent = await run(user, { ...other, prompt: 'none' })
    expect(answerOf(silent.url)['error']).toBe('consent_required')
    expect((await run(user, other)).shown).toEqual(['consent'])
  })
})

function verifiedOf(name: string, value?: string): string {
  const verified_claims = {
    verification: { trust_framework: null },
    claims: { [name]: value === undefined ? null : { value } },
  }
  return JSON.stringify({ id_token: { verified_claims }, userinfo: { verified_claims } })
}

describe('verified claims in the example frontend (OpenID Connect for Identity Assurance)', () => {
  const verified = { verification: { trust_framework: 'de_aml' } }
  async function obtain(claims: string, credentials = alice) {
    const { request, url } = await run(createUser(credentials), { claims })
    const tokens = await redeem(configuration, request, url)
    const headers = { Authorization: `Bearer ${tokens.access_token}` }
    const info = await (await fetch(`${world.issuer}/userinfo`, { headers })).json()
    return { idToken: decodeJwt(tokens.id_token ?? ''), info }
  }

  it('are in the ID Token and UserInfo as requested (§5.3)', async () => {
    const { idToken, info } = await obtain(verifiedOf('given_name'))
    const expected = { ...verified, claims: { given_name: 'Alice' } }
    expect([idToken['verified_claims'], info.verified_claims]).toEqual([expected, expected])
    const { userinfo } = JSON.parse(verifiedOf('birthdate'))
    const only = await obtain(JSON.stringify({ userinfo }))
    expect(only.idToken).not.toHaveProperty('verified_claims')
    expect(only.info.verified_claims).toEqual({ ...verified, claims: { birthdate: '1990-02-28' } })
  })

  it('are omitted if they are unknown, of another value or unverified (§5.7)', async () => {
    const unknown = verifiedOf('given_name').replaceAll(
      '{"given_name":null}',
      '{"given_name":null,"x y":{"essential":true}}',
    )
    expect((await obtain(unknown)).idToken['verified_claims']).toEqual({
      ...{ ...verified, claims: { given_name: 'Alice' } },
    })
    expect((await obtain(verifiedOf('given_name', '6f0d8a66'))).info).toEqual({ sub: 'alice' })
    expect((await obtain(verifiedOf('given_name'), bob)).info).toEqual({ sub: 'bob' })
    expect((await obtain('{}')).info).toEqual({ sub: 'alice' })
  })
})

describe('id_token_hint of a pairwise client (OIDC Core §3.1.2.1, §8)', () => {
  it('succeeds with prompt=none for its user, and fails for others', async () => {
    const { clientId, clientSecret } = await world.client({ subjectType: 'PAIRWISE' })
    const pairwise = await configure(world, clientId, clientSecret)
    const user = createUser()
    const first = await run(user, {}, pairwise)
    const tokens = await redeem(pairwise, first.request, first.url)
    expect(tokens.claims()?.sub).not.toBe('alice')
    const hint = { prompt: 'none', id_token_hint: tokens.id_token ?? '' }
    const again = await run(user, hint, pairwise)
    const second = await redeem(pairwise, again.request, again.url)
    expect(second.claims()?.sub).toBe(tokens.claims()?.sub)
    const other = createUser(bob)
    await run(other, {}, pairwise)
    expect(answerOf((await run(other, hint, pairwise)).url)['error']).toBe('login_required')
  })
})
