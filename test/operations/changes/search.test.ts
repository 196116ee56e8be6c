/** Searches of services and clients, page by page. */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Write } from '../../../src/store/engine.ts'
import { createService, issuer, type TestService } from '../../support/flows.ts'
import type { CallOptions, Json, Reply } from '../../support/server.ts'

let service: TestService
const made: Json[] = []
beforeAll(async () => {
  service = await createService({ serviceName: 'Zz base' })
  for (const [serviceName, host, labels] of [
    ['Acme', 'acme', 'prod eu'],
    ['ACME Staging', 'staging', 'test eu'],
    ['acme  （Tests）', 'tests', 'test'],
    ['Änderung', 'aenderung', ''],
    ['Other', 'acme-other', 'prod'],
    ['50% _off', 'percent', ''],
  ]) {
    const attributes = labels ? [{ key: 'ext.labels', value: labels }] : []
    const settings = { serviceName, issuer: `https://${host}.example`, attributes }
    made.push(await service.post('/api/service/create', settings))
  }
})
afterAll(() => service.close())

const search = (query: Record<string, string | number>, options?: CallOptions) => {
  const text = new URLSearchParams(Object.entries(query).map(([k, v]) => [k, String(v)]))
  return service.call('GET', `/api/services?${text}`, undefined, options)
}
const names = ({ body }: Reply): string[] =>
  body.services.map(({ serviceName }: Json) => serviceName)

/** Follows the links of a list to its end. */
async function pages(path: string): Promise<Json[]> {
  const found: Json[] = []
  for (let next: string | undefined = path; next; ) {
    const reply: Reply = await service.call('GET', next)
    expect(reply.status).toBe(200)
    found.push(reply.body)
    const link = reply.headers.get('link')
    expect(link === null).toBe(reply.body.next === undefined)
    next = link?.match(/^<([^>]+)>; rel="next"$/)?.[1]
  }
  return found
}

