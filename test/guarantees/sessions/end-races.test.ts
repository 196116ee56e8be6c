/**
 * Ends of sessions at the same time: a session ends once, by whichever of them comes first, and
 * each client that took part is told once. OIDC Back-Channel Logout §2.1
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { authorize, obtainTokens, redeem, type TestService } from '../../support/flows.ts'
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
let other: Json
beforeAll(async () => {
  ;({ race, service } = opened())
  client = await service.client({ backchannelLogoutUri: loggedOutUri })
  other = await service.client({ backchannelLogoutUri: loggedOutUri })
})

type Call = (by: TestService) => Promise<Json>
const call =
  (operation: string, body: Json): Call =>
  (by) =>
    by.api(operation, body)
const deleting = (body: Json): Call => call('/session/delete', body)
const statusOf = async (sessionId: string): Promise<string> =>
  (await service.api('/session/get', { sessionId })).session.status
const isGood = async (token: string) =>
  (await service.api('/auth/introspection', { token })).action === 'OK'

/** A session with two clients that have tokens. */
async function used() {
  const session = await openSession(service)
  const tokens = await obtainTokens(service, client, {}, session)
  await obtainTokens(service, other, {}, session)
  return { ...session, tokens }
}
const both = () => [client.clientId, other.clientId].sort()

async function logoutTicket(sessionId: string, client_id = ''): Promise<string> {
  const parameters = new URLSearchParams(client_id ? { client_id } : {}).toString()
  return (await service.api('/logout', { parameters, sessionId })).ticket
}

interface Ended {
  subject: string
  sessionId: string
}
type End = (session: Ended) => Promise<Call>
const one: End = async ({ sessionId }) => deleting({ sessionId })
const all: End = async ({ subject }) => deleting({ subject })
const confirmed: End = async ({ sessionId }) =>
  call('/logout/issue', { ticket: await logoutTicket(sessionId) })
const confirmedForAll: End = async ({ sessionId }) =>
  call('/logout/issue', { ticket: await logoutTicket(sessionId), scope: 'SUBJECT' })

describe('two ends of one session', () => {
  it.each([
    ['two of session/delete', one, one],
    ['session/delete of the session and of its subject', one, all],
    ['session/delete and logout/issue', one, confirmed],
    ['session/delete of the subject and logout/issue of it', all, confirmedForAll],
    ['logout/issue of two requests', confirmed, confirmed],
  ] as const)(
    '%s: one of them ends it, and each client is told once',
    async (_pair, first, second) => {
      for (const round of rounds) {
        const session = await used()
        const calls = [await first(session), await second(session)] as const
        const answers = await race(round, ...calls)
        expect(answers.map(({ action }) => action)).toEqual(['OK', 'OK'])
        expect(answers.map(({ count }) => count).sort()).toEqual([0, 1])
        const deliveries = answers.map((answer) => answer.deliveries.length)
        expect(deliveries.sort()).toEqual([0, 2])
        expect(await toldOf(service, session.sessionId)).toEqual(both())
        expect(await issuedIn(service, session.sessionId)).toEqual(nothing)
      }
    },
  )

  it('an end and a new session in its place: one of them ends it', async () => {
    for (const round of rounds) {
      const { subject, sessionId } = await used()
      const replacing = call('/session/create', { subject: `${subject}-next`, replaces: sessionId })
      const [created, ended] = await race(round, replacing, deleting({ sessionId }))
      expect([created.action, ended.action]).toEqual(['CREATED', 'OK'])
      const { endReason } = (await service.api('/session/get', { sessionId })).session
      expect(endReason).toBe(ended.count === 1 ? 'ADMIN' : 'REPLACED')
      expect(await toldOf(service, sessionId)).toEqual(both())
      expect(await statusOf(created.session.sessionId)).toBe('LIVE')
    }
  })

  it('two new sessions in its place: both live, and each client is told once', async () => {
    for (const round of rounds) {
      const { subject, sessionId } = await used()
      const replacing = call('/session/create', { subject, replaces: sessionId })
      const created = await race(round, replacing, replacing)
      expect(created.map(({ action }) => action)).toEqual(['CREATED', 'CREATED'])
      expect(await toldOf(service, sessionId)).toEqual(both())
    }
  })
})

