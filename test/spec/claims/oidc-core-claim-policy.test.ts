/**
 * Claims that Postern makes of the attributes of a user, by the claim policy of the service, and
 * claims that it stores with the tokens. OIDC Core §5
 */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Write } from '../../../src/store/engine.ts'
import { assemble } from '../../../src/store/open.ts'
import { withFamily } from '../../../src/store/schema/tokens/conditions.ts'
import { begin, cibaClient, cibaGrant, createCibaService } from '../../support/ciba.ts'
import {
  createService,
  form,
  issuer,
  obtainTokens,
  refresh,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { openTestStore, sealer } from '../../support/stores.ts'

const everywhere = ['id_token', 'userinfo', 'access_token', 'introspection']
const policy = [
  { claim: 'department', source: 'org.unit', mode: 'always', targets: everywhere },
  { claim: 'roles', source: 'roles', mode: 'always', join: ',', targets: ['access_token'] },
  { claim: 'roles', source: 'roles', mode: 'always', targets: ['introspection'] },
  { claim: 'level', source: 'level', mode: 'always', type: 'number', targets: ['id_token'] },
  {
    claim: 'active_member',
    source: 'member',
    mode: 'always',
    type: 'boolean',
    trueValue: 'yes',
    falseValue: 'no',
    targets: ['id_token'],
  },
  { claim: 'email', source: 'mail', mode: 'demand', targets: ['id_token', 'userinfo'] },
  { claim: 'name', source: 'name', mode: 'never', targets: ['id_token', 'userinfo'] },
  { claim: 'salary', source: 'salary', mode: 'demand', scopes: ['read'], targets: ['userinfo'] },
  { claim: 'badge', source: 'badge', mode: 'always', scopes: ['write'], targets: ['userinfo'] },
  { claim: 'address.locality', source: 'home.city', mode: 'always', targets: ['userinfo'] },
  { claim: 'address.country', source: 'home.country', mode: 'always', targets: ['userinfo'] },
]
const user = {
  org: { unit: 'Research' },
  roles: ['admin', 'editor'],
  level: '7',
  member: 'yes',
  mail: 'alice@example.com',
  name: 'Alice',
  salary: 'one-hundred',
  badge: 'gold',
  home: { city: 'Bern', country: '' },
  unused: 'never-leaves',
}

const withPolicy = (entries: unknown = policy, more: Json[] = []) => ({
  attributes: [{ key: 'ext.claims.policy', value: JSON.stringify(entries) }, ...more],
})
const stored = { key: 'ext.userinfo.stored_claims', value: 'true' }
const issued = { userAttributes: user }

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService({ accessTokenSignAlg: 'ES256' })
  client = await service.client()
})
afterAll(() => service.close())

const introspect = async (token: string, at = service) =>
  JSON.parse(
    (await at.api('/auth/introspection/standard', { parameters: form({ token }) })).responseContent,
  )
const userInfo = async (token: string, more: object = {}, at = service) =>
  JSON.parse((await at.api('/auth/userinfo/issue', { token, ...more })).responseContent)

