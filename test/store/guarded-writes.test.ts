/** A guarded write affects exactly one row, or its commit is rolled back. */
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

/** Fifty concurrent commits, each of the guarded write and an access token that it unlocks. */
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

describe('fifty concurrent commits', () => {
  it('consume a code once, and discard the writes of the others (RFC 6749 §4.1.2)', async () => {
    const { codeHash } = codeRow({ serviceId, clientId: 1 })
    await store.commit(store.codes.insert(codeRow({ serviceId, clientId: 1 })))
    expect(await race(() => store.codes.consume(serviceId, codeHash, now))).toEqual(oneWon)
    expect(await store.codes.find(serviceId, codeHash)).toMatchObject({ consumedAt: now })
  })

  it('decide a device code once, and consume it once afterwards (RFC 8628 §3.5)', async () => {
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

  it('record one poll of a device code within the interval (RFC 8628 §3.5)', async () => {
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

  it('consume a ticket once', async () => {
    const { ticketHash } = ticketRow({ serviceId, clientId: 1 })
    await store.commit(store.tickets.insert(ticketRow({ serviceId, clientId: 1 })))
    expect(await race(() => store.tickets.consume(serviceId, ticketHash, now))).toEqual(oneWon)
  })

  it('decide, poll and redeem a backchannel request once each (CIBA §11)', async () => {
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

  it('begin the delivery of a notification once', async () => {
    const row = notificationRow({ serviceId, clientId: 1 })
    await store.commit(store.notifications.insert(row))
    const attempt = { attempts: 1, seen: now, nextAt: now + 1 }
    const begin = () => store.notifications.attempt(serviceId, row.notificationId, attempt)
    expect(await race(begin)).toEqual(oneWon)
  })

  it('rotate a refresh token once (RFC 9700 §4.14.2)', async () => {
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

  it('claim a value for one-time use once (RFC 9449 §11.1)', async () => {
    expect(await race(() => store.replays.claim(serviceId, 'jti', 'x', now + 1))).toEqual(oneWon)
  })

  it('all renew a refresh token that is not rotated', async () => {
    const { tokenHash } = refreshTokenRow({ serviceId, clientId: 1 })
    await store.commit(store.refreshTokens.insert(refreshTokenRow({ serviceId, clientId: 1 })))
    const touch = () =>
      store.refreshTokens.touch(serviceId, tokenHash, { now, expiresAt: now + minute })
    expect(await race(touch)).toMatchObject({ won: 50, tokens: 50 })
  })

  it('are each counted as an attempt, and the next time window counts from one', async () => {
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

  it('draw distinct consecutive numbers from a counter', async () => {
    const numbers = await Promise.all(fifty.map(() => store.counters.next(serviceId, 'client')))
    expect(numbers.sort((a, b) => a - b)).toEqual(fifty.map((index) => index + 1))
  })
})

describe('guarded write', () => {
  it('is refused if the row has expired', async () => {
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

  it('is refused if the row belongs to another service', async () => {
    const { codeHash } = codeRow({ serviceId, clientId: 1 })
    await store.commit(store.codes.insert(codeRow({ serviceId, clientId: 1 })))
    const elsewhere = store.codes.consume(serviceId + 1_000, codeHash, now)
    await expect(store.commit(orRefuse(elsewhere, refusal))).rejects.toBe(refusal)
    expect(await store.codes.find(serviceId, codeHash)).toMatchObject({ consumedAt: null })
  })

  it('does not replace a ticket that was consumed', async () => {
    const { ticketHash, data } = ticketRow({ serviceId, clientId: 1 })
    await store.commit(
      store.tickets.insert(ticketRow({ serviceId, clientId: 1 })),
      store.tickets.consume(serviceId, ticketHash, now),
    )
    const replace = store.tickets.replace(serviceId, ticketHash, data, now)
    await expect(store.commit(orRefuse(replace, refusal))).rejects.toBe(refusal)
  })

  it('is refused if it affects two rows, also as the only write of a commit', async () => {
    const token = (tokenHash: string) =>
      store.accessTokens.insert({ ...accessTokenRow({ serviceId, clientId: 1 }), tokenHash })
    await store.commit(token('one'), token('two'))
    const both = store.accessTokens.deleteFamily(serviceId, 'family-1')
    await expect(store.commit(orRefuse(both, refusal))).rejects.toBe(refusal)
    expect(await store.accessTokens.count(serviceId, { clientId: 1 })).toBe(2)
    await store.commit(both)
    expect(await store.accessTokens.count(serviceId, { clientId: 1 })).toBe(0)
  })

  it('requires that no other poll was stored since the request was read', async () => {
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

  it('runs in its place among the writes, and the first failure rejects the commit', async () => {
    const { insert, update, requireIn, delete: remove, find } = store.accessTokens
    const row = { ...accessTokenRow({ serviceId, clientId: 1 }), sessionId: 'one' }
    const { tokenHash } = row
    const steps = [
      insert(row),
      update(serviceId, tokenHash, { tokenHash: 'second' }),
      requireIn(serviceId, 'one', 'second'),
      update(serviceId, 'second', { tokenHash: 'third' }),
      remove(serviceId, 'third'),
      insert(row),
    ]
    await store.commit(...steps.map((write) => orRefuse(write, refusal)))
    expect(await find(serviceId, tokenHash)).toMatchObject({ tokenHash })

    await store.commit(store.codes.insert(codeRow({ serviceId, clientId: 1 })))
    const taken = store.codes.insert(codeRow({ serviceId, clientId: 1 }))
    const missing = orRefuse(requireIn(serviceId, 'one', 'missing'), refusal)
    await expect(store.commit(missing, taken)).rejects.toBe(refusal)
    await expect(store.commit(taken, missing)).rejects.toBeInstanceOf(ConflictError)
    await store.commit(orRefuse(requireIn(serviceId, 'one', tokenHash), refusal))
  })

  it('rolls back every earlier write of its commit if it is refused', async () => {
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

describe('unique key', () => {
  it('rejects a taken value by a conflict that names the key, and rolls back', async () => {
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

  it('applies to IDs and hashes as well as aliases', async () => {
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

  it('refuses a refresh token value that the caller chose and that exists', async () => {
    const row = refreshTokenRow({ serviceId, clientId: 1 })
    await store.commit(store.refreshTokens.insert(row))
    for (const again of [row, { ...row, familyId: 'another' }]) {
      const write = orRefuse(store.refreshTokens.insert(again), refusal)
      await expect(store.commit(write)).rejects.toBe(refusal)
    }
  })

  it('allows one alias in several services, and clients without an alias', async () => {
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
