/** Refresh tokens of Keycloak, by rows of its sessions and the key of the realm. */
import { createHmac, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { form } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { type Imports, openImports } from '../imports.ts'
import { anHourAgo, expectGoesOn, inAnHour, moved, privateKey, type Refresh } from './moved.ts'

let imports: Imports
beforeAll(async () => {
  imports = await openImports()
})
afterAll(() => imports.close())

describe('refresh token of Keycloak', () => {
  const realmSecret = randomBytes(128)
  const issuer = 'https://login.example.com/realms/shop'
  const provider = (name: string, config: Json) => ({ id: name, name, providerId: name, config })
  const realm = {
    id: 'realm-1',
    realm: 'shop',
    ssoSessionIdleTimeout: 7_200 * 2,
    ssoSessionMaxLifespan: 36_000,
    offlineSessionIdleTimeout: 2_592_000,
    revokeRefreshToken: false,
    attributes: { frontendUrl: 'https://login.example.com/' },
    clientScopes: [
      { name: 'photos', attributes: { 'include.in.token.scope': 'true' } },
      { name: 'roles', attributes: { 'include.in.token.scope': 'false' } },
      { name: 'offline_access' },
    ],
    components: {
      'org.keycloak.keys.KeyProvider': [
        provider('rsa-generated', {
          privateKey: [privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64')],
          algorithm: ['RS256'],
        }),
        provider('hmac-generated-hs512', {
          kid: ['c7b4'],
          secret: [realmSecret.toString('base64url')],
          algorithm: ['HS512'],
        }),
        provider('aes-generated', { secret: [randomBytes(16).toString('base64url')] }),
      ],
    },
    clients: ['web', 'other'].map((id) => ({
      id: `id-of-${id}`,
      clientId: id,
      secret: `secret of ${id}`,
      protocol: 'openid-connect',
      enabled: true,
      standardFlowEnabled: true,
      redirectUris: [`https://${id}.example/cb`],
      defaultClientScopes: ['photos', 'roles'],
      optionalClientScopes: ['offline_access'],
      notBefore: 0,
    })),
  }
  const part = (value: Json) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const newToken = (sid: string, more: Json = {}, secret = realmSecret) => {
    const header = { alg: 'HS512', typ: 'JWT', kid: 'c7b4' }
    const claims = {
      exp: inAnHour,
      iat: anHourAgo,
      jti: randomBytes(16).toString('hex'),
      iss: issuer,
      aud: issuer,
      sub: 'alice',
      typ: 'Refresh',
      azp: 'web',
      sid,
      scope: 'openid photos',
      ...more,
    }
    const signed = `${part(header)}.${part(claims)}`
    return `${signed}.${createHmac('sha512', secret).update(signed).digest('base64url')}`
  }
  /** Rows of a session of the user and of the client in it, as their tables have them. */
  const sessionOf = (
    id: string,
    { isOffline = false, lastUse = anHourAgo, ...more }: Json = {},
  ) => [
    {
      user_session_id: id,
      user_id: 'alice',
      realm_id: 'realm-1',
      created_on: anHourAgo - 600,
      offline_flag: isOffline ? '1' : '0',
      data: JSON.stringify({ notes: { AUTH_TIME: String(anHourAgo - 600) } }),
      last_session_refresh: lastUse,
    },
    {
      user_session_id: id,
      client_id: 'id-of-web',
      offline_flag: isOffline ? '1' : '0',
      timestamp: lastUse,
      data: JSON.stringify({
        authMethod: 'openid-connect',
        notes: { scope: isOffline ? 'openid offline_access' : 'openid' },
      }),
      client_storage_provider: 'local',
      external_client_id: 'local',
      ...more,
    },
  ]
  const read = (rows: Json[], more: Json = {}) =>
    imports.read('keycloak', {
      'realm.json': { ...realm, ...more },
      'rows.jsonl': rows.map((row) => JSON.stringify(row)).join('\n'),
    })
  const api = (refresh: Refresh, token: string) => refresh('web', 'secret of web', token)

  it('goes on for as long as its session lived, and each of a session once', async () => {
    const done = await read([
      ...sessionOf('s1'),
      ...sessionOf('s1', { isOffline: true }),
      ...sessionOf('s2', { lastUse: anHourAgo - 86_400 }),
      ...sessionOf('s3', { client_id: 'id-of-none' }),
    ])
    expect(done.report).toContain('Its client is not in the realm.')
    const refresh = await moved(imports, done, { imported: 2, present: 0, expired: 1 })
    const [token, older] = [newToken('s1'), newToken('s1')]
    await expectGoesOn(refresh, token)
    await expectGoesOn(refresh, older)
    const offline = newToken('s1', { typ: 'Offline', exp: undefined, scope: 'offline_access' })
    const answer = await api(refresh, offline)
    expect(answer).toMatchObject({
      action: 'OK',
      subject: 'alice',
      scopes: ['openid', 'offline_access', 'photos'],
      refreshTokenDuration: 2_592_000,
    })
    expect(await api(refresh, answer.refreshToken)).toMatchObject({ action: 'OK' })
  })

  it('is used once for each session where the realm revokes refresh tokens', async () => {
    const done = await read(sessionOf('strict'), { realm: 'strict', revokeRefreshToken: true })
    const refresh = await moved(imports, done, { imported: 1, present: 0, expired: 0 })
    const iss = 'https://login.example.com/realms/strict'
    const [token, older] = [newToken('strict', { iss }), newToken('strict', { iss })]
    await expectGoesOn(refresh, token)
    expect(await api(refresh, older)).toMatchObject({ action: 'BAD_REQUEST' })
  })

  it('is refused if it is forged, has expired, or is of a session that had ended', async () => {
    const done = await read(sessionOf('s4'))
    const refresh = await moved(imports, done, { imported: 1, present: 0, expired: 0 })
    const codes: [string, string][] = [
      [newToken('s4', {}, randomBytes(128)), 'P169001'],
      [newToken('s4', { exp: anHourAgo }), 'P169004'],
      [newToken('s4', { exp: 'never' }), 'P169004'],
      [newToken('logged-out'), 'P169002'],
      [newToken('s4', { azp: 'other' }), 'P169002'],
      [newToken('s4', { azp: undefined }), 'P169002'],
      [newToken('s4', { typ: 'Offline' }), 'P169002'],
      [newToken('s4', { typ: 'Bearer' }), 'P021002'],
      [newToken('s4', { iss: 'https://other.example' }), 'P021002'],
      [`${newToken('s4').split('.').slice(0, 2).join('.')}.`, 'P169001'],
      [JSON.stringify(['Refresh', 's4', 'web']), 'P021002'],
    ]
    for (const [token, resultCode] of codes) {
      expect(await api(refresh, token)).toMatchObject({ action: 'BAD_REQUEST', resultCode })
    }
    expect(await api(refresh, newToken('s4'))).toMatchObject({ action: 'OK' })
  })

  it('ends with the tokens of its user, also before its first use', async () => {
    const done = await read(sessionOf('s5'))
    const { serviceId } = await imports.apply(done.file)
    await imports.tokens(serviceId, done.tokens ?? '')
    await imports.api(`${serviceId}/auth/token/revoke`, {
      clientIdentifier: 'web',
      subject: 'alice',
    })
    const answer = await imports.api(`${serviceId}/auth/token`, {
      parameters: form({ grant_type: 'refresh_token', refresh_token: newToken('s5') }),
      clientId: 'web',
      clientSecret: 'secret of web',
    })
    expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P169002' })
  })

  it('is left out where the realm revoked it, or where the export has no symmetric key', async () => {
    const revoked = await read(sessionOf('s1'), { notBefore: inAnHour })
    expect(revoked.report).toContain('not before')
    expect(revoked.tokens).toBeUndefined()
    const masked = await read(sessionOf('s1'), { components: {} })
    expect(masked.tokens).toBeUndefined()
    expect(masked.report).toContain('hmac-generated')
  })
})
