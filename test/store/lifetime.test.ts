/** Rows are deleted with their service, with their client, or after they have expired. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../src/store/engine.ts'
import type { Store } from '../../src/store/store.ts'
import { openTestStore, type TestStore } from '../support/stores.ts'
import {
  accessTokenRow,
  apiTokenRow,
  auditRow,
  backchannelRow,
  clientRow,
  codeRow,
  countRows,
  expiringRows,
  fillService,
  minute,
  now,
  serviceRow,
} from './rows.ts'

let opened: TestStore
let store: Store
let engine: Engine
beforeEach(async () => {
  opened = await openTestStore()
  store = opened.store
  engine = opened.engine
})
afterEach(() => opened.close())

const each = (count: number) =>
  Object.fromEntries(Object.keys(engine.tables).map((name) => [name, count]))

const filled = () => ({ ...each(1), usage: 4 })

describe('deleting a service', () => {
  it('deletes its rows from every table but the audit log, and none of other services', async () => {
    await fillService(store, 1, 1)
    await fillService(store, 2, 1)
    expect(await countRows(engine, 1)).toEqual(filled())
    await store.commit(...store.services.delete(1, 0))
    // Its keys in modules are destroyed there first.
    expect(await countRows(engine, 1)).toEqual({ ...each(0), audit: 1, hardwareKeys: 1 })
    expect(await countRows(engine, 2)).toEqual(filled())
  })
})

describe('deleting a client', () => {
  it('deletes its rows from every table, and no rows of other clients or services', async () => {
    await fillService(store, 1, 1)
    await fillService(store, 2, 1)
    await store.commit(...expiringRows(store, { serviceId: 1, clientId: 2, suffix: '-other' }))
    await store.commit(...store.clients.delete(1, 1))
    const kept = { tickets: 1, authorizationCodes: 1, accessTokens: 1, refreshTokens: 1 }
    expect(await countRows(engine, 1)).toEqual({
      ...each(0),
      ...kept,
      backchannelRequests: 1,
      notifications: 1,
      refreshPredecessors: 1,
      deviceCodes: 1,
      attempts: 2,
      apiTokens: 1,
      services: 1,
      hardwareKeys: 1,
      keySchedules: 1,
      credentialOffers: 2,
      issuedCredentials: 2,
      credentialRequests: 1,
      statusLists: 1,
      counters: 1,
      usage: 4,
      usageSketches: 1,
      revocationLogs: 1,
      // That of the client's token is one.
      revocations: 2,
      replays: 2,
      tokenBatches: 2,
      sessions: 2,
      sessionClients: 1,
      deliveries: 1,
      eventEndpoints: 2,
      events: 2,
      eventDeliveries: 2,
      audit: 1,
      // They may go after a time.
      revisions: 2,
      idempotencyKeys: 2,
    })
    expect(await countRows(engine, 2)).toEqual(filled())
  })
})

describe('purge', () => {
  /** What is recorded of tokens that ended is kept longer: see token-revocations.test.ts. */
  const expiring = () =>
    Object.entries(engine.tables).flatMap(([name, table]) =>
      name !== 'revocations' && ('expiresAt' in table || 'keptUntil' in table) ? [name] : [],
    )

  it('deletes expired rows from every table that has an expiry', async () => {
    const owner = { serviceId: 1, clientId: 1 }
    const hour = 60 * minute
    await store.commit(
      store.services.insert(serviceRow(1)),
      store.clients.insert({ ...clientRow(1, 1), expiresAt: now + 1 }),
      ...expiringRows(store, { ...owner, suffix: '-old', expiresAt: now - hour }),
      ...expiringRows(store, { ...owner, suffix: '-live', expiresAt: now + 1 }),
      store.clients.insert({ ...clientRow(1, 2), expiresAt: now - hour }),
    )
    expect(await store.purge(now)).toBe(expiring().length)
    const counts = await countRows(engine, 1)
    for (const name of expiring()) expect([name, counts[name]]).toEqual([name, 1])
    expect(await store.accessTokens.find(1, 'access-1-live')).toBeDefined()
    expect(await store.purge(now)).toBe(0)
  })

  it('keeps a used code for an hour to detect its replay (RFC 6749 §4.1.2)', async () => {
    await store.commit(
      store.codes.insert(codeRow({ serviceId: 1, clientId: 1, expiresAt: now })),
      store.codes.consume(1, 'code-1', now - 1),
    )
    expect(await store.purge(now + 60 * minute - 1)).toBe(0)
    expect(await store.codes.find(1, 'code-1')).toMatchObject({ consumedAt: now - 1 })
    expect(await store.purge(now + 60 * minute)).toBe(1)
  })

  it('keeps a backchannel request for an hour to answer expired_token (CIBA §11)', async () => {
    const row = backchannelRow({ serviceId: 1, clientId: 1, expiresAt: now })
    await store.commit(store.backchannelRequests.insert(row))
    expect(await store.purge(now + 60 * minute - 1)).toBe(0)
    expect(await store.purge(now + 60 * minute)).toBe(1)
  })

  it('deletes in batches until no expired rows are left', async () => {
    const tokens = Array.from({ length: 25 }, (_, index) =>
      accessTokenRow({ serviceId: 1, clientId: 1, suffix: `-${index}`, expiresAt: now }),
    )
    await store.commit(...tokens.map((row) => store.accessTokens.insert(row)))
    expect(await store.purge(now, 10)).toBe(25)
    expect(await store.accessTokens.count(1, { clientId: 1 })).toBe(0)
  })

  it('stops without an error if the store is closed while it runs', async () => {
    const tokens = Array.from({ length: 25 }, (_, index) =>
      accessTokenRow({ serviceId: 1, clientId: 1, suffix: `-${index}`, expiresAt: now }),
    )
    await store.commit(...tokens.map((row) => store.accessTokens.insert(row)))
    const purging = store.purge(now, 1)
    await store.close()
    expect(await purging).toBeLessThan(25)
  })

  it('deletes audit records by their age, and none without a number of days', async () => {
    const day = 86_400_000
    await store.commit(
      store.audit.insert({ ...auditRow({ serviceId: 1, clientId: 1 }), at: now - 2 * day }),
      store.audit.insert({ ...auditRow({ serviceId: 1, clientId: 2 }), at: now - 2 * day + 1 }),
    )
    expect(await store.purge(now)).toBe(0)
    expect(await store.purge(now, 100, { auditDays: 2 })).toBe(1)
    expect(await store.purge(now, 100, { auditDays: 1 })).toBe(1)
  })

  it('keeps API tokens that do not expire', async () => {
    const row = { ...apiTokenRow({ serviceId: 1, clientId: 1 }), expiresAt: undefined }
    await store.commit(store.apiTokens.upsert(row))
    expect(await store.purge(Number.MAX_SAFE_INTEGER)).toBe(0)
  })
})