describe('one logout ticket that is used twice', () => {
  it.each(['SESSION', 'CLIENT', 'SUBJECT'])(
    'ends the scope %s once, and the other call is refused (OIDC RP-Initiated Logout §2)',
    async (scope) => {
      for (const round of rounds) {
        const { sessionId } = await used()
        const ticket = await logoutTicket(sessionId, String(client.clientId))
        const issuing = call('/logout/issue', { ticket, scope })
        const answers = await race(round, issuing, issuing)
        const codes = answers.map(({ resultCode }) => resultCode).sort()
        expect(codes).toEqual(['P095001', 'P095903'])
        const told = scope === 'CLIENT' ? [client.clientId] : both()
        expect(await toldOf(service, sessionId)).toEqual(told)
      }
    },
  )
})

describe('logout ticket for the scope CLIENT', () => {
  it('is used up where no session is known either', async () => {
    await service.configure({ attributes: [] })
    const ticket = await logoutTicket('a-label', String(client.clientId))
    const issue = () => service.api('/logout/issue', { ticket, scope: 'CLIENT' })
    expect(await issue()).toMatchObject({ action: 'OK', count: 0 })
    expect(await issue()).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P095001' })
    await service.configure(withSessions())
  })
})

describe('end of a session', () => {
  it('while one client leaves it: that client is told by one of them', async () => {
    for (const round of rounds) {
      const { sessionId, tokens } = await used()
      const clientIdentifier = String(client.clientId)
      const leaving = deleting({ sessionId, clientIdentifier })
      const [left, ended] = await race(round, leaving, deleting({ sessionId }))
      expect([left.action, ended.action, ended.count]).toEqual(['OK', 'OK', 1])
      expect(left.deliveries.length + ended.deliveries.length).toBe(2)
      expect(await toldOf(service, sessionId)).toEqual(both())
      expect(await issuedIn(service, sessionId)).toEqual(nothing)
      expect(await isGood(tokens.accessToken)).toBe(false)
    }
  })

  it('while one client leaves it and comes again: it is told as often as it took part', async () => {
    for (const round of rounds) {
      const session = await used()
      const { sessionId } = session
      const { ticket } = await authorize(service, client)
      const issuing = call('/auth/authorization/issue', { ticket, ...session, tokens: undefined })
      const leaving = deleting({ sessionId, clientIdentifier: String(client.clientId) })
      const [issued] = await race(round, issuing, leaving)
      const redeemed = await redeem(service, client, issued.authorizationCode)
      const isIn = redeemed.action === 'OK'
      await service.api('/session/delete', { sessionId })
      const told = isIn ? [client.clientId, ...both()].sort() : both()
      expect(await toldOf(service, sessionId)).toEqual(told)
      expect(await issuedIn(service, sessionId)).toEqual(nothing)
    }
  })

  it('of a subject while a session is created: it ends if it was there, or it lives', async () => {
    for (const round of rounds) {
      const session = await used()
      const { subject } = session
      const [created, ended] = await race(
        round,
        call('/session/create', { subject }),
        deleting({ subject }),
      )
      const { sessionId } = created.session
      const isLive = (await statusOf(sessionId)) === 'LIVE'
      expect([created.action, ended.count]).toEqual(['CREATED', isLive ? 1 : 2])
      // Held back, the end comes last; and the other way round.
      if (round % 3 > 0) expect(isLive).toBe(round % 3 === 1)
      expect(await statusOf(session.sessionId)).toBe('ENDED')
    }
  })

  it('of a subject, of each session, and of one client in all: all end, and none is refused', async () => {
    for (const round of rounds.slice(0, 20)) {
      const { subject, sessionId } = await used()
      const more = [
        await openSession(service, { subject }),
        await openSession(service, { subject }),
      ]
      const sessions = [sessionId, ...more.map((session) => session.sessionId)]
      for (const session of more) await obtainTokens(service, client, {}, session)
      const leaving = deleting({ subject, clientIdentifier: String(client.clientId) })
      const calls = [
        race(0, deleting({ subject }), deleting({ subject })),
        race(0, ...(sessions.slice(0, 2).map((id) => deleting({ sessionId: id })) as [Call, Call])),
        race(0, leaving, deleting({ sessionId: sessions[2] })),
      ]
      const answers = (await Promise.all(calls)).flat()
      expect(answers.map(({ action }) => action)).toEqual(answers.map(() => 'OK'))
      expect(answers.reduce((sum, { count }) => sum + count, 0)).toBe(3)
      const told = await Promise.all(sessions.map((id) => toldOf(service, id)))
      expect([round, told]).toEqual([round, [both(), [client.clientId], [client.clientId]]])
    }
  })
})
