/** Codes and refresh tokens are used once, however many requests are concurrent. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DpopKey, dpopKey, proof } from '../support/dpop.ts'
import {
  createService,
  issuer,
  obtainCode,
  obtainTokens,
  redeem,
  redirectUri,
  refresh,
  requestToken,
  type TestService,
  verifier,
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

describe('fifty concurrent redemptions of one code', () => {
  it('issue tokens once, and are no replays within a second (RFC 6749 §4.1.2)', async () => {
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

  it('leave one token, which a replay after a second revokes (RFC 6749 §4.1.2)', async () => {
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

describe('fifty concurrent refreshes with one token', () => {
  it('rotate it once, and the tokens of the winner stay valid', async () => {
    await service.configure({})
    const { refreshToken } = await obtainTokens(service, client)
    const answers = await Promise.all(fifty.map(() => refresh(service, client, refreshToken)))
    const [winner, ...more] = granted(answers)
    expect(more).toEqual([])
    expect(codesOf(answers.filter((answer) => answer !== winner))).toEqual(['P021004'])
    expect(await isGood(winner.accessToken)).toBe(true)
    expect(await refresh(service, client, winner.refreshToken)).toMatchObject({ action: 'OK' })
  })

  it('return the same successor with refreshTokenIdempotent', async () => {
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

  it('succeed with refreshTokenKept, and the last access token is valid', async () => {
    await service.configure({ refreshTokenKept: true })
    const { refreshToken } = await obtainTokens(service, client)
    const answers = await Promise.all(fifty.map(() => refresh(service, client, refreshToken)))
    expect(granted(answers)).toHaveLength(50)
    expect(new Set(answers.map((answer) => answer.refreshToken))).toEqual(new Set([refreshToken]))
    const good = await Promise.all(answers.map(({ accessToken }) => isGood(accessToken)))
    expect(good.filter((each) => each)).toHaveLength(1)
  })
})

describe('replaced refresh token', () => {
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

describe('replay without proof of the client', () => {
  beforeAll(() => service.configure({ refreshTokenIdempotent: false }))
  const later = () => service.system.clock.advance(2_000)

  it.each<[string, string, Record<string, string | undefined>]>([
    ['no verifier (RFC 7636 §4.5)', 'P003006', { code_verifier: undefined }],
    ['another verifier (RFC 7636 §4.6)', 'P003008', { code_verifier: 'x'.repeat(43) }],
    ['another redirect_uri (RFC 6749 §4.1.3)', 'P020005', { redirect_uri: 'https://a.example/' }],
  ])('of a code with %s revokes nothing', async (_, resultCode, wrong) => {
    const app = await service.publicClient()
    const code = await obtainCode(service, app)
    const { accessToken } = await redeem(service, app, code)
    later()
    expect(await redeem(service, app, code, wrong)).toMatchObject({ resultCode })
    expect(await isGood(accessToken)).toBe(true)
    expect(await redeem(service, app, code)).toMatchObject({ resultCode: 'P020007' })
    expect(await isGood(accessToken)).toBe(false)
  })

  it('of a refresh token without its DPoP key revokes nothing (RFC 9449 §5)', async () => {
    const app = await service.publicClient()
    const key = await dpopKey()
    const dpop = async (by: DpopKey) => ({
      dpop: await proof(by, { htu: `${issuer}/token`, now: service.system.clock() }),
    })
    const code = await obtainCode(service, app)
    const once = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
    const first = { ...once, code_verifier: verifier }
    const { refreshToken } = await requestToken(service, app, first, await dpop(key))
    const refreshed = { grant_type: 'refresh_token', refresh_token: refreshToken }
    const second = await requestToken(service, app, refreshed, await dpop(key))
    const isLive = async () => {
      const found = await service.api('/auth/introspection/standard', {
        parameters: `token=${second.refreshToken}`,
      })
      return JSON.parse(found.responseContent).active
    }
    later()
    for (const more of [{}, await dpop(await dpopKey())]) {
      const answer = await requestToken(service, app, refreshed, more)
      expect(answer).toMatchObject({ resultCode: 'P016012' })
      expect(await isLive()).toBe(true)
    }
    const used = await dpop(key)
    await requestToken(service, app, { ...refreshed, refresh_token: second.refreshToken }, used)
    expect(await requestToken(service, app, refreshed, used)).toMatchObject({
      resultCode: 'P016009',
    })
    const answer = await requestToken(service, app, refreshed, await dpop(key))
    expect(answer).toMatchObject({ resultCode: 'P021005' })
    expect(await isLive()).toBe(false)
  })
})
