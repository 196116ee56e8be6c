/** H: settings of clients of Ory Hydra. */
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import { expect } from 'vitest'
import { createFormBrowser } from '../../../examples/demo/form-browser.ts'
import {
  authorizationRequest,
  authorize,
  issuer,
  obtainTokens,
  redirectUri,
  refresh,
  requestToken,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { ownTokens, type Row, read, works } from './world.ts'

export const hydraClients: readonly Row[] = [
  {
    row: 'H23',
    title: 'a client has lifetimes of its own for each grant and token',
    async check({ service }) {
      const at = await service({ accessTokenDuration: 600 })
      const client = await at.client({
        'ext.lifespan.authorization_code.access_token': '101',
        'ext.lifespan.authorization_code.id_token': '102',
        'ext.lifespan.authorization_code.refresh_token': '2000000',
        'ext.lifespan.refresh_token.access_token': '201',
        'ext.lifespan.client_credentials.access_token': '7200',
      })
      const code = await obtainTokens(at, client)
      const { exp = 0, iat = 0 } = decodeJwt(code.idToken)
      const { accessTokenDuration, refreshTokenDuration } = code
      expect([accessTokenDuration, exp - iat, refreshTokenDuration]).toEqual([101, 102, 2_000_000])
      expect((await refresh(at, client, code.refreshToken)).accessTokenDuration).toBe(201)
      expect((await ownTokens(at, client, 'read')).accessTokenDuration).toBe(7200)
      const other = await at.client()
      expect((await obtainTokens(at, other)).accessTokenDuration).toBe(600)
      expect((await ownTokens(at, other, 'read')).accessTokenDuration).toBe(600)
    },
  },
  {
    row: 'H24',
    title: 'a client gets opaque access tokens or JWTs, whatever others get',
    async check({ service }) {
      const at = await service()
      const tokenOf = async (by: typeof at, more: Json) =>
        (await obtainTokens(by, await by.client(more))).accessToken
      const jwt = await tokenOf(at, { 'ext.access_token.format': 'jwt' })
      const keys = createLocalJWKSet(await read(at, '/service/jwks/get'))
      const currentDate = new Date(at.system.clock())
      const { payload } = await jwtVerify(jwt, keys, { issuer, typ: 'at+jwt', currentDate })
      expect([payload.sub, await works(at, jwt)]).toEqual(['alice', true])
      expect(await tokenOf(at, {})).not.toContain('.')
      const signing = await service({ accessTokenSignAlg: 'ES256' })
      const opaque = await tokenOf(signing, { 'ext.access_token.format': 'opaque' })
      expect([opaque.includes('.'), await works(signing, opaque)]).toEqual([false, true])
      expect(await tokenOf(signing, {})).toContain('.')
    },
  },
  {
    row: 'H25',
    title: 'the frontend learns from which web origins a client may be called, also with an error',
    async check({ frontend }) {
      const { url, service: at } = await frontend()
      const corsOrigins = ['https://app.example.com', 'http://localhost:5173']
      const client = await at.publicClient({ 'ext.cors_origins': corsOrigins.join(' ') })
      const { corsOrigins: told, accessToken: token } = await obtainTokens(at, client)
      expect(told).toEqual(corsOrigins)
      expect((await at.api('/auth/userinfo', { token })).corsOrigins).toEqual(corsOrigins)
      const refused = await requestToken(at, client, { grant_type: 'refresh_token' })
      expect([refused.action, refused.corsOrigins]).toEqual(['BAD_REQUEST', corsOrigins])
      expect((await obtainTokens(at, await at.client())).corsOrigins).toBeUndefined()
      const body = new URLSearchParams({ grant_type: 'refresh_token' })
      body.set('client_id', String(client.clientId))
      const readableBy = async (Origin: string) => {
        const init = { method: 'POST', headers: { Origin }, body }
        const { headers } = await fetch(`${url}/token`, init)
        return headers.get('Access-Control-Allow-Origin')
      }
      expect(await readableBy('https://app.example.com')).toBe('https://app.example.com')
      expect(await readableBy('https://other.example.com')).toBe(null)
      const path = `/api/${at.serviceId}/client/create`
      const attributes = [{ key: 'ext.cors_origins', value: 'https://app.example.com/path' }]
      expect((await at.call('POST', path, { attributes })).status).toBe(400)
    },
  },
  {
    row: 'H28',
    title: 'a client of the operator skips the consent, and the frontend learns which clients are',
    async check({ frontend }) {
      const { url, service } = await frontend()
      const firstParty = [{ key: 'first_party', value: 'true' }]
      const shownFor = async (client: Json, more = {}) => {
        const browser = createFormBrowser(redirectUri)
        const query = authorizationRequest(client, more)
        const login = await browser.open(`${url}/authorize?${query}`)
        const alice = { username: 'alice', password: 'alice-password', decision: 'login' }
        const next = await browser.submit(login, alice)
        return next.text.includes('id="authorize"') ? 'consent' : next.url.split('?')[0]
      }
      const own = await service.client({ attributes: firstParty })
      expect((await authorize(service, own)).clientAttributes).toEqual(firstParty)
      expect(await shownFor(own)).toBe(redirectUri)
      expect(await shownFor(own, { prompt: 'consent' })).toBe('consent')
      expect(await shownFor(await service.client())).toBe('consent')
    },
  },
]
