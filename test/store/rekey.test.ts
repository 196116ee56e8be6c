/** A new master key: all sealed values are resealed while servers run, and none is lost. */
import { describe, expect, it } from 'vitest'
import { Ticket } from '../../src/model/request/ticket.ts'
import { assemble } from '../../src/store/open.ts'
import { requireKnownKeys } from '../../src/store/rekey.ts'
import { withFamily } from '../../src/store/schema/tokens/conditions.ts'
import { createSealer, SealError } from '../../src/system/sealer.ts'
import { sealer as old, openTestStore, type TestStore } from '../support/stores.ts'
import {
  accessTokenRow,
  backchannelRow,
  clientRow,
  codeRow,
  deviceCodeRow,
  fillService,
  now,
  refreshTokenRow,
  serviceRow,
  ticketRow,
} from './rows.ts'

const oldKey = Buffer.alloc(32, 7)
const newKey = Buffer.alloc(32, 9)
const both = createSealer(newKey, [oldKey])
const next = createSealer(newKey)
const place = { table: 'device_codes', serviceId: 1, row: '', column: 'user_code_hash' }

const backchannelTicket = Ticket.parse({
  ...backchannelRow({ serviceId: 1, clientId: 1 }).data.request,
  kind: 'backchannel',
})

/** A store with a row in every table, and a ticket that has a sealed value. */
async function filled(clients = 1): Promise<TestStore> {
  const opened = await openTestStore()
  const { store } = opened
  await fillService(store, 1, 1)
  const row = ticketRow({ serviceId: 1, clientId: 1, suffix: '-sealed' })
  const notificationToken = 'token-in-clear'
  await store.commit(store.tickets.insert({ ...row, data: backchannelTicket, notificationToken }))
  for (let client = 2; client <= clients; client++) {
    await store.commit(store.clients.insert(clientRow(1, client)))
  }
  return opened
}

async function everything({ engine }: TestStore): Promise<string> {
  const { read, tables } = engine
  return JSON.stringify(
    await Promise.all(Object.values(tables).map((table) => read.select().from(table))),
  )
}

