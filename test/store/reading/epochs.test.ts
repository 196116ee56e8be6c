/** Rows that are kept between reads, while this process and another change them. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { openDocuments } from '../../../src/store/configuration.ts'
import { Epochs, tablesChangedBy } from '../../../src/store/epochs.ts'
import { assemble } from '../../../src/store/open.ts'
import { openPostgres } from '../../../src/store/postgres/engine.ts'
import { openSqlite } from '../../../src/store/sqlite/engine.ts'
import type { Store } from '../../../src/store/store.ts'
import { openTestStore, sealer, type TestStore } from '../../support/stores.ts'
import { accessTokenRow, clientRow, now, refreshTokenRow, serviceRow } from '../rows.ts'

let opened: TestStore
let store: Store
/** The store of another process on the same database. */
let other: Store
let serviceId = 0
beforeAll(async () => {
  opened = await openTestStore()
  store = opened.store
  const { url } = opened
  const engine =
    inject('dialect') === 'sqlite'
      ? await openSqlite(url.replace('file:', ''))
      : await openPostgres(url)
  other = assemble(engine, sealer)
})
afterAll(async () => {
  await other.close()
  await opened.close()
})
beforeEach(() => {
  serviceId += 10
})

const owner = () => ({ serviceId, clientId: 1 })
const hashOf = () => accessTokenRow(owner()).tokenHash

/** A token that the store has read, and so keeps. */
async function keptToken() {
  await store.commit(
    store.services.insert(serviceRow(serviceId)),
    store.clients.insert(clientRow(serviceId, 1)),
    store.accessTokens.insert(accessTokenRow(owner())),
  )
  const row = await newCall(store)
  expect(row).toBeDefined()
  return row
}

/** As a call reads that arrives now. */
async function newCall(by: Store) {
  await nextTurn()
  await by.settle?.()
  return by.accessTokens.findKept(serviceId, hashOf())
}

describe('kept rows', () => {
  it('are the same object for every reader, who cannot change them', async () => {
    const row = await keptToken()
    expect(await newCall(store)).toBe(row)
    expect(Object.isFrozen(row)).toBe(true)
    expect(Object.isFrozen(row?.data.grant.scopes)).toBe(true)
  })

  it('are read again as soon as a commit of this process is confirmed', async () => {
    await keptToken()
    await store.commit(store.accessTokens.delete(serviceId, hashOf()))
    expect(await store.accessTokens.findKept(serviceId, hashOf())).toBeUndefined()
  })

  it('are read again by the next turn after a commit of another process', async () => {
    await keptToken()
    await other.commit(other.accessTokens.delete(serviceId, hashOf()))
    expect(await newCall(store)).toBeUndefined()
  })

  it('are read again after every commit of another process, not only its first', async () => {
    for (let turn = 0; turn < 3; turn++) {
      serviceId += 1
      await keptToken()
      await newCall(other)
      await other.commit(other.accessTokens.delete(serviceId, hashOf()))
      expect(await newCall(store)).toBeUndefined()
    }
    serviceId += 1
    await keptToken()
    for (const expiresAt of [now + 1, now + 2, now + 3]) {
      await other.commit(other.accessTokens.update(serviceId, hashOf(), { expiresAt }))
      expect((await newCall(store))?.expiresAt).toBe(expiresAt)
    }
  })

  it('are read again after a commit of another process that was followed by one here', async () => {
    await keptToken()
    await other.commit(other.accessTokens.delete(serviceId, hashOf()))
    await store.commit(store.refreshTokens.insert(refreshTokenRow(owner())))
    expect(await newCall(store)).toBeUndefined()
  })

  it('of another table stay after a commit, and of the same after an insert', async () => {
    const row = await keptToken()
    await store.commit(store.refreshTokens.insert(refreshTokenRow(owner())))
    await store.commit(store.accessTokens.insert(accessTokenRow({ ...owner(), suffix: '-2' })))
    await store.commit(store.refreshTokens.deleteOf(serviceId, owner()))
    if (inject('dialect') === 'sqlite') expect(await newCall(store)).toBe(row)
    else expect(await newCall(store)).toEqual(row)
  })

  it('are none in a dry run, which reads what it wrote', async () => {
    await keptToken()
    const rehearsal = store.rehearse()
    await rehearsal?.store.commit(rehearsal.store.accessTokens.delete(serviceId, hashOf()))
    expect(await rehearsal?.store.accessTokens.findKept(serviceId, hashOf())).toBeUndefined()
    rehearsal?.end()
    expect(await newCall(store)).toBeDefined()
  })

  it('are read again where the document of a client or a service was changed', async () => {
    await keptToken()
    const versions = async (by: Store) => {
      await nextTurn()
      await by.settle?.()
      return [await by.services.version(serviceId), await by.clients.version(serviceId, 1)]
    }
    expect(await versions(store)).toEqual([1, 1])
    const { data, secrets } = serviceRow(serviceId)
    const client = clientRow(serviceId, 1)
    await other.commit(
      other.services.update(serviceId, { data, secrets, modifiedAt: now }, 1),
      other.clients.update(serviceId, 1, { ...client, expiresAt: undefined }, 1),
    )
    expect(await versions(store)).toEqual([2, 2])
    await store.commit(...store.services.delete(serviceId, now))
    expect(await versions(store)).toEqual([undefined, undefined])
  })
})

