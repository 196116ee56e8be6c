/** The grant type `delete_token`, an extension by RFC 6749 §4.5. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  createService,
  form,
  obtainTokens,
  refresh,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService()
  client = await service.client(allowed('true'))
})
afterAll(() => service.close())
beforeEach(() => service.configure(allowed('true')))

const allowed = (value: string) => ({
  attributes: [{ key: 'ext.grant.delete_token', value }],
})
const remove = (at: Json, refreshToken: string | undefined, more: Json = {}) =>
  requestToken(service, at, { grant_type: 'delete_token', refresh_token: refreshToken }, more)
const isLive = async (token: string) => {
  const parameters = form({ token })
  const shown = await service.api('/auth/introspection/standard', { parameters })
  return JSON.parse(shown.responseContent).active
}

describe('grant type delete_token', () => {
  it('revokes the refresh token with the tokens of its grant (RFC 7009 §2.1)', async () => {
    const tokens = await obtainTokens(service, client)
    const others = await obtainTokens(service, client)
    const answer = await remove(client, tokens.refreshToken)
    expect(answer).toMatchObject({
      ...{ action: 'OK', responseContent: '{}', clientId: client.clientId },
      clientAuthMethod: 'CLIENT_SECRET_BASIC',
    })
    const { accessToken, refreshToken, grantType } = answer
    expect([accessToken, refreshToken, grantType]).toEqual([undefined, undefined, undefined])
    expect([await isLive(tokens.refreshToken), await isLive(tokens.accessToken)]).toEqual([
      ...[false, false],
    ])
    expect((await refresh(service, client, tokens.refreshToken)).resultCode).toBe('P021002')
    expect([await isLive(others.refreshToken), await isLive(others.accessToken)]).toEqual([
      ...[true, true],
    ])
  })

  it('is answered by relay with 200 and an empty JSON object', async () => {
    const { refreshToken } = await obtainTokens(service, client)
    const parameters = form({ grant_type: 'delete_token', refresh_token: refreshToken })
    const own = { clientId: String(client.clientId), clientSecret: client.clientSecret }
    const body = { parameters, ...own }
    const { relay } = await service.api('/auth/token', body, { Prefer: 'relay' })
    expect(relay).toMatchObject({ status: 200, body: '{}' })
  })

  it('revokes the grant by a refresh token that was replaced', async () => {
    const first = await obtainTokens(service, client)
    const second = await refresh(service, client, first.refreshToken)
    expect((await remove(client, first.refreshToken)).action).toBe('OK')
    expect(await isLive(second.refreshToken)).toBe(false)
  })

  it('ignores unknown tokens, access tokens, and those of other clients (RFC 7009 §2.2)', async () => {
    const tokens = await obtainTokens(service, client)
    const other = await service.client(allowed('true'))
    const answers = [
      await remove(client, 'unknown'),
      await remove(client, tokens.accessToken),
      await remove(other, tokens.refreshToken),
    ]
    expect(answers.map(({ action, responseContent }) => [action, responseContent])).toEqual(
      answers.map(() => ['OK', '{}']),
    )
    expect([await isLive(tokens.refreshToken), await isLive(tokens.accessToken)]).toEqual([
      ...[true, true],
    ])
  })

  it('requires client authentication and the refresh token', async () => {
    const { refreshToken } = await obtainTokens(service, client)
    const wrong = await remove(client, refreshToken, { clientSecret: 'wrong' })
    expect(wrong.action).toBe('INVALID_CLIENT')
    const anonymous = await service.api('/auth/token', {
      parameters: form({ grant_type: 'delete_token', refresh_token: refreshToken }),
    })
    expect(anonymous.action).toBe('INVALID_CLIENT')
    expect(await isLive(refreshToken)).toBe(true)
    const missing = await remove(client, undefined)
    expect([missing.action, missing.resultCode]).toEqual(['BAD_REQUEST', 'P101002'])
  })

  it('is unsupported unless service and client allow it, and not published', async () => {
    const { refreshToken } = await obtainTokens(service, client)
    const expectUnsupported = async (at: Json) => {
      const refused = await remove(at, refreshToken)
      expect([refused.action, JSON.parse(refused.responseContent).error]).toEqual([
        ...['BAD_REQUEST', 'unsupported_grant_type'],
      ])
    }
    await expectUnsupported(await service.client())
    await expectUnsupported(await service.client(allowed('false')))
    const path = `/api/${service.serviceId}/service/configuration`
    const published = async () => (await service.get(path)).grant_types_supported
    const withIt = await published()
    await service.configure({})
    await expectUnsupported(client)
    expect(await published()).toEqual(withIt)
    expect(withIt).not.toContain('delete_token')
    expect(await isLive(refreshToken)).toBe(true)
  })
})
