/** Token batches of the caller: atomic creation, notification and status. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deliverDue } from '../../src/process/outbox.ts'
import { createService, type TestService } from '../support/flows.ts'
import type { Json } from '../support/server.ts'

const endpoint = 'https://caller.example.com/batches'
const settings = { tokenBatchNotificationEndpoint: endpoint }

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService(settings)
  client = await service.client()
})
afterAll(() => service.close())

let made = 0
const token = (more: Record<string, unknown> = {}) => {
  made += 1
  return {
    grantType: 'AUTHORIZATION_CODE',
    clientId: client.clientId,
    subject: 'alice',
    scopes: ['read'],
    accessToken: `access-${made}`,
    refreshToken: `refresh-${made}`,
    ...more,
  }
}

const path = (rest = '') => `/api/${service.serviceId}/auth/token/create/batch${rest}`
const create = (tokens: unknown, query = '') => service.call('POST', path(query), tokens)
const statusOf = async (requestId: string): Promise<Json> =>
  (await service.get(path(`/status/${requestId}`))).status

/** The status of an accepted batch. */
async function outcomeOf(tokens: unknown, query = ''): Promise<Json> {
  const { status, body } = await create(tokens, query)
  expect(status).toBe(200)
  expect(body.resultCode).toBe('P019391')
  return statusOf(body.requestId)
}

const isGood = async (accessToken: string) =>
  (await service.api('/auth/introspection', { token: accessToken })).action === 'OK'

const told = () =>
  service.system.fetch.asked
    .filter(({ url }) => url === endpoint)
    .map(({ options }) => ({ ...options, body: JSON.parse(options.body ?? '{}') }))

