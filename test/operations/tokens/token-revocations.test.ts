/** The log that resource servers follow: all ways in which an access token ends early. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createService,
  form,
  obtainCode,
  obtainTokens,
  redeem,
  redirectUri,
  refresh,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { openSession, withSessions } from '../../support/sessions.ts'

const settings = { accessTokenSignAlg: 'ES256', grantManagementActionRequired: false }
let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService({ ...settings, ...withSessions() })
  client = await service.client({ clientIdAlias: 'web', clientIdAliasEnabled: true })
  await read()
})
afterAll(() => service.close())

const nameOf = (token: string) => createHash('sha256').update(token).digest('hex').slice(-16)
const read = (cursor?: string, of = service) => of.api('/auth/token/revocations', { cursor })

/** What was recorded while something happened. */
async function recorded(happens: () => Promise<unknown>): Promise<Json> {
  const before = await read()
  await happens()
  const { tokens, clients, reset, complete } = await read(before.cursor)
  expect([reset, complete]).toEqual([false, true])
  // On PostgreSQL an entry may come twice, while another transaction is open.
  const known = new Set([...before.tokens.map(({ name }: Json) => name), ...before.clients])
  const isNew = (name: string) => !known.has(name)
  const names: string[] = tokens.map(({ name }: Json) => name)
  return { tokens: names.filter(isNew), clients: clients.filter(isNew) }
}

const create = async (more: Json = {}) =>
  service.api('/auth/token/create', {
    grantType: 'AUTHORIZATION_CODE',
    ...{ clientId: client.clientId, subject: 'alice', scopes: ['read', 'write'] },
    ...more,
  })
const secretOf = (of: Json) => ({ clientId: `${of.clientId}`, clientSecret: of.clientSecret })

/** Each way, with the access token that it ends or changes. */
const ways: Record<string, () => Promise<{ token: string; end: () => Promise<unknown> }>> = {
  'a revocation by the client (RFC 7009)': async () => {
    const { accessToken: token } = await obtainTokens(service, client)
    return {
      token,
      end: () =>
        service.api('/auth/revocation', { parameters: form({ token }), ...secretOf(client) }),
    }
  },
  'the revocation of its refresh token': async () => {
    const { accessToken: token, refreshToken } = await obtainTokens(service, client)
    const parameters = form({ token: refreshToken })
    return {
      token,
      end: () => service.api('/auth/revocation', { parameters, ...secretOf(client) }),
    }
  },
  'its deletion': async () => {
    const { accessToken: token } = await create()
    return {
      token,
      end: () => service.call('DELETE', `/api/${service.serviceId}/auth/token/delete/${token}`),
    }
  },
  'a revocation by the subject': async () => {
    const { accessToken: token } = await create({ subject: 'bob' })
    return { token, end: () => service.api('/auth/token/revoke', { subject: 'bob' }) }
  },
  'an update that binds it to a key': async () => {
    const { accessToken } = await create()
    const dpopKeyThumbprint = createHash('sha256').update('a key').digest('base64url')
    return {
      token: accessToken,
      end: () => service.api('/auth/token/update', { accessToken, dpopKeyThumbprint }),
    }
  },
  'the deletion of granted authorizations': async () => {
    const { accessToken: token } = await create({ subject: 'carol' })
    return {
      token,
      end: () =>
        service.call(
          'DELETE',
          `/api/${service.serviceId}/client/authorization/delete/${client.clientId}/carol`,
        ),
    }
  },
  'a refresh that replaces it': async () => {
    const { accessToken: token, refreshToken } = await obtainTokens(service, client)
    return { token, end: () => refresh(service, client, refreshToken) }
  },
  'a code that is used twice (RFC 6749 §4.1.2)': async () => {
    const code = await obtainCode(service, client)
    const { accessToken: token } = await redeem(service, client, code)
    // A repeated request within a second is no replay.
    service.system.clock.advance(1_001)
    return { token, end: () => redeem(service, client, code) }
  },
  'the end of its session': async () => {
    const { subject, sessionId } = await openSession(service)
    const { accessToken: token } = await obtainTokens(service, client, {}, { subject, sessionId })
    return { token, end: () => service.api('/session/delete', { sessionId }) }
  },
  'the deletion of its client': async () => {
    const other = await service.client()
    const { accessToken: token } = await create({ clientId: other.clientId })
    return {
      token,
      end: () =>
        service.call('DELETE', `/api/${service.serviceId}/client/delete/${other.clientId}`),
    }
  },
  'a new token where there may be one only': async () => {
    const single = await service.client({ singleAccessTokenPerSubject: true })
    const { accessToken: token } = await obtainTokens(service, single)
    return { token, end: () => obtainTokens(service, single) }
  },
}