describe('search of services', () => {
  it.each([
    ['acme', ['Acme', 'acme  （Tests）', 'ACME Staging', 'Other']],
    ['ACME STAGING', ['ACME Staging']],
    ['acme (tests)', ['acme  （Tests）']],
    ['ÄNDER', ['Änderung']],
    ['https://staging.ex', ['ACME Staging']],
    ['staging', ['ACME Staging']],
    ['cme', []],
    ['50% _', ['50% _off']],
    ['5%', []],
    ['', ['50% _off', 'Acme', 'acme  （Tests）', 'ACME Staging', 'Other', 'Zz base', 'Änderung']],
  ])('finds by the beginning %j of a name or an issuer: %j', async (query, expected) => {
    expect(names(await search({ query }))).toEqual(expected)
  })

  it.each([
    ['cme', ['Acme', 'acme  （Tests）', 'ACME Staging', 'Other']],
    ['acme', ['Acme', 'acme  （Tests）', 'ACME Staging', 'Other']],
    ['stag', ['ACME Staging']],
    ['tests)', ['acme  （Tests）']],
    ['other.ex', ['Other']],
    ['0% _o', ['50% _off']],
    ['5%o', []],
    ['_', ['50% _off']],
    ['nothing like it', []],
  ])('finds what has %j within a name or an issuer: %j', async (query, expected) => {
    expect(names(await search({ query, match: 'substring' }))).toEqual(expected)
    const inPages = await pages(
      `/api/services?${new URLSearchParams({ query, limit: '1', match: 'substring' })}`,
    )
    expect(inPages.flatMap((body) => names({ body } as Reply))).toEqual(expected)
  })

  it('shows what begins with the query before what has it within', async () => {
    const found = names(await search({ query: 'o', match: 'substring' }))
    expect(found[0]).toBe('Other')
    expect(found).toContain('50% _off')
    expect(new Set(found).size).toBe(found.length)
  })

  it('begins again with a cursor of another order, and does not fail', async () => {
    const { body } = await search({ query: 'acme', limit: 1 })
    const reply = await search({ order: '-changed', after: body.next })
    expect(reply.status).toBe(200)
  })

  it('finds a service by its API key first', async () => {
    const { apiKey, serviceName } = made[1]
    expect(names(await search({ query: apiKey }))).toEqual([serviceName])
  })

  it.each([
    [{ label: 'prod' }, ['Acme', 'Other']],
    [{ label: 'test' }, ['acme  （Tests）', 'ACME Staging']],
    [{ label: 'eu', query: 'acme s' }, ['ACME Staging']],
    [{ label: 'prod', query: 'acme-' }, ['Other']],
    [{ label: 'pro' }, []],
  ])('selects by label: %j', async (query, expected) => {
    expect(names(await search(query))).toEqual(expected)
  })

  it('shows summaries with the version that the ETag begins with', async () => {
    const [item] = (await search({ query: 'acme', limit: 1 })).body.services
    const { apiKey, number, createdAt } = made[0]
    expect(item).toEqual({
      ...{ apiKey, number, createdAt, modifiedAt: createdAt, version: 1 },
      ...{ serviceName: 'Acme', issuer: 'https://acme.example', labels: ['prod', 'eu'] },
    })
    const reply = await service.call('GET', `/api/${apiKey}/service/get`)
    expect(reply.headers.get('etag')).toBe('"1"')
  })

  it.each([1, 2, 3, 7])('has each service once in pages of %i (RFC 8288 §3)', async (limit) => {
    const replies = await pages(`/api/services?query=acme&limit=${limit}`)
    const found = replies.flatMap((body) => names({ body } as Reply))
    expect(found).toEqual(['Acme', 'acme  （Tests）', 'ACME Staging', 'Other'])
    expect(replies.every(({ services }) => services.length <= limit)).toBe(true)
  })

  it.each([1, 2, 50])('has the last changed first, in pages of %i', async (limit) => {
    const order = { order: '-changed', query: 'acme', match: 'substring', label: 'eu' }
    const { apiKey } = made[limit % 2]
    service.system.clock.advance(1_000)
    const patch = { headers: { 'Content-Type': 'application/merge-patch+json' } }
    const change = JSON.stringify({ description: `${limit}` })
    await service.call('PATCH', `/api/${apiKey}/service`, change, patch)
    for (const query of [{ order: '-changed' }, order]) {
      const text = new URLSearchParams({ ...query, limit: String(limit) })
      const found = (await pages(`/api/services?${text}`)).flatMap(({ services }) => services)
      expect(found[0].apiKey).toBe(apiKey)
      const times = found.map(({ modifiedAt }: Json) => modifiedAt)
      expect(times).toEqual([...times].sort((one, other) => other - one))
      expect(new Set(found.map((item: Json) => item.apiKey)).size).toBe(found.length)
    }
    expect(names(await search(order)).sort()).toEqual(['ACME Staging', 'Acme'])
  })

  it('follows changes of the service at once', async () => {
    const { apiKey } = await service.post('/api/service/create', { serviceName: 'Before' })
    const headers = { 'Content-Type': 'application/merge-patch+json' }
    const change = {
      serviceName: 'Behind',
      attributes: [{ key: 'ext.labels', value: 'moved' }],
    }
    await service.call('PATCH', `/api/${apiKey}/service`, JSON.stringify(change), { headers })
    expect(names(await search({ query: 'before' }))).toEqual([])
    expect(names(await search({ query: 'behind', label: 'moved' }))).toEqual(['Behind'])
    await service.call('DELETE', `/api/${apiKey}/service/delete`)
    expect(names(await search({ query: 'behind' }))).toEqual([])
  })

  it('contains only the service that the token is limited to', async () => {
    const token = await service.tokenFor(made[0].apiKey, ['view_service'])
    for (const query of [
      {},
      { query: 'acme' },
      { label: 'prod' },
      { query: 'cme', match: 'substring' },
      { order: '-changed' },
      { query: made[0].apiKey },
    ]) {
      expect(names(await search(query, { token }))).toEqual(['Acme'])
    }
    for (const query of [{ query: made[1].apiKey }, { query: 'other' }, { label: 'test' }]) {
      expect(names(await search(query, { token }))).toEqual([])
    }
  })

  it.each([
    [{ after: 'x' }],
    [{ after: Buffer.from('[1,2]').toString('base64url') }],
    [{ after: Buffer.from('[0,"\\u0000",1]').toString('base64url') }],
    [{ limit: 0 }],
    [{ match: 'regex' }],
    [{ order: 'changed' }],
    [{ limit: 201 }],
    [{ label: 'Not a label' }],
    [{ query: 'x'.repeat(1_001) }],
  ])('is refused with %j', async (query) => {
    const reply = await search(query)
    expect([reply.status, reply.body.resultCode.slice(0, 5)]).toEqual([400, 'P0002'])
  })
})

