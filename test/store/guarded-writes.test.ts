/** A guarded write touches exactly one row, or nothing of its commit is kept. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ConflictError, orRefuse, type Write } from '../../src/store/engine.ts'
import type { Store } from '../../src/store/store.ts'
import { openTestStore, type TestStore } from '../support/stores.ts'
import {
  accessTokenRow,
  backchannelRow,
  clientRow,
  codeRow,
  deviceCodeRow,
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
let serviceId = 0
beforeAll(async () => {
  opened = await openTestStore()
  store = opened.store
})
afterAll(() => opened.close())
beforeEach(() => {
  serviceId += 1
})

const refusal = new Error('It is used up.')
const fifty = Array.from({ length: 50 }, (_, index) => index)

/** Fifty commits at once, each of the guarded write and of a token that it unlocks. */
async function race(guarded: (index: number) => Write) {
  const results = await Promise.allSettled(
    fifty.map((index) =>
      store.commit(
        store.accessTokens.insert(accessTokenRow({ serviceId, clientId: 1, suffix: `-${index}` })),
        orRefuse(guarded(index), refusal),
      ),
    ),
  )
  const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  const tokens = await store.accessTokens.count(serviceId, { clientId: 1 })
  return { won: results.length - lost.length, lost: new Set(lost), tokens }
}
const oneWon = { won: 1, lost: new Set([refusal]), tokens: 1 }