describe('claim policy', () => {
  it('decides which claims of the user each token and response has', async () => {
    await service.configure(withPolicy())
    const tokens = await obtainTokens(service, client, { scope: 'openid' }, issued)
    const idToken = decodeJwt(tokens.idToken)
    expect(idToken).toMatchObject({ department: 'Research', level: 7, active_member: true })
    for (const absent of ['email', 'name', 'roles', 'salary', 'unused']) {
      expect(idToken).not.toHaveProperty(absent)
    }
    const accessToken = decodeJwt(tokens.accessToken)
    expect(accessToken).toMatchObject({ department: 'Research', roles: 'admin,editor' })
    expect(accessToken).not.toHaveProperty('level')
    expect(await introspect(tokens.accessToken)).toMatchObject({
      active: true,
      department: 'Research',
      roles: ['admin', 'editor'],
    })
    expect(await userInfo(tokens.accessToken, issued)).toEqual({
      sub: 'alice',
      department: 'Research',
      address: { locality: 'Bern' },
    })
  })

  it('adds nothing where the call has no attributes of the user', async () => {
    await service.configure(withPolicy())
    const tokens = await obtainTokens(service, client, { scope: 'openid' })
    expect(decodeJwt(tokens.idToken)).not.toHaveProperty('department')
    expect(decodeJwt(tokens.accessToken)).not.toHaveProperty('department')
    expect(await introspect(tokens.accessToken)).not.toHaveProperty('department')
    expect(await userInfo(tokens.accessToken)).toEqual({ sub: 'alice' })
  })

  it('is absent: attributes of the user have no effect', async () => {
    await service.configure({})
    const tokens = await obtainTokens(service, client, { scope: 'openid' }, issued)
    expect(decodeJwt(tokens.idToken)).not.toHaveProperty('department')
    expect(decodeJwt(tokens.accessToken)).not.toHaveProperty('department')
    expect(await userInfo(tokens.accessToken, issued)).toEqual({ sub: 'alice' })
  })

  it('gives claims on demand by scope, by the claims parameter, and by consent', async () => {
    await service.configure(withPolicy())
    const emailOf = async (more: object, issue: object = {}) => {
      const tokens = await obtainTokens(
        service,
        client,
        { scope: 'openid', ...more },
        {
          ...issued,
          ...issue,
        },
      )
      return [
        decodeJwt(tokens.idToken)['email'],
        (await userInfo(tokens.accessToken, issued)).email,
      ]
    }
    const mail = user.mail
    expect(await emailOf({})).toEqual([undefined, undefined])
    expect(await emailOf({ scope: 'openid email' })).toEqual([mail, mail])
    const claims = JSON.stringify({ userinfo: { email: null } })
    expect(await emailOf({ claims })).toEqual([undefined, mail])
    const both = JSON.stringify({ userinfo: { email: null }, id_token: { email: null } })
    expect(await emailOf({ claims: both })).toEqual([mail, mail])
    expect(await emailOf({ claims: both }, { consentedClaims: ['email'] })).toEqual([mail, mail])
    expect(await emailOf({ claims: both }, { consentedClaims: [] })).toEqual([undefined, undefined])
  })

  it('binds claims to scopes', async () => {
    await service.configure(withPolicy())
    const claims = JSON.stringify({ userinfo: { salary: null } })
    const of = async (scope: string) => {
      const tokens = await obtainTokens(service, client, { scope, claims }, issued)
      const { badge, salary } = await userInfo(tokens.accessToken, issued)
      return { badge, salary }
    }
    expect(await of('openid')).toEqual({})
    expect(await of('openid write')).toEqual({ badge: 'gold' })
    expect(await of('openid read')).toEqual({ salary: 'one-hundred' })
  })

  it('yields to claims that the caller gives, and never sets protocol claims', async () => {
    await service.configure(withPolicy())
    const claims = JSON.stringify({ department: 'Sales', name: 'Given', level: null })
    const tokens = await obtainTokens(
      service,
      client,
      { scope: 'openid' },
      {
        ...issued,
        claims,
        jwtAtClaims: '{"roles":"given"}',
      },
    )
    expect(decodeJwt(tokens.idToken)).toMatchObject({ department: 'Sales', name: 'Given' })
    expect(decodeJwt(tokens.idToken)).not.toHaveProperty('level')
    expect(decodeJwt(tokens.accessToken)['roles']).toBe('given')
    const info = await userInfo(tokens.accessToken, { ...issued, claims })
    expect(info).toMatchObject({ sub: 'alice', department: 'Sales' })
    const refused = await service.configure(
      withPolicy([{ claim: 'sub', source: 'mail', mode: 'always', targets: ['userinfo'] }]),
    )
    expect(refused.resultMessage).toContain('[0].claim: The claim is reserved')
  })

  it('leaves pairwise subjects as they are (OIDC Core §8)', async () => {
    await service.configure(withPolicy())
    const pairwise = await service.client({ subjectType: 'PAIRWISE' })
    const tokens = await obtainTokens(service, pairwise, { scope: 'openid' }, issued)
    const { sub } = decodeJwt(tokens.idToken)
    expect(sub).not.toBe('alice')
    expect(await userInfo(tokens.accessToken, issued)).toMatchObject({
      sub,
      department: 'Research',
    })
  })

  it('applies to claims in an ID Token without an access token (OIDC Core §5.4)', async () => {
    await service.configure({ ...withPolicy(), claimShortcutRestrictive: true })
    const implicit = await service.client({ responseTypes: ['ID_TOKEN', 'CODE'] })
    const { ticket } = await service.api('/auth/authorization', {
      parameters: form({
        response_type: 'id_token',
        client_id: String(implicit.clientId),
        redirect_uri: 'https://app.example.com/callback',
        scope: 'openid email',
        nonce: 'n',
      }),
    })
    const { idToken } = await service.api('/auth/authorization/issue', {
      ticket,
      subject: 'alice',
      userAttributes: JSON.stringify(user),
    })
    expect(decodeJwt(idToken)).toMatchObject({ email: user.mail, department: 'Research' })
    const tokens = await obtainTokens(service, client, { scope: 'openid email' }, issued)
    expect(decodeJwt(tokens.idToken)).not.toHaveProperty('email')
  })

  it('is evaluated for tokens that the caller creates, except without a user', async () => {
    await service.configure(withPolicy())
    const create = (grantType: string) =>
      service.api('/auth/token/create', {
        grantType,
        clientId: client.clientId,
        subject: 'alice',
        scopes: ['read'],
        ...issued,
      })
    const created = await create('AUTHORIZATION_CODE')
    expect(decodeJwt(created.accessToken)['department']).toBe('Research')
    const again = await refresh(service, client, created.refreshToken)
    expect(decodeJwt(again.accessToken)['department']).toBe('Research')
    const { accessToken } = await create('CLIENT_CREDENTIALS')
    expect(decodeJwt(accessToken)).not.toHaveProperty('department')
  })

  it('is evaluated for a user name and password, and for a device', async () => {
    await service.configure({
      ...withPolicy(),
      deviceAuthorizationEndpoint: `${issuer}/device`,
      deviceVerificationUri: `${issuer}/activate`,
    })
    const asked = await requestToken(service, client, {
      grant_type: 'password',
      username: 'alice',
      password: 'secret',
      scope: 'read',
    })
    const byPassword = await service.api('/auth/token/issue', {
      ticket: asked.ticket,
      subject: 'alice',
      ...issued,
    })
    expect(decodeJwt(byPassword.accessToken)['department']).toBe('Research')
    const device = await service.api('/device/authorization', {
      parameters: form({ scope: 'openid' }),
      clientId: String(client.clientId),
      clientSecret: client.clientSecret,
    })
    await service.api('/device/complete', {
      userCode: device.userCode,
      result: 'AUTHORIZED',
      subject: 'alice',
      ...issued,
    })
    const tokens = await requestToken(service, client, {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: device.deviceCode,
    })
    expect(decodeJwt(tokens.idToken)).toMatchObject({ department: 'Research', level: 7 })
    expect(await introspect(tokens.accessToken)).toMatchObject({ department: 'Research' })
  })

  it('is evaluated for backchannel authentication in poll and push mode', async () => {
    const ciba = await createCibaService(withPolicy())
    const complete = (ticket: string) =>
      ciba.api('/backchannel/authentication/complete', {
        ticket,
        result: 'AUTHORIZED',
        subject: 'alice',
        ...issued,
      })
    const poller = await cibaClient(ciba, 'POLL')
    const polled = await begin(ciba, poller)
    await complete(polled.ticket)
    const tokens = await requestToken(ciba, poller, {
      grant_type: cibaGrant,
      auth_req_id: polled.authReqId,
    })
    expect(decodeJwt(tokens.idToken)).toMatchObject({ department: 'Research' })
    const pushed = await complete((await begin(ciba, await cibaClient(ciba, 'PUSH'))).ticket)
    expect(decodeJwt(pushed.idToken)).toMatchObject({ department: 'Research' })
    expect(await introspect(pushed.accessToken, ciba)).toMatchObject({ department: 'Research' })
    await ciba.close()
  })

  it('limits UserInfo to the claims that are requested of it', async () => {
    await service.configure(withPolicy())
    const tokens = await obtainTokens(service, client, { scope: 'openid read email' }, issued)
    const only = (requestedClaims: unknown, more: object = {}) =>
      userInfo(tokens.accessToken, { ...issued, requestedClaims, ...more })
    const { mail } = user
    expect(await only('email salary')).toEqual({ sub: 'alice', email: mail, salary: user.salary })
    expect(await only(['address'])).toEqual({ sub: 'alice', address: { locality: 'Bern' } })
    expect(await only('badge name')).toEqual({ sub: 'alice' })
    expect(await only('nick', { claims: '{"nick":"al","other":1}' })).toEqual({
      sub: 'alice',
      nick: 'al',
    })
    expect(await only('')).toEqual({ sub: 'alice' })
    expect(await userInfo(tokens.accessToken, issued)).toMatchObject({ department: 'Research' })
  })

  it('rejects attributes of a user that are no JSON object', async () => {
    const { ticket } = await service.api('/auth/authorization', {
      parameters: form({
        response_type: 'code',
        client_id: String(client.clientId),
        scope: 'openid',
        redirect_uri: 'https://app.example.com/callback',
      }),
    })
    for (const userAttributes of ['[1]', '{', 5, [1], { a: 'x'.repeat(70_000) }]) {
      const reply = await service.call(
        'POST',
        `/api/${service.serviceId}/auth/authorization/issue`,
        { ticket, subject: 'alice', userAttributes },
      )
      expect(reply.status).toBe(400)
      expect(reply.body.resultMessage).toContain('userAttributes')
    }
  })
})

