/** The token inventory: search, order and cursor of `/auth/token/get/list`, and refresh tokens. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inventoryLimit } from '../../../src/store/tokens/token-inventory.ts'
import { accessTokenRow } from '../../store/rows.ts'
import { createService, obtainTokens, refresh, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())

type Query = Record<string, string | number | boolean | undefined>

function reply(query: Query) {
  const members = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  )
  const path = `/api/${service.serviceId}/auth/token/get/list?${new URLSearchParams(members)}`
  return service.call('GET', path)
}
const list = async (query: Query): Promise<Json> => (await reply(query)).body

const create = (client: Json, more: Json = {}): Promise<Json> =>
  service.api('/auth/token/create', {
    ...{ grantType: 'AUTHORIZATION_CODE', clientId: client.clientId, subject: 'alice' },
    ...more,
  })

const agents = (found: Json): string[] =>
  [...(found.accessTokens ?? []), ...(found.refreshTokens ?? [])].map(
    ({ userAgent }: Json) => userAgent,
  )

/** All pages of a list by its cursors. */
async function walk(query: Query): Promise<Json[]> {
  const pages: Json[] = []
  for (let cursor: string | undefined; pages.length < 50; ) {
    const page = await list({ ...query, cursor })
    pages.push(page)
    cursor = page.nextCursor
    if (cursor === undefined) return pages
  }
  throw new Error('The cursors do not end.')
}

describe('list of refresh tokens', () => {
  it('has the members that a page of devices shows', async () => {
    const client = await service.client({ clientName: 'Reader' })
    const issuedAt = service.system.clock()
    const device = { clientIp: '192.0.2.7', userAgent: 'Phone/1.0' }
    const tokens = await obtainTokens(service, client, {}, { ...device, subject: 'ruth' })
    service.system.clock.advance(3_000)
    const kept = await refresh(service, client, tokens.refreshToken)
    await refresh(service, client, kept.refreshToken)
    const found = await list({ kind: 'refresh_token', subject: 'ruth' })
    expect(found).toMatchObject({ start: 0, end: 5, totalCount: 1, subject: 'ruth' })
    expect(found).not.toHaveProperty('accessTokens')
    expect(found).not.toHaveProperty('nextCursor')
    expect(found.refreshTokens).toEqual([
      {
        refreshTokenHash: expect.stringMatching(/^[\w-]{43}$/),
        issuedAt,
        expiresAt: expect.any(Number),
        lastSeenAt: issuedAt + 3_000,
        lastRefreshedAt: issuedAt + 3_000,
        clientId: client.clientId,
        clientName: 'Reader',
        subject: 'ruth',
        grantType: 'AUTHORIZATION_CODE',
        authorizationType: 'code',
        scopes: ['openid', 'profile'],
        properties: [],
        issuedFor: '192.0.2.7',
        userAgent: 'Phone/1.0',
        enabled: true,
        rollingExpiration: true,
      },
    ])
  })

  it('shows whether expiry is put off, and whether the token has expired', async () => {
    const client = await service.client()
    await create(client, { subject: 'rolf', refreshTokenDuration: 60 })
    const entry = async () =>
      (await list({ kind: 'refresh_token', subject: 'rolf' })).refreshTokens[0]
    expect(await entry()).toMatchObject({ enabled: true, rollingExpiration: true })
    await service.configure({ refreshTokenDurationKept: true })
    expect(await entry()).toMatchObject({ rollingExpiration: false })
    await service.configure({ refreshTokenKept: true, refreshTokenDurationReset: true })
    expect(await entry()).toMatchObject({ rollingExpiration: true })
    await service.configure({})
    service.system.clock.advance(61_000)
    expect(await entry()).toMatchObject({ enabled: false })
    const live = { kind: 'refresh_token', subject: 'rolf', tokenStatus: 'VALID' }
    expect(await list(live)).toMatchObject({ totalCount: 0, refreshTokens: [] })
  })

  it('is empty for an unknown client, and does not show tokens of another service', async () => {
    const found = await list({ kind: 'refresh_token', clientIdentifier: 'unknown' })
    expect(found).toMatchObject({ totalCount: 0, refreshTokens: [] })
    const other = await createService({}, service)
    const path = `/api/${other.serviceId}/auth/token/get/list?kind=refresh_token&end=100`
    expect(await service.get(path)).toMatchObject({ totalCount: 0, refreshTokens: [] })
    for (const sort of ['hash', 'created_at']) {
      expect(await service.get(`${path}&sort=${sort}`)).toMatchObject({ refreshTokens: [] })
    }
  })
})