describe('of fifty commits at once', () => {
  it('one consumes a code, and nothing else is kept (RFC 6749 §4.1.2)', async () => {
    const { codeHash } = codeRow({ serviceId, clientId: 1 })
    await store.commit(store.codes.insert(codeRow({ serviceId, clientId: 1 })))
    expect(await race(() => store.codes.consume(serviceId, codeHash, now))).toEqual(oneWon)
    expect(await store.codes.find(serviceId, codeHash)).toMatchObject({ consumedAt: now })
  })

  it('one decides a device code, and one consumes it then (RFC 8628 §3.5)', async () => {
    const { deviceCodeHash, data } = deviceCodeRow({ serviceId, clientId: 1 })
    await store.commit(store.deviceCodes.insert(deviceCodeRow({ serviceId, clientId: 1 })))
    const consume = () => store.deviceCodes.consume(serviceId, deviceCodeHash, now)
    expect(await race(consume)).toMatchObject({ won: 0, tokens: 0 })
    const decision = { now, subject: 'alice', data }
    const decide = () => store.deviceCodes.decide(serviceId, deviceCodeHash, decision)
    expect(await race(decide)).toEqual(oneWon)
    await store.commit(store.accessTokens.deleteOf(serviceId, { clientId: 1 }))
    expect(await race(consume)).toEqual(oneWon)
  })

  it('one polls in time (RFC 8628 §3.5)', async () => {
    const { deviceCodeHash } = deviceCodeRow({ serviceId, clientId: 1 })
    await store.commit(store.deviceCodes.insert(deviceCodeRow({ serviceId, clientId: 1 })))
    const poll = () => store.deviceCodes.poll(serviceId, deviceCodeHash, now)
    expect(await race(poll)).toEqual(oneWon)
    const next = store.deviceCodes.poll(serviceId, deviceCodeHash, now + 4_999)
    await expect(store.commit(orRefuse(next, refusal))).rejects.toBe(refusal)
    const later = store.deviceCodes.poll(serviceId, deviceCodeHash, now + 5_000)
    await store.commit(orRefuse(later, refusal))
    const change = { now: now + 5_001, seconds: 5 }
    await store.commit(store.deviceCodes.slowDown(serviceId, deviceCodeHash, change))
    const row = await store.deviceCodes.find(serviceId, deviceCodeHash)
    expect(row).toMatchObject({ pollingInterval: 10, polledAt: now + 5_001 })
  })

  it('one consumes a ticket', async () => {
    const { ticketHash } = ticketRow({ serviceId, clientId: 1 })
    await store.commit(store.tickets.insert(ticketRow({ serviceId, clientId: 1 })))
    expect(await race(() => store.tickets.consume(serviceId, ticketHash, now))).toEqual(oneWon)
  })

  it('one decides a backchannel request, one polls it, and one redeems it (CIBA §11)', async () => {
    const row = backchannelRow({ serviceId, clientId: 1 })
    const { insert, poll, complete, consume, find } = store.backchannelRequests
    const { authReqHash, data } = row
    await store.commit(insert(row))
    const polled = { now, seen: null, intervalSeconds: 5 }
    expect(await race(() => poll(serviceId, authReqHash, polled))).toEqual(oneWon)
    const clear = () => store.accessTokens.deleteOf(serviceId, { clientId: 1 })
    await store.commit(clear())
    const decision = { status: 'AUTHORIZED' as const, subject: 'alice', data }
    expect(await race(() => complete(serviceId, authReqHash, decision))).toEqual(oneWon)
    await store.commit(clear())
    expect(await race(() => consume(serviceId, authReqHash, now))).toEqual(oneWon)
    expect(await find(serviceId, authReqHash)).toMatchObject({ status: 'ISSUED' })
  })

  it('one begins the attempt to deliver a notification', async () => {
    const row = notificationRow({ serviceId, clientId: 1 })
    await store.commit(store.notifications.insert(row))
    const attempt = { attempts: 1, seen: now, nextAt: now + 1 }
    const begin = () => store.notifications.attempt(serviceId, row.notificationId, attempt)
    expect(await race(begin)).toEqual(oneWon)
  })

  it('one rotates a refresh token (RFC 9700 §4.14.2)', async () => {
    const { tokenHash, familyId } = refreshTokenRow({ serviceId, clientId: 1 })
    await store.commit(store.refreshTokens.insert(refreshTokenRow({ serviceId, clientId: 1 })))
    const rotation = (index: number) => ({
      newHash: `new-${index}`,
      now,
      expiresAt: now + 2 * minute,
    })
    const rotate = (index: number) =>
      store.refreshTokens.rotate(serviceId, tokenHash, rotation(index))
    expect(await race(rotate)).toEqual(oneWon)
    const [winner] = await store.accessTokens.findOf(serviceId, { clientId: 1 })
    const current = await store.refreshTokens.findFamily(serviceId, familyId)
    expect(`access-1${current?.tokenHash.replace('new', '')}`).toBe(winner?.tokenHash)
    expect(await store.refreshTokens.find(serviceId, tokenHash)).toBeUndefined()
  })

  it('one claims a value that may be seen once (RFC 9449 §11.1)', async () => {
    expect(await race(() => store.replays.claim(serviceId, 'jti', 'x', now + 1))).toEqual(oneWon)
  })

  it('all touch a refresh token that is kept', async () => {
    const { tokenHash } = refreshTokenRow({ serviceId, clientId: 1 })
    await store.commit(store.refreshTokens.insert(refreshTokenRow({ serviceId, clientId: 1 })))
    const touch = () =>
      store.refreshTokens.touch(serviceId, tokenHash, { now, expiresAt: now + minute })
    expect(await race(touch)).toMatchObject({ won: 50, tokens: 50 })
  })

  it('each counts as an attempt, and the count begins anew in the next window', async () => {
    const window = { now, until: now + minute }
    const take = () => store.attempts.take(serviceId, 'name', window)
    const counts = await Promise.all(fifty.map(take))
    expect(counts.sort((a, b) => a - b)).toEqual(fifty.map((index) => index + 1))
    await store.attempts.giveBack(serviceId, 'name')
    expect(await take()).toBe(50)
    const next = { now: now + minute, until: now + 2 * minute }
    expect(await store.attempts.take(serviceId, 'name', next)).toBe(1)
    expect(await store.attempts.take(serviceId, 'name', next)).toBe(2)
  })

  it('each counts one further', async () => {
    const numbers = await Promise.all(fifty.map(() => store.counters.next(serviceId, 'client')))
    expect(numbers.sort((a, b) => a - b)).toEqual(fifty.map((index) => index + 1))
  })
})

