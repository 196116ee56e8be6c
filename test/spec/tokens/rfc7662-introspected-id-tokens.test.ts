/** Introspection of ID Tokens, RFC 7662 §2 */
import { decodeJwt, decodeProtectedHeader, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, form, issuer, obtainTokens, type TestService } from '../../support/flows.ts'
import { encryptionPair, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { openSession, withSessions } from '../../support/sessions.ts'
import { signJwt } from '../../support/signing-client.ts'

const on = { attributes: [{ key: 'ext.introspect.id_token', value: 'true' }] }

let service: TestService
let client: Json
let other: Json
beforeAll(async () => {
  service = await createService(on)
  client = await service.client()
  other = await service.client()
})
afterAll(() => service.close())

const introspect = async (token: string, more: Json = {}, at = service): Promise<Json> => {
  const parameters = form({ token, token_type_hint: 'id_token' })
  const answer = await at.api('/auth/introspection/standard', { parameters, ...more })
  expect(answer.action).toBe('OK')
  return JSON.parse(answer.responseContent)
}

const inactive = { active: false }
const credentialsOf = ({ clientId, clientSecret }: Json) => ({
  clientId: String(clientId),
  clientSecret,
})

describe('introspection of an ID Token', () => {
  it('returns the claims of the protocol, and none of the user (RFC 7662 §2.2)', async () => {
    const claims = '{"email":"alice@example.com"}'
    const { idToken } = await obtainTokens(service, client, {}, { claims, acr: 'a', authTime: 5 })
    const { iat, exp } = decodeJwt(idToken)
    expect(await introspect(idToken)).toEqual({
      ...{ active: true, client_id: String(client.clientId), iss: issuer, sub: 'alice' },
      ...{ aud: [String(client.clientId)], iat, exp, nonce: 'some-nonce', acr: 'a', auth_time: 5 },
    })
  })

  it('is inactive without ext.introspect.id_token, or without the hint', async () => {
    const off = await createService({}, service)
    const { idToken } = await obtainTokens(off, await off.client())
    expect(await introspect(idToken, {}, off)).toEqual(inactive)
    const here = await obtainTokens(service, client)
    expect(await introspect(here.idToken, { parameters: form({ token: here.idToken }) })).toEqual(
      inactive,
    )
  })

  it('leaves access and refresh tokens with the hint as they are (RFC 7662 §2.1)', async () => {
    const { accessToken, refreshToken } = await obtainTokens(service, client)
    expect(await introspect(accessToken)).toMatchObject({ active: true, token_type: 'Bearer' })
    expect((await introspect(refreshToken)).active).toBe(true)
  })

  it('is active for its own client only, with ownTokensOnly', async () => {
    const { idToken } = await obtainTokens(service, client)
    const asked = (from: Json, ownTokensOnly: boolean) => ({
      ...{ ...credentialsOf(from), ownTokensOnly },
    })
    expect((await introspect(idToken, asked(client, true))).active).toBe(true)
    expect(await introspect(idToken, asked(other, true))).toEqual(inactive)
    expect((await introspect(idToken, asked(other, false))).active).toBe(true)
  })

  it('ends with its exp, with its client and with the lock of its client', async () => {
    const [brief, locked, deleted] = [
      await service.client({ extension: { idTokenDuration: 60 } }),
      await service.client(),
      await service.client(),
    ]
    const tokens = []
    for (const each of [brief, locked, deleted]) {
      tokens.push((await obtainTokens(service, each)).idToken)
    }
    for (const token of tokens) expect((await introspect(token)).active).toBe(true)
    service.system.clock.advance(61_000)
    await service.api(`/client/lock_flag/update/${locked.clientId}`, { clientLocked: true })
    await service.call('DELETE', `/api/${service.serviceId}/client/delete/${deleted.clientId}`)
    for (const token of tokens) expect(await introspect(token)).toEqual(inactive)
  })
})

describe('a JWT that is no valid ID Token of the service', () => {
  const claimsOf = (more: Json = {}) => ({
    ...{ iss: issuer, sub: 'alice', aud: String(client.clientId) },
    ...{ iat: 1, exp: Math.floor(service.system.clock() / 1000) + 60, ...more },
  })
  const key = serviceKeys[0] as JWK
  const signed = (claims: Json, header: Json = {}) => signJwt(claims, { key, header })

  it('is inactive, unlike one with the same claims', async () => {
    expect((await introspect(await signed(claimsOf()))).active).toBe(true)
    const foreign = await createService({ ...on, issuer: 'https://other.example.com' }, service)
    const ofForeign = (await obtainTokens(foreign, await foreign.client())).idToken
    const unknown = await encryptionPair('RSA-OAEP-256', 'rs256')
    const forged = await signJwt(claimsOf(), { key: { ...unknown, alg: 'RS256', use: 'sig' } })
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${
      (await signed(claimsOf())).split('.')[1]
    }.`
    const wrong = [
      await signed(claimsOf({ iss: 'https://other.example.com' })),
      await signed(claimsOf({ aud: 'unknown' })),
      await signed(claimsOf({ sub: undefined })),
      await signed(claimsOf({ exp: undefined })),
      await signed(claimsOf(), { typ: 'at+jwt' }),
      await signed(claimsOf(), { typ: 'logout+jwt' }),
      ...[ofForeign, forged, unsigned, 'a.b.c', 'a.b.c.d.e', '.', 'x'.repeat(50_000)],
    ]
    for (const token of wrong) expect(await introspect(token)).toEqual(inactive)
  })

  it('is inactive for others if the secret of its client signs it (OIDC Core §10.1)', async () => {
    const signing = await service.client({ idTokenSignAlg: 'HS256' })
    const { idToken } = await obtainTokens(service, signing)
    expect(decodeProtectedHeader(idToken).alg).toBe('HS256')
    expect(await introspect(idToken)).toEqual(inactive)
    expect(await introspect(idToken, credentialsOf(other))).toEqual(inactive)
    expect((await introspect(idToken, credentialsOf(signing))).active).toBe(true)
  })

  it('is inactive if it is encrypted for its client (OIDC Core §10.2)', async () => {
    const rsa = await encryptionPair('RSA-OAEP-256', 'enc')
    const sealed = await service.client({
      ...{ idTokenEncryptionAlg: 'RSA_OAEP_256', jwks: jwksOf(publicKey(rsa)) },
    })
    const { idToken } = await obtainTokens(service, sealed)
    expect(await introspect(idToken)).toEqual(inactive)
  })
})

describe('the session of an introspected ID Token', () => {
  it.each(['PUBLIC', 'PAIRWISE'])(
    'must live, where Postern keeps it, for a %s subject (OIDC Back-Channel Logout §2.1)',
    async (subjectType) => {
      const at = await createService(withSessions({ 'ext.introspect.id_token': 'true' }), service)
      const taking = await at.client({ subjectType })
      const [session, ending] = [await openSession(at), await openSession(at)]
      const living = (await obtainTokens(at, taking, {}, session)).idToken
      const ended = (await obtainTokens(at, taking, {}, ending)).idToken
      const without = (await obtainTokens(at, taking)).idToken
      expect((await introspect(ended, {}, at)).sid).toBe(decodeJwt(ended)['sid'])
      await at.api('/session/delete', { sessionId: ending.sessionId })
      expect((await introspect(living, {}, at)).active).toBe(true)
      expect(await introspect(ended, {}, at)).toEqual(inactive)
      expect((await introspect(without, {}, at)).active).toBe(true)
    },
  )

  it('is not looked at, where the caller keeps it', async () => {
    const logoutUri = { backchannelLogoutUri: 'https://app.example.com/logout' }
    const noted = await service.client(logoutUri)
    const { idToken } = await obtainTokens(service, noted, {}, { sessionId: 'of-the-caller' })
    expect(await introspect(idToken)).toMatchObject({ active: true, sid: 'of-the-caller' })
  })
})
