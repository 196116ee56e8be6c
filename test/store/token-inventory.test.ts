/** The token inventory on thousands of rows: limits, orders, and pages beside other commits. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TokenOrder, TokenPlace } from '../../src/model/token/inventory.ts'
import type { Store } from '../../src/store/store.ts'
import type { TokenSelection } from '../../src/store/tokens/token-selection.ts'
import { holdLimit, holdOf } from '../support/event-loop.ts'
import { openTestStore, type TestStore } from '../support/stores.ts'
import { accessTokenRow, clientRow, minute, now, refreshTokenRow, serviceRow } from './rows.ts'

const crowd = 11_000
const agents = ['Firefox/99', 'Safari/17', 'curl/8', null]
/** Of one service: a client with thousands of tokens, a user with most of them, and others. */
const busy = { serviceId: 1, clientId: 1 }

let opened: TestStore
let store: Store
beforeAll(async () => {
  opened = await openTestStore()
  store = opened.store
  const clients = [clientRow(1, 1), clientRow(1, 2)].map((row) => store.clients.insert(row))
  await store.commit(store.services.insert(serviceRow(1)), ...clients)
  for (let first = 0; first < crowd; first += 1_000) await store.commit(...tokensFrom(first))
})
afterAll(() => opened.close())

function tokensFrom(first: number) {
  return Array.from({ length: 1_000 }, (_, place) => first + place).flatMap((index) => {
    const subject = index % 10 === 0 ? `user-${(index / 10) % 9}` : 'heavy'
    const of = { ...busy, suffix: `-${index}`, subject }
    const device = { clientIp: `192.0.2.${index % 200}`, userAgent: agents[index % 4] }
    const times = { createdAt: now + (index % 500), expiresAt: now + minute + (index % 77) }
    return [
      store.accessTokens.insert({ ...accessTokenRow(of), ...device, ...times }),
      store.refreshTokens.insert({ ...refreshTokenRow(of), ...device, ...times }),
    ]
  })
}

const kinds = ['accessTokens', 'refreshTokens'] as const
const orders: TokenOrder[] = [
  ...(['created_at', 'last_seen_at', 'expires_at', 'refresh_expires_at', 'client_id'] as const),
  ...(['subject', 'grant_type', 'client_ip', 'user_agent', 'scope'] as const),
]
const keyOf = { accessTokens: 'tokenHash', refreshTokens: 'familyId' } as const

interface Asked {
  kind?: (typeof kinds)[number]
  selection?: Partial<TokenSelection>
  order?: TokenOrder
  isDescending?: boolean
  after?: TokenPlace | undefined
  limit?: number
}

async function pageOf(asked: Asked) {
  const { kind = 'accessTokens', order = 'created_at', isDescending = false, limit = 100 } = asked
  const page = { order, isDescending, after: asked.after, start: 0, limit }
  const selection = { now, ...asked.selection }
  const { inventory } = store[kind]
  const found =
    order === 'hash'
      ? await inventory.walked(1, selection, page)
      : await inventory.sorted(1, selection, page)
  if (!found) throw new Error('The selection is too large.')
  const keys = found.rows.map((row) => String(row[keyOf[kind] as 'familyId']))
  const { total } = found as { total?: number }
  return { ...found, total, keys }
}

/** The keys of all pages; between two pages, `between` may change the tokens. */
async function walk(asked: Asked, between = async () => {}): Promise<string[]> {
  const keys: string[] = []
  for (let after: TokenPlace | undefined; ; await between()) {
    const page = await pageOf({ ...asked, after })
    keys.push(...page.keys)
    if (!page.next) return keys
    after = page.next
  }
}