describe('resealing under a new master key', () => {
  it('leaves nothing sealed under the former key in any table, and no value changed', async () => {
    const opened = await filled(5)
    const { engine, close } = opened
    expect(await everything(opened)).toContain(`v1.${old.keyId}.`)
    const store = assemble(engine, both)
    // An offer, services, clients, a ticket, a backchannel request, a notification, a predecessor,
    // a response that may be repeated, the secrets of an endpoint, a stream, and its event.
    expect(await store.rekey(2)).toBe(1 + 1 + 5 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1)
    expect(await everything(opened)).not.toContain(old.keyId)
    expect(await store.rekey()).toBe(0)
    const after = assemble(engine, next)
    expect(await after.services.find(1)).toMatchObject({
      secrets: serviceRow(1).secrets,
      version: 1,
    })
    for (const client of [1, 2, 3, 4, 5]) {
      const { secrets } = clientRow(1, client)
      expect(await after.clients.find(1, client)).toMatchObject({ secrets, version: 1 })
    }
    const look = { serviceId: 1, after: -1, now, limit: 1 }
    const [notification] = (await after.notifications.due(look)).due
    expect(notification).toMatchObject({ message: { token: 'token-in-clear' } })
    const endpoint = await after.eventEndpoints.find(1, 1)
    expect(endpoint?.secrets).toEqual([{ secret: 'whsec_secret-in-clear' }])
    const stream = await after.eventStreams.find(1, 1)
    expect(stream?.target.authorization).toBe('authorization-in-clear')
    const [event] = await after.securityEvents.first(
      { serviceId: 1, clientId: 1, status: 'enabled' },
      1,
    )
    expect(event?.content.event).toEqual({ reason_admin: { en: 'content-in-clear' } })
    const predecessor = await after.refreshTokens.findPredecessor(1, 'previous-1')
    expect(predecessor?.successor).toContain('successor-in-clear')
    const ticket = await after.tickets.find(1, 'ticket-1-sealed')
    expect(ticket).toMatchObject({ data: backchannelTicket, notificationToken: 'token-in-clear' })
    await close()
  })

  it('reseals what the caller told of users, in every table', async () => {
    const opened = await openTestStore()
    const { store, engine, close } = opened
    await fillService(store, 1, 1)
    const owner = { serviceId: 1, clientId: 1, suffix: '-user' }
    const user = { attributes: '{"name":"Alice"}' }
    const device = deviceCodeRow(owner)
    const backchannel = backchannelRow(owner)
    await store.commit(
      store.codes.insert({ ...codeRow(owner), user }),
      store.accessTokens.insert({ ...accessTokenRow(owner), user }),
      store.accessTokens.insert({ ...accessTokenRow(owner), tokenHash: 'second', user }),
      store.refreshTokens.insert({ ...refreshTokenRow(owner), user }),
      store.deviceCodes.insert(device),
      store.deviceCodes.decide(1, device.deviceCodeHash, { now, data: device.data, user }),
      store.backchannelRequests.insert(backchannel),
      store.backchannelRequests.complete(1, backchannel.authReqHash, {
        status: 'AUTHORIZED',
        data: backchannel.data,
        user,
      }),
    )
    await assemble(engine, both).rekey(2)
    expect(await everything(opened)).not.toContain(old.keyId)
    const { tables, read } = engine
    const after = assemble(engine, next)
    const isUsers = ({ sealedUser }: { sealedUser: string | null }) => sealedUser !== null
    const users = [
      ...(await read.select().from(tables.authorizationCodes))
        .filter(isUsers)
        .map(after.codes.userOf),
      ...(await read.select().from(tables.accessTokens))
        .filter(isUsers)
        .map(withFamily)
        .map(after.accessTokens.userOf),
      ...(await read.select().from(tables.refreshTokens))
        .filter(isUsers)
        .map(after.refreshTokens.userOf),
      ...(await read.select().from(tables.deviceCodes))
        .filter(isUsers)
        .map(after.deviceCodes.userOf),
      ...(await read.select().from(tables.backchannelRequests))
        .filter(isUsers)
        .map(after.backchannelRequests.userOf),
    ]
    expect(users).toEqual(Array.from({ length: 6 }, () => user))
    await close()
  })

  it('resumes after an interruption, during which both keys decrypt', async () => {
    const opened = await filled(9)
    const { engine, close } = opened
    let commits = 0
    const breaking = {
      ...engine,
      commit: (...writes: Parameters<typeof engine.commit>) => {
        commits += 1
        return commits > 5 ? Promise.reject(new Error('broken off')) : engine.commit(...writes)
      },
    }
    await expect(assemble(breaking, both).rekey(2)).rejects.toThrow('broken off')
    const text = await everything(opened)
    expect([text.includes(old.keyId), text.includes(next.keyId)]).toEqual([true, true])
    // A server before its restart: it seals under the old key, and decrypts under both.
    const beside = assemble(engine, createSealer(oldKey, [newKey]))
    const store = assemble(engine, both)
    for (let client = 1; client <= 9; client++) {
      const { secrets } = clientRow(1, client)
      expect(await beside.clients.find(1, client)).toMatchObject({ secrets })
      expect(await store.clients.find(1, client)).toMatchObject({ secrets })
    }
    expect(await store.rekey(2)).toBeGreaterThan(0)
    expect(await everything(opened)).not.toContain(old.keyId)
    await close()
  })

  it('does not overwrite concurrent writes of a server', async () => {
    const { engine, close } = await filled()
    const changed = { clientSecret: 'changed-meanwhile' }
    let isFirst = true
    const racing = {
      ...engine,
      commit: async (...writes: Parameters<typeof engine.commit>) => {
        const beside = assemble(engine, old)
        const row = { ...clientRow(1, 1), secrets: changed }
        if (isFirst) await engine.commit(beside.clients.update(1, 1, row, 1))
        isFirst = false
        return engine.commit(...writes)
      },
    }
    await assemble(racing, both).rekey()
    expect(await assemble(engine, next).clients.find(1, 1)).toMatchObject({ secrets: changed })
    await close()
  })

  it('reseals services last: until then, a start without the former key fails', async () => {
    const { engine, close } = await filled()
    await expect(requireKnownKeys(engine, next)).rejects.toThrow(SealError)
    await requireKnownKeys(engine, both)
    const breaking = { ...engine, commit: () => Promise.reject(new Error('broken off')) }
    await expect(assemble(breaking, both).rekey()).rejects.toThrow('broken off')
    await expect(requireKnownKeys(engine, next)).rejects.toThrow(SealError)
    await assemble(engine, both).rekey()
    await requireKnownKeys(engine, next)
    await close()
  })
})

describe('sealer with several keys', () => {
  it('encrypts under the first key, and decrypts under each key in the same context', () => {
    expect([both.keyId, both.keyIds]).toEqual([next.keyId, [next.keyId, old.keyId]])
    expect(next.unseal(both.seal('secret', place), place)).toBe('secret')
    const sealed = old.seal('secret', place)
    expect(both.unseal(sealed, place)).toBe('secret')
    expect(() => both.unseal(sealed, { ...place, row: '2' })).toThrow(SealError)
    const foreign = createSealer(Buffer.alloc(32, 8)).seal('secret', place)
    expect(() => both.unseal(foreign, place)).toThrow(SealError)
  })

  it('computes a digest under each key, the current key first', () => {
    const digests = [next.digest('BCDF', place), old.digest('BCDF', place)]
    expect(both.digests('BCDF', place)).toEqual(digests)
    expect(both.digest('BCDF', place)).toBe(digests[0])
  })
})
