/** G: the list of tokens of Glewlwyd. */
import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { obtainTokens, refresh } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { introspect, type Row, read, refusalOf } from './world.ts'

export const glewlwydInventory: readonly Row[] = [
  {
    row: 'G73',
    title: 'a listed token has its hash, client, times and the device of the user',
    async check({ service }) {
      const at = await service()
      const client = await at.client()
      const phone = { clientIp: '192.0.2.7', userAgent: 'Phone/1.0' }
      const issuedAt = at.system.clock()
      const { refreshToken } = await obtainTokens(at, client, {}, phone)
      const listed = async (): Promise<Json> => {
        const of = `clientIdentifier=${client.clientId}&tokenStatus=VALID`
        const { accessTokens } = await read(at, `/auth/token/get/list?${of}`)
        return accessTokens.at(-1)
      }
      const first = await listed()
      expect(first).toMatchObject({
        ...{ clientId: client.clientId, subject: 'alice', grantType: 'AUTHORIZATION_CODE' },
        ...{ createdAt: issuedAt, refreshTokenExpiresAt: issuedAt + 864_000_000 },
        ...{ issuedFor: phone.clientIp, userAgent: phone.userAgent },
        refreshTokenHash: createHash('sha256').update(refreshToken).digest('base64url'),
      })
      at.system.clock.advance(5_000)
      await refresh(at, client, refreshToken)
      expect(await listed()).toMatchObject({
        ...{ lastRefreshedAt: issuedAt + 5_000, userAgent: phone.userAgent },
      })
    },
  },
  {
    row: 'G72',
    title:
      'refresh tokens are listed in pages, searched by a pattern and sorted in both directions',
    async check({ service }) {
      const at = await service()
      const clients = { tea: await at.client({ clientName: 'Tea Shop' }), cake: await at.client() }
      for (const client of [clients.tea, clients.cake, clients.tea]) {
        await obtainTokens(at, client)
        at.system.clock.advance(1_000)
      }
      const list = async (query = '') => {
        const of = `subject=alice&kind=refresh_token${query}`
        return read(at, `/auth/token/get/list?${of}`)
      }
      const ids = ({ refreshTokens }: Json) => refreshTokens.map(({ clientId }: Json) => clientId)
      const [tea, cake] = [clients.tea.clientId, clients.cake.clientId]
      expect(ids(await list())).toEqual([tea, cake, tea])
      expect(ids(await list('&start=1&end=2'))).toEqual([cake])
      expect(ids(await list('&pattern=tea%20SHOP'))).toEqual([tea, tea])
      const times = (page: Json) => page.refreshTokens.map(({ issuedAt }: Json) => issuedAt)
      const ascending = times(await list('&sort=issued_at'))
      expect(times(await list('&sort=issued_at&desc=true'))).toEqual(ascending.toReversed())
      const first = await list('&end=2')
      await obtainTokens(at, clients.cake)
      const next = await list(`&end=2&cursor=${encodeURIComponent(first.nextCursor)}`)
      expect(times(next)[0]).toBe(ascending[2])
    },
  },
  {
    row: 'G74',
    title: 'a refresh token is disabled by its hash, unless it is of another user',
    async check({ service }) {
      const at = await service()
      const client = await at.client()
      const { refreshToken } = await obtainTokens(at, client)
      const hash = createHash('sha256').update(refreshToken).digest('base64url')
      const path = `/api/${at.serviceId}/auth/token/delete/${hash}`
      const isActive = async () => (await introspect(at, refreshToken)).active
      await at.call('DELETE', `${path}?subject=bob`)
      const guarded = { refreshTokenIdentifier: hash, subject: 'bob' }
      expect((await at.api('/auth/token/revoke', guarded)).count).toBe(0)
      expect(await isActive()).toBe(true)
      await at.call('DELETE', `${path}?subject=alice`)
      expect(await isActive()).toBe(false)
      const other = await obtainTokens(at, client)
      const own = { refreshTokenIdentifier: other.refreshToken, subject: 'alice' }
      expect((await at.api('/auth/token/revoke', own)).count).toBe(1)
      expect(refusalOf(await refresh(at, client, other.refreshToken))).toBe(
        'BAD_REQUEST invalid_grant',
      )
    },
  },
]
