/** Tokens of another system, imported by their hashes. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, form, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService()
  client = await service.client({ clientIdAlias: 'web', clientIdAliasEnabled: true })
})
afterAll(() => service.close())

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')
const inAnHour = () => service.system.clock() + 3_600_000
const hashed = (token: string, expiresAt = inAnHour()) => ({ hash: hashOf(token), expiresAt })

let made = 0
/** An entry, and the values of its tokens. */
function entry(more: Record<string, unknown> = {}) {
  made += 1
  const [access, refresh] = [`old-access-${made}`, `old-refresh-${made}`]
  return {
    access,
    refresh,
    body: {
      clientIdentifier: 'web',
      subject: 'alice',
      scopes: ['read'],
      accessToken: hashed(access),
      refreshToken: hashed(refresh),
      ...more,
    },
  }
}

const send = (tokens: unknown[], grantedScopes: unknown[] = []) =>
  service.call('POST', `/api/${service.serviceId}/auth/token/import`, { tokens, grantedScopes })
async function imported(...tokens: unknown[]): Promise<Json> {
  const { status, body } = await send(tokens)
  expect(status).toBe(200)
  return body
}
const introspect = (token: string) => service.api('/auth/introspection', { token })
const refresh = (token: string) =>
  service.api('/auth/token', {
    parameters: form({ grant_type: 'refresh_token', refresh_token: token }),
    clientId: 'web',
    clientSecret: client.clientSecret,
  })

describe('imported tokens', () => {
  it('are accepted as those of the client, with subject, scopes and properties', async () => {
    const { access, body } = entry({
      properties: [{ key: 'tenant', value: 'a' }],
      scopes: ['read', 'write'],
      resources: ['https://api.example.com'],
    })
    expect(await imported(body)).toMatchObject({ imported: 1, present: 0, expired: 0 })
    expect(await introspect(access)).toMatchObject({
      action: 'OK',
      clientId: client.clientId,
      clientIdAliasUsed: true,
      subject: 'alice',
      scopes: ['read', 'write'],
      properties: [{ key: 'tenant', value: 'a' }],
      accessTokenResources: ['https://api.example.com'],
      refreshable: true,
    })
  })

  it('let a client go on with its secret and its former refresh token', async () => {
    const { refresh: token, body } = entry({ accessToken: undefined })
    await imported(body)
    const answer = await refresh(token)
    expect(answer).toMatchObject({ action: 'OK', subject: 'alice', scopes: ['read'] })
    expect((await introspect(answer.accessToken)).action).toBe('OK')
  })

  it('are of the client itself with CLIENT_CREDENTIALS', async () => {
    const { access, body } = entry({ grantType: 'CLIENT_CREDENTIALS', refreshToken: undefined })
    await imported(body)
    expect(await introspect(access)).toMatchObject({ action: 'OK', clientId: client.clientId })
    expect(await introspect(access)).not.toHaveProperty('subject')
  })

  it('are bound to the key that the former tokens were bound to (RFC 9449 §5)', async () => {
    const { access, body } = entry({ dpopKeyThumbprint: 'k'.repeat(43) })
    await imported(body)
    expect((await introspect(access)).action).not.toBe('OK')
  })

  it('are not stored if they have expired; a live refresh token is, without the other', async () => {
    const past = service.system.clock() - 1
    const both = entry()
    const gone = { ...both.body, accessToken: hashed('a', past), refreshToken: hashed('b', past) }
    expect(await imported(gone)).toMatchObject({ imported: 0, expired: 1 })
    const half = { ...both.body, accessToken: hashed(both.access, past) }
    expect(await imported(half)).toMatchObject({ imported: 1, expired: 0 })
    expect((await introspect(both.access)).action).not.toBe('OK')
    expect((await refresh(both.refresh)).action).toBe('OK')
  })

  it('stay within the maximum lifetime of refresh tokens, counted from their issuance', async () => {
    const limited = await createService({
      attributes: [{ key: 'ext.refresh.max_lifetime', value: '60' }],
    })
    const { clientId, clientSecret } = await limited.client()
    const createdAt = limited.system.clock() - 61_000
    const refreshToken = { hash: hashOf('long'), expiresAt: limited.system.clock() + 60_000 }
    const tokens = [{ clientIdentifier: clientId, subject: 'alice', createdAt, refreshToken }]
    await limited.api('/auth/token/import', { tokens })
    const parameters = form({ grant_type: 'refresh_token', refresh_token: 'long' })
    const answer = await limited.api('/auth/token', {
      parameters,
      clientId: String(clientId),
      clientSecret,
    })
    expect(answer.action).toBe('BAD_REQUEST')
    await limited.close()
  })
})

