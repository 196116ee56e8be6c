/** G: claims of users at Glewlwyd. */
import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import { authorize, obtainTokens, redirectUri, type TestService } from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { requestObjectFor } from '../../support/signing-client.ts'
import { bodyOf, introspect, type Row, userInfo, type World } from './world.ts'

interface Entry {
  claim: string
  source: string
  mode?: 'never' | 'demand' | 'always'
  [more: string]: unknown
}

/** A service with a claim policy, whose entries are of UserInfo and `always` unless they say more. */
const policyService = ({ service }: World, entries: Entry[], more: Json = {}) =>
  service({
    ...more,
    'ext.claims.policy': JSON.stringify(
      entries.map((entry) => ({ mode: 'always', targets: ['userinfo'], ...entry })),
    ),
  })

/** The claims of UserInfo beside `sub`, for a user with these attributes. */
async function claimsOf(
  at: TestService,
  userAttributes: Json,
  request: Record<string, string> = {},
  more: Json = {},
): Promise<Json> {
  const asked = { scope: 'openid', ...request }
  const { accessToken } = await obtainTokens(at, await at.client(), asked, { userAttributes })
  const { sub: _, ...claims } = bodyOf(await userInfo(at, accessToken, { userAttributes, ...more }))
  return claims
}

const askFor = (...names: string[]) => ({
  claims: JSON.stringify({ userinfo: Object.fromEntries(names.map((name) => [name, null])) }),
})

