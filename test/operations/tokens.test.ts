/** Operations on issued tokens: introspection, UserInfo, revocation, management. */
import { hash } from 'node:crypto'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createService,
  form,
  issuer,
  obtainTokens,
  refresh,
  requestToken,
  type TestService,
} from '../support/flows.ts'
import { publicKey, serviceKeys } from '../support/keys.ts'
import type { Json } from '../support/server.ts'

const rs = 'https://rs.example.com'
let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService()
  client = await service.client()
})
afterAll(() => service.close())

const introspect = (token: string | undefined, more = {}) =>
  service.api('/auth/introspection', { token, ...more })
const create = (more: Record<string, unknown> = {}) =>
  service.api('/auth/token/create', {
    ...{ grantType: 'AUTHORIZATION_CODE', clientId: client.clientId, subject: 'alice' },
    ...more,
  })

describe('introspection', () => {
  it.each<[string, string, object, object]>([
    ['BAD_REQUEST', 'P040001', { token: '' }, {}],
    ['UNAUTHORIZED', 'P040002', { token: 'unknown' }, {}],
    ['FORBIDDEN', 'P040004', {}, { scopes: ['openid', 'write'] }],
    ['UNAUTHORIZED', 'P040005', {}, { subject: 'bob' }],
    ['UNAUTHORIZED', 'P040006', {}, { resources: ['https://other.example.com'] }],
    ['UNAUTHORIZED', 'P040009', {}, { acrValues: ['loa9'] }],
    ['UNAUTHORIZED', 'P040010', {}, { maxAge: 10 }],
  ])('answers %s by the rule %s (RFC 6750 §3.1)', async (action, resultCode, token, more) => {
    const authTime = Math.floor(service.system.clock() / 1000) - 60
    const tokens = await obtainTokens(service, client, { resource: rs }, { acr: 'loa1', authTime })
    const refused = await introspect(tokens.accessToken, { ...token, ...more })
    expect(refused).toMatchObject({ action, resultCode })
    expect(refused.responseContent).toMatch(/^Bearer error="[a-z_]+",error_description="\[P/)
  })

  it('returns all properties of a token that is valid for the request', async () => {
    const authTime = Math.floor(service.system.clock() / 1000)
    const tokens = await obtainTokens(service, client, { resource: rs }, { acr: 'loa1', authTime })
    const needed = {
      ...{ scopes: ['openid'], subject: 'alice', resources: [rs], acrValues: ['loa1'], maxAge: 60 },
    }
    expect(await introspect(tokens.accessToken, needed)).toMatchObject({
      ...{
        action: 'OK',
        clientId: client.clientId,
        subject: 'alice',
        grantType: 'AUTHORIZATION_CODE',
      },
      ...{
        existent: true,
        usable: true,
        sufficient: true,
        refreshable: true,
        acr: 'loa1',
        authTime,
      },
      scopeDetails: [{ name: 'openid' }, { name: 'profile' }],
    })
  })

  it('refuses an expired token, and a token of a locked client', async () => {
    const locked = await service.client()
    const { accessToken } = await obtainTokens(service, locked)
    const path = `/client/lock_flag/update/${locked.clientId}`
    await service.api(path, { clientLocked: true })
    expect(await introspect(accessToken)).toMatchObject({ resultCode: 'P040003' })
    await service.api(path, { clientLocked: false })
    expect(await introspect(accessToken)).toMatchObject({ action: 'OK' })
    service.system.clock.advance(86_400_001)
    expect(await introspect(accessToken)).toMatchObject({ resultCode: 'P040002' })
  })
})

describe('standard introspection', () => {
  const describeToken = async (parameters: Record<string, string | undefined>) =>
    service.api('/auth/introspection/standard', { parameters: form(parameters) })

  it('describes access and refresh tokens with any token_type_hint (RFC 7662 §2)', async () => {
    const { accessToken, refreshToken } = await obtainTokens(service, client)
    for (const token of [accessToken, refreshToken]) {
      for (const hint of ['access_token', 'refresh_token', 'x', undefined]) {
        const { responseContent } = await describeToken({ token, token_type_hint: hint })
        expect(JSON.parse(responseContent)).toMatchObject({
          ...{ active: true, sub: 'alice', client_id: String(client.clientId), iss: issuer },
          scope: 'openid profile',
        })
      }
    }
  })

  it('returns active=false for other tokens, and requires a token (RFC 7662 §2.2)', async () => {
    const { responseContent } = await describeToken({ token: 'unknown' })
    expect(JSON.parse(responseContent)).toEqual({ active: false })
    expect(await describeToken({})).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P042001' })
  })
})

describe('UserInfo', () => {
  it('requires a token of a user with the scope openid (OIDC Core §5.3.1)', async () => {
    const { accessToken: without } = await obtainTokens(service, client, { scope: 'read' })
    expect(await service.api('/auth/userinfo', { token: without })).toMatchObject({
      action: 'FORBIDDEN',
      resultCode: 'P040007',
    })
    const made = await create({
      grantType: 'CLIENT_CREDENTIALS',
      subject: undefined,
      scopes: ['openid'],
    })
    expect(await service.api('/auth/userinfo', { token: made.accessToken })).toMatchObject({
      action: 'UNAUTHORIZED',
      resultCode: 'P040008',
    })
    for (const operation of ['/auth/userinfo', '/auth/userinfo/issue']) {
      expect(await service.api(operation, {})).toMatchObject({ resultCode: 'P040001' })
      expect(await service.api(operation, { token: 'x' })).toMatchObject({ resultCode: 'P040002' })
    }
  })

  it('returns the claim names of the scopes and the request to the caller', async () => {
    const { accessToken: token } = await obtainTokens(service, client, {
      ...{ scope: 'openid email', claims: '{"userinfo":{"x":{"essential":true}}}' },
    })
    expect(await service.api('/auth/userinfo', { token })).toMatchObject({
      ...{ action: 'OK', claims: ['email', 'email_verified', 'x'], subject: 'alice' },
      userInfoClaims: '{"x":{"essential":true}}',
    })
  })

  it('is signed if the client registered that, with the sub of the ID Token', async () => {
    const signing = await service.client({ userInfoSignAlg: 'ES256' })
    const { accessToken: token } = await obtainTokens(service, signing, {}, { sub: 'pairwise-1' })
    const answer = await service.api('/auth/userinfo/issue', { token, claims: '{"sub":"x","a":1}' })
    expect(answer.action).toBe('JWT')
    const keys = createLocalJWKSet({ keys: serviceKeys.map(publicKey) })
    const { payload } = await jwtVerify(answer.responseContent, keys, {
      ...{ issuer, audience: String(signing.clientId), algorithms: ['ES256'] },
    })
    expect(payload).toMatchObject({ sub: 'pairwise-1', a: 1 })
  })
})

describe('token revocation', () => {
  const revoke = (by: Json, parameters: Record<string, string | undefined>) =>
    service.api('/auth/revocation', {
      ...{ parameters: form(parameters), clientId: String(by.clientId) },
      clientSecret: by.clientSecret,
    })

  it('of an access or refresh token revokes the grant (RFC 7009 §2.1)', async () => {
    for (const kind of ['accessToken', 'refreshToken']) {
      const tokens = await obtainTokens(service, client)
      expect(await revoke(client, { token: tokens[kind] })).toMatchObject({ action: 'OK' })
      expect(await introspect(tokens.accessToken)).toMatchObject({ resultCode: 'P040002' })
      expect(await refresh(service, client, tokens.refreshToken)).toMatchObject({
        resultCode: 'P021002',
      })
    }
  })

  it('of an unknown or foreign token is OK without an effect (RFC 7009 §2.2)', async () => {
    const { accessToken } = await obtainTokens(service, client)
    const other = await service.client()
    for (const token of [accessToken, 'unknown']) {
      expect(await revoke(other, { token })).toMatchObject({ action: 'OK', responseContent: '' })
    }
    expect(await introspect(accessToken)).toMatchObject({ action: 'OK' })
  })

  it('ignores an unknown token_type_hint (RFC 7009 §2.1)', async () => {
    const { accessToken: token } = await obtainTokens(service, client)
    const token_type_hint = 'urn:ietf:params:oauth:token-type:access_token'
    expect(await revoke(client, { token, token_type_hint })).toMatchObject({ action: 'OK' })
    expect(await introspect(token)).toMatchObject({ action: 'UNAUTHORIZED' })
  })

  it('requires a token and client authentication (RFC 7009 §2.1)', async () => {
    expect(await revoke(client, {})).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P043001' })
    const wrong = { ...client, clientSecret: 'wrong' }
    expect(await revoke(wrong, { token: 'x' })).toMatchObject({ action: 'INVALID_CLIENT' })
  })
})

describe('token creation', () => {
  it.each<[string, string, Record<string, unknown>]>([
    ['no client', 'P046001', { clientId: undefined }],
    ['an unknown client', 'P046002', { clientId: 12 }],
    ['no subject', 'P046003', { subject: undefined }],
    ['no grant type', 'P046003', { grantType: undefined }],
    ['an unknown scope', 'P046004', { scopes: ['unknown'] }],
  ])('is refused with %s', async (_what, resultCode, more) => {
    expect(await create(more)).toMatchObject({ action: 'BAD_REQUEST', resultCode })
  })

  it('accepts token values that the caller chose, once each', async () => {
    const chosen = {
      accessToken: 'chosen-access',
      refreshToken: 'chosen-refresh',
      scopes: ['read'],
    }
    const made = await create({ ...chosen, accessTokenDuration: 60, refreshTokenDuration: 120 })
    expect(made).toMatchObject({ action: 'OK', ...chosen, expiresIn: 60, tokenType: 'Bearer' })
    expect(await create({ accessToken: 'chosen-access' })).toMatchObject({ resultCode: 'P014002' })
    expect(await create({ refreshToken: 'chosen-refresh' })).toMatchObject({
      resultCode: 'P046005',
    })
    expect(await refresh(service, client, 'chosen-refresh')).toMatchObject({ action: 'OK' })
  })

  it('accepts token values of 32,768 characters, which are valid (RFC 6749 §A.12)', async () => {
    const long = { accessToken: `a${'x'.repeat(32_767)}`, refreshToken: `r${'x'.repeat(32_767)}` }
    expect(await create({ ...long, scopes: ['read'] })).toMatchObject({ action: 'OK' })
    expect(await introspect(long.accessToken)).toMatchObject({ action: 'OK' })
    expect(await refresh(service, client, long.refreshToken)).toMatchObject({ action: 'OK' })
    expect(await create({ accessToken: 'x'.repeat(32_769) })).toMatchObject({
      resultCode: 'P000206',
    })
  })

  it.each(['clientIdAliasUsed', 'metadataDocumentUsed', 'clientEntityIdUsed'])(
    'stores how the client was named, and introspection returns it: %s',
    async (flag) => {
      const none = { clientIdAliasUsed: false, clientEntityIdUsed: false }
      const { accessToken } = await create({ [flag]: true })
      expect(await introspect(accessToken)).toMatchObject({
        ...none,
        metadataDocumentUsed: false,
        [flag]: true,
      })
    },
  )

  it('creates tokens that do not expire, and bound tokens', async () => {
    const persistent = await create({ accessTokenPersistent: true })
    service.system.clock.advance(10_000_000_000)
    expect(await introspect(persistent.accessToken)).toMatchObject({ action: 'OK', expiresAt: 0 })
    const thumbprint = 'x'.repeat(43)
    const bound = await create({ dpopKeyThumbprint: thumbprint })
    expect(bound.tokenType).toBe('DPoP')
    expect(await introspect(bound.accessToken)).toMatchObject({ action: 'UNAUTHORIZED' })
  })
})

describe('token update', () => {
  const update = (body: object) => service.api('/auth/token/update', body)

  it('changes the named properties of a token by value, hash or refresh token', async () => {
    const made = await create({ scopes: ['read'], properties: [{ key: 'a', value: 'b' }] })
    const { accessToken, tokenId, refreshToken } = made
    expect(await update({ accessToken, scopes: ['write', 'unknown'] })).toMatchObject({
      ...{ action: 'OK', scopes: ['write'], properties: [{ key: 'a', value: 'b' }] },
    })
    const properties = [{ key: 'c', value: 'd', hidden: true }]
    expect(await update({ accessTokenHash: tokenId, properties })).toMatchObject({ properties })
    const expiresAt = service.system.clock() + 5_000
    const dated = await update({ refreshToken, accessTokenExpiresAt: expiresAt })
    expect(dated).toMatchObject({ action: 'OK', accessTokenExpiresAt: expiresAt })
    const later = service.system.clock() + 9_000
    expect(await update({ tokenId, refreshTokenExpiresAt: later })).toMatchObject({
      refreshTokenExpiresAt: later,
    })
    const renewed = await update({ accessToken, accessTokenValueUpdated: true })
    expect(await introspect(accessToken)).toMatchObject({ resultCode: 'P040002' })
    expect(await introspect(renewed.accessToken)).toMatchObject({ action: 'OK', scopes: ['write'] })
  })

  it('is NOT_FOUND for an unknown token, and BAD_REQUEST without one', async () => {
    expect(await update({ accessToken: 'x' })).toMatchObject({
      action: 'NOT_FOUND',
      resultCode: 'P047001',
    })
    expect(await update({ refreshTokenHash: 'x' })).toMatchObject({ action: 'NOT_FOUND' })
    expect(await update({})).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P047002' })
  })
})

describe('token list, deletion and revocation', () => {
  const list = async (query: string) =>
    (await service.call('GET', `/api/${service.serviceId}/auth/token/get/list?${query}`)).body

  it('filter by client, subject and status', async () => {
    const own = await service.client()
    const ofOwn = `clientIdentifier=${own.clientId}`
    for (const subject of ['carol', 'dave', 'dave']) {
      await create({ clientId: own.clientId, subject, accessTokenDuration: 60 })
    }
    expect(await list(ofOwn)).toMatchObject({ totalCount: 3, client: { clientId: own.clientId } })
    expect((await list(`${ofOwn}&subject=dave&start=1&end=2`)).accessTokens).toHaveLength(1)
    const beyond = await list(`${ofOwn}&start=6`)
    expect(beyond).toMatchObject({ start: 6, end: 6, totalCount: 3, accessTokens: [] })
    expect(await list(`${ofOwn}&end=2147483647`)).toMatchObject({ end: 1_000, totalCount: 3 })
    expect(await list('clientIdentifier=unknown')).toMatchObject({ totalCount: 0 })
    service.system.clock.advance(61_000)
    expect(await list(`${ofOwn}&tokenStatus=VALID`)).toMatchObject({ totalCount: 0 })
    expect(await list(`${ofOwn}&tokenStatus=INVALID`)).toMatchObject({ totalCount: 3 })
    const revoked = await service.api('/auth/token/revoke', {
      clientIdentifier: String(own.clientId),
    })
    expect(revoked).toMatchObject({ count: 3, resultCode: 'P048901' })
    expect(await list(ofOwn)).toMatchObject({ totalCount: 0 })
  })

  it('revoke and delete by value and by hash', async () => {
    const revoke = (body: object) => service.api('/auth/token/revoke', body)
    const made = await Promise.all(Array.from({ length: 4 }, () => create({ subject: 'erin' })))
    const [byValue, byHash, byRefresh, bySubject] = made
    expect(await revoke({ accessTokenIdentifier: byValue.accessToken })).toMatchObject({ count: 1 })
    expect(await revoke({ accessTokenIdentifier: byHash.tokenId })).toMatchObject({ count: 1 })
    expect(await revoke({ refreshTokenIdentifier: byRefresh.refreshToken })).toMatchObject({
      count: 1,
    })
    expect(await revoke({ subject: 'erin' })).toMatchObject({ count: 1 })
    expect(await revoke({ subject: 'erin' })).toMatchObject({ count: 0 })
    expect(await revoke({})).toMatchObject({ resultCode: 'P048001' })
    for (const { accessToken } of made)
      expect((await introspect(accessToken)).action).not.toBe('OK')
    expect(bySubject.action).toBe('OK')
    const last = await create()
    for (let times = 0; times < 2; times++) {
      const path = `/api/${service.serviceId}/auth/token/delete/${last.tokenId}`
      expect((await service.call('DELETE', path)).status).toBe(204)
    }
    expect(await introspect(last.accessToken)).toMatchObject({ resultCode: 'P040002' })
  })
})

describe('token that is named together with its owner', () => {
  const revoke = (body: object) => service.api('/auth/token/revoke', body)
  const isLive = async (token: string) => (await introspect(token)).action === 'OK'

  it('is not revoked for another subject or client, and is not counted', async () => {
    const other = await service.client()
    const { accessToken, tokenId, refreshToken } = await create({ subject: 'alice' })
    const foreign = await create({ subject: 'bob' })
    const names = [
      { accessTokenIdentifier: accessToken },
      { accessTokenIdentifier: tokenId },
      { refreshTokenIdentifier: refreshToken },
    ]
    const filters = [
      ...[{ subject: 'bob' }, { clientIdentifier: String(other.clientId) }],
      ...[{ clientIdentifier: 'unknown' }, { refreshTokenIdentifier: foreign.refreshToken }],
    ]
    for (const filter of filters) {
      for (const name of names) {
        const body = { ...name, ...filter }
        if (Object.keys(body).length < 2) continue
        expect(await revoke(body), JSON.stringify(Object.keys(body))).toMatchObject({ count: 0 })
      }
    }
    expect(await isLive(accessToken)).toBe(true)
    expect(await isLive(foreign.accessToken)).toBe(true)
    const owner = { subject: 'alice', clientIdentifier: String(client.clientId) }
    const both = { accessTokenIdentifier: tokenId, refreshTokenIdentifier: refreshToken }
    expect(await revoke({ ...both, ...owner })).toMatchObject({ count: 1 })
    expect(await isLive(accessToken)).toBe(false)
  })

  it('tells a refresh token that was revoked from one of another subject', async () => {
    const { refreshToken, tokenId } = await create({ subject: 'rita' })
    const refreshTokenIdentifier = hash('sha256', refreshToken, 'base64url')
    await service.api('/auth/token/update', { accessTokenHash: tokenId, accessTokenExpiresAt: 1 })
    await service.store.purge(service.system.clock())
    const bySomeoneElse = { refreshTokenIdentifier, subject: 'bob' }
    expect(await revoke(bySomeoneElse)).toMatchObject({ count: 0, refreshTokenCount: 0 })
    const byOwner = { refreshTokenIdentifier, subject: 'rita' }
    expect(await revoke(byOwner)).toMatchObject({ count: 0, refreshTokenCount: 1 })
    expect(await revoke(byOwner)).toMatchObject({ count: 0, refreshTokenCount: 0 })
    expect(await refresh(service, client, refreshToken)).toMatchObject({ resultCode: 'P021002' })
    await create({ subject: 'rita' })
    await create({ subject: 'rita', grantType: 'IMPLICIT' })
    expect(await revoke({ subject: 'rita' })).toMatchObject({ count: 2, refreshTokenCount: 1 })
  })

  it('is deleted by the value or the hash of its refresh token, for its subject only', async () => {
    for (const isHash of [true, false]) {
      const { accessToken, refreshToken } = await create({ subject: 'rosa' })
      const name = isHash ? hash('sha256', refreshToken, 'base64url') : refreshToken
      const path = `/api/${service.serviceId}/auth/token/delete/${name}`
      expect((await service.call('DELETE', `${path}?subject=bob`)).status).toBe(204)
      expect(await isLive(accessToken)).toBe(true)
      expect((await service.call('DELETE', `${path}?subject=rosa`)).status).toBe(204)
      expect(await isLive(accessToken)).toBe(false)
      expect(await refresh(service, client, refreshToken)).toMatchObject({ resultCode: 'P021002' })
    }
  })

  it('is not deleted for another subject or client', async () => {
    const { accessToken, tokenId } = await create({ subject: 'alice' })
    const path = `/api/${service.serviceId}/auth/token/delete/${tokenId}`
    for (const filter of ['subject=bob', 'clientIdentifier=unknown', 'subject=bo%62']) {
      expect((await service.call('DELETE', `${path}?${filter}`)).status).toBe(204)
      expect(await isLive(accessToken), filter).toBe(true)
    }
    const owner = `subject=alice&clientIdentifier=${client.clientId}`
    expect((await service.call('DELETE', `${path}?${owner}`)).status).toBe(204)
    expect(await isLive(accessToken)).toBe(false)
  })

  it('is not updated if two identifiers of the call name different tokens', async () => {
    const one = await create()
    const other = await create()
    const update = (body: object) => service.api('/auth/token/update', body)
    for (const body of [
      { accessToken: one.accessToken, tokenId: other.tokenId },
      { accessToken: one.accessToken, refreshToken: other.refreshToken },
      { accessToken: one.accessToken, refreshToken: 'unknown' },
      { accessTokenHash: one.tokenId, tokenId: 'unknown' },
    ]) {
      expect(await update({ ...body, scopes: ['write'] })).toMatchObject({ action: 'NOT_FOUND' })
    }
    const names = { accessToken: one.accessToken, refreshToken: one.refreshToken }
    expect(await update({ ...names, scopes: ['write'] })).toMatchObject({ action: 'OK' })
  })
})

describe('token operations of another service', () => {
  it('do not find the tokens of this service', async () => {
    const other = await service.post('/api/service/create', { issuer })
    const tokens = await obtainTokens(service, client)
    const at = (operation: string, body: object) =>
      service.post(`/api/${other.apiKey}${operation}`, body)
    const token = tokens.accessToken
    expect(await at('/auth/introspection', { token })).toMatchObject({ resultCode: 'P040002' })
    expect(await at('/auth/userinfo', { token })).toMatchObject({ resultCode: 'P040002' })
    expect(await at('/auth/token/revoke', { subject: 'alice' })).toMatchObject({ count: 0 })
    expect(await at('/auth/token/update', { accessToken: token })).toMatchObject({
      action: 'NOT_FOUND',
    })
    const standard = await at('/auth/introspection/standard', { parameters: form({ token }) })
    expect(JSON.parse(standard.responseContent)).toEqual({ active: false })
    expect(await introspect(token)).toMatchObject({ action: 'OK' })
  })
})

describe('client credentials', () => {
  it('get no scopes of users and no refresh token (RFC 6749 §4.4.3)', async () => {
    const tokens = await requestToken(service, client, {
      ...{ grant_type: 'client_credentials', scope: 'openid offline_access read' },
    })
    expect(tokens).toMatchObject({ action: 'OK', scopes: ['read'] })
    expect(tokens).not.toHaveProperty('refreshToken')
    expect(tokens).not.toHaveProperty('subject')
  })
})

describe('clientEntityId', () => {
  it('is returned wherever a client is described', async () => {
    const entityId = 'https://rp.example.com'
    const member = await service.client({ entityId })
    const tokens = await obtainTokens(service, member)
    const basic = { clientId: String(member.clientId), clientSecret: member.clientSecret }
    await service.configure({ deviceVerificationUri: `${issuer}/device` })
    const device = await service.api('/device/authorization', {
      ...{ parameters: form({ scope: 'openid' }), ...basic },
    })
    const answers = [
      await requestToken(service, member, { grant_type: 'client_credentials' }),
      await introspect(tokens.accessToken),
      await service.api('/auth/userinfo', { token: tokens.accessToken }),
      device,
      await service.api('/device/verification', { userCode: device.userCode }),
    ]
    for (const answer of answers) expect(answer).toMatchObject({ clientEntityId: entityId })
  })
})