describe('the log of revocations', () => {
  it.each(Object.entries(ways))('names an access token after %s', async (way, begin) => {
    const { token, end } = await begin()
    const before = await service.api('/auth/introspection', { token })
    expect(before.action).toBe('OK')
    const { tokens } = await recorded(end)
    expect(tokens).toContain(nameOf(token))
    const after = await service.api('/auth/introspection', { token })
    // A replaced token is good for a moment yet, so that a lost answer harms nothing.
    if (way.startsWith('a refresh')) return
    expect(after.action).not.toBe('OK')
  })

  it('names no token that is issued, introspected, or swept after its expiry', async () => {
    const { tokens, clients } = await recorded(async () => {
      const { accessToken } = await create({ accessTokenDuration: 5 })
      await service.api('/auth/introspection', { token: accessToken })
      await obtainTokens(service, client)
      service.system.clock.advance(10_000)
      await service.store.purge(service.system.clock())
      expect((await service.api('/auth/introspection', { token: accessToken })).usable).toBe(false)
    })
    expect({ tokens, clients }).toEqual({ tokens: [], clients: [] })
  })

  it('names a client that is locked by each of its names, and goes on to once it is unlocked', async () => {
    const other = await service.client({ clientIdAlias: 'locked', clientIdAliasEnabled: true })
    const lock = (clientLocked: boolean) =>
      service.api(`/client/lock_flag/update/${other.clientId}`, { clientLocked })
    expect(await recorded(() => lock(true))).toEqual({
      tokens: [],
      clients: [`${other.clientId}`, 'locked'],
    })
    expect(await recorded(() => lock(false))).toEqual({ tokens: [], clients: [] })
    const { clients } = await read()
    expect(clients).toEqual(expect.arrayContaining([`${other.clientId}`, 'locked']))
  })

  it('names a client by an alias that it gives up: tokens with it are still out', async () => {
    const other = await service.client({ clientIdAlias: 'former', clientIdAliasEnabled: true })
    const { clients } = await recorded(() =>
      service.api(`/client/update/${other.clientId}`, {
        ...{ clientType: 'CONFIDENTIAL', redirectUris: [redirectUri] },
        ...{ clientIdAlias: 'present', clientIdAliasEnabled: true },
      }),
    )
    expect(clients).toEqual(['former'])
  })

  it('keeps an entry for two minutes after the token would have expired', async () => {
    const { accessToken } = await create({ accessTokenDuration: 60 })
    const name = nameOf(accessToken)
    await service.api('/auth/token/revoke', { subject: 'alice' })
    const names = async () => {
      await service.store.purge(service.system.clock())
      return (await read()).tokens.map((each: Json) => each.name)
    }
    service.system.clock.advance(170_000)
    expect(await names()).toContain(name)
    service.system.clock.advance(20_000)
    expect(await names()).not.toContain(name)
  })

  it('is complete for tokens of two minutes after its first call, and begins once', async () => {
    const other = await createService(settings, service)
    const { since, tokens, reset, complete } = await read(undefined, other)
    expect(since).toBe(service.system.clock() + 120_000)
    expect({ tokens, reset, complete }).toEqual({ tokens: [], reset: true, complete: true })
    service.system.clock.advance(1_000)
    expect((await read(undefined, other)).since).toBe(since)
  })

  it('has entries of its own service only, and goes with it', async () => {
    const other = await createService(settings, service)
    const theirs = await other.client()
    await read(undefined, other)
    const { tokens } = await recorded(async () => {
      await requestToken(other, theirs, { grant_type: 'client_credentials', scope: 'read' })
      await other.call('DELETE', `/api/${other.serviceId}/client/delete/${theirs.clientId}`)
    })
    expect(tokens).toEqual([])
    expect((await read(undefined, other)).tokens).toHaveLength(1)
    await service.call('DELETE', `/api/service/delete/${other.serviceId}`)
    const { read: rows, tables } = service.engine
    const left = [...(await rows.select().from(tables.revocations))]
    expect(left.filter(({ serviceId }) => serviceId === other.serviceId)).toEqual([])
  })

  it('has pages of 2,000 entries, and tells what comes while they are read', async () => {
    const other = await createService(settings, service)
    await read(undefined, other)
    const { engine, system } = service
    const rows = Array.from({ length: 2_500 }, (_, place) => ({
      ...{ serviceId: other.serviceId, place: 0, expiresAt: system.clock() + 60_000 },
      name: place.toString(16).padStart(16, '0'),
    }))
    const t = engine.tables.revocations
    for (let first = 0; first < rows.length; first += 500) {
      const some = engine.build.insert(t).values(rows.slice(first, first + 500))
      await engine.run(some.returning({ name: t.name }).toSQL())
    }
    const names = new Set<string>()
    const told: unknown[] = []
    let cursor: string | undefined
    for (let page = 0; page < 4; page += 1) {
      const answer = await read(cursor, other)
      for (const { name } of answer.tokens) names.add(name)
      told.push([answer.reset, answer.tokens.length > 0, answer.complete])
      cursor = answer.cursor
      if (page === 0) {
        const theirs = await other.client()
        await requestToken(other, theirs, { grant_type: 'client_credentials', scope: 'read' })
        await other.call('DELETE', `/api/${other.serviceId}/client/delete/${theirs.clientId}`)
      }
    }
    expect(names.size).toBe(2_501)
    expect(told[0]).toEqual([true, true, false])
    expect(told[1]).toEqual([false, true, true])
    expect(told[3]).toEqual([false, expect.anything(), true])
  })

  it('refuses a cursor that is none, and begins again after one of another log', async () => {
    const path = `/api/${service.serviceId}/auth/token/revocations`
    for (const cursor of ['', 'x', Buffer.from('[1,2]').toString('base64url')]) {
      expect((await service.call('POST', path, { cursor })).status).toBe(400)
    }
    const other = await createService(settings, service)
    const theirs = await read(undefined, other)
    service.system.clock.advance(1)
    const cursors = [
      [1, 0, 0, ''],
      [(await read()).since, Number.MAX_SAFE_INTEGER, 0, ''],
    ].map((cursor) => Buffer.from(JSON.stringify(cursor)).toString('base64url'))
    for (const cursor of [theirs.cursor, ...cursors]) {
      expect(await read(cursor)).toMatchObject({ reset: true, complete: true })
    }
  })
})
