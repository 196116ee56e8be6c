/** The guarantees of the queries and writes of each aggregate. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BackchannelRequest } from '../../src/model/request/backchannel-request.ts'
import type { Store } from '../../src/store/store.ts'
import { openTestStore, type TestStore } from '../support/stores.ts'
import {
  accessTokenRow,
  apiTokenRow,
  backchannelRow,
  clientRow,
  minute,
  notificationRow,
  now,
  predecessorRow,
  refreshTokenRow,
  serviceRow,
  ticketRow,
} from './rows.ts'

let opened: TestStore
let store: Store
beforeEach(async () => {
  opened = await openTestStore()
  store = opened.store
})
afterEach(() => opened.close())

const later = now + minute
const owner = { serviceId: 1, clientId: 1 }

describe('service row', () => {
  it('returns the secrets of a service, and a new version after each update', async () => {
    const row = serviceRow(2 ** 53 - 1)
    const fresh = { keys: { hardware: [], managed: [] }, subscriptions: [], ahead: 0 }
    await store.commit(store.services.insert(row))
    expect(await store.services.find(row.serviceId)).toEqual({ ...row, ...fresh, version: 1 })
    const changes = { data: { serviceName: 'New' }, secrets: {}, modifiedAt: later }
    await store.commit(store.services.update(row.serviceId, changes, 1))
    expect(await store.services.find(row.serviceId)).toEqual({
      ...row,
      ...fresh,
      ...changes,
      version: 2,
    })
    expect(await store.services.version(row.serviceId)).toBe(2)
  })

  it('stores JSON unchanged: nested, empty, null, large numbers, non-Latin text', async () => {
    const data = {
      nested: { list: [{ deep: [1, 2.5, -3] }], empty: {}, none: [], nothing: null },
      text: 'ä 漢字 \u{1f511} "quoted" \\ \n',
      large: 2 ** 53 - 1,
      'key with . and $': true,
    }
    await store.commit(store.services.insert({ ...serviceRow(1), data }))
    expect((await store.services.find(1))?.data).toEqual(data)
  })

  it('lists services by number from start up to end, with the total of all pages', async () => {
    for (const id of [3, 1, 2]) await store.commit(store.services.insert(serviceRow(id)))
    const list = async (page: { start: number; end: number; ids?: number[] }) => {
      const { rows, total } = await store.services.list(page)
      return [rows.map(({ number }) => number), total]
    }
    expect(await list({ start: 0, end: 2 })).toEqual([[1, 2], 3])
    expect(await list({ start: 2, end: 9 })).toEqual([[3], 3])
    expect(await list({ start: 1, end: 1 })).toEqual([[], 3])
    expect(await list({ start: 0, end: 9, ids: [3, 2, 7] })).toEqual([[2, 3], 2])
    expect(await list({ start: 0, end: 9, ids: [] })).toEqual([[], 0])
  })
})

describe('client row', () => {
  it('finds a client by its ID and its alias, and no longer by a former alias', async () => {
    await store.commit(store.clients.insert(clientRow(1, 1)))
    const found = await store.clients.findByAlias(1, 'alias-1')
    const unset = {
      softwareId: null,
      location: null,
      entityId: null,
      expiresAt: null,
      lastUsedAt: null,
    }
    const absent = { ...unset, registrationHash: null }
    expect(found).toEqual({ ...clientRow(1, 1), ...absent, version: 1 })
    expect(found).toEqual(await store.clients.find(1, 1))
    const changes = { ...clientRow(1, 1), alias: undefined, developer: undefined }
    const { data, secrets, alias, developer, softwareId } = changes
    const update = { data, secrets, alias, developer, softwareId, modifiedAt: later }
    await store.commit(store.clients.update(1, 1, update, 1))
    expect(await store.clients.findByAlias(1, 'alias-1')).toBeUndefined()
    expect(await store.clients.find(1, 1)).toMatchObject({
      alias: null,
      developer: null,
      version: 2,
      createdAt: now,
      modifiedAt: later,
    })
  })

  it('keeps the location of a client unique in its service, and across updates', async () => {
    const location = 'https://app.example.com/client'
    await store.commit(store.clients.insert({ ...clientRow(1, 1), location }))
    await store.commit(store.clients.insert({ ...clientRow(2, 1), location }))
    const second = store.clients.insert({ ...clientRow(1, 2), location })
    await expect(store.commit(second)).rejects.toThrow(/location/)
    const { data, secrets, alias, developer, softwareId } = clientRow(1, 1)
    const update = { data, secrets, alias, developer, softwareId, modifiedAt: later }
    await store.commit(store.clients.update(1, 1, update, 1))
    expect(await store.clients.findByLocation(1, location)).toMatchObject({ clientId: 1, location })
    expect(await store.clients.findByLocation(3, location)).toBeUndefined()
  })

  it('lists clients by number, of all developers or of one', async () => {
    const rows = [2, 1, 3].map((id) => clientRow(1, id))
    const other = { ...clientRow(1, 4), developer: 'otto' }
    await store.commit(...[...rows, other].map((row) => store.clients.insert(row)))
    const { rows: page, total } = await store.clients.list(1, { start: 1, end: 3 })
    expect([page.map(({ number }) => number), total]).toEqual([[2, 3], 4])
    const ofOtto = await store.clients.list(1, { start: 0, end: 9, developer: 'otto' })
    expect([ofOtto.rows.map(({ number }) => number), ofOtto.total]).toEqual([[4], 1])
    expect(await store.clients.findMany(1, [])).toEqual([])
  })
})

describe('ticket row', () => {
  it('keeps the expiry of a ticket when its data is replaced', async () => {
    await store.commit(store.tickets.insert(ticketRow(owner)))
    const data = { kind: 'pushed' as const, clientId: 1, parameters: 'scope=other' }
    await store.commit(store.tickets.replace(1, 'ticket-1', data, now))
    expect(await store.tickets.find(1, 'ticket-1')).toMatchObject({ data, expiresAt: later })
  })
})

describe('backchannel request row', () => {
  it('finds a request by its ID or its ticket, and returns secrets by ticket only', async () => {
    const row = backchannelRow(owner)
    await store.commit(store.backchannelRequests.insert(row))
    const { secrets, ...kept } = row
    const pending = {
      ...{ status: 'PENDING', subject: null, sessionId: null, lastPolledAt: null },
      sealedUser: null,
    }
    const found = await store.backchannelRequests.find(1, row.authReqHash)
    expect(found).toMatchObject({ ...kept, ...pending })
    expect(JSON.stringify(found)).not.toContain('in-clear')
    const byTicket = await store.backchannelRequests.findByTicket(1, row.ticketHash)
    expect(byTicket).toEqual({ ...kept, ...pending, secrets })
    expect(await store.backchannelRequests.findByTicket(1, row.authReqHash)).toBeUndefined()
  })

  it('stores the time and interval of the last poll until the request is decided', async () => {
    const { authReqHash, data } = backchannelRow(owner)
    const { insert, poll, complete, find } = store.backchannelRequests
    await store.commit(insert(backchannelRow(owner)))
    await store.commit(poll(1, authReqHash, { now, seen: null, intervalSeconds: 5 }))
    await store.commit(poll(1, authReqHash, { now: now + 1, seen: now, intervalSeconds: 10 }))
    const polled = { lastPolledAt: now + 1, intervalSeconds: 10 }
    expect(await find(1, authReqHash)).toMatchObject(polled)
    const decision = { scopes: ['openid'] }
    const decided = { ...data, decision: { grant: { ...decision } } }
    await store.commit(
      complete(1, authReqHash, {
        ...{ status: 'AUTHORIZED', subject: 'alice' },
        data: BackchannelRequest.parse(decided),
      }),
      poll(1, authReqHash, { now: now + 2, seen: now + 1, intervalSeconds: 15 }),
    )
    expect(await find(1, authReqHash)).toMatchObject({
      ...{ ...polled, status: 'AUTHORIZED', subject: 'alice' },
      data: { decision: { grant: decision } },
    })
  })
})

describe('notification row', () => {
  const look = (serviceId: number, at: number, { after = -1, limit = 9 } = {}) =>
    store.notifications.due({ serviceId, after, now: at, limit })
  const dueOf = async (serviceId: number, at: number) => (await look(serviceId, at)).due

  it('lists the oldest notification of each client from its due time to its expiry', async () => {
    const rows = [
      { ...notificationRow(owner), dueAt: now - 1 },
      { ...notificationRow({ ...owner, suffix: '-older' }), dueAt: now - 2 },
      notificationRow({ ...owner, serviceId: 2 }),
      { ...notificationRow({ ...owner, clientId: 99, suffix: '-later' }), dueAt: now + 1 },
      notificationRow({ ...owner, clientId: 98, suffix: '-expired', expiresAt: now }),
      { ...notificationRow({ ...owner, clientId: 97 }), dueAt: now },
    ]
    await store.commit(...rows.map((row) => store.notifications.insert(row)))
    const of = (row: number) => ({ ...rows[row], attempts: 0 })
    expect(await look(1, now)).toEqual({ due: [of(1), of(5)], last: undefined })
    expect(await dueOf(2, now)).toEqual([of(2)])
    expect(await dueOf(3, now)).toEqual([])
    expect(await look(1, now, { limit: 1 })).toEqual({ due: [of(1)], last: owner.clientId })
    expect(await look(1, now, { after: owner.clientId, limit: 2 })).toEqual({
      ...{ due: [of(5)], last: 98 },
    })
  })

  it('lists each service with a pending notification once', async () => {
    const owners = [3, 1, 3, 2].map((serviceId, at) => ({ ...owner, serviceId, suffix: `-${at}` }))
    const rows = owners.map((each) => notificationRow(each))
    await store.commit(...rows.map((row) => store.notifications.insert(row)))
    expect(await store.notifications.services(-1, 9)).toEqual([1, 2, 3])
    expect(await store.notifications.services(-1, 2)).toEqual([1, 2])
    expect(await store.notifications.services(2, 9)).toEqual([3])
    expect(await store.notifications.services(3, 9)).toEqual([])
  })

  it('is due again after a failed attempt, and deleted after a successful one', async () => {
    const row = notificationRow(owner)
    const { insert, attempt } = store.notifications
    await store.commit(insert(row))
    const begun = { attempts: 1, seen: now, nextAt: now + 5 }
    await store.commit(attempt(1, row.notificationId, begun))
    await store.commit(attempt(1, row.notificationId, { ...begun, attempts: 2 }))
    expect(await dueOf(1, now)).toEqual([])
    expect(await dueOf(1, now + 5)).toEqual([{ ...row, attempts: 1, dueAt: now + 5 }])
    await store.commit(store.notifications.delete(1, row.notificationId))
    expect(await dueOf(1, now + 5)).toEqual([])
  })
})

describe('access token row', () => {
  it('does not overwrite a token that exists: the insert affects no row', async () => {
    await store.commit(store.accessTokens.insert(accessTokenRow(owner)))
    const again = { ...accessTokenRow(owner), subject: 'mallory' }
    await store.commit(store.accessTokens.insert(again))
    expect(await store.accessTokens.find(1, 'access-1')).toMatchObject({ subject: 'alice' })
  })

  it('updates the value, the expiry and the content of an access token', async () => {
    await store.commit(store.accessTokens.insert(accessTokenRow(owner)))
    const changes = { tokenHash: 'new', expiresAt: later + 1 }
    await store.commit(store.accessTokens.update(1, 'access-1', changes))
    expect(await store.accessTokens.find(1, 'access-1')).toBeUndefined()
    expect(await store.accessTokens.find(1, 'new')).toMatchObject({ ...changes, createdAt: now })
  })

  it('shortens the lifetime of the access tokens of a family that would live longer', async () => {
    const rows = [minute, 2 * minute].map((life, index) =>
      accessTokenRow({ ...owner, suffix: `-${index}`, expiresAt: now + life }),
    )
    const family = rows.map((row) => ({ ...row, familyId: 'family' }))
    await store.commit(...family.map((row) => store.accessTokens.insert(row)))
    await store.commit(store.accessTokens.expireFamily(1, 'family', now + minute + 1))
    expect(await store.accessTokens.find(1, 'access-1-0')).toMatchObject({ expiresAt: later })
    expect(await store.accessTokens.find(1, 'access-1-1')).toMatchObject({ expiresAt: later + 1 })
    expect(await store.accessTokens.findLatest(1, 'family', later + 1)).toBeUndefined()
  })

  it('lists tokens with refresh tokens, filtered by client, subject and liveness', async () => {
    await store.commit(
      store.accessTokens.insert(accessTokenRow({ ...owner, suffix: '-dead', expiresAt: now })),
      store.accessTokens.insert(accessTokenRow({ ...owner, suffix: '-live' })),
      store.accessTokens.insert(accessTokenRow({ serviceId: 1, clientId: 2, subject: 'bob' })),
      store.refreshTokens.insert(refreshTokenRow({ ...owner, suffix: '-live' })),
    )
    const list = async (chosen: { clientId?: number; subject?: string; live?: boolean }) => {
      const page = { ...chosen, start: 0, end: 9, now }
      const { rows, total } = await store.accessTokens.list(1, page)
      expect(total).toBe(rows.length)
      const found = await store.accessTokens.withRefreshTokens(1, rows)
      return found.map(({ tokenHash, refresh }) => [tokenHash, refresh?.tokenHash])
    }
    const [expired, live, other] = [
      ['access-1-dead', undefined],
      ['access-1-live', 'refresh-1-live'],
      ['access-2', undefined],
    ]
    expect(await list({})).toEqual([expired, live, other])
    expect(await list({ clientId: 1, live: true })).toEqual([live])
    expect(await list({ clientId: 1, live: false })).toEqual([expired])
    expect(await list({ subject: 'bob' })).toEqual([other])
    const second = await store.accessTokens.list(1, { start: 1, end: 2, now })
    expect([second.rows.map(({ tokenHash }) => tokenHash), second.total]).toEqual([
      ['access-1-live'],
      3,
    ])
  })

  it('lists clients with a live access token or refresh token as authorized clients', async () => {
    const ids = [1, 2, 3, 4]
    await store.commit(...ids.map((id) => store.clients.insert(clientRow(1, id))))
    await store.commit(
      store.accessTokens.insert(accessTokenRow({ serviceId: 1, clientId: 1 })),
      store.accessTokens.insert(accessTokenRow({ serviceId: 1, clientId: 1, suffix: '-more' })),
      store.refreshTokens.insert(refreshTokenRow({ serviceId: 1, clientId: 2 })),
      store.accessTokens.insert(accessTokenRow({ serviceId: 1, clientId: 3, expiresAt: now })),
      store.accessTokens.insert(accessTokenRow({ serviceId: 1, clientId: 4, subject: 'bob' })),
    )
    const authorized = (page: { start: number; end: number; developer?: string }) =>
      store.accessTokens.authorizedClients(1, 'alice', now, page)
    expect(await authorized({ start: 0, end: 9 })).toEqual({ clientIds: [1, 2], total: 2 })
    expect(await authorized({ start: 1, end: 2 })).toEqual({ clientIds: [2], total: 2 })
    const ofOtto = await authorized({ start: 0, end: 9, developer: 'otto' })
    expect(ofOtto).toEqual({ clientIds: [], total: 0 })
  })
})

describe('refresh token row', () => {
  it('finds a rotated token by its new value, and the successor by the old value', async () => {
    const rotation = { newHash: 'new', now: now + 1, expiresAt: later + 1 }
    const predecessor = { ...predecessorRow(owner), tokenHash: 'refresh-1' }
    await store.commit(
      store.refreshTokens.insert(refreshTokenRow(owner)),
      store.refreshTokens.rotate(1, 'refresh-1', rotation),
      store.refreshTokens.insertPredecessor(predecessor),
    )
    expect(await store.refreshTokens.find(1, 'refresh-1')).toBeUndefined()
    expect(await store.refreshTokens.find(1, 'new')).toMatchObject({
      familyId: 'family-1',
      lastUsedAt: now + 1,
      expiresAt: later + 1,
    })
    expect(await store.refreshTokens.findPredecessor(1, 'refresh-1')).toEqual(predecessor)
  })

  it('stores a predecessor that has no successor to return', async () => {
    const predecessor = { ...predecessorRow(owner), successor: undefined }
    await store.commit(store.refreshTokens.insertPredecessor(predecessor))
    expect(await store.refreshTokens.findPredecessor(1, 'previous-1')).toEqual(predecessor)
  })
})

describe('API token row', () => {
  it('replaces the rights of an API token that is registered again', async () => {
    const row = apiTokenRow(owner)
    const rights = ['view_client' as const]
    await store.commit(store.apiTokens.upsert(row))
    await store.commit(store.apiTokens.upsert({ ...row, data: { label: 'again', rights } }))
    expect(await store.apiTokens.count()).toBe(1)
    expect(await store.apiTokens.find(row.tokenHash)).toMatchObject({
      ...row,
      data: { label: 'again', rights },
    })
    await store.commit(store.apiTokens.delete(row.tokenHash))
    expect(await store.apiTokens.find(row.tokenHash)).toBeUndefined()
  })
})

describe('value for one-time use', () => {
  it('accepts the same value once for each kind', async () => {
    await store.commit(store.replays.claim(1, 'jti', 'x', later))
    await store.commit(store.replays.claim(1, 'dpop', 'x', later))
    expect(await store.purge(later + 120_000)).toBe(2)
  })
})