describe('preview of claims', () => {
  const preview = (more: object = {}) =>
    service.api('/claims/preview', {
      clientIdentifier: String(client.clientId),
      subject: 'alice',
      scopes: ['openid', 'read'],
      ...issued,
      ...more,
    })
  const parsed = ({ action, idToken, userInfo, accessToken, introspection }: Json) => {
    expect(action).toBe('OK')
    return [idToken, userInfo, accessToken, introspection].map((text) => text && JSON.parse(text))
  }

  it('is what the code flow of the client releases', async () => {
    await service.configure(withPolicy())
    const claims = JSON.stringify({ userinfo: { salary: null }, id_token: { email: null } })
    const [idToken, info, accessToken, introspected] = parsed(await preview({ claims }))
    const tokens = await obtainTokens(service, client, { scope: 'openid read', claims }, issued)
    expect(decodeJwt(tokens.idToken)).toMatchObject(idToken)
    expect(idToken).toMatchObject({ sub: 'alice', email: user.mail })
    expect(info).toEqual(await userInfo(tokens.accessToken, issued))
    expect(info).toMatchObject({ salary: user.salary })
    expect(decodeJwt(tokens.accessToken)).toMatchObject(accessToken)
    expect(await introspect(tokens.accessToken)).toMatchObject(introspected)
  })

  it('has the subject of the client, its scopes, and the limits of the call', async () => {
    await service.configure(withPolicy())
    const pairwise = await service.client({ subjectType: 'PAIRWISE' })
    const clientIdentifier = String(pairwise.clientId)
    const scopes = ['openid', 'write', 'unknown']
    const shown = await preview({ clientIdentifier, scopes, requestedClaims: 'badge' })
    const [idToken, info, accessToken] = parsed(shown)
    expect(shown.scopes).toEqual(['openid', 'write'])
    expect(idToken.sub).not.toBe('alice')
    expect(info).toEqual({ sub: idToken.sub, badge: 'gold' })
    expect(accessToken.sub).toBe('alice')
    const [none] = parsed(await preview({ scopes: ['read'] }))
    expect(none).toBeUndefined()
  })

  it('has subjects only without a policy, and stores nothing', async () => {
    await service.configure({})
    const { tables, read } = service.engine
    const rows = async () =>
      (await Promise.all(Object.values(tables).map((table) => read.select().from(table)))).map(
        ({ length }) => length,
      )
    const before = await rows()
    const sub = { sub: 'alice' }
    expect(parsed(await preview())).toEqual([sub, sub, sub, sub])
    expect(await rows()).toEqual(before)
  })

  it('rejects a claims parameter that is not valid, and an unknown client', async () => {
    const bad = await preview({ claims: '[' })
    expect(bad).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P007001' })
    const path = `/api/${service.serviceId}/claims/preview`
    const unknown = { clientIdentifier: '999', subject: 'alice' }
    expect((await service.call('POST', path, unknown)).status).toBe(404)
  })
})