export const glewlwydClaims: readonly Row[] = [
  {
    row: 'G20',
    title: 'access tokens have values of the user, several of them joined by commas',
    async check(world) {
      const entry = { claim: 'groups', source: 'memberOf', join: ',', targets: ['access_token'] }
      const at = await policyService(world, [entry], { accessTokenSignAlg: 'ES256' })
      const userAttributes = { memberOf: ['staff', 'admin'] }
      const { accessToken } = await obtainTokens(at, await at.client(), {}, { userAttributes })
      expect(decodeJwt(accessToken)['groups']).toBe('staff,admin')
    },
  },
  {
    row: 'G21',
    title: 'name and e-mail are never told, on demand, or always',
    async check(world) {
      const user = { fullName: 'Alice', mail: 'a@example.com' }
      const told = async (mode: 'never' | 'demand' | 'always') => {
        const at = await policyService(world, [
          { claim: 'name', source: 'fullName', mode },
          { claim: 'email', source: 'mail', mode },
        ])
        return [await claimsOf(at, user), await claimsOf(at, user, askFor('name', 'email'))]
      }
      const both = { name: 'Alice', email: 'a@example.com' }
      expect(await told('never')).toEqual([{}, {}])
      expect(await told('demand')).toEqual([{}, both])
      expect(await told('always')).toEqual([both, both])
    },
  },
  {
    row: 'G22',
    title:
      'claims are text, numbers or booleans with words of their own, and what does not convert is left out',
    async check(world) {
      const words = { type: 'boolean', trueValue: 'yes', falseValue: 'no' }
      const at = await policyService(world, [
        { claim: 'badge', source: 'badge', type: 'string' },
        { claim: 'level', source: 'level', type: 'number' },
        { claim: 'member', source: 'member', ...words },
      ])
      const good = await claimsOf(at, { badge: 7, level: '42', member: 'yes' })
      expect(good).toEqual({ badge: '7', level: 42, member: true })
      expect(await claimsOf(at, { member: 'no' })).toEqual({ member: false })
      expect(await claimsOf(at, { level: 'high', member: 'maybe' })).toEqual({})
    },
  },
  {
    row: 'G23',
    title: 'a claim that is bound to scopes is told with one of them only',
    async check(world) {
      const at = await policyService(world, [
        { claim: 'room', source: 'room', scopes: ['read', 'write'] },
        { claim: 'floor', source: 'floor' },
      ])
      const user = { room: '12', floor: '3' }
      expect(await claimsOf(at, user)).toEqual({ floor: '3' })
      expect(await claimsOf(at, user, { scope: 'openid write' })).toEqual(user)
    },
  },
  {
    row: 'G24',
    title: 'one policy decides the claims of each token and response, and a preview shows them',
    async check(world) {
      const targets = ['id_token', 'userinfo', 'access_token', 'introspection']
      const entries = targets.map((target) => ({
        ...{ claim: `in_${target}`, source: 'unit', targets: [target] },
      }))
      const at = await policyService(world, entries, { accessTokenSignAlg: 'ES256' })
      const client = await at.client()
      const userAttributes = { unit: 'Research' }
      const tokens = await obtainTokens(at, client, { scope: 'openid' }, { userAttributes })
      const { idToken, accessToken } = tokens
      const claims = [
        decodeJwt(idToken),
        bodyOf(await userInfo(at, accessToken, { userAttributes })),
        decodeJwt(accessToken),
        await introspect(at, accessToken),
      ]
      const shown = await at.api('/claims/preview', {
        ...{ clientIdentifier: String(client.clientId), subject: 'alice', scopes: ['openid'] },
        userAttributes,
      })
      const previews = [shown.idToken, shown.userInfo, shown.accessToken, shown.introspection]
      for (const [index, target] of targets.entries()) {
        const policed = (all: Json) => Object.keys(all).filter((name) => name.startsWith('in_'))
        expect(policed(claims[index])).toEqual([`in_${target}`])
        expect(policed(JSON.parse(previews[index]))).toEqual([`in_${target}`])
      }
    },
  },
  {
    row: 'G25',
    title:
      'the claim address is made of attributes of the user, and left out where it would be empty',
    async check(world) {
      const members = [
        'formatted',
        'street_address',
        'locality',
        'region',
        'postal_code',
        'country',
      ]
      const at = await policyService(
        world,
        members.map((member) => ({ claim: `address.${member}`, source: `home.${member}` })),
      )
      const home = Object.fromEntries(members.map((member) => [member, `a ${member}`]))
      expect(await claimsOf(at, { home })).toEqual({ address: home })
      const { locality } = home
      expect(await claimsOf(at, { home: { locality, region: '' } })).toEqual({
        ...{ address: { locality } },
      })
      expect(await claimsOf(at, { home: {} })).toEqual({})
    },
  },
  {
    row: 'G26',
    title:
      'the claims parameter takes null, value and values, in a query, a form and a request object',
    async check({ service }) {
      const at = await service()
      const client = await at.client({ jwks: jwksOf(publicKey(clientKey)) })
      const claims = {
        userinfo: { name: null, email: { value: 'a@example.com' } },
        id_token: { acr: { values: ['urn:acr:a', 'urn:acr:b'] } },
      }
      const asText = JSON.stringify(claims)
      const asParameter = await authorize(at, client, { claims: asText })
      const request = await requestObjectFor(at, client, {
        ...{ response_type: 'code', redirect_uri: redirectUri, scope: 'openid', claims },
      })
      const asObject = await authorize(at, client, { request })
      for (const asked of [asParameter, asObject]) {
        expect(JSON.parse(asked.userInfoClaims)).toEqual(claims.userinfo)
        expect(asked.acrs).toEqual(['urn:acr:a', 'urn:acr:b'])
      }
      expect((await authorize(at, client, { claims: '[' })).action).toBe('LOCATION')
    },
  },
  {
    row: 'G27',
    title: 'only claims on demand can be requested',
    async check(world) {
      const at = await policyService(
        world,
        [
          { claim: 'nick', source: 'nick', mode: 'demand' },
          { claim: 'salary', source: 'salary', mode: 'never' },
        ],
        { supportedClaims: ['nick', 'name'] },
      )
      const user = { nick: 'al', salary: 'much', other: 'x' }
      expect(await claimsOf(at, user, askFor('nick', 'salary', 'other'))).toEqual({ nick: 'al' })
      const asked = await authorize(at, await at.client(), {
        ...{ scope: 'openid', ...askFor('nick', 'salary') },
      })
      expect(asked.claimsAtUserInfo).toEqual(['nick'])
    },
  },
  {
    row: 'G68',
    title: 'a UserInfo request can ask for some claims only',
    async check(world) {
      const at = await policyService(world, [
        { claim: 'room', source: 'room' },
        { claim: 'floor', source: 'floor' },
      ])
      const user = { room: '12', floor: '3' }
      expect(await claimsOf(at, user)).toEqual(user)
      expect(await claimsOf(at, user, {}, { requestedClaims: 'room other' })).toEqual({
        room: '12',
      })
    },
  },
]