describe('order of listed tokens', () => {
  let client: Json
  beforeAll(async () => {
    client = await service.client()
    const made = [
      ['Zebra', '192.0.2.3', ['read'], 300],
      ['apple', '192.0.2.1', ['write'], 100],
      ['Mango', '192.0.2.2', ['openid'], 200],
    ] as const
    for (const [userAgent, clientIp, scopes, accessTokenDuration] of made) {
      const given = { userAgent, clientIp, scopes, accessTokenDuration, subject: 'orla' }
      await create(client, given)
      service.system.clock.advance(1_000)
    }
  })

  it.each([
    ['created_at', 'Zebra apple Mango'],
    ['createdAt', 'Zebra apple Mango'],
    ['issued_at', 'Zebra apple Mango'],
    ['last_seen_at', 'Zebra apple Mango'],
    ['expires_at', 'apple Mango Zebra'],
    ['refresh_expires_at', 'Zebra apple Mango'],
    ['client_ip', 'apple Mango Zebra'],
    ['issuedFor', 'apple Mango Zebra'],
    ['scope', 'Mango Zebra apple'],
  ])('is by %s, and reversed with desc', async (sort, expected) => {
    const query = { subject: 'orla', sort }
    expect(agents(await list(query)).join(' ')).toBe(expected)
    const reversed = expected.split(' ').reverse().join(' ')
    expect(agents(await list({ ...query, desc: true })).join(' ')).toBe(reversed)
  })

  it.each(['client_id', 'subject', 'grant_type', 'user_agent', 'hash', 'last_seen_at'])(
    'is by %s for refresh tokens, too',
    async (sort) => {
      const query = { subject: 'orla', sort, kind: 'refresh_token' }
      const [found, back] = [await list(query), await list({ ...query, desc: true })]
      expect(agents(found).sort()).toEqual(['Mango', 'Zebra', 'apple'])
      expect(agents(back)).toEqual(agents(await list(query)).reverse())
    },
  )

  it('of another name is refused with HTTP 400', async () => {
    for (const query of [{ sort: 'password' }, { sort: '' }, { kind: 'id_token' }]) {
      expect(await reply(query)).toMatchObject({ status: 400 })
    }
  })

  it('does not need a cursor for a page', async () => {
    const found = await list({ subject: 'orla', sort: 'client_ip', start: 1, end: 2 })
    expect(found).toMatchObject({ start: 1, end: 2, totalCount: 3 })
    expect(agents(found)).toEqual(['Mango'])
  })
})

describe('search for tokens', () => {
  let first: Json
  beforeAll(async () => {
    first = await service.client({ clientName: 'Blue Reader', clientIdAlias: 'blue-alias' })
    const second = await service.client({ clientName: 'Öl 100%_x' })
    await create(first, { subject: 'sven', userAgent: 'Firefox/99', clientIp: '203.0.113.5' })
    await create(second, { subject: 'sven', userAgent: 'Safari/17' })
    await create(second, { subject: 'tess', userAgent: 'Firefox/98', grantType: 'PASSWORD' })
  })

  it.each([
    ['fireFOX', ['Firefox/99']],
    ['203.0.113.', ['Firefox/99']],
    ['blue read', ['Firefox/99']],
    ['BLUE-ALIAS', ['Firefox/99']],
    ['authorization_code', ['Firefox/99', 'Safari/17']],
    ['Öl', ['Safari/17']],
    ['100%_X', ['Safari/17']],
    ['%', ['Safari/17']],
    ['_x', ['Safari/17']],
    ["' or 1=1 --", []],
    ['sven', ['Firefox/99', 'Safari/17']],
    ['nothing', []],
  ])('finds %s in the columns and in the names of clients', async (pattern, expected) => {
    for (const kind of ['access_token', 'refresh_token']) {
      const found = await list({ subject: 'sven', pattern, kind })
      expect(agents(found).sort()).toEqual(expected)
      expect(found.totalCount).toBe(expected.length)
    }
  })

  it('finds the number of a client, and searches the tokens of a client or a service', async () => {
    const byNumber = await list({ subject: 'sven', pattern: first.clientId })
    expect(agents(byNumber)).toEqual(['Firefox/99'])
    const found = await list({ clientIdentifier: first.clientId, pattern: 'firefox' })
    expect(agents(found)).toEqual(['Firefox/99'])
    expect(agents(await list({ pattern: 'Firefox/9', sort: 'hash' })).sort()).toEqual([
      'Firefox/98',
      'Firefox/99',
    ])
    expect(agents(await list({ pattern: 'password' }))).toEqual(['Firefox/98'])
  })

  it('of more than 100 characters is refused with HTTP 400', async () => {
    expect(await reply({ pattern: 'x'.repeat(101) })).toMatchObject({ status: 400 })
  })
})