describe('repeated import', () => {
  it('changes nothing', async () => {
    const { access, body } = entry()
    expect(await imported(body)).toMatchObject({ imported: 1 })
    const other = { ...body, subject: 'mallory' }
    expect(await imported(other)).toMatchObject({ imported: 0, present: 1 })
    expect(await introspect(access)).toMatchObject({ subject: 'alice' })
  })

  it('does not revive a refresh token that was replaced since', async () => {
    const { refresh: token, body } = entry()
    await imported(body)
    expect((await refresh(token)).action).toBe('OK')
    expect(await imported(body)).toMatchObject({ imported: 0, present: 1 })
    service.system.clock.advance(60_000)
    expect((await refresh(token)).action).toBe('BAD_REQUEST')
  })

  it('does not revive tokens that were revoked since, and stores the others', async () => {
    const [one, two, three] = [entry(), entry(), entry()]
    await imported(one.body, two.body)
    await service.api('/auth/token/revoke', { accessTokenIdentifier: one.access })
    await service.api('/auth/token/revoke', { refreshTokenIdentifier: one.refresh })
    expect((await introspect(one.access)).action).not.toBe('OK')
    const answer = await imported(one.body, two.body, three.body)
    expect(answer).toMatchObject({ imported: 1, present: 2 })
    expect((await introspect(one.access)).action).not.toBe('OK')
    expect((await refresh(one.refresh)).action).toBe('BAD_REQUEST')
    expect((await introspect(three.access)).action).toBe('OK')
  })

  it('stores each token once if several run at once', async () => {
    const bodies = Array.from({ length: 10 }, () => entry().body)
    const replies = await Promise.all([send(bodies), send([...bodies].reverse()), send(bodies)])
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200])
    const total = replies.reduce((sum, { body }) => sum + body.imported, 0)
    expect(total).toBe(10)
  })
})

describe('granted scopes', () => {
  const granted = (scopes: string[]) => [{ clientIdentifier: 'web', subject: 'carol', scopes }]
  const known = () =>
    service.get(
      `/api/${service.serviceId}/client/granted_scopes/get/${client.clientId}?subject=carol`,
    )

  it('are imported where nothing is known of them', async () => {
    expect((await send([], granted(['read']))).body).toMatchObject({ grantedScopes: 1 })
    expect(await known()).toMatchObject({
      latestGrantedScopes: ['read'],
      mergedGrantedScopes: ['read'],
    })
    expect((await send([], granted(['write']))).body).toMatchObject({ grantedScopes: 0 })
    expect(await known()).toMatchObject({ mergedGrantedScopes: ['read'] })
  })
})

describe('import', () => {
  const refusals = {
    P160001: { clientIdentifier: 'unknown' },
    P160002: { scopes: ['read', 'unknown'] },
    P160003: { subject: undefined },
    P160004: { accessToken: undefined, refreshToken: undefined },
    P160006: { grantType: 'CLIENT_CREDENTIALS' },
  }
  it.each(Object.entries(refusals))(
    'is refused with %s, and stores nothing',
    async (code, more) => {
      const [good, bad] = [entry(), entry(more)]
      const { status, body } = await send([good.body, bad.body])
      expect([status, body.resultCode]).toEqual([400, code])
      expect(body.resultMessage).toContain('tokens.1')
      expect((await introspect(good.access)).action).not.toBe('OK')
    },
  )

  it('is refused with P160005 if a hash occurs twice', async () => {
    const { body } = entry()
    expect((await send([body, body])).body.resultCode).toBe('P160005')
  })

  it('is refused for a client of another service', async () => {
    const other = await service.post('/api/service/create', { serviceName: 'The other' })
    const path = `/api/${other.apiKey}/auth/token/import`
    const tokens = [entry({ clientIdentifier: client.clientId, scopes: [] }).body]
    const reply = await service.call('POST', path, { tokens })
    expect(reply.body.resultCode).toBe('P160001')
  })

  it('is refused without the right to modify the service', async () => {
    const token = await service.tokenFor(service.serviceId, ['use_service'])
    const path = `/api/${service.serviceId}/auth/token/import`
    expect((await service.call('POST', path, { tokens: [] }, { token })).status).toBe(403)
  })

  it('takes 200 entries at once, and no more', async () => {
    const many = Array.from({ length: 201 }, () => entry().body)
    expect((await send(many)).status).toBe(400)
    expect((await send(many.slice(1))).body).toMatchObject({ imported: 200 })
  })
})