describe('token batch', () => {
  it('creates every token with the chosen values and properties', async () => {
    const tokens = [token(), token({ accessToken: undefined }), token({ subject: 'bob' })]
    const { body } = await create(tokens)
    const now = service.system.clock()
    expect(await service.get(path(`/status/${body.requestId}`))).toEqual({
      resultCode: 'P019392',
      resultMessage: '[P019392] The batch is known.',
      status: {
        batchKind: 'CREATE',
        requestId: body.requestId,
        result: 'SUCCEEDED',
        tokenCount: 3,
        createdAt: now,
        modifiedAt: now,
      },
    })
    const third = tokens[2]?.accessToken
    expect(await service.api('/auth/introspection', { token: third })).toMatchObject({
      action: 'OK',
      subject: 'bob',
      clientId: client.clientId,
      scopes: ['read'],
      refreshable: true,
    })
  })

  it('notifies the caller of its result, success or failure', async () => {
    service.system.fetch.answer(endpoint, { status: 204 })
    await deliverDue(service.store, service.system)
    const before = told().length
    const good = await outcomeOf([token()])
    const bad = await outcomeOf([token({ scopes: ['unknown'] })])
    await deliverDue(service.store, service.system)
    const [first, second] = told()
      .slice(before)
      .sort((a, b) => b.body.result.localeCompare(a.body.result))
    expect(first).toMatchObject({ purpose: 'batch notification', method: 'POST', body: good })
    expect(first?.headers).toEqual({ 'content-type': 'application/json' })
    expect(second).toMatchObject({ body: bad })
  })

  it('creates no token if one is refused, and describes the refused tokens', async () => {
    const good = token()
    const status = await outcomeOf([
      good,
      token({ scopes: ['unknown'] }),
      token({ clientId: 1 }),
      token({ subject: undefined }),
    ])
    expect(status).toMatchObject({ result: 'FAILED', tokenCount: 0, errorCode: 'P046004' })
    expect(status.errorDescription.split('\n')).toEqual([
      expect.stringMatching(/^Token 1: \[P046004\]/),
      expect.stringMatching(/^Token 2: \[P046002\]/),
      expect.stringMatching(/^Token 3: \[P046003\]/),
    ])
    expect(await isGood(good.accessToken)).toBe(false)
  })

  it('describes at most 20 refused tokens', async () => {
    const status = await outcomeOf(Array.from({ length: 30 }, () => token({ clientId: 1 })))
    const lines: string[] = status.errorDescription.split('\n')
    expect([lines.length, lines.at(-1)]).toEqual([21, 'And 10 more.'])
  })

  it('is refused if a token value is taken, in the database or in the batch', async () => {
    const first = token()
    await outcomeOf([first])
    const { accessToken, refreshToken } = first
    const cases: [string, RegExp, Json[]][] = [
      ['P014002', /^Token 1: /, [token(), token({ accessToken })]],
      ['P014002', /^Token 1: /, [token({ accessToken: 'twin' }), token({ accessToken: 'twin' })]],
      ['P046005', /^Token 0: /, [token({ refreshToken })]],
      ['P046005', /^Token 1: /, [token({ refreshToken: 'b' }), token({ refreshToken: 'b' })]],
    ]
    for (const [errorCode, errorDescription, tokens] of cases) {
      const status = await outcomeOf(tokens)
      expect(status).toMatchObject({ result: 'FAILED', tokenCount: 0, errorCode })
      expect(status.errorDescription).toMatch(errorDescription)
    }
    expect(await isGood('twin')).toBe(false)
  })

  it('succeeds once of ten concurrent batches with the same values', async () => {
    const tokens = [token(), token()]
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => outcomeOf(tokens)))
    const results = outcomes.map(({ result }) => result)
    expect(results.filter((result) => result === 'SUCCEEDED')).toHaveLength(1)
    const same = [token({ accessToken: undefined })]
    const others = await Promise.all(Array.from({ length: 10 }, () => outcomeOf(same)))
    expect(others.filter(({ result }) => result === 'SUCCEEDED')).toHaveLength(1)
    expect(others.filter(({ errorCode }) => errorCode === 'P046005')).toHaveLength(9)
  })

  it('creates and notifies nothing in a dry run, and returns the result', async () => {
    const told = () => service.system.fetch.asked.length
    await deliverDue(service.store, service.system)
    const before = told()
    const [first, second] = [token(), token()]
    expect(await outcomeOf([first, second], '?dryRun=true')).toMatchObject({
      result: 'SUCCEEDED',
      tokenCount: 2,
    })
    expect(await isGood(first.accessToken)).toBe(false)
    const twins = [first, { ...second, accessToken: first.accessToken }]
    expect(await outcomeOf(twins, '?dryRun=true')).toMatchObject({ errorCode: 'P014002' })
    await deliverDue(service.store, service.system)
    expect(told()).toBe(before)
    expect(await outcomeOf([first, second], '?dryRun=false')).toMatchObject({ tokenCount: 2 })
    expect(await isGood(first.accessToken)).toBe(true)
  })

  it('must have 1 to 1,000 valid tokens', async () => {
    for (const tokens of [[], {}, [1], [token({ grantType: 'MAGIC' })], [token({ subject: 7 })]]) {
      const { status, body } = await create(tokens)
      expect([status, body.resultCode]).toEqual([400, 'P000206'])
    }
    const many = Array.from({ length: 1_001 }, () => ({ grantType: 'CLIENT_CREDENTIALS' }))
    expect((await create(many)).body.resultCode).toBe('P000206')
    expect((await create([token()], '?dryRun=maybe')).status).toBe(400)
    const { clientId } = client
    const credentials = { grantType: 'CLIENT_CREDENTIALS', clientId }
    const largest = Array.from({ length: 1_000 }, () => credentials)
    expect(await outcomeOf(largest)).toMatchObject({ result: 'SUCCEEDED', tokenCount: 1_000 })
  })
})

describe('status of a token batch', () => {
  it('is available for a week, to its service only', async () => {
    const { body } = await create([token()])
    const other = await service.post('/api/service/create', { issuer: 'https://b.example.com' })
    const rest = `/auth/token/create/batch/status/${body.requestId}`
    const foreign = await service.call('GET', `/api/${other.apiKey}${rest}`)
    expect([foreign.status, foreign.body.resultCode]).toEqual([404, 'P019350'])
    service.system.clock.advance(7 * 86_400_000 - 1)
    expect(await statusOf(body.requestId)).toMatchObject({ result: 'SUCCEEDED' })
    service.system.clock.advance(1)
    expect((await service.call('GET', path(`/status/${body.requestId}`))).status).toBe(404)
    expect((await service.call('GET', path('/status/none'))).body.resultCode).toBe('P019350')
  })
})
