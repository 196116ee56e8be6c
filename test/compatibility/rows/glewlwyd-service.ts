/** G: instances of the Glewlwyd OpenID Connect plugin, and their settings. */
import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import {
  authorize,
  issuer,
  obtainCode,
  obtainTokens,
  redeem,
  requestToken,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import {
  discovery,
  introspect,
  ownTokens,
  type Row,
  refusalOf,
  respond,
  responseOf,
  works,
} from './world.ts'

const instances: Row[] = [
  {
    row: 'G1',
    title: 'one server has several services with names of their own, which share nothing',
    async check({ service, server }) {
      const one = await service({ serviceName: 'One', description: 'The first' })
      const other = await service({ serviceName: 'Other' })
      const client = await one.client()
      const { services } = await server.get('/api/service/get/list?start=0&end=1000')
      const names = services.map(({ serviceName }: Json) => serviceName)
      expect(names).toEqual(expect.arrayContaining(['One', 'Other']))
      expect((await authorize(one, client)).service.serviceName).toBe('One')
      expect((await authorize(other, client)).action).toBe('BAD_REQUEST')
      const { accessToken } = await obtainTokens(one, client)
      expect([await works(one, accessToken), await works(other, accessToken)]).toEqual([
        ...[true, false],
      ])
    },
  },
  {
    row: 'G2',
    title: 'the issuer of a service is in its discovery, its responses and its tokens',
    async check({ service }) {
      const own = 'https://id.example.org/tenant'
      const at = await service({ issuer: own, accessTokenSignAlg: 'ES256' })
      const client = await at.client()
      expect((await discovery(at)).issuer).toBe(own)
      expect(responseOf(await respond(at, client)).iss).toBe(own)
      const { idToken, accessToken } = await obtainTokens(at, client)
      expect([decodeJwt(idToken).iss, decodeJwt(accessToken).iss]).toEqual([own, own])
    },
  },
  {
    row: 'G3',
    title: 'a service gives each sector its own subject, or all clients the same one',
    async check({ service }) {
      const subjectsAt = async (more: Json) => {
        const at = await service(more)
        const hosts = [
          'https://a.example.com/1',
          'https://a.example.com/2',
          'https://b.example.com/',
        ]
        const subjects: (string | undefined)[] = []
        for (const redirect_uri of hosts) {
          const client = await at.client({ redirectUris: [redirect_uri] })
          const code = await obtainCode(at, client, { redirect_uri })
          subjects.push(decodeJwt((await redeem(at, client, code, { redirect_uri })).idToken).sub)
        }
        return subjects
      }
      const [first, same, other] = await subjectsAt({ 'ext.subject.default': 'pairwise' })
      expect(first).not.toBe('alice')
      expect(same).toBe(first)
      expect(other).not.toBe(first)
      expect(await subjectsAt({})).toEqual(['alice', 'alice', 'alice'])
    },
  },
  {
    row: 'G4',
    title: 'a pairwise subject is in access tokens and introspection too where the service says so',
    async check({ service }) {
      const subjectsAt = async (more: Json) => {
        const at = await service({ accessTokenSignAlg: 'ES256', ...more })
        const tokens = await obtainTokens(at, await at.client({ subjectType: 'PAIRWISE' }))
        const { sub } = await introspect(at, tokens.accessToken)
        const { idToken, accessToken } = tokens
        return [decodeJwt(idToken).sub, decodeJwt(accessToken).sub, sub]
      }
      const all = await subjectsAt({ 'ext.subject.in_access_token': 'pairwise' })
      expect(new Set(all).size).toBe(1)
      expect(all).not.toContain('alice')
      const [inIdToken, ...others] = await subjectsAt({})
      expect(inIdToken).not.toBe('alice')
      expect(others).toEqual(['alice', 'alice'])
    },
  },
  {
    row: 'G5',
    title: 'discovery can list fewer scopes than requests may use',
    async check({ service }) {
      const at = await service()
      const value = ['openid', 'profile']
      const patch = JSON.stringify([{ op: 'replace', path: '/scopes_supported', value }])
      const document = await discovery(at, `?patch=${encodeURIComponent(patch)}`)
      expect(document.scopes_supported).toEqual(value)
      expect((await obtainTokens(at, await at.client(), { scope: 'read' })).scopes).toEqual([
        'read',
      ])
    },
  },
]

const flows: Row[] = [
  {
    row: 'G14',
    title:
      'valid requests of plain OAuth get an access token and no ID Token, or are refused if they are off',
    async check({ service }) {
      const at = await service()
      const client = await at.client()
      const implicit = responseOf(await respond(at, client, { response_type: 'token' }))
      expect([typeof implicit.access_token, implicit.id_token]).toEqual(['string', undefined])
      const own = await ownTokens(at, client, 'read')
      expect([own.action, own.idToken]).toEqual(['OK', undefined])
      const password = { grant_type: 'password', username: 'a', password: 'b', scope: 'read' }
      expect((await requestToken(at, client, password)).action).toBe('PASSWORD')
      const strict = await service({ supportedGrantTypes: ['AUTHORIZATION_CODE'] })
      const other = await strict.client()
      for (const asked of [password, { grant_type: 'client_credentials' }])
        expect(refusalOf(await requestToken(strict, other, asked))).toBe(
          'BAD_REQUEST unsupported_grant_type',
        )
      const refused = await authorize(strict, other, { response_type: 'token' })
      expect(refusalOf(refused)).toBe('LOCATION unsupported_response_type')
    },
  },
  {
    row: 'G15',
    title: 'each grant type can be turned off alone',
    async check({ service }) {
      const all = ['AUTHORIZATION_CODE', 'IMPLICIT', 'PASSWORD', 'CLIENT_CREDENTIALS']
      const types = [...all, 'REFRESH_TOKEN']
      for (const off of types) {
        const at = await service({ supportedGrantTypes: types.filter((type) => type !== off) })
        const client = await at.client()
        const listed = (await discovery(at)).grant_types_supported
        expect([off, listed.includes(off.toLowerCase())]).toEqual([off, false])
        const asked = { username: 'a', password: 'b', code: 'c', refresh_token: 'd', scope: 'read' }
        const answer =
          off === 'IMPLICIT'
            ? await authorize(at, client, { response_type: 'token' })
            : await requestToken(at, client, { grant_type: off.toLowerCase(), ...asked })
        expect([off, refusalOf(answer)]).toEqual([off, expect.stringMatching(/unsupported_/)])
      }
    },
  },
  {
    row: 'G16',
    title: 'a request with openid always gets an ID Token, whatever grant types are off',
    async check({ service }) {
      const at = await service({ supportedGrantTypes: ['AUTHORIZATION_CODE'] })
      const { idToken } = await obtainTokens(at, await at.client(), { scope: 'openid' })
      expect(decodeJwt(idToken)).toMatchObject({ iss: issuer, sub: 'alice' })
    },
  },
  {
    row: 'G17',
    title: 'discovery has the URLs of the documentation, the policy and the terms of service',
    async check({ service }) {
      const [serviceDocumentation, policyUri, tosUri] = ['docs', 'policy', 'tos'].map(
        (page) => `https://as.example.com/${page}`,
      )
      const at = await service({ serviceDocumentation, policyUri, tosUri })
      expect(await discovery(at)).toMatchObject({
        ...{ service_documentation: serviceDocumentation, op_policy_uri: policyUri },
        op_tos_uri: tosUri,
      })
    },
  },
  {
    row: 'G18',
    title: 'the key set is published, unless the service says no or has no keys',
    async check({ service }) {
      const shownAt = async (more: Json) => {
        const at = await service(more)
        const reply = await at.call('GET', `/api/${at.serviceId}/service/jwks/get`)
        return [reply.status, (await discovery(at)).jwks_uri]
      }
      expect(await shownAt({})).toEqual([200, `${issuer}/jwks`])
      expect(await shownAt({ 'ext.jwks.published': 'false' })).toEqual([204, undefined])
      expect((await shownAt({ jwks: undefined }))[0]).toBe(204)
    },
  },
]

export const glewlwydService: readonly Row[] = [...instances, ...flows]