describe('documents', () => {
  it('are not of a deleted client whose ID another client got', async () => {
    await keptToken()
    const documents = openDocuments(store)
    const named = async () => {
      await nextTurn()
      await store.settle?.()
      return (await documents.client(serviceId, 1))?.clientName
    }
    const client = clientRow(serviceId, 1)
    const former = await named()
    await other.commit(...other.clients.delete(serviceId, 1))
    const renamed = { ...client, createdAt: now + 1, data: { clientName: 'Another client' } }
    await other.commit(other.clients.insert(renamed))
    expect(former).not.toBe('Another client')
    expect(await named()).toBe('Another client')
  })
})

describe('a statement', () => {
  const changed = (sql: string, changesNothing = false) =>
    tablesChangedBy([{ sql, changesNothing }])

  it('ends the epoch of its table, unless it inserts or changes nothing', () => {
    expect(changed('update "clients" set "data" = ? where')).toEqual(['clients'])
    expect(changed('delete from "access_tokens" where')).toEqual(['access_tokens'])
    expect(changed('update "clients" set "client_id" = ?', true)).toEqual([])
    expect(changed('insert into "access_tokens" ("a") values (?)')).toEqual([])
    expect(changed('update "tickets" set "a" = ?')).toEqual([])
    const upsert =
      'insert into "api_tokens" ("a") values (?) on conflict ("a") do update set "b" = 1'
    expect(changed(upsert)).toEqual(['api_tokens'])
  })

  it('of any store ends it if it changes a kept table', () => {
    const { accessTokens, refreshTokens, clients, services, apiTokens } = store
    const uses = { now, expiresAt: now, device: undefined }
    const writes = {
      access_tokens: [
        accessTokens.expireFamily(1, 'f', now),
        accessTokens.deleteOf(1, { clientId: 1 }),
        accessTokens.update(1, 'h', { expiresAt: now }),
      ],
      refresh_tokens: [
        refreshTokens.touch(1, 'h', uses),
        refreshTokens.rotate(1, 'h', { ...uses, newHash: 'n' }),
      ],
      clients: [clients.update(1, 1, { ...clientRow(serviceId, 1), expiresAt: undefined }, 1)],
      services: [services.moveClock({ serviceId: 1, ahead: 1, seen: 1 })],
      api_tokens: [apiTokens.delete('h'), apiTokens.deleteById(1, 't')],
    }
    for (const [table, all] of Object.entries(writes)) {
      for (const write of all) expect(tablesChangedBy([write])).toEqual([table])
    }
    expect(tablesChangedBy([services.requireExists(1), services.requireVersion(1, [1])])).toEqual(
      [],
    )
    expect(tablesChangedBy([clients.requireVersion(1, 1, [1])])).toEqual([])
  })
})

describe('epochs', () => {
  it('end together when the mark of the database differs', () => {
    const epochs = new Epochs()
    epochs.see('a')
    const before = epochs.of('clients')
    epochs.see('a')
    expect(epochs.of('clients')).toBe(before)
    epochs.see('b')
    expect(epochs.of('clients')).toBe(before + 1)
    expect(epochs.of('api_tokens')).toBe(before + 1)
  })

  it('are not trusted before the mark was read, unless every turn reads it', () => {
    const epochs = new Epochs(false)
    expect(epochs.isRecent()).toBe(false)
    epochs.see('a', 60_000)
    expect(epochs.isRecent()).toBe(true)
    expect(new Epochs().isRecent()).toBe(true)
  })

  it('are not trusted beyond the time for which the mark is good', async () => {
    const epochs = new Epochs()
    epochs.see('a', 1)
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(epochs.isRecent()).toBe(false)
  })
})
