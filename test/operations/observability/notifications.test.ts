/** The list of notifications that wait: without their content, and of one service only. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { notificationMilliseconds } from '../../../src/model/notification.ts'
import { createService, issuer, type TestService } from '../../support/flows.ts'

let service: TestService
let other: number
beforeAll(async () => {
  service = await createService()
  other = (await service.post('/api/service/create', { issuer })).apiKey
  const { serviceId, store, system } = service
  const now = system.clock()
  const waiting = (notificationId: string, clientId: number, dueIn: number, of = serviceId) =>
    store.notifications.insert({
      ...{ serviceId: of, notificationId, clientId, dueAt: now + dueIn },
      expiresAt: now + notificationMilliseconds,
      message: {
        kind: clientId === 0 ? 'token-batch' : 'ciba',
        url: 'https://client.example/secret-path',
        token: 'a-bearer-token-of-the-client',
        body: '{"auth_req_id":"one"}',
      },
    })
  await store.commit(
    waiting('late', 7, 9_000),
    waiting('soon', 7, 1_000),
    waiting('batch', 0, 5_000),
    waiting('elsewhere', 7, 1_000, other),
  )
})
afterAll(() => service.close())

const list = (query = '', id = service.serviceId, token?: string) =>
  service.call('GET', `/api/${id}/notifications${query}`, undefined, token ? { token } : {})

describe('list of notifications that wait', () => {
  it('has those of CIBA and of batches, without content, client by client', async () => {
    const { status, body, text } = await list()
    const now = service.system.clock()
    expect(status).toBe(200)
    expect(body).toMatchObject({ resultCode: 'P158902', hasMore: false })
    expect(body.notifications).toEqual([
      {
        ...{ notificationId: 'batch', kind: 'token-batch', attempts: 0 },
        ...{ createdAt: now, nextAttemptAt: now + 5_000 },
        givenUpAt: now + notificationMilliseconds,
      },
      expect.objectContaining({ notificationId: 'soon', kind: 'ciba', clientId: 7 }),
      expect.objectContaining({ notificationId: 'late', kind: 'ciba', clientId: 7 }),
    ])
    expect(text).not.toMatch(/bearer-token|secret-path|auth_req_id/)
  })

  it('tells that there are more, and has no notification of another service', async () => {
    const { body } = await list('?limit=2')
    expect([body.notifications.length, body.hasMore]).toEqual([2, true])
    const { body: elsewhere } = await list('', other)
    expect(elsewhere.notifications).toMatchObject([{ notificationId: 'elsewhere' }])
  })

  it('does not have what is given up already', async () => {
    const { body } = await list()
    expect(body.notifications.length).toBeGreaterThan(0)
    const later = await service.store.notifications.ofService(service.serviceId, {
      now: service.system.clock() + notificationMilliseconds,
      limit: 10,
    })
    expect(later).toEqual([])
  })

  it('requires the right to use the service, and a limit from 1 to 200', async () => {
    const viewer = await service.tokenFor(service.serviceId, ['view_service'])
    expect((await list('', service.serviceId, viewer)).status).toBe(403)
    for (const limit of ['0', '201', 'x']) expect((await list(`?limit=${limit}`)).status).toBe(400)
  })
})
