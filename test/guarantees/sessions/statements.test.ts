/** What sessions cost: nothing where they are not kept, and a fixed number of statements otherwise. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '../../../src/store/engine.ts'
import { assemble } from '../../../src/store/open.ts'
import {
  authorize,
  createService,
  form,
  obtainTokens,
  redeem,
  refresh,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { loggedOutUri, openSession, withSessions } from '../../support/sessions.ts'
import { openTestStore, sealer, type TestStore } from '../../support/stores.ts'

/** Statements of one call: those that read, and those of its commits. */
interface Cost {
  reads: number
  writes: number
  commits: number
}

function counted(engine: Engine) {
  let cost: Cost = { ...none }
  const { read } = engine
  return {
    engine: {
      ...engine,
      // A read that is kept says so; another one is built each time.
      beforeRead() {
        cost.reads += 1
        engine.beforeRead?.()
      },
      read: new Proxy(read, {
        get(of, name) {
          if (name === 'select' || name === 'selectDistinct') cost.reads += 1
          const value = of[name as 'select']
          return typeof value === 'function' ? value.bind(of) : value
        },
      }),
      commit(...writes: Parameters<Engine['commit']>) {
        cost.writes += writes.length
        cost.commits += writes.length > 0 ? 1 : 0
        return engine.commit(...writes)
      },
      run(write: Parameters<Engine['run']>[0]) {
        cost.writes += 1
        cost.commits += 1
        return engine.run(write)
      },
    } as Engine,
    start() {
      cost = { ...none }
    },
    cost: (): Cost => ({ ...cost }),
  }
}

const none: Cost = { reads: 0, writes: 0, commits: 0 }

let opened: TestStore
let service: TestService
let client: Json
let count: ReturnType<typeof counted>
beforeAll(async () => {
  opened = await openTestStore()
  count = counted(opened.engine)
  const store = assemble(count.engine, sealer)
  service = await createService({}, { on: { ...opened, store, engine: count.engine } })
  client = await service.client({
    grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'CLIENT_CREDENTIALS'],
  })
})
afterAll(() => opened.close())

async function costOf<T>(call: () => Promise<T>): Promise<[T, Cost]> {
  count.start()
  const answer = await call()
  return [answer, count.cost()]
}

/** What every call of a code flow costs, in its order. */
async function flow(issue: Json, more: Record<string, string> = {}) {
  const [{ ticket }, authorization] = await costOf(() => authorize(service, client, more))
  const [issued, issuing] = await costOf(() =>
    service.api('/auth/authorization/issue', { ticket, subject: 'alice', ...issue }),
  )
  const code = issued.authorizationCode
  const [tokens, redeeming] = await costOf(() => redeem(service, client, code))
  const [next, refreshing] = await costOf(() => refresh(service, client, tokens.refreshToken))
  const token = next.accessToken
  const [looked, introspecting] = await costOf(() => service.api('/auth/introspection', { token }))
  expect(looked.action).toBe('OK')
  const [, userInfo] = await costOf(() => service.api('/auth/userinfo/issue', { token }))
  const [, revoking] = await costOf(() =>
    service.api('/auth/revocation', {
      parameters: form({ token: next.refreshToken }),
      clientId: String(client.clientId),
      clientSecret: client.clientSecret,
    }),
  )
  return { authorization, issuing, redeeming, refreshing, introspecting, userInfo, revoking }
}

const warm = async (issue: Json, more: Record<string, string> = {}) => {
  await flow(issue, more)
  return flow(issue, more)
}

/** As it is where no sessions are kept: the caller, the service and the client are known. */
const before: Record<string, Cost> = {
  authorization: { reads: 0, writes: 1, commits: 1 },
  issuing: { reads: 1, writes: 3, commits: 1 },
  redeeming: { reads: 1, writes: 3, commits: 1 },
  refreshing: { reads: 1, writes: 4, commits: 1 },
  introspecting: { reads: 2, writes: 0, commits: 0 },
  userInfo: { reads: 0, writes: 0, commits: 0 },
  revoking: { reads: 2, writes: 2, commits: 1 },
}
const offline = { scope: 'openid offline_access', prompt: 'consent' }

describe('client credentials request', () => {
  it('reads nothing if its caller, its service and its client are known, and writes its token', async () => {
    const request = () =>
      requestToken(service, client, { grant_type: 'client_credentials', scope: 'profile' })
    // The first reads the documents, the second their versions.
    await request()
    await request()
    const [answer, cost] = await costOf(request)
    expect(answer.action).toBe('OK')
    expect(cost).toEqual({ reads: 0, writes: 1, commits: 1 })
  })
})

describe('flow of a service that keeps no sessions', () => {
  it.each([
    ['without sessionId', {}, {}],
    ['with sessionId', { sessionId: 'a-label' }, {}],
    ['with sessionId and offline_access', { sessionId: 'a-label' }, offline],
  ])('%s has exactly the statements that it had before', async (_kind, issue, more) => {
    expect(await warm(issue, more)).toEqual(before)
  })
})

describe('service that keeps sessions', () => {
  beforeAll(() => service.configure(withSessions()))

  it.each([
    ['a flow', {}],
    ['a flow with offline_access', offline],
  ])('adds two writes to %s, and no commit and no read', async (_kind, more) => {
    const { sessionId } = await openSession(service, { subject: 'alice' })
    const { issuing = none, ...others } = before
    expect(await warm({ sessionId }, more)).toEqual({
      ...others,
      issuing: { ...issuing, writes: issuing.writes + 2 },
    })
    expect(await warm({})).toEqual(before)
  })

  it('adds one write to a refresh that is bound to the session', async () => {
    await service.configure(withSessions({ 'ext.session.refresh': 'bound' }))
    const { sessionId } = await openSession(service, { subject: 'alice' })
    const { refreshing } = await warm({ sessionId })
    expect(refreshing).toEqual({ reads: 1, writes: 5, commits: 1 })
    await service.configure(withSessions())
  })

  it('looks up a session by one read, and writes a use of it once a minute', async () => {
    const { sessionId } = await openSession(service)
    const get = () => service.api('/session/get', { sessionId, touch: true })
    const unknown = () => service.api('/session/get', { sessionId: 'unknown' })
    await get()
    const [, { reads }] = await costOf(unknown)
    expect((await costOf(get))[1]).toEqual({ reads, writes: 0, commits: 0 })
    service.system.clock.advance(60_000)
    expect((await costOf(get))[1]).toMatchObject({ writes: 1, commits: 1 })
    expect((await costOf(get))[1]).toEqual({ reads, writes: 0, commits: 0 })
    expect(reads).toBe(1)
  })

  it('ends a session by one commit, however many clients take part', async () => {
    // No answer: what becomes of the deliveries is written later.
    service.system.fetch.answer(loggedOutUri, () => new Promise<never>(() => {}))
    const costs: Cost[] = []
    for (const clients of [0, 1, 12]) {
      const session = await openSession(service)
      for (let made = 0; made < clients; made += 1) {
        const participant = await service.client({ backchannelLogoutUri: loggedOutUri })
        await obtainTokens(service, participant, {}, session)
      }
      const { sessionId } = session
      const [ended, cost] = await costOf(() => service.api('/session/delete', { sessionId }))
      expect(ended.deliveries.length).toBe(clients)
      costs.push(cost)
    }
    // One of them is the audit record.
    expect(costs.map(({ writes, commits }) => [writes, commits])).toEqual([
      [12, 1],
      [12, 1],
      [12, 1],
    ])
  })
})