describe('a guard', () => {
  it('does not open once the row has expired', async () => {
    const owner = { serviceId, clientId: 1, expiresAt: now }
    await store.commit(
      store.tickets.insert(ticketRow(owner)),
      store.codes.insert(codeRow(owner)),
      store.deviceCodes.insert(deviceCodeRow(owner)),
      store.refreshTokens.insert(refreshTokenRow(owner)),
    )
    const { ticketHash, data } = ticketRow(owner)
    const change = { newHash: 'new', now, expiresAt: now + minute }
    const device = deviceCodeRow(owner)
    const decision = { now, subject: 'alice', data: device.data }
    for (const write of [
      store.tickets.consume(serviceId, ticketHash, now),
      store.tickets.replace(serviceId, ticketHash, data, now),
      store.codes.consume(serviceId, codeRow(owner).codeHash, now),
      store.deviceCodes.decide(serviceId, device.deviceCodeHash, decision),
      store.deviceCodes.consume(serviceId, device.deviceCodeHash, now),
      store.refreshTokens.touch(serviceId, refreshTokenRow(owner).tokenHash, change),
      store.refreshTokens.rotate(serviceId, refreshTokenRow(owner).tokenHash, change),
    ]) {
      await expect(store.commit(orRefuse(write, refusal))).rejects.toBe(refusal)
    }
  })

  it('does not open for a row of another service', async () => {
    const { codeHash } = codeRow({ serviceId, clientId: 1 })
    await store.commit(store.codes.insert(codeRow({ serviceId, clientId: 1 })))
    const elsewhere = store.codes.consume(serviceId + 1_000, codeHash, now)
    await expect(store.commit(orRefuse(elsewhere, refusal))).rejects.toBe(refusal)
    expect(await store.codes.find(serviceId, codeHash)).toMatchObject({ consumedAt: null })
  })

  it('keeps a consumed ticket from being replaced', async () => {
    const { ticketHash, data } = ticketRow({ serviceId, clientId: 1 })
    await store.commit(
      store.tickets.insert(ticketRow({ serviceId, clientId: 1 })),
      store.tickets.consume(serviceId, ticketHash, now),
    )
    const replace = store.tickets.replace(serviceId, ticketHash, data, now)
    await expect(store.commit(orRefuse(replace, refusal))).rejects.toBe(refusal)
  })

  it('that touches two rows opens for neither, in a commit of its own, too', async () => {
    const token = (tokenHash: string) =>
      store.accessTokens.insert({ ...accessTokenRow({ serviceId, clientId: 1 }), tokenHash })
    await store.commit(token('one'), token('two'))
    const both = store.accessTokens.deleteFamily(serviceId, 'family-1')
    await expect(store.commit(orRefuse(both, refusal))).rejects.toBe(refusal)
    expect(await store.accessTokens.count(serviceId, { clientId: 1 })).toBe(2)
    await store.commit(both)
    expect(await store.accessTokens.count(serviceId, { clientId: 1 })).toBe(0)
  })

  it('finds the poll before it as it was read: none, or the one at that time', async () => {
    const row = backchannelRow({ serviceId, clientId: 1 })
    const { insert, poll, find } = store.backchannelRequests
    await store.commit(insert(row))
    const polled = (seen: number | null, at: number) =>
      orRefuse(
        poll(serviceId, row.authReqHash, { now: at, seen, intervalSeconds: at - now }),
        refusal,
      )
    await expect(store.commit(polled(now, now + 1))).rejects.toBe(refusal)
    await store.commit(polled(null, now + 2))
    await expect(store.commit(polled(null, now + 3))).rejects.toBe(refusal)
    await expect(store.commit(polled(now, now + 4))).rejects.toBe(refusal)
    await store.commit(polled(now + 2, now + 5))
    const left = { lastPolledAt: now + 5, intervalSeconds: 5, status: 'PENDING' }
    expect(await find(serviceId, row.authReqHash)).toMatchObject(left)
  })

  it('comes in its place among the writes, and what goes wrong first is heard', async () => {
    const { insert, update, requireExists, delete: remove, find } = store.accessTokens
    const row = accessTokenRow({ serviceId, clientId: 1 })
    const { tokenHash } = row
    const steps = [
      insert(row),
      update(serviceId, tokenHash, { tokenHash: 'second' }),
      requireExists(serviceId, 'second'),
      update(serviceId, 'second', { tokenHash: 'third' }),
      remove(serviceId, 'third'),
      insert(row),
    ]
    await store.commit(...steps.map((write) => orRefuse(write, refusal)))
    expect(await find(serviceId, tokenHash)).toMatchObject({ tokenHash })

    await store.commit(store.codes.insert(codeRow({ serviceId, clientId: 1 })))
    const taken = store.codes.insert(codeRow({ serviceId, clientId: 1 }))
    const missing = orRefuse(requireExists(serviceId, 'missing'), refusal)
    await expect(store.commit(missing, taken)).rejects.toBe(refusal)
    await expect(store.commit(taken, missing)).rejects.toBeInstanceOf(ConflictError)
    await store.commit(orRefuse(requireExists(serviceId, tokenHash), refusal))
  })

  it('that comes last undoes every write before it', async () => {
    const owner = { serviceId, clientId: 1 }
    const writes = [
      store.services.insert(serviceRow(serviceId)),
      store.clients.insert(clientRow(serviceId, 1)),
      store.refreshTokens.insert(refreshTokenRow(owner)),
      store.refreshTokens.insertPredecessor(predecessorRow(owner)),
      orRefuse(store.codes.consume(serviceId, 'unknown', now), refusal),
    ]
    await expect(store.commit(...writes)).rejects.toBe(refusal)
    expect(await store.services.find(serviceId)).toBeUndefined()
    expect(await store.clients.find(serviceId, 1)).toBeUndefined()
    expect(await store.refreshTokens.findFamily(serviceId, 'family-1')).toBeUndefined()
    expect(await store.refreshTokens.findPredecessor(serviceId, 'previous-1')).toBeUndefined()
  })
})