describe('statements of the database', () => {
  /** The statements of flows: client credentials, and a code with refresh and introspection. */
  async function statementsOf(settings: Json, issue: Json) {
    const opened = await openTestStore()
    let count = 0
    const engine = {
      ...opened.engine,
      beforeRead() {
        count += 1
        opened.engine.beforeRead?.()
      },
      commit: (...writes: Write[]) => {
        count += writes.length
        return opened.engine.commit(...writes)
      },
    }
    const on = { store: assemble(engine, sealer), engine, close: opened.close }
    const counted = await createService({ accessTokenSignAlg: 'ES256', ...settings }, { on })
    const by = await counted.client()
    await requestToken(counted, by, { grant_type: 'client_credentials', scope: 'read' })
    const counts: number[] = []
    const step = async <T>(work: Promise<T>) => {
      const result = await work
      counts.push(count)
      count = 0
      return result
    }
    count = 0
    await step(requestToken(counted, by, { grant_type: 'client_credentials', scope: 'read' }))
    const tokens = await step(obtainTokens(counted, by, {}, issue))
    const next = await step(refresh(counted, by, tokens.refreshToken))
    await step(introspect(next.accessToken, counted))
    await step(userInfo(next.accessToken, {}, counted))
    await counted.close()
    return counts
  }

  it('are as many with a policy and stored claims as without', async () => {
    const without = await statementsOf({}, {})
    expect(Math.max(...without)).toBeGreaterThan(0)
    expect(await statementsOf(withPolicy(policy, [stored]), issued)).toEqual(without)
  })
})

