/** G: access tokens of Glewlwyd. */
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { expect } from 'vitest'
import { obtainTokens, refresh, requestToken } from '../../support/flows.ts'
import { jwksOf, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { bodyOf, type Row, read, refusalOf, works } from './world.ts'

export const glewlwydTokens: readonly Row[] = [
  {
    row: 'G6',
    title: 'access tokens are signed with RSA, ECDSA or a secret key that is never published',
    async check({ service }) {
      const secret = Buffer.alloc(64, 'a secret of the service')
      const shared = { kty: 'oct', kid: 'shared', k: secret.toString('base64url') }
      const jwks = jwksOf(shared, ...serviceKeys)
      const symmetric = { 'ext.at.symmetric': 'true', jwks }
      const tokenAt = async (more: Json) => {
        const at = await service(more)
        const { accessToken } = await obtainTokens(at, await at.client())
        expect(await works(at, accessToken)).toBe(true)
        const { keys } = await read(at, '/service/jwks/get')
        expect(keys.map(({ kid }: Json) => kid)).not.toContain('shared')
        return { accessToken, currentDate: new Date(at.system.clock()) }
      }
      for (const accessTokenSignAlg of ['RS256', 'ES256', 'HS256', 'HS384', 'HS512']) {
        const { accessToken } = await tokenAt({ ...symmetric, accessTokenSignAlg })
        expect(decodeProtectedHeader(accessToken).alg).toBe(accessTokenSignAlg)
      }
      const { accessToken, currentDate } = await tokenAt({
        ...{ ...symmetric, accessTokenSignAlg: 'HS256' },
      })
      expect((await jwtVerify(accessToken, secret, { currentDate })).payload.sub).toBe('alice')
      const at = await service()
      const path = `/api/${at.serviceId}/service/update`
      const off = await at.call('POST', path, { jwks, accessTokenSignAlg: 'HS256' })
      expect(off.status).toBe(400)
    },
  },
  {
    row: 'G66',
    title:
      'grant_type=delete_token revokes a refresh token and its grant where service and client allow it',
    async check({ service }) {
      const allowed = { 'ext.grant.delete_token': 'true' }
      const at = await service(allowed)
      const client = await at.client(allowed)
      const tokens = await obtainTokens(at, client)
      const remove = (by: Json, of = at, more: Json = {}) => {
        const { refreshToken: refresh_token } = tokens
        return requestToken(of, by, { grant_type: 'delete_token', refresh_token }, more)
      }
      const unsupported = 'BAD_REQUEST unsupported_grant_type'
      expect(refusalOf(await remove(await at.client()))).toBe(unsupported)
      const other = await service()
      expect(refusalOf(await remove(await other.client(allowed), other))).toBe(unsupported)
      expect((await remove(client, at, { clientSecret: 'wrong' })).action).toBe('INVALID_CLIENT')
      expect(await works(at, tokens.accessToken)).toBe(true)
      const answer = await remove(client)
      expect([answer.action, bodyOf(answer)]).toEqual(['OK', {}])
      expect(await works(at, tokens.accessToken)).toBe(false)
      const refused = await refresh(at, client, tokens.refreshToken)
      expect(refusalOf(refused)).toBe('BAD_REQUEST invalid_grant')
    },
  },
  {
    row: 'G76',
    title: 'access tokens have the claims of the former server where the service asks for them',
    async check({ service }) {
      const payloadAt = async (more: Json) => {
        const at = await service({ accessTokenSignAlg: 'RS256', accessTokenDuration: 600, ...more })
        const client = await at.client()
        const { accessToken } = await obtainTokens(at, client, { scope: 'openid read' })
        return { claims: decodeJwt(accessToken), clientId: String(client.clientId) }
      }
      const { claims, clientId } = await payloadAt({ 'ext.at.preset': 'glewlwyd' })
      expect(claims).toMatchObject({
        ...{ sub: 'alice', aud: clientId, type: 'access_token', scope: 'openid read' },
        ...{ salt: expect.any(String), expires_in: 600, exp: Number(claims.iat) + 600 },
      })
      const plain = (await payloadAt({})).claims
      for (const name of ['type', 'salt', 'expires_in'])
        expect(Object.keys(plain)).not.toContain(name)
    },
  },
]
