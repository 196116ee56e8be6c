/** The authorization code flow from end to end, OIDC Core §3.1. */
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  authorize,
  createService,
  form,
  issuer,
  obtainTokens,
  refresh,
  type TestService,
} from '../../support/flows.ts'

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())

describe('authorization code flow', () => {
  it('interacts, issues, redeems, refreshes, and answers UserInfo and introspection', async () => {
    const client = await service.client()
    const asked = await authorize(service, client)
    expect(asked).toMatchObject({ action: 'INTERACTION', client: { clientId: client.clientId } })
    const tokens = await obtainTokens(service, client, {}, { authTime: 1_700_000_000, acr: 'loa2' })
    expect(tokens).toMatchObject({ action: 'OK', subject: 'alice', scopes: ['openid', 'profile'] })
    const { id_token } = JSON.parse(tokens.responseContent)
    expect(decodeProtectedHeader(id_token)).toMatchObject({ alg: 'RS256', kid: 'rs256' })
    expect(decodeJwt(id_token)).toMatchObject({
      iss: issuer,
      sub: 'alice',
      aud: [String(client.clientId)],
      nonce: 'some-nonce',
      auth_time: 1_700_000_000,
      acr: 'loa2',
    })
    const refreshed = await refresh(service, client, tokens.refreshToken)
    expect(refreshed).toMatchObject({ action: 'OK', previousRefreshTokenUsed: false })
    expect(refreshed.refreshToken).not.toBe(tokens.refreshToken)
    const token = refreshed.accessToken
    expect(await service.api('/auth/userinfo', { token })).toMatchObject({
      action: 'OK',
      subject: 'alice',
    })
    const info = await service.api('/auth/userinfo/issue', { token, claims: '{"name":"Alice"}' })
    expect(JSON.parse(info.responseContent)).toEqual({ sub: 'alice', name: 'Alice' })
    const introspected = await service.api('/auth/introspection/standard', {
      parameters: form({ token }),
    })
    expect(JSON.parse(introspected.responseContent)).toMatchObject({ active: true, sub: 'alice' })
  })
})
