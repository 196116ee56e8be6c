/** What happens once happens once, however many ask at the same time: codes and refresh tokens. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createService,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  type TestService,
} from '../support/flows.ts'
import type { Json } from '../support/server.ts'

const fifty = Array.from({ length: 50 })

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService()
  client = await service.client()
})
afterAll(() => service.close())

const isGood = async (token: string): Promise<boolean> =>
  (await service.api('/auth/introspection', { token })).action === 'OK'

const granted = (answers: Json[]): Json[] => answers.filter(({ action }) => action === 'OK')
const codesOf = (answers: Json[]): string[] => [
  ...new Set(answers.map(({ resultCode }) => resultCode)),
]

describe('fifty redemptions of one code at once', () => {
  it('give tokens to one, which stay good, and are retries within a second (RFC 6749 §4.1.2)', async () => {
    const code = await obtainCode(service, client)
    const answers = await Promise.all(fifty.map(() => redeem(service, client, code)))
    const [winner, ...more] = granted(answers)
    expect(more).toEqual([])
    expect(codesOf(answers.filter((answer) => answer !== winner))).toEqual(['P020006'])
    expect(await isGood(winner.accessToken)).toBe(true)
    service.system.clock.advance(900)
    expect(await redeem(service, client, code)).toMatchObject({ resultCode: 'P020006' })
    expect(await isGood(winner.accessToken)).toBe(true)
  })

  it('leave one token, and a replay later than a second revokes it (RFC 6749 §4.1.2)', async () => {
    const code = await obtainCode(service, client)
    const answers = await Promise.all(fifty.map(() => redeem(service, client, code)))
    const [winner] = granted(answers)
    service.system.clock.advance(2_000)
    expect(await redeem(service, client, code)).toMatchObject({
      action: 'BAD_REQUEST',
      resultCode: 'P020007',
    })
    expect(await isGood(winner.accessToken)).toBe(false)
    expect(await refresh(service, client, winner.refreshToken)).toMatchObject({
      action: 'BAD_REQUEST',
      resultCode: 'P021002',
    })
  })
})

describe('fifty refreshes with one token at once', () => {
  it('rotate once where tokens rotate: one succeeds, and its tokens stay good', async () => {
    await service.configure({})
    const { refreshToken } = await obtainTokens(service, client)
    const answers = await Promise.all(fifty.map(() => refresh(service, client, refreshToken)))
    const [winner, ...more] = granted(answers)
    expect(more).toEqual([])
    expect(codesOf(answers.filter((answer) => answer !== winner))).toEqual(['P021004'])
    expect(await isGood(winner.accessToken)).toBe(true)
    expect(await refresh(service, client, winner.refreshToken)).toMatchObject({ action: 'OK' })
  })

  it('all get the very same successor where refreshing is idempotent', async () => {
    await service.configure({ refreshTokenIdempotent: true })
    const { refreshToken } = await obtainTokens(service, client)
    const answers = await Promise.all(fifty.map(() => refresh(service, client, refreshToken)))
    expect(granted(answers)).toHaveLength(50)
    expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1)
    expect(new Set(answers.map((answer) => answer.accessToken)).size).toBe(1)
    const retries = answers.filter(({ previousRefreshTokenUsed }) => previousRefreshTokenUsed)
    expect(retries).toHaveLength(49)
    expect(await isGood(answers[0].accessToken)).toBe(true)
  })

  it('all succeed where the token is kept, and the last access token is good', async () => {
    await service.configure({ refreshTokenKept: true })
    const { refreshToken } = await obtainTokens(service, client)
    const answers = await Promise.all(fifty.map(() => refresh(service, client, refreshToken)))
    expect(granted(answers)).toHaveLength(50)
    expect(new Set(answers.map((answer) => answer.refreshToken))).toEqual(new Set([refreshToken]))
    const good = await Promise.all(answers.map(({ accessToken }) => isGood(accessToken)))
    expect(good.filter((each) => each)).toHaveLength(1)
  })
})

describe('a replaced refresh token', () => {
  it.each([
    [{ refreshTokenIdempotent: true }, 9_000, { action: 'OK', previousRefreshTokenUsed: true }],
    [{ refreshTokenIdempotent: true }, 11_000, { resultCode: 'P021005' }],
    [{ refreshTokenIdempotent: false }, 900, { resultCode: 'P021004' }],
    [{ refreshTokenIdempotent: false }, 2_000, { resultCode: 'P021005' }],
    [window(0), 2_000, { resultCode: 'P021005' }],
    [window(60), 59_000, { action: 'OK', previousRefreshTokenUsed: true }],
    [window(600), 61_000, { resultCode: 'P021005' }],
  ])('with %j answers after %i ms: %j', async (settings, milliseconds, expected) => {
    await service.configure(settings)
    const { refreshToken } = await obtainTokens(service, client)
    const next = await refresh(service, client, refreshToken)
    service.system.clock.advance(milliseconds)
    const again = await refresh(service, client, refreshToken)
    expect(again).toMatchObject(expected)
    const revokes = again.resultCode === 'P021005'
    expect(await isGood(next.accessToken)).toBe(!revokes)
    const following = await refresh(service, client, next.refreshToken)
    expect(following.action).toBe(revokes ? 'BAD_REQUEST' : 'OK')
  })
})

function window(seconds: number) {
  const attributes = [{ key: 'ext.refresh.window', value: String(seconds) }]
  return { refreshTokenIdempotent: true, attributes }
}
