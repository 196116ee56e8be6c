/**
 * Logout Tokens, OIDC Back-Channel Logout §2.4: their claims, their signature and their encryption,
 * and what `/backchannel/logout/token` refuses.
 */
import { createHash } from 'node:crypto'
import { compactDecrypt, createLocalJWKSet, decodeJwt, importJWK, type JWK, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  authorizationRequest,
  createService,
  issuer,
  obtainTokens,
  redirectUri,
  type TestService,
} from '../../support/flows.ts'
import { encryptionPair, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const backchannelLogoutUri = 'https://app.example.com/backchannel-logout'
const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
const sessionId = 'session-1'

let service: TestService
let encryptionKey: JWK
beforeAll(async () => {
  service = await createService()
  encryptionKey = await encryptionPair('RSA-OAEP-256', 'client-enc')
})
afterAll(() => service.close())
beforeEach(() => service.configure({}))

const clientWith = (more: Json = {}): Promise<Json> =>
  service.client({ backchannelLogoutUri, ...more })
const ask = (client: Json, more: Json): Promise<Json> =>
  service.api('/backchannel/logout/token', { clientIdentifier: `${client.clientId}`, ...more })

/** The token that the caller gets, checked as a client checks it. */
async function verified(client: Json, more: Json = { subject: 'alice', sessionId }) {
  const answer = await ask(client, more)
  expect(answer).toMatchObject({ action: 'OK', resultCode: 'P096901', backchannelLogoutUri })
  return verify(answer.logoutToken)
}

const verify = async (logoutToken: string) =>
  jwtVerify(logoutToken, createLocalJWKSet({ keys: serviceKeys.map(publicKey) }), {
    issuer,
    currentDate: new Date(service.system.clock()),
    typ: 'logout+jwt',
  })

/** `sub` and `sid` of the ID Token that the client has. */
async function loginOf(client: Json): Promise<Json> {
  const { idToken } = await obtainTokens(service, client, {}, { sessionId })
  const { sub, sid } = decodeJwt(idToken)
  return { sub, sid }
}

describe('a Logout Token', () => {
  it('has the claims of the specification and no others (OIDC Back-Channel Logout §2.4)', async () => {
    const client = await clientWith()
    const { payload, protectedHeader } = await verified(client)
    const iat = Math.floor(service.system.clock() / 1000)
    expect(payload).toEqual({
      ...{ iss: issuer, aud: [String(client.clientId)], iat, exp: iat + 120 },
      ...{ jti: expect.stringMatching(/^\w[\w-]{21,}$/), events, sub: 'alice', sid: sessionId },
    })
    expect(protectedHeader).toEqual({ typ: 'logout+jwt', alg: 'RS256', kid: 'rs256' })
  })

  it.each<[Json, string[], string[]]>([
    [{ subject: 'alice' }, ['sub'], ['sid']],
    [{ sessionId }, ['sid'], ['sub']],
    [{ subject: 'alice', sessionId: '' }, ['sub'], ['sid']],
  ])('names what the call names, and never a nonce: %j', async (more, present, absent) => {
    const { payload } = await verified(await clientWith(), more)
    const names = Object.keys(payload)
    for (const name of present) expect(names).toContain(name)
    for (const name of [...absent, 'nonce']) expect(names).not.toContain(name)
  })

  it.each(['PUBLIC', 'PAIRWISE'])(
    'names user and session as the ID Token does: %s (OIDC Back-Channel Logout §2.4)',
    async (subjectType) => {
      const client = await clientWith({ subjectType })
      const login = await loginOf(client)
      expect((await verified(client)).payload).toMatchObject(login)
      expect(login.sid === sessionId).toBe(subjectType === 'PUBLIC')
      const redirectUris = ['https://other.example.com/callback']
      const other = await clientWith({ subjectType, redirectUris })
      const { sub, sid } = (await verified(other)).payload
      const isSame = subjectType === 'PUBLIC'
      expect([sub === login.sub, sid === login.sid]).toEqual([isSame, isSame])
    },
  )

  it('has a jti of its own each time (OIDC Back-Channel Logout §2.4)', async () => {
    const client = await clientWith()
    const tokens = [await verified(client), await verified(client)]
    expect(new Set(tokens.map(({ payload }) => payload.jti)).size).toBe(2)
  })

  it('is for the client as the call identifies it: number, alias, metadata document', async () => {
    const alias = 'the-alias'
    const client = await clientWith({ clientIdAlias: alias, clientIdAliasEnabled: true })
    const byNumber = await ask(client, { clientIdentifier: client.clientId, subject: 'alice' })
    expect(decodeJwt(byNumber.logoutToken).aud).toEqual([String(client.clientId)])
    const byAlias = await ask(client, { clientIdentifier: alias, subject: 'alice' })
    expect(decodeJwt(byAlias.logoutToken).aud).toEqual([alias])
    await service.configure({ clientIdMetadataDocumentSupported: true, idTokenAudType: 'string' })
    const url = 'https://app.example.com/client.json'
    const body = { redirect_uris: [redirectUri], backchannel_logout_uri: backchannelLogoutUri }
    service.system.fetch.answer(url, {
      body: { client_id: url, ...body },
      contentType: 'application/json',
    })
    await service.api('/auth/authorization', {
      parameters: authorizationRequest({ clientId: url }),
    })
    const byUrl = await ask({}, { clientIdentifier: url, subject: 'alice' })
    expect(decodeJwt(byUrl.logoutToken).aud).toBe(url)
  })
})

describe('the signature of a Logout Token', () => {
  it.each(['RS256', 'ES256', 'PS256'])(
    'is that of the ID Tokens of the client: %s (OIDC Back-Channel Logout §2.4)',
    async (alg) => {
      const { protectedHeader } = await verified(await clientWith({ idTokenSignAlg: alg }))
      expect(protectedHeader).toMatchObject({ alg, kid: alg.toLowerCase() })
    },
  )

  it('is by the client secret for HS256', async () => {
    const client = await clientWith({ idTokenSignAlg: 'HS256' })
    const { logoutToken } = await ask(client, { subject: 'alice' })
    const { protectedHeader } = await jwtVerify(
      logoutToken,
      new TextEncoder().encode(client.clientSecret),
      { currentDate: new Date(service.system.clock()) },
    )
    expect(protectedHeader).toEqual({ typ: 'logout+jwt', alg: 'HS256' })
  })

  it('is by the default algorithm for a client with unsigned ID Tokens, whatever key signs others (OIDC Back-Channel Logout §2.6)', async () => {
    const client = await clientWith({ idTokenSignAlg: 'NONE' })
    expect((await verified(client)).protectedHeader.alg).toBe('RS256')
    await service.configure({ idTokenSignatureKeyId: 'es256' })
    expect((await verified(client)).protectedHeader.alg).toBe('RS256')
    await service.configure({ jwks: jwksOf(...serviceKeys.slice(1)) })
    expect((await verified(client)).protectedHeader.alg).toBe('PS256')
  })

  it('follows the security profile of the service (FAPI 2.0 §5.4.1)', async () => {
    await service.configure({ fapiModes: ['FAPI2_SECURITY'] })
    const client = await clientWith({ tokenAuthMethod: 'PRIVATE_KEY_JWT', jwks: jwksOf() })
    expect((await verified(client)).protectedHeader.alg).toBe('PS256')
  })

  it('is missing where the service has no key: SERVER_ERROR', async () => {
    const client = await clientWith({ idTokenSignAlg: 'ES512' })
    const answer = await ask(client, { subject: 'alice' })
    expect(answer).toMatchObject({ action: 'SERVER_ERROR', resultCode: 'P008001' })
    expect(answer).not.toHaveProperty('logoutToken')
    expect(answer).not.toHaveProperty('backchannelLogoutUri')
  })

  it('is missing where the client secret is too short for HS512: SERVER_ERROR', async () => {
    const client = await clientWith({ idTokenSignAlg: 'HS512' })
    const clientSecret = 'a-short-secret-of-more-than-32-characters'
    await service.api(`/client/secret/update/${client.clientId}`, { clientSecret })
    const answer = await ask(client, { subject: 'alice' })
    expect(answer).toMatchObject({ action: 'SERVER_ERROR', resultCode: 'P008002' })
  })
})

describe('the encryption of a Logout Token', () => {
  it('is that of the ID Tokens of the client, with the issuer in the header (OIDC Back-Channel Logout §2.4)', async () => {
    const client = await clientWith({
      idTokenEncryptionAlg: 'RSA_OAEP_256',
      idTokenEncryptionEnc: 'A256GCM',
      jwks: jwksOf(publicKey(encryptionKey)),
    })
    const { logoutToken } = await ask(client, { subject: 'alice', sessionId })
    const key = await importJWK(encryptionKey, 'RSA-OAEP-256')
    const { plaintext, protectedHeader } = await compactDecrypt(logoutToken, key)
    expect(protectedHeader).toMatchObject({ enc: 'A256GCM', cty: 'JWT', iss: issuer })
    const { payload } = await verify(new TextDecoder().decode(plaintext))
    expect(payload).toMatchObject({ sub: 'alice', sid: sessionId, events })
  })

  it('may be by the client secret (OIDC Core §10.2)', async () => {
    const client = await clientWith({
      ...{ idTokenEncryptionAlg: 'DIR', idTokenEncryptionEnc: 'A128CBC_HS256' },
    })
    const { logoutToken } = await ask(client, { subject: 'alice' })
    const key = createHash('sha256').update(client.clientSecret).digest()
    const { plaintext } = await compactDecrypt(logoutToken, key)
    expect((await verify(new TextDecoder().decode(plaintext))).payload.sub).toBe('alice')
  })

  it('is refused, not left out, where the client has no key: SERVER_ERROR', async () => {
    const client = await clientWith({ idTokenEncryptionAlg: 'RSA_OAEP_256' })
    expect(await ask(client, { subject: 'alice' })).toMatchObject({
      action: 'SERVER_ERROR',
      resultCode: 'P015001',
    })
  })
})

describe('/backchannel/logout/token', () => {
  it.each<[string, Json, Json, string]>([
    ['neither subject nor sessionId', {}, {}, 'P096001'],
    ['an empty subject and an empty sessionId', {}, { subject: '', sessionId: '' }, 'P096001'],
    ['no client', {}, { clientIdentifier: undefined, subject: 'alice' }, 'P096002'],
    ['an unknown client', {}, { clientIdentifier: '12345', subject: 'alice' }, 'P096002'],
    [
      'an alias that is not enabled',
      { clientIdAlias: 'disabled' },
      { clientIdentifier: 'disabled', subject: 'alice' },
      'P096002',
    ],
    ['a client without a URI', { backchannelLogoutUri: '' }, { subject: 'alice' }, 'P096003'],
    [
      'no sessionId for a client that requires sid',
      { backchannelLogoutSessionRequired: true },
      { subject: 'alice' },
      'P096004',
    ],
  ])('tells the caller of %s', async (_what, settings, more, resultCode) => {
    const client = await clientWith(settings)
    const answer = await ask(client, more)
    expect(answer).toEqual({
      action: 'CALLER_ERROR',
      resultCode,
      resultMessage: expect.stringContaining(resultCode),
    })
  })

  it('serves a client that requires sid, and one that is locked', async () => {
    const client = await clientWith({ backchannelLogoutSessionRequired: true })
    await service.api(`/client/lock_flag/update/${client.clientId}`, { clientLocked: true })
    expect((await verified(client)).payload['sid']).toBe(sessionId)
  })

  it('is served at a path without a service, too, as all operations are to clients of Authlete 2.x', async () => {
    const client = await clientWith()
    const body = { clientIdentifier: `${client.clientId}`, subject: 'alice' }
    const secret = await service.tokenFor(service.serviceId, ['use_service'])
    const credentials = Buffer.from(`${service.serviceId}:${secret}`).toString('base64')
    const by = { token: null, headers: { Authorization: `Basic ${credentials}` } }
    const reply = await service.call('POST', '/api/backchannel/logout/token', body, by)
    expect(reply.body).toMatchObject({ action: 'OK', backchannelLogoutUri })
  })

  it('refuses text that is too long, without an action', async () => {
    const client = await clientWith()
    for (const more of [{ subject: 'a'.repeat(256) }, { sessionId: 'a'.repeat(8_193) }]) {
      const answer = await ask(client, more)
      expect(answer.resultCode).toBe('P000206')
      expect(answer).not.toHaveProperty('action')
    }
  })
})