describe('selection of the token inventory', () => {
  it.each(kinds)('of too many %s is not sorted, and can be walked', async (kind) => {
    const page = { order: 'created_at', isDescending: false, start: 0, limit: 10 } as const
    for (const selection of [{}, { clientId: 1 }, { clientId: 1, text: 'firefox' }]) {
      expect(await store[kind].inventory.sorted(1, { now, ...selection }, page)).toBeUndefined()
    }
    for (const isDescending of [false, true]) {
      const keys = await walk({ kind, order: 'hash', isDescending, limit: 1_000 })
      expect(new Set(keys).size).toBe(crowd)
      expect(keys).toHaveLength(crowd)
    }
  })

  it.each(kinds)('of %s is found by a walk, through pages that may be short', async (kind) => {
    const selection = { text: 'FIREFOX', subject: 'user-4' }
    const walked = await walk({ kind, order: 'hash', selection, limit: 1_000 })
    const sorted = await walk({ kind, selection, limit: 1_000 })
    expect(walked.length).toBeGreaterThan(30)
    expect([...walked].sort()).toEqual([...sorted].sort())
    const rare = await walk({ kind, order: 'hash', selection: { text: 'no such text' } })
    expect(rare).toEqual([])
  })

  it.each(kinds)('of %s is counted with its search and its status', async (kind) => {
    const selection = { subject: 'user-1', text: 'CURL' }
    const { total = 0, keys } = await pageOf({ kind, selection, limit: 1_000 })
    expect(keys).toHaveLength(total)
    const later = now + minute + 40
    const live = await pageOf({ kind, selection: { ...selection, now: later, live: true } })
    const expired = await pageOf({ kind, selection: { ...selection, now: later, live: false } })
    expect(Math.min(live.total ?? 0, expired.total ?? 0)).toBeGreaterThan(0)
    expect((live.total ?? 0) + (expired.total ?? 0)).toBe(total)
    const named = await pageOf({ kind, selection: { subject: 'user-1', text: 'ALIAS-1' } })
    expect(named.total).toBe((await pageOf({ kind, selection: { subject: 'user-1' } })).total)
    const none = { subject: 'user-1', clientId: 2 }
    expect(await pageOf({ kind, selection: none })).toMatchObject({ total: 0, keys: [] })
    expect(await pageOf({ kind, selection: { sessionId: 'none' } })).toMatchObject({ keys: [] })
  })

  it('holds the event loop shortly, whatever is selected, searched and sorted by', async () => {
    const text = 'a'.repeat(100)
    const heavy = { subject: 'heavy' }
    const selections = [{ clientId: 1 }, heavy, { ...heavy, text }]
    const holds: string[] = []
    for (const kind of kinds) {
      for (const order of ['last_seen_at', 'hash'] as const) {
        for (const selection of selections) {
          const page = { order, isDescending: false, start: 0, limit: 1_000 }
          const given = { now, ...selection }
          const { inventory } = store[kind]
          const hold = await holdOf(async () => {
            await (order === 'hash'
              ? inventory.walked(1, given, page)
              : inventory.sorted(1, given, page))
          })
          if (hold > holdLimit) holds.push(`${kind} ${order} ${JSON.stringify(selection)}: ${hold}`)
        }
      }
    }
    expect(holds).toEqual([])
  })
})

describe('pages of the token inventory', () => {
  const subject = 'walker'
  let made = 0
  /** Tokens that stay, with few values, so that many are equal in an order. */
  async function add(count: number, prefix = 'stays'): Promise<string[]> {
    const rows = Array.from({ length: count }, () => {
      made += 1
      const of = {
        ...busy,
        subject,
        suffix: `-${prefix}-${String((made * 7_919) % 100_003).padStart(7, '0')}`,
      }
      const device = { userAgent: agents[made % 4], clientIp: agents[made % 3] }
      const times = { createdAt: now + (made % 3), expiresAt: now + minute + (made % 2) }
      return {
        access: { ...accessTokenRow(of), ...device, ...times },
        refresh: { ...refreshTokenRow(of), ...device, ...times },
      }
    })
    await store.commit(
      ...rows.flatMap(({ access, refresh }) => [
        store.accessTokens.insert(access),
        store.refreshTokens.insert(refresh),
      ]),
    )
    return rows.map(({ access }) => access.familyId)
  }
  const remove = (families: string[]) =>
    store.commit(
      ...families.flatMap((familyId) => [
        store.accessTokens.deleteFamily(1, familyId),
        store.refreshTokens.deleteFamily(1, familyId),
      ]),
    )
  const suffixes = (keys: string[]) => keys.map((key) => key.replace(/^(access|family)-1-/, ''))

  it('are the whole list, and skip or repeat no token that stays beside other commits', async () => {
    const staying = suffixes(await add(40))
    const asked = fc.record({
      kind: fc.constantFrom(...kinds),
      order: fc.constantFrom<TokenOrder>(...orders, 'hash'),
      isDescending: fc.boolean(),
      limit: fc.integer({ min: 1, max: 17 }),
      changes: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 12 }),
    })
    await fc.assert(
      fc.asyncProperty(asked, async ({ changes, ...given }) => {
        const passing = await add(12, 'passes')
        const left = [...passing]
        const steps = [...changes]
        const selection = { subject }
        const keys = await walk({ ...given, selection }, async () => {
          const step = steps.shift() ?? 0
          if (step > 3) left.push(...(await add(step, 'passes')))
          else await remove(left.splice(0, step))
        })
        await remove(left)
        const seen = suffixes(keys)
        expect(new Set(seen).size).toBe(seen.length)
        const stayed = seen.filter((key) => key.startsWith('stays'))
        expect([...stayed].sort()).toEqual([...staying].sort())
        const whole = await pageOf({ ...given, selection, limit: 1_000 })
        expect(stayed).toEqual(suffixes(whole.keys))
      }),
      { numRuns: 25, seed: 7 },
    )
  })

  it('have their order on the database, with equal values by the key', async () => {
    const { rows } = await pageOf({
      kind: 'refreshTokens',
      selection: { subject },
      order: 'created_at',
    })
    const places = rows.map(({ createdAt, familyId }) => [createdAt, familyId] as const)
    expect(places.length).toBe(40)
    const values = places.map(([createdAt]) => createdAt)
    expect(values).toEqual([...values].sort((a, b) => a - b))
  })
})
