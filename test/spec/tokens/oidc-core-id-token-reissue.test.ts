/** Reissue of ID Tokens by the caller on a refresh, OIDC Core §12.2. */
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createService, obtainTokens, refresh, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
let client: Json
beforeEach(async () => {
  service ??= await createService()
  await service.configure({ idTokenReissuable: true })
  client = await service.client()
})
afterAll(() => service.close())

/** A refresh after the code flow. */
async function refreshed(asked: Record<string, string> = {}, issue = {}): Promise<Json> {
  const { refreshToken } = await obtainTokens(service, client, asked, issue)
  return refresh(service, client, refreshToken)
}

const reissue = (tokens: Json, more: Record<string, unknown> = {}): Promise<Json> => {
  const { accessToken, refreshToken } = tokens
  return service.api('/idtoken/reissue', { accessToken, refreshToken, ...more })
}

describe('refresh with idTokenReissuable', () => {
  it('answers ID_TOKEN_REISSUABLE with the complete token response', async () => {
    const tokens = await refreshed()
    expect(tokens).toMatchObject({ action: 'ID_TOKEN_REISSUABLE', resultCode: 'P024091' })
    const sent = JSON.parse(tokens.responseContent)
    expect(sent).toMatchObject({ access_token: tokens.accessToken, token_type: 'Bearer' })
  })

  it('answers ID_TOKEN_REISSUABLE to an idempotent retry', async () => {
    await service.configure({ idTokenReissuable: true, refreshTokenIdempotent: true })
    const { refreshToken } = await obtainTokens(service, client)
    await refresh(service, client, refreshToken)
    const again = await refresh(service, client, refreshToken)
    expect(again).toMatchObject({ action: 'ID_TOKEN_REISSUABLE', previousRefreshTokenUsed: true })
    expect(await reissue(again)).toMatchObject({ action: 'OK' })
  })

  it('answers OK without the setting or without the scope openid', async () => {
    expect(await refreshed({ scope: 'read' })).toMatchObject({ action: 'OK' })
    const { refreshToken } = await obtainTokens(service, client)
    const narrowed = await refresh(service, client, refreshToken, { scope: 'profile' })
    expect(narrowed).toMatchObject({ action: 'OK' })
    await service.configure({ idTokenReissuable: false })
    expect(await refreshed()).toMatchObject({ action: 'OK' })
  })
})

describe('/idtoken/reissue', () => {
  it('returns the same tokens with a new ID Token (OIDC Core §12.2)', async () => {
    const authTime = Math.floor(service.system.clock() / 1000) - 30
    const tokens = await refreshed({}, { authTime })
    service.system.clock.advance(2_000)
    const answer = await reissue(tokens)
    expect(answer).toMatchObject({ action: 'OK', resultCode: 'P024090' })
    const sent = JSON.parse(answer.responseContent)
    expect(sent).toEqual({
      access_token: tokens.accessToken,
      refresh_token: tokens.refreshToken,
      token_type: 'Bearer',
      expires_in: tokens.accessTokenDuration - 2,
      scope: 'openid profile',
      id_token: answer.idToken,
    })
    const claims = decodeJwt(answer.idToken)
    const iat = Math.floor(service.system.clock() / 1000)
    expect(claims).toMatchObject({ sub: 'alice', auth_time: authTime, iat })
    expect(claims.aud).toEqual([String(client.clientId)])
    expect(claims).toHaveProperty('at_hash', decodeJwt(tokens.idToken)['at_hash'])
    expect(claims).not.toHaveProperty('nonce')
  })

  it('sets the claims of the caller in the ID Token, except protocol claims', async () => {
    const answer = await reissue(await refreshed(), {
      sub: 'pairwise-alice',
      claims: JSON.stringify({ email: 'a@example.com', iss: 'https://evil.example', exp: 1 }),
      idtHeaderParams: JSON.stringify({ typ: 'JWT', alg: 'none' }),
      idTokenAudType: 'string',
    })
    const claims = decodeJwt(answer.idToken)
    expect(claims).toMatchObject({
      ...{ iss: 'https://as.example.com', sub: 'pairwise-alice', email: 'a@example.com' },
      aud: String(client.clientId),
    })
    expect(claims.exp).toBeGreaterThan(1)
    expect(decodeProtectedHeader(answer.idToken)).toMatchObject({ typ: 'JWT', alg: 'RS256' })
  })

  it('accepts a JWT access token in the form that the client has', async () => {
    await service.configure({ idTokenReissuable: true, accessTokenSignAlg: 'ES256' })
    const tokens = await refreshed()
    expect(tokens.jwtAccessToken).toBeTypeOf('string')
    const answer = await reissue({ ...tokens, accessToken: tokens.jwtAccessToken })
    expect(JSON.parse(answer.responseContent).access_token).toBe(tokens.jwtAccessToken)
  })

  it('answers CALLER_ERROR if the service does not reissue ID Tokens', async () => {
    const tokens = await refreshed()
    await service.configure({ idTokenReissuable: false })
    expect(await reissue(tokens)).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P024001' })
  })

  it.each<[string, string, (tokens: Json) => Promise<Json>]>([
    ['an unknown access token', 'P024002', (tokens) => reissue({ ...tokens, accessToken: 'x' })],
    [
      'an expired access token',
      'P024002',
      (tokens) => {
        service.system.clock.advance(tokens.accessTokenDuration * 1000)
        return reissue(tokens)
      },
    ],
    [
      'tokens of a locked client',
      'P024002',
      async (tokens) => {
        const path = `/client/lock_flag/update/${client.clientId}`
        await service.api(path, { clientLocked: true })
        return reissue(tokens)
      },
    ],
    [
      'an access token that was not refreshed',
      'P024003',
      async () => reissue(await obtainTokens(service, client)),
    ],
    [
      'a refresh without the scope openid',
      'P024003',
      async () => reissue(await refreshed({ scope: 'read' })),
    ],
    [
      'a refresh token of another grant',
      'P024004',
      async (tokens) =>
        reissue({ ...tokens, refreshToken: (await obtainTokens(service, client)).refreshToken }),
    ],
    [
      'a replaced refresh token',
      'P024004',
      async (tokens) => {
        await service.configure({ idTokenReissuable: true, refreshTokenIdempotent: true })
        await refresh(service, client, tokens.refreshToken)
        return reissue(tokens)
      },
    ],
  ])('refuses %s', async (_what, resultCode, ask) => {
    const refused = await ask(await refreshed())
    expect(refused).toMatchObject({ action: 'CALLER_ERROR', resultCode })
    expect(refused).not.toHaveProperty('idToken')
  })
})