describe('stored claims', () => {
  const given = {
    ...issued,
    claims: '{"picture":"https://example.com/a.png"}',
    userInfoClaims: '{"nickname":"al","department":"Stored"}',
  }

  it('are those of UserInfo and refreshed ID Tokens, without asking again', async () => {
    await service.configure(withPolicy(policy, [stored]))
    const tokens = await obtainTokens(service, client, { scope: 'openid email' }, given)
    const before = await userInfo(tokens.accessToken)
    expect(before).toEqual({
      sub: 'alice',
      nickname: 'al',
      department: 'Stored',
      email: user.mail,
      address: { locality: 'Bern' },
    })
    const first = decodeJwt(tokens.idToken)
    const next = await refresh(service, client, tokens.refreshToken)
    const second = decodeJwt(next.idToken)
    const { exp, iat, at_hash, nonce, ...claims } = first
    expect(second).toMatchObject(claims)
    expect(second).toMatchObject({ picture: 'https://example.com/a.png', department: 'Research' })
    expect(await userInfo(next.accessToken)).toEqual(before)
    const last = await refresh(service, client, next.refreshToken)
    expect(decodeJwt(last.idToken)).toMatchObject(claims)
    expect(await userInfo(last.accessToken)).toEqual(before)
    expect(await userInfo(last.accessToken, { claims: '{"department":"Now"}' })).toEqual({
      ...before,
      department: 'Now',
    })
  })

  it('are absent without the attribute ext.userinfo.stored_claims', async () => {
    await service.configure(withPolicy())
    const tokens = await obtainTokens(service, client, { scope: 'openid email' }, given)
    expect(decodeJwt(tokens.idToken)['department']).toBe('Research')
    expect(await userInfo(tokens.accessToken)).toEqual({ sub: 'alice' })
    const next = await refresh(service, client, tokens.refreshToken)
    expect(decodeJwt(next.idToken)).not.toHaveProperty('department')
    expect(decodeJwt(next.idToken)).not.toHaveProperty('picture')
    expect(decodeJwt(next.accessToken)['department']).toBe('Research')
    expect(await introspect(next.accessToken)).toMatchObject({ department: 'Research' })
  })

  it('of a refreshed token are no more than its scopes allow', async () => {
    await service.configure(withPolicy(policy, [stored]))
    const tokens = await obtainTokens(service, client, { scope: 'openid email write' }, issued)
    expect(await userInfo(tokens.accessToken)).toMatchObject({ email: user.mail, badge: 'gold' })
    const next = await refresh(service, client, tokens.refreshToken, { scope: 'openid' })
    expect(decodeJwt(next.idToken)).not.toHaveProperty('email')
    const info = await userInfo(next.accessToken)
    expect(info).not.toHaveProperty('email')
    expect(info).not.toHaveProperty('badge')
  })

  it('are in a reissued ID Token, where the caller gives no others (OIDC Core §12.2)', async () => {
    const more = { idTokenReissuable: true, refreshTokenKept: false }
    await service.configure({ ...withPolicy(policy, [stored]), ...more })
    const tokens = await obtainTokens(service, client, { scope: 'openid' }, issued)
    const { accessToken, refreshToken } = await refresh(service, client, tokens.refreshToken)
    const reissue = async (claims?: string) =>
      decodeJwt(
        (await service.api('/idtoken/reissue', { accessToken, refreshToken, claims })).idToken,
      )
    expect(await reissue()).toMatchObject({ department: 'Research' })
    expect(await reissue('{"department":"Now"}')).toMatchObject({ department: 'Now' })
    await service.configure({ ...withPolicy(), ...more })
    expect(await reissue()).not.toHaveProperty('department')
  })

  it('are in the ID Token of Native SSO (OIDC Native SSO §3)', async () => {
    const names = ['openid', 'device_sso']
    const native = await createService({
      ...withPolicy(policy, [stored]),
      nativeSsoSupported: true,
      supportedScopes: names.map((name) => ({ name })),
    })
    const by = await native.client()
    const issue = { ...issued, sessionId: 'the-session' }
    const tokens = await obtainTokens(native, by, { scope: names.join(' ') }, issue)
    const { accessToken, refreshToken } = tokens
    const finish = async () =>
      decodeJwt(
        (
          await native.api('/nativesso', {
            ...{ accessToken, refreshToken, deviceSecret: 'device-secret' },
          })
        ).idToken,
      )
    expect(await finish()).toMatchObject({ department: 'Research' })
    await native.configure(withPolicy())
    expect(await finish()).not.toHaveProperty('department')
    await native.close()
  })

  it('survive an update of the token value and of its scopes', async () => {
    const opaque = await createService(withPolicy(policy, [stored]))
    const by = await opaque.client()
    const tokens = await obtainTokens(opaque, by, { scope: 'openid email' }, issued)
    const updated = await opaque.api('/auth/token/update', {
      accessToken: tokens.accessToken,
      accessTokenValueUpdated: true,
      scopes: ['openid'],
    })
    const info = await userInfo(updated.accessToken, {}, opaque)
    expect(info).toMatchObject({ department: 'Research' })
    expect(info).not.toHaveProperty('email')
    await opaque.close()
  })

  it('are sealed in every table, and are no more than their uses need', async () => {
    const ciba = await createCibaService({
      ...withPolicy(policy, [stored]),
      deviceAuthorizationEndpoint: `${issuer}/device`,
      deviceVerificationUri: `${issuer}/activate`,
    })
    const by = await cibaClient(ciba, 'POLL')
    await obtainTokens(ciba, by, { scope: 'openid email' }, issued)
    const { ticket } = await begin(ciba, by)
    const decision = { result: 'AUTHORIZED', subject: 'alice', ...issued }
    await ciba.api('/backchannel/authentication/complete', { ticket, ...decision })
    const device = await ciba.api('/device/authorization', {
      parameters: form({ scope: 'openid' }),
      clientId: String(by.clientId),
      clientSecret: by.clientSecret,
    })
    await ciba.api('/device/complete', { userCode: device.userCode, ...decision })
    const { tables, read } = ciba.engine
    const { authorizationCodes, accessTokens, refreshTokens } = tables
    const { deviceCodes, backchannelRequests } = tables
    for (const table of [authorizationCodes, accessTokens, refreshTokens]) {
      expect((await read.select().from(table))[0]?.sealedUser).toMatch(/^v1\./)
    }
    expect((await read.select().from(deviceCodes))[0]?.sealedUser).toMatch(/^v1\./)
    expect((await read.select().from(backchannelRequests))[0]?.sealedUser).toMatch(/^v1\./)
    const every = await Promise.all(Object.values(tables).map((each) => read.select().from(each)))
    const text = JSON.stringify(every)
    for (const secret of ['alice@example.com', 'Research', 'gold', 'one-hundred']) {
      expect(text).not.toContain(secret)
    }
    const [row] = await read.select().from(accessTokens)
    const kept = row && ciba.store.accessTokens.userOf(withFamily(row))
    expect(kept?.attributes).toContain('Research')
    expect(kept?.attributes).not.toContain('never-leaves')
    await ciba.close()
  })
})
