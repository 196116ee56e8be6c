/** The rows of a client or a service do not outlive it, also if they are written concurrently. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { orRefuse, type Write } from '../../src/store/engine.ts'
import { openTestStore, type TestStore } from '../support/stores.ts'
import {
  accessTokenRow,
  apiTokenRow,
  clientRow,
  codeRow,
  countRows,
  deviceCodeRow,
  now,
  predecessorRow,
  refreshTokenRow,
  serviceRow,
  ticketRow,
} from './rows.ts'

let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened.close())

const rounds = Array.from({ length: 40 }, (_, index) => index + 1)
const lost = new Error('It is gone.')

/** Concurrent commits of rows of the client, started before and after its deletion. */
async function race(children: (index: number) => Write[], deletion: () => Write[]) {
  const { store } = opened
  const commits = [0, 1, 2, 3].map((index) => () => store.commit(...children(index)))
  const [first = commits[0], second = commits[1], ...rest] = commits
  const calls = [first, second, () => store.commit(...deletion()), ...rest]
  const results = await Promise.allSettled(calls.map((call) => call?.()))
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toBe(lost)
  }
}

const remaining = async (serviceId: number) => {
  const counted = Object.entries(await countRows(opened.engine, serviceId))
  return Object.fromEntries(counted.filter(([, rows]) => rows > 0))
}

describe('deletion of a client with concurrent inserts', () => {
  it.each<[string, (owner: { serviceId: number; clientId: number; suffix: string }) => Write]>([
    [
      'access tokens',
      (owner) => opened.store.accessTokens.insertIfClientExists(accessTokenRow(owner)),
    ],
    ['tickets', (owner) => opened.store.tickets.insertIfClientExists(ticketRow(owner))],
    [
      'device codes',
      (owner) => opened.store.deviceCodes.insertIfClientExists(deviceCodeRow(owner)),
    ],
    ['API tokens', (owner) => opened.store.apiTokens.insertIfOwnerExists(apiTokenRow(owner))],
  ])('leaves no %s of the client', async (name, insert) => {
    const { store } = opened
    for (const round of rounds) {
      const owner = { serviceId: 1_000 + name.length, clientId: round }
      await store.commit(store.clients.insert(clientRow(owner.serviceId, round)))
      await race(
        (index) => [orRefuse(insert({ ...owner, suffix: `-${index}` }), lost)],
        () => store.clients.delete(owner.serviceId, round),
      )
      expect(await remaining(owner.serviceId)).toEqual({})
    }
  })

  it('leaves no tokens from its tickets, codes and refresh tokens (RFC 7592 §2.3)', async () => {
    const { store } = opened
    const serviceId = 2_000
    for (const round of rounds) {
      const owner = { serviceId, clientId: round }
      const [ticket, code, refresh] = [ticketRow(owner), codeRow(owner), refreshTokenRow(owner)]
      await store.commit(
        store.clients.insert(clientRow(serviceId, round)),
        store.tickets.insert(ticket),
        store.codes.insert(code),
        store.refreshTokens.insert(refresh),
      )
      const rotation = { newHash: `new-${round}`, now, expiresAt: refresh.expiresAt }
      const flows = [
        [
          orRefuse(store.tickets.consume(serviceId, ticket.ticketHash, now), lost),
          store.codes.insert(codeRow({ ...owner, suffix: '-issued' })),
        ],
        [
          orRefuse(store.codes.consume(serviceId, code.codeHash, now), lost),
          store.accessTokens.insert(accessTokenRow({ ...owner, suffix: '-code' })),
        ],
        [
          orRefuse(store.refreshTokens.rotate(serviceId, refresh.tokenHash, rotation), lost),
          store.refreshTokens.insertPredecessor(predecessorRow({ ...owner, suffix: '-old' })),
          store.accessTokens.insert(accessTokenRow({ ...owner, suffix: '-refresh' })),
        ],
        [],
      ]
      await race(
        (index) => flows[(index + round) % flows.length] ?? [],
        () => store.clients.delete(serviceId, round),
      )
      expect(await remaining(serviceId)).toEqual({})
    }
  })
})

describe('deletion of a service with concurrent inserts', () => {
  it('leaves no clients, secrets, tokens, counters or API tokens of the service', async () => {
    const { store } = opened
    for (const round of rounds) {
      const serviceId = 3_000 + round
      const owner = { serviceId, clientId: 1 }
      await store.commit(
        store.services.insert(serviceRow(serviceId)),
        store.clients.insert(clientRow(serviceId, 1)),
      )
      const numbers = [1, 2, 3].map(() => store.counters.nextIfServiceExists(serviceId, 'client'))
      const ofService = { ...apiTokenRow({ ...owner, suffix: '-s' }), clientId: undefined }
      const inserts = [
        store.clients.insertIfServiceExists(clientRow(serviceId, 2)),
        store.accessTokens.insertIfClientExists(accessTokenRow(owner)),
        store.apiTokens.insertIfOwnerExists(ofService),
        store.tickets.insertIfServiceExists({ ...ticketRow(owner), clientId: 0 }),
      ]
      await race(
        (index) => inserts.slice(index, index + 1).map((write) => orRefuse(write, lost)),
        () => store.services.delete(serviceId, 0),
      )
      await Promise.all(numbers)
      expect(await remaining(serviceId)).toEqual({})
      expect(await store.counters.nextIfServiceExists(serviceId, 'client')).toBeUndefined()
    }
  })
})