describe('cursor of a list', () => {
  let client: Json
  beforeAll(async () => {
    client = await service.client()
    for (let index = 0; index < 7; index++) {
      await create(client, { subject: 'carl', userAgent: `Agent ${index % 3}` })
    }
  })

  it.each(['created_at', 'user_agent', 'client_id', 'hash', 'last_seen_at', 'scope'])(
    'leads through all pages in the order of %s',
    async (sort) => {
      for (const kind of ['access_token', 'refresh_token']) {
        for (const desc of [false, true]) {
          const query = { subject: 'carl', sort, kind, desc }
          const whole = await list({ ...query, end: 100 })
          const pages = await walk({ ...query, end: 2 })
          const tokens = (page: Json) => page.accessTokens ?? page.refreshTokens
          expect(pages.flatMap(tokens)).toEqual(tokens(whole))
          expect(tokens(whole)).toHaveLength(7)
        }
      }
    },
  )

  it('continues a page of start and end', async () => {
    const page = await list({ subject: 'carl', start: 2, end: 4 })
    const rest = await list({ subject: 'carl', cursor: page.nextCursor, end: 100 })
    const whole = await list({ subject: 'carl', end: 100 })
    expect([...page.accessTokens, ...rest.accessTokens]).toEqual(whole.accessTokens.slice(2))
    expect(rest).not.toHaveProperty('nextCursor')
    expect(whole).not.toHaveProperty('nextCursor')
  })

  it('stays where it is for a page without tokens', async () => {
    for (const sort of ['hash', 'user_agent']) {
      const query = { subject: 'carl', sort }
      const { nextCursor } = await list({ ...query, end: 3 })
      const empty = await list({ ...query, cursor: nextCursor, end: 0 })
      expect(empty.accessTokens).toEqual([])
      const rest = await list({ ...query, cursor: empty.nextCursor, end: 100 })
      expect(rest.accessTokens).toHaveLength(4)
    }
  })

  it('does not contain the address of a device in clear', async () => {
    await create(client, { subject: 'dora', clientIp: '203.0.113.77' })
    await create(client, { subject: 'dora', clientIp: '203.0.113.78' })
    const { nextCursor } = await list({ subject: 'dora', sort: 'client_ip', end: 1 })
    const parts = String(nextCursor).split('.')
    const decoded = parts.map((part) => Buffer.from(part, 'base64url').toString('latin1')).join()
    expect(decoded).not.toContain('203.0.113')
  })

  it('that is malformed, changed, or of another order is refused with HTTP 400', async () => {
    const query = { subject: 'carl', sort: 'user_agent', end: 2 }
    const { nextCursor } = await list(query)
    const refused: Query[] = [
      ...['', ' ', 'x', 'null', 'v1..', 'v1.a.b.c', `${nextCursor}x`, `x${nextCursor}`].map(
        (cursor) => ({ ...query, cursor }),
      ),
      { ...query, cursor: `${nextCursor.slice(0, -2)}AA` },
      { ...query, cursor: nextCursor, sort: 'created_at' },
      { ...query, cursor: nextCursor, desc: true },
      { ...query, cursor: nextCursor, kind: 'refresh_token' },
    ]
    for (const each of refused) {
      const { status, body } = await reply(each)
      expect({ status, code: body.resultCode }).toEqual({ status: 400, code: 'P103002' })
    }
    expect((await reply({ ...query, cursor: 'x'.repeat(4_097) })).status).toBe(400)
    const other = await createService({}, service)
    const path = `/api/${other.serviceId}/auth/token/get/list?sort=user_agent&cursor=${nextCursor}`
    expect((await service.call('GET', path)).body.resultCode).toBe('P103002')
  })

  it('and an order of any length have no start', async () => {
    const { nextCursor } = await list({ subject: 'carl', end: 2 })
    for (const query of [{ cursor: nextCursor }, { sort: 'hash' }]) {
      const { status, body } = await reply({ subject: 'carl', start: 1, end: 2, ...query })
      expect({ status, code: body.resultCode }).toEqual({ status: 400, code: 'P103003' })
    }
  })
})

describe('list of more tokens than are sorted', () => {
  it('is refused with an order, and walked by sort=hash', async () => {
    const many = await createService({}, service)
    const { serviceId, store } = many
    const { clientId } = await many.client()
    for (let first = 0; first <= inventoryLimit; first += 1_000) {
      const rows = Array.from({ length: 1_000 }, (_, index) =>
        accessTokenRow({ serviceId, clientId, suffix: `-${first + index}` }),
      )
      await store.commit(...rows.map((row) => store.accessTokens.insert(row)))
    }
    const path = `/api/${serviceId}/auth/token/get/list`
    const sorted = await many.call('GET', `${path}?sort=created_at`)
    expect([sorted.status, sorted.body.resultCode]).toEqual([400, 'P103001'])
    const walked = await many.call('GET', `${path}?sort=hash&end=10`)
    expect([walked.status, walked.body.accessTokens.length]).toEqual([200, 10])
  })
})
