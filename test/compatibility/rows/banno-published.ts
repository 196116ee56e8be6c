/** B: discovery and keys of Banno's OpenID provider. */
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  type JWK,
  jwtVerify,
} from 'jose'
import { expect } from 'vitest'
import { createFormBrowser } from '../../../examples/demo/form-browser.ts'
import { authorizationRequest, issuer, obtainTokens } from '../../support/flows.ts'
import { jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import { discovery, type Row, read } from './world.ts'

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']

export const bannoPublished: readonly Row[] = [
  {
    row: 'B1',
    title: 'an issuer with a path has its discovery below the path and where RFC 8414 puts it',
    async check({ frontend }) {
      const path = '/a/oidc-provider/api/v0'
      const { url, service } = await frontend({}, path)
      const { origin } = new URL(url)
      const places = [
        `${url}/.well-known/openid-configuration`,
        `${origin}/.well-known/oauth-authorization-server${path}`,
      ]
      for (const place of places) {
        const document = await (await fetch(place)).json()
        expect(document).toMatchObject({ issuer: url, token_endpoint: `${url}/token` })
      }
      const { idToken } = await obtainTokens(service, await service.client())
      expect(decodeJwt(idToken).iss).toBe(url)
      const query = authorizationRequest(await service.client())
      const page = await createFormBrowser().open(`${url}/authorize?${query}`)
      expect(page.text).toContain('id="password"')
    },
  },
  {
    row: 'B2',
    title: 'discovery lists endpoints, scopes and claims, and a JSON Patch can change the document',
    async check({ service }) {
      const at = await service({ supportedClaims: ['sub', 'name'] })
      expect(await discovery(at)).toMatchObject({
        ...{ issuer, authorization_endpoint: `${issuer}/authorize` },
        ...{ token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks` },
        scopes_supported: expect.arrayContaining(['openid', 'profile']),
        claims_supported: ['sub', 'name'],
      })
      const patch = JSON.stringify([
        { op: 'replace', path: '/scopes_supported', value: ['openid'] },
      ])
      const patched = await discovery(at, `?patch=${encodeURIComponent(patch)}`)
      expect(patched.scopes_supported).toEqual(['openid'])
    },
  },
  {
    row: 'B3',
    title: 'the key set has the public key that verifies each ID Token',
    async check({ service }) {
      const at = await service()
      const { keys } = await read(at, '/service/jwks/get')
      expect(keys.map(({ kid }: JWK) => kid)).toEqual(serviceKeys.map(({ kid }) => kid))
      const { idToken } = await obtainTokens(at, await at.client({ idTokenSignAlg: 'ES256' }))
      const { alg, kid } = decodeProtectedHeader(idToken)
      expect([alg, kid]).toEqual(['ES256', 'es256'])
      const currentDate = new Date(at.system.clock())
      const { payload } = await jwtVerify(idToken, createLocalJWKSet({ keys }), { currentDate })
      expect(payload.sub).toBe('alice')
    },
  },
  {
    row: 'B4',
    title:
      'private members of keys are returned only if they are asked for by a caller who may change the service',
    async check({ service }) {
      const at = await service()
      const viewer = await at.tokenFor(at.serviceId, ['view_service'])
      const path = `/api/${at.serviceId}/service/jwks/get`
      const membersOf = (keys: JWK[]) => new Set(keys.flatMap((key) => Object.keys(key)))
      for (const options of [{}, { token: viewer }]) {
        const { keys } = await at.get(path, options)
        expect([...membersOf(keys)].filter((name) => privateMembers.includes(name))).toEqual([])
      }
      const withPrivate = `${path}?includePrivateKeys=true`
      const refused = await at.call('GET', withPrivate, undefined, { token: viewer })
      expect(refused.status).toBe(403)
      expect(membersOf((await at.get(withPrivate)).keys)).toContain('d')
      const shown = await at.call('GET', `/api/${at.serviceId}/service/get`, undefined, {
        token: viewer,
      })
      for (const { d } of serviceKeys) expect(shown.text).not.toContain(d)
    },
  },
  {
    row: 'B5',
    title: 'each published key has kid, kty and use, and a malformed key is refused',
    async check({ service }) {
      const { kid: _, use: _use, alg: _alg, ...bare } = serviceKeys[0] as JWK
      const at = await service({ jwks: jwksOf(bare) })
      const thumbprint = await calculateJwkThumbprint(publicKey(bare))
      const { keys } = await read(at, '/service/jwks/get')
      expect(keys).toEqual([{ ...publicKey(bare), kid: thumbprint, use: 'sig' }])
      const { idToken } = await obtainTokens(at, await at.client())
      expect(decodeProtectedHeader(idToken).kid).toBe(thumbprint)
      const path = `/api/${at.serviceId}/service/update`
      const refused = await at.call('POST', path, {
        jwks: jwksOf({ kty: 'EC', crv: 'P-256', x: 'AA' }),
      })
      expect(refused.status).toBe(400)
    },
  },
]