describe('a unique key', () => {
  it('that is taken is a conflict which names it, and nothing of the commit is kept', async () => {
    await store.commit(store.clients.insert(clientRow(serviceId, 1)))
    const twin = { ...clientRow(serviceId, 2), alias: 'alias-1' }
    const error = await store
      .commit(store.codes.insert(codeRow({ serviceId, clientId: 2 })), store.clients.insert(twin))
      .catch((reason) => reason)
    expect(error).toBeInstanceOf(ConflictError)
    expect(error.constraint).toMatch(/alias/)
    expect(error.message).not.toContain('alias-1')
    expect(await store.clients.find(serviceId, 2)).toBeUndefined()
    expect(await store.codes.find(serviceId, 'code-2')).toBeUndefined()
  })

  it('holds for ids and hashes as it does for aliases', async () => {
    const owner = { serviceId, clientId: 1 }
    const writes = () => [
      store.services.insert(serviceRow(serviceId)),
      store.clients.insert(clientRow(serviceId, 1)),
      store.tickets.insert(ticketRow(owner)),
      store.codes.insert(codeRow(owner)),
      store.refreshTokens.insertPredecessor(predecessorRow(owner)),
    ]
    await store.commit(...writes())
    for (const write of writes()) {
      await expect(store.commit(write)).rejects.toBeInstanceOf(ConflictError)
    }
  })

  it('is guarded where the caller chose the value: a refresh token', async () => {
    const row = refreshTokenRow({ serviceId, clientId: 1 })
    await store.commit(store.refreshTokens.insert(row))
    for (const again of [row, { ...row, familyId: 'another' }]) {
      const write = orRefuse(store.refreshTokens.insert(again), refusal)
      await expect(store.commit(write)).rejects.toBe(refusal)
    }
  })

  it('lets other services have the same alias, and clients have none', async () => {
    const nameless = (clientId: number) => ({ ...clientRow(serviceId, clientId), alias: undefined })
    await store.commit(
      store.clients.insert(clientRow(serviceId, 1)),
      store.clients.insert(clientRow(serviceId + 1_000, 1)),
      store.clients.insert(nameless(2)),
      store.clients.insert(nameless(3)),
    )
    expect(await store.clients.findMany(serviceId, [1, 2, 3])).toHaveLength(3)
  })
})