describe('labels', () => {
  it.each(['Upper', 'with,comma', 'ä', 'x'.repeat(49), Array(21).fill('a').join(' ')])(
    '%j are refused when they are saved',
    async (value) => {
      const attributes = [{ key: 'ext.labels', value }]
      for (const path of ['/api/service/create', `/api/${service.serviceId}/client/create`]) {
        const reply = await service.call('POST', path, { attributes })
        expect([reply.status, reply.body.resultCode]).toEqual([400, 'P000206'])
      }
    },
  )
})

describe('search of clients', () => {
  const at = () => `/api/${service.serviceId}/clients`
  const clientNames = (body: Json): string[] =>
    body.clients.map(({ clientName }: Json) => clientName)
  const found = async (query: Record<string, string | number>) => {
    const text = new URLSearchParams(Object.entries(query).map(([k, v]) => [k, String(v)]))
    return (await pages(`${at()}?${text}`)).flatMap(clientNames)
  }
  let shop: Json
  beforeAll(async () => {
    shop = await service.client({
      ...{ clientName: 'Shop', clientIdAlias: 'the-shop' },
      redirectUris: ['https://shop.example/cb', 'https://second.example/cb'],
      attributes: [{ key: 'ext.labels', value: 'retail' }],
    })
    await service.client({ clientName: 'SHOP Admin', redirectUris: ['https://admin.example/cb'] })
    await service.client({ clientName: 'Till', redirectUris: ['https://shop.example/till'] })
    const other = await service.post('/api/service/create', { issuer })
    await service.post(`/api/${other.apiKey}/client/create`, { clientName: 'Shop elsewhere' })
  })

  it.each([
    ['shop', ['Shop', 'SHOP Admin', 'Till']],
    ['the-shop', ['Shop']],
    ['https://shop.example/', ['Shop', 'Till']],
    ['shop.example/till', ['Till']],
    ['second', []],
  ])('finds by alias, or the beginning of a name or redirect URI: %j', async (query, expected) => {
    expect(await found({ query })).toEqual(expected)
    expect(await found({ query, limit: 1 })).toEqual(expected)
  })

  it('finds what has the query within a name or a redirect URI', async () => {
    expect(await found({ query: 'hop', match: 'substring' })).toEqual([
      'Shop',
      'SHOP Admin',
      'Till',
    ])
    expect(await found({ query: 'hop', match: 'substring', limit: 1 })).toHaveLength(3)
    expect(await found({ query: 'hop', match: 'substring', label: 'retail' })).toEqual(['Shop'])
  })

  it('selects by type, application, source, authentication method and lock', async () => {
    await service.client({
      ...{ clientName: 'Native', clientType: 'PUBLIC', applicationType: 'NATIVE' },
      tokenAuthMethod: 'NONE',
    })
    const { clientId } = await service.client({ clientName: 'Shut', tokenAuthMethod: 'NONE' })
    await service.api(`/client/lock_flag/update/${clientId}`, { clientLocked: true })
    expect(await found({ applicationType: 'NATIVE' })).toEqual(['Native'])
    expect(await found({ tokenAuthMethod: 'NONE', limit: 1 })).toEqual(['Native', 'Shut'])
    expect(await found({ tokenAuthMethod: 'NONE', locked: 'false' })).toEqual(['Native'])
    expect(await found({ locked: 'true' })).toEqual(['Shut'])
    expect(await found({ locked: 'true', query: 'hu' })).toEqual([])
    expect(await found({ locked: 'true', query: 'hu', match: 'substring' })).toEqual(['Shut'])
    expect(await found({ clientSource: 'DYNAMIC_REGISTRATION' })).toEqual([])
    const all = await found({ clientSource: 'STATIC_REGISTRATION' })
    expect(all).toEqual(await found({}))
    await service.api(`/client/lock_flag/update/${clientId}`, { clientLocked: false })
    expect(await found({ locked: 'true' })).toEqual([])
  })

  it('selects clients that were not used since a time', async () => {
    const { serviceId, system, store } = service
    const now = system.clock()
    store.clientUses.note(serviceId, shop.clientId, now)
    await store.clientUses.flush(now)
    const all = await found({})
    const unused = await found({ unusedSince: now - 1 })
    expect(unused).toEqual(all.filter((name) => name !== 'Shop'))
    expect(await found({ unusedSince: now + 1 })).toEqual(all)
  })

  it('refuses filters that are none', async () => {
    for (const query of ['clientType=x', 'locked=maybe', 'unusedSince=x', 'tokenAuthMethod=']) {
      const { status, body } = await service.call('GET', `${at()}?${query}`)
      expect([status, body.resultCode.slice(0, 5)]).toEqual([400, 'P0002'])
    }
  })

  it('finds a client by its number first, and selects by label', async () => {
    expect(await found({ query: shop.clientId })).toEqual(['Shop'])
    expect(await found({ label: 'retail' })).toEqual(['Shop'])
    expect(await found({ label: 'retail', query: 'till' })).toEqual([])
  })

  it('shows summaries without secrets, with the lock and the last use', async () => {
    const { serviceId, system, store } = service
    await service.api(`/client/lock_flag/update/${shop.clientId}`, { clientLocked: true })
    store.clientUses.note(serviceId, shop.clientId, system.clock())
    await store.clientUses.flush(system.clock())
    const { clients } = await service.get(`${at()}?query=the-shop`)
    expect(clients).toEqual([
      {
        ...{ clientId: shop.clientId, number: shop.number, clientIdAlias: 'the-shop' },
        ...{ clientName: 'Shop', clientType: shop.clientType, locked: true, labels: ['retail'] },
        ...{ clientSource: 'STATIC_REGISTRATION', createdAt: shop.createdAt, version: 2 },
        ...{ modifiedAt: expect.any(Number), lastUsedAt: expect.any(Number) },
      },
    ])
  })

  it('is 403 for a token of one client or of another service', async () => {
    const ofOne = await service.tokenFor(service.serviceId, ['view_client'], shop.clientId)
    const ofOther = await service.tokenFor(made[0].apiKey, ['view_client'])
    for (const token of [ofOne, ofOther]) {
      expect((await service.call('GET', at(), undefined, { token })).status).toBe(403)
    }
  })
})

