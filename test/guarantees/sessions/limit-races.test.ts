/** Sessions that are created, used and expire at the same time: their number and their expiry. */
import { beforeAll, describe, expect, it } from 'vitest'
import { expireSessions } from '../../../src/sessions/expire.ts'
import { openDocuments } from '../../../src/store/configuration.ts'
import { obtainTokens, type TestService } from '../../support/flows.ts'
import { type Rivals, rivals, rounds } from '../../support/rivals.ts'
import type { Json } from '../../support/server.ts'
import {
  issuedIn,
  loggedOutUri,
  nothing,
  openSession,
  toldOf,
  withSessions,
} from '../../support/sessions.ts'

const opened = rivals(withSessions())
let race: Rivals['race']
let service: TestService
let client: Json
beforeAll(async () => {
  ;({ race, service } = opened())
  client = await service.client({ backchannelLogoutUri: loggedOutUri })
})

const creating = (subject: string) => (by: TestService) => by.api('/session/create', { subject })
const liveOf = async (subject: string): Promise<Json[]> =>
  (await service.api('/session/list', { subject, end: 1_000 })).sessions

/** Four sessions of a subject that are created at once, by two processes. */
const createFour = async (round: number, subject: string): Promise<Json[]> => {
  const pairs = [race(round, creating(subject), creating(subject))]
  // Only calls of one pair are held back in turn.
  if (round % 3 === 0) pairs.push(race(round, creating(subject), creating(subject)))
  return (await Promise.all(pairs)).flat()
}

describe('sessions that are created at once', () => {
  it.each([1, 2])('are ended beyond the limit of %i, and no more than that', async (limit) => {
    await service.configure(withSessions({ 'ext.session.max_per_subject': `${limit}` }))
    for (const round of rounds) {
      const { subject } = await openSession(service)
      const created = await createFour(round, subject)
      expect(created.map(({ action }) => action)).toEqual(created.map(() => 'CREATED'))
      expect([round, (await liveOf(subject)).length]).toEqual([round, limit])
    }
  })

  it.each([1, 2])('are refused beyond the limit of %i, and exactly those', async (limit) => {
    const attributes = {
      'ext.session.max_per_subject': `${limit}`,
      'ext.session.overflow': 'refuse',
    }
    await service.configure(withSessions(attributes))
    for (const round of rounds) {
      const { subject } = await openSession(service)
      const created = await createFour(round, subject)
      const won = created.filter(({ action }) => action === 'CREATED')
      const lost = created.filter(({ action }) => action === 'LIMIT_REACHED')
      expect([won.length, won.length + lost.length]).toEqual([limit - 1, created.length])
      expect((await liveOf(subject)).length).toBe(limit)
    }
  })

  it('have one identifier only once', async () => {
    await service.configure(withSessions())
    for (const round of rounds) {
      const call = (by: TestService) =>
        by.api('/session/create', { subject: `one-${round}`, sessionId: `one-${round}` })
      const answers = await race(round, call, call)
      expect(answers.map(({ action }) => action).sort()).toEqual(['CREATED', 'EXISTS'])
    }
  })
})

/** What the sweep of a process does about sessions. */
const expiring = async (by: TestService): Promise<number> => {
  const { store, system, outbox } = by
  const dependencies = { store, system, outbox, documents: openDocuments(store) }
  return expireSessions(dependencies, new AbortController().signal)
}

describe('expiry of a session', () => {
  beforeAll(() => service.configure(withSessions({ 'ext.session.expiry': 'logout' })))

  /** A session that expires in a second, in which a client was issued tokens. */
  async function expiringSession() {
    const session = await openSession(service, { idleSeconds: 60 })
    await obtainTokens(service, client, {}, session)
    service.system.clock.advance(59_999)
    return session
  }

  it('while it is used: it expires later, or it has ended and is not revived', async () => {
    for (const round of rounds) {
      // Found by the sweep once it has expired, and used by a call that began just before.
      const { sessionId, subject } = await expiringSession()
      const seen = service.system.clock()
      const { serviceId } = service
      service.system.clock.advance(1)
      const using = async ({ store }: TestService) =>
        store.commit(store.sessions.hold(serviceId, sessionId, subject, seen))
      const [, count] = await race(round, using, expiring)
      const { session } = await service.api('/session/get', { sessionId })
      if (count === 0) expect(session.status).toBe('LIVE')
      else expect([session.status, session.endReason]).toEqual(['EXPIRED', 'EXPIRED'])
      if (round % 3 > 0) expect(count).toBe(round % 3 === 1 ? 1 : 0)
      expect(await toldOf(service, sessionId)).toEqual(count === 0 ? [] : [client.clientId])
      await service.api('/session/delete', { sessionId })
      expect(await issuedIn(service, sessionId)).toEqual(nothing)
    }
  })

  it('in two processes, or while it is ended: each client is told once', async () => {
    for (const round of rounds) {
      const { sessionId } = await expiringSession()
      service.system.clock.advance(1)
      const ending = async (by: TestService): Promise<number> =>
        (await by.api('/session/delete', { sessionId })).count
      const counts = await race(round, expiring, round % 2 ? expiring : ending)
      expect(counts.sort()).toEqual([0, 1])
      expect(await toldOf(service, sessionId)).toEqual([client.clientId])
      expect(await issuedIn(service, sessionId)).toEqual(nothing)
    }
  })
})
