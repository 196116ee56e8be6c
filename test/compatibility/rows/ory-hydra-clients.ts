/** H: settings of clients of Ory Hydra. */
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import { expect } from 'vitest'
import { issuer, obtainTokens, refresh } from '../../support/flows.ts'
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
]