describe('search of many services', () => {
  const count = inject('dialect') === 'sqlite' ? 12_000 : 11_000

  it('looks at a limited number of entries for a label, and continues', async () => {
    const { store } = service
    const template = { secrets: {}, createdAt: 1, modifiedAt: 1 }
    const writes: Write[] = Array.from({ length: count }, (_, at) => {
      const isRare = at === count - 1
      const value = isRare ? 'many rare' : 'many'
      const data = {
        serviceName: `Bulk ${String(at).padStart(6, '0')}`,
        issuer: `https://bulk-${at}.example`,
        attributes: [{ key: 'ext.labels', value }],
      }
      return store.services.insert({
        serviceId: 5_000_000 + at,
        number: 5_000 + at,
        data,
        ...template,
      })
    })
    for (let at = 0; at < count; at += 2_000) await store.commit(...writes.slice(at, at + 2_000))
    const replies = await pages('/api/services?label=rare')
    expect(replies.length).toBeGreaterThan(1)
    expect(replies.flatMap((body) => names({ body } as Reply))).toHaveLength(1)
    const first = await service.get('/api/services?label=many&limit=3')
    expect(names({ body: first } as Reply)).toEqual(['Bulk 000000', 'Bulk 000001', 'Bulk 000002'])
    const exact = await service.get('/api/services?query=bulk-11.ex')
    expect(names({ body: exact } as Reply)).toEqual(['Bulk 000011'])
  })

  it('compares all names in one page, and continues where one page does not suffice', async () => {
    const last = `k ${String(count - 1).padStart(6, '0')}`
    const reply = await search({ query: last, match: 'substring' })
    expect(names(reply)).toEqual([`Bulk ${last.slice(2)}`])
    expect(reply.body.next).toBeUndefined()
    const newest = await pages('/api/services?order=-changed&query=bulk&limit=200')
    expect(newest.flatMap((body) => names({ body } as Reply))).toHaveLength(count)
  }, 60_000)

  it('reads no documents and no secrets', async () => {
    const { engine, store } = service
    const broken = { sealed: 'v1.broken', data: { serviceName: 5 } as Record<string, unknown> }
    const { services } = engine.tables
    await engine.commit(
      engine.build
        .update(services)
        .set(broken)
        .where(sql`number between 5000 and 5150`)
        .returning()
        .toSQL(),
    )
    const { body, status } = await search({ query: 'bulk 0000', limit: 100 })
    expect([status, body.services.length]).toEqual([200, 100])
    expect(body.services[0]).toMatchObject({ serviceName: 'Bulk 000000', labels: ['many'] })
    await expect(store.services.find(5_000_000)).rejects.toThrow()
  })
})
