import { expect } from 'vitest'
import { obtainCode, obtainTokens, redeem, refresh } from '../../support/flows.ts'
import { type Row, refusalOf, works } from './world.ts'

const second = 1_000

/** A scope with attributes by their names. */
const scope = (name: string, attributes: Record<string, string> = {}) => ({
  name,
  attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
})

export const glewlwydDurations: readonly Row[] = [
  {
    row: 'G8',
    title: 'access tokens live as long as the service says',
    async check({ service }) {
      const at = await service({ accessTokenDuration: 3600 })
      const { accessToken, accessTokenDuration } = await obtainTokens(at, await at.client())
      expect(accessTokenDuration).toBe(3600)
      at.system.clock.advance(3599 * second)
      expect(await works(at, accessToken)).toBe(true)
      at.system.clock.advance(second)
      expect(await works(at, accessToken)).toBe(false)
    },
  },
  {
    row: 'G9',
    title: 'refresh tokens live as long as the service says',
    async check({ service }) {
      const at = await service({ refreshTokenDuration: 1_209_600 })
      const client = await at.client()
      const { refreshToken, refreshTokenDuration } = await obtainTokens(at, client)
      expect(refreshTokenDuration).toBe(1_209_600)
      at.system.clock.advance(1_209_600 * second)
      expect(refusalOf(await refresh(at, client, refreshToken))).toBe('BAD_REQUEST invalid_grant')
    },
  },
  {
    row: 'G10',
    title: 'codes live as long as the service says',
    async check({ service }) {
      const at = await service({ authorizationCodeDuration: 60 })
      const client = await at.client()
      const late = await obtainCode(at, client)
      at.system.clock.advance(60 * second)
      const inTime = await obtainCode(at, client)
      at.system.clock.advance(59 * second)
      expect((await redeem(at, client, inTime)).action).toBe('OK')
      expect(refusalOf(await redeem(at, client, late))).toBe('BAD_REQUEST invalid_grant')
    },
  },
  {
    row: 'G11',
    title: 'a rolling refresh token stays the same, and each use begins its lifetime again',
    async check({ service }) {
      const rolling = { refreshTokenKept: true, refreshTokenDurationReset: true }
      const at = await service({ ...rolling, refreshTokenDuration: 100 })
      const client = await at.client()
      const { refreshToken } = await obtainTokens(at, client)
      for (let used = 0; used < 3; used += 1) {
        at.system.clock.advance(99 * second)
        expect((await refresh(at, client, refreshToken)).refreshToken).toBe(refreshToken)
      }
      at.system.clock.advance(100 * second)
      expect((await refresh(at, client, refreshToken)).action).toBe('BAD_REQUEST')
    },
  },
  {
    row: 'G12',
    title: 'the lowest refresh token duration of the granted scopes wins',
    async check({ service }) {
      const at = await service({
        refreshTokenDuration: 3600,
        supportedScopes: [
          scope('openid'),
          scope('read', { 'refresh_token.duration': '900' }),
          scope('write', { 'refresh_token.duration': '300' }),
        ],
      })
      const client = await at.client()
      const secondsOf = async (asked: string) =>
        (await obtainTokens(at, client, { scope: asked })).refreshTokenDuration
      expect(await secondsOf('openid')).toBe(3600)
      expect(await secondsOf('openid read')).toBe(900)
      expect(await secondsOf('read write')).toBe(300)
      expect(
        (await obtainTokens(at, client, { scope: 'read write' }, { scopes: ['read'] }))
          .refreshTokenDuration,
      ).toBe(900)
    },
  },
  {
    row: 'G13',
    title: 'one granted scope that forbids rolling refresh tokens wins over others and the service',
    async check({ service }) {
      const at = await service({
        supportedScopes: [
          scope('openid'),
          scope('read', { 'refresh_token.rolling': 'true' }),
          scope('write', { 'refresh_token.rolling': 'false' }),
        ],
      })
      const client = await at.client()
      const isReplaced = async (asked: string) => {
        const { refreshToken } = await obtainTokens(at, client, { scope: asked })
        return (await refresh(at, client, refreshToken)).refreshToken !== refreshToken
      }
      expect(await isReplaced('openid')).toBe(true)
      expect(await isReplaced('read')).toBe(true)
      expect(await isReplaced('write')).toBe(false)
      expect(await isReplaced('read write')).toBe(false)
    },
  },
]
