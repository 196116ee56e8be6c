/** Usage of services: what is counted, when it is stored, and who sees it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { assemble } from '../../../src/store/open.ts'
import { createServer, type Json, type TestServer } from '../../support/server.ts'
import { sealer } from '../../support/stores.ts'

let server: TestServer
beforeEach(async () => {
  server = await createServer()
})
afterEach(() => server.close())

const day = 86_400_000
const dateOf = (time: number) => new Date(time).toISOString().slice(0, 10)
const today = () => dateOf(server.system.clock())

async function tenant(name: string) {
  const { apiKey } = await server.post('/api/service/create', { serviceName: name })
  const path = (tail: string) => `/api/${apiKey}${tail}`
  const client = await server.post(path('/client/create'), {
    clientType: 'CONFIDENTIAL',
    grantTypes: ['CLIENT_CREDENTIALS'],
  })
  const ask = (parameters: string) =>
    server.call('POST', path('/auth/token'), {
      parameters,
      clientId: String(client.clientId),
      clientSecret: client.clientSecret,
    })
  const token = () => ask('grant_type=client_credentials')
  const usage = (query = ''): Promise<Json> => server.get(path(`/usage${query}`))
  return { apiKey: Number(apiKey), path, ask, token, usage }
}

describe('usage of a service', () => {
  it('has calls by tag, access tokens by grant type, and refusals by result code', async () => {
    const { ask, token, usage, path } = await tenant('counted')
    for (let call = 0; call < 3; call++) await token()
    const { body } = await ask('grant_type=unknown')
    const unknown = await server.post(path('/auth/introspection'), { token: 'unknown' })
    await server.store.usage.flush()
    expect(await usage()).toEqual({
      resultCode: 'P166901',
      resultMessage: expect.any(String),
      from: dateOf(server.system.clock() - 29 * day),
      to: today(),
      days: [
        {
          day: today(),
          calls: 6,
          tokens: 3,
          refusals: 2,
          activeClients: 1,
          activeSubjects: 0,
          callsByTag: {
            'Client Management': 1,
            'Introspection Endpoint': 1,
            'Token Endpoint': 4,
          },
          tokensByGrantType: { CLIENT_CREDENTIALS: 3 },
        },
      ],
      refusals: [body, unknown].map(({ resultCode }) => ({ code: resultCode, count: 1 })),
    })
  })

  it('adds up what was stored before', async () => {
    const { token, usage } = await tenant('added')
    await token()
    await server.store.usage.flush()
    await token()
    await token()
    await server.store.usage.flush()
    await server.store.usage.flush()
    const [first] = (await usage()).days
    expect(first).toMatchObject({ tokens: 3, callsByTag: { 'Token Endpoint': 3 } })
  })

  it('belongs to the day of the call in UTC, also if it is stored on the next', async () => {
    const { token, usage } = await tenant('midnight')
    const midnight = Date.parse(today()) + day
    server.system.clock.advance(midnight - server.system.clock() - 1)
    const before = today()
    await token()
    server.system.clock.advance(1)
    await token()
    await token()
    await server.store.usage.flush()
    const { days } = await usage(`?from=${before}&to=${today()}`)
    expect(days.map((each: Json) => [each.day, each.tokens])).toEqual([
      [before, 1],
      [today(), 2],
    ])
    expect((await usage(`?from=${today()}`)).days).toHaveLength(1)
  })

  it('does not have what another service uses', async () => {
    const [one, other] = [await tenant('one'), await tenant('other')]
    await one.token()
    await server.store.usage.flush()
    expect((await other.usage()).days[0]).toMatchObject({ tokens: 0, tokensByGrantType: {} })
  })

  it('ends with the service, and is not stored for one that was deleted', async () => {
    const { apiKey, token, path } = await tenant('deleted')
    await token()
    await server.store.usage.flush()
    await token()
    expect((await server.call('DELETE', path('/service/delete'))).status).toBe(204)
    await server.store.usage.flush()
    const t = server.engine.tables.usage
    const rows = await server.engine.read.select({ serviceId: t.serviceId }).from(t)
    expect(rows.filter((row) => row.serviceId === apiKey)).toEqual([])
  })

  it('is kept for as many days as the operator wants', async () => {
    const { token, usage } = await tenant('kept')
    await token()
    await server.store.usage.flush()
    const first = today()
    const keep = () => server.store.purge(server.system.clock(), 100, { usageDays: 2 })
    server.system.clock.advance(day)
    await keep()
    expect((await usage(`?from=${first}`)).days).toHaveLength(1)
    server.system.clock.advance(day)
    await keep()
    expect((await usage(`?from=${first}&to=${first}`)).days).toEqual([])
  })

  it.each([
    ['?from=2026-02-30', 'from'],
    ['?from=yesterday', 'from'],
    ['?from=2026-01-02&to=2026-01-01', 'from'],
    ['?from=2026-01-01&to=2026-04-11', 'from'],
  ])('cannot be of the days %s', async (query, named) => {
    const { path } = await tenant('days')
    const { status, body } = await server.call('GET', path(`/usage${query}`))
    expect([status, body.resultCode]).toEqual([400, 'P000206'])
    expect(body.resultMessage).toContain(named)
  })
})

describe('active clients and users of a service', () => {
  async function issuing(name: string) {
    const { path, usage, apiKey } = await tenant(name)
    const client = () => server.post(path('/client/create'), { clientType: 'CONFIDENTIAL' })
    const issue = (clientId: number, subject: string) =>
      server.post(path('/auth/token/create'), {
        grantType: 'AUTHORIZATION_CODE',
        clientId,
        subject,
      })
    const active = async (query = '') => {
      await server.store.usage.flush()
      const { days } = await usage(query)
      return days.map((each: Json) => [each.activeClients, each.activeSubjects])
    }
    return { client, issue, active, apiKey, path }
  }

  it('are those that access tokens were issued for, each counted once', async () => {
    const { client, issue, active } = await issuing('active')
    const [one, other] = [await client(), await client()]
    for (const subject of ['ann', 'bob', 'ann']) await issue(one.clientId, subject)
    await issue(other.clientId, 'ann')
    expect(await active()).toEqual([[2, 2]])
    await issue(one.clientId, 'cem')
    expect(await active()).toEqual([[2, 3]])
  })

  it('are counted by day', async () => {
    const { client, issue, active } = await issuing('by day')
    const { clientId } = await client()
    await issue(clientId, 'ann')
    await issue(clientId, 'bob')
    const first = today()
    server.system.clock.advance(day)
    await issue(clientId, 'ann')
    expect(await active(`?from=${first}`)).toEqual([
      [1, 2],
      [1, 1],
    ])
  })

  it('are merged by processes that store at once', async () => {
    const { apiKey, client, issue, active } = await issuing('processes')
    const { clientId } = await client()
    await issue(clientId, 'ann')
    const others = Array.from({ length: 4 }, () => assemble(server.engine, sealer))
    for (const [place, other] of others.entries()) {
      other.usage.call(apiKey, 'Token Endpoint', server.system.clock())
      for (const subject of ['ann', `user ${place}`]) {
        const issued = { serviceId: apiKey, kind: 'access_token', clientId, subject } as const
        other.usage.token({ ...issued, grantType: 'AUTHORIZATION_CODE' })
      }
    }
    await Promise.all([...others, server.store].map(({ usage }) => usage.flush()))
    expect(await active()).toEqual([[1, 5]])
  })

  it('are counted with a key of the service, so that two services share nothing', async () => {
    const [one, other] = [await issuing('one'), await issuing('other')]
    for (const { client, issue } of [one, other]) await issue((await client()).clientId, 'ann')
    await server.store.usage.flush()
    const t = server.engine.tables.usageSketches
    const rows = await server.engine.read.select().from(t)
    const ofUsers = rows.filter(
      ({ kind, serviceId }) => kind === 'subject' && [one.apiKey, other.apiKey].includes(serviceId),
    )
    expect(ofUsers).toHaveLength(2)
    expect(ofUsers[0]?.registers).not.toBe(ofUsers[1]?.registers)
  })

  it('end with the service, and are kept as long as the rest of its usage', async () => {
    const { client, issue, active, apiKey, path } = await issuing('ended')
    const { clientId } = await client()
    await issue(clientId, 'ann')
    const first = today()
    expect(await active()).toEqual([[1, 1]])
    server.system.clock.advance(3 * day)
    await server.store.purge(server.system.clock(), 100, { usageDays: 2 })
    // The call that asked before is stored since.
    expect(await active(`?from=${first}&to=${first}`)).toEqual([[0, 0]])
    await issue(clientId, 'bob')
    await server.call('DELETE', path('/service/delete'))
    await server.store.usage.flush()
    const t = server.engine.tables.usageSketches
    const rows = await server.engine.read.select({ serviceId: t.serviceId }).from(t)
    expect(rows.filter((row) => row.serviceId === apiKey)).toEqual([])
  })
})

describe('usage of all services', () => {
  it('lists those with most of a day first', async () => {
    const [few, many] = [await tenant('few'), await tenant('many')]
    await few.token()
    await few.ask('grant_type=unknown')
    for (let call = 0; call < 4; call++) await many.token()
    await server.store.usage.flush()
    const list = async (query = '') => (await server.get(`/api/usage${query}`)).services
    const ofMany = { apiKey: many.apiKey, calls: 5, tokens: 4, refusals: 0 }
    const ofFew = { apiKey: few.apiKey, calls: 3, tokens: 1, refusals: 1 }
    expect(await list()).toEqual([ofMany, ofFew])
    expect(await list('?order=refusals')).toEqual([ofFew])
    expect(await list('?order=tokens&limit=1')).toEqual([ofMany])
    expect(await list('?day=2020-01-01')).toEqual([])
  })

  it('is refused to a caller of one service', async () => {
    const { apiKey } = await tenant('curious')
    const token = await server.tokenFor(apiKey, ['admin'])
    const { status, body } = await server.call('GET', '/api/usage', undefined, { token })
    expect([status, body.resultCode]).toEqual([403, 'P000104'])
  })
})
