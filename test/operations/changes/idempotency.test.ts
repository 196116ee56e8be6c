/** Creations that callers repeat with an Idempotency-Key because the first response was lost. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, type TestService } from '../../support/flows.ts'
import type { CallOptions, Json } from '../../support/server.ts'

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())

const at = (path: string) => `/api/${service.serviceId}${path}`
const keyed = (key: string): CallOptions => ({ headers: { 'Idempotency-Key': key } })
const post = (path: string, body: unknown, options?: CallOptions) =>
  service.call('POST', path, body, options)

interface Kind {
  name: string
  path: () => string
  body: (text: string) => Json
  /** How many things there are. */
  count: () => Promise<number>
  id: (made: Json) => unknown
}
const countOf = async (path: string) => (await service.get(path)).totalCount as number
const tokensOf = async (path: string, body: Json) => (await service.post(path, body)).length

const kinds: Kind[] = [
  {
    name: 'client',
    path: () => at('/client/create'),
    body: (clientName) => ({ clientName, clientIdAlias: clientName }),
    count: () => countOf(at('/client/get/list')),
    id: ({ clientId, clientSecret }) => [clientId, clientSecret],
  },
  {
    name: 'service',
    path: () => '/api/service/create',
    body: (serviceName) => ({ serviceName }),
    count: () => countOf('/api/service/get/list'),
    id: ({ apiKey }) => apiKey,
  },
  {
    name: 'service of an organization',
    path: () => '/api/service',
    body: (serviceName) => ({ service: { serviceName } }),
    count: () => countOf('/api/service/get/list'),
    id: ({ apiKey }) => apiKey,
  },
  {
    name: 'API token of a service',
    path: () => '/api/servicetoken/create',
    body: (description) => ({ serviceId: service.serviceId, description }),
    count: async () => {
      const { serviceId } = service
      return tokensOf('/api/servicetoken/all', { serviceId })
    },
    id: ({ tokenId, accessToken }) => [tokenId, accessToken],
  },
  {
    name: 'API token of all services',
    path: () => '/api/organizationtoken/create',
    body: (description) => ({ description }),
    count: () => tokensOf('/api/organizationtoken/all', {}),
    id: ({ tokenId, accessToken }) => [tokenId, accessToken],
  },
]

describe.each(kinds.map((kind) => [kind.name, kind] as const))('creation of a %s', (name, kind) => {
  const create = (text: string, options?: CallOptions) =>
    post(kind.path(), kind.body(text), options)
  const key = (text: string) => keyed(`${name.replaceAll(' ', '-')}-${text}`)

  it('answers a repeated call with the first response, and creates nothing', async () => {
    const first = await create('first', key('a'))
    expect(first.status).toBe(200)
    const before = await kind.count()
    const second = await create('first', key('a'))
    expect([second.status, second.body]).toEqual([200, first.body])
    expect(await kind.count()).toBe(before)
  })

  it('refuses the key with another body', async () => {
    await create('second', key('b'))
    const { status, body } = await create('other', key('b'))
    expect([status, body.resultCode]).toEqual([422, 'P144001'])
  })

  it('creates again without the key, and with another', async () => {
    const made = [await create('third', key('c')), await create('d'), await create('e', key('d'))]
    const ids = new Set(made.map(({ body }) => JSON.stringify(kind.id(body))))
    expect(ids.size).toBe(3)
  })

  it('happens once for concurrent calls with one key', async () => {
    const before = await kind.count()
    const calls = Array.from({ length: 8 }, () => create('many', key('e')))
    const replies = await Promise.all(calls)
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(replies.map(({ body }) => JSON.stringify(kind.id(body)))).size).toBe(1)
    expect(await kind.count()).toBe(before + 1)
  })
})

describe('an Idempotency-Key', () => {
  const create = (options: CallOptions, body: Json = { clientName: 'A' }) =>
    post(at('/client/create'), body, options)

  it('is of one API token: another caller creates something of its own', async () => {
    const { accessToken: token } = await service.post('/api/servicetoken/create', {
      serviceId: service.serviceId,
    })
    const one = await create(keyed('callers'))
    const other = await create({ ...keyed('callers'), token })
    expect(other.body.clientId).not.toBe(one.body.clientId)
    expect((await create({ ...keyed('callers'), token })).body).toEqual(other.body)
  })

  it('is free after a call that was refused', async () => {
    const refused = await create(keyed('refused'), { clientName: 'A', redirectUris: ['no uri'] })
    expect(refused.status).toBe(400)
    expect((await create(keyed('refused'))).status).toBe(200)
  })

  it('is the same whatever the order of the members', async () => {
    const one = await create(keyed('order'), { clientName: 'A', description: 'B' })
    const other = await create(keyed('order'), { description: 'B', clientName: 'A' })
    expect(other.body).toEqual(one.body)
  })

  it('is free after 24 hours', async () => {
    const one = await create(keyed('day'))
    service.system.clock.advance(86_400_000 - 1)
    expect((await create(keyed('day'))).body).toEqual(one.body)
    service.system.clock.advance(1)
    expect((await create(keyed('day'))).body.clientId).not.toBe(one.body.clientId)
  })

  it('is refused if it is empty, too long or not visible', async () => {
    for (const key of ['', 'x'.repeat(256), 'a b', 'ä']) {
      const { status, body } = await create(keyed(key))
      expect([key, status, body.resultCode]).toEqual([key, 400, 'P144002'])
    }
  })

  it('leaves the response sealed at rest', async () => {
    const { body } = await create(keyed('sealed'))
    const table = service.engine.tables.idempotencyKeys
    const rows = JSON.stringify(await service.engine.read.select().from(table))
    expect(rows).not.toContain(body.clientSecret)
  })
})
