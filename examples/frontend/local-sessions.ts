/**
 * Sessions in the memory of this frontend, for a service that keeps none: without the attribute
 * `ext.session.registry`, Postern only labels tokens with the session.
 */
import { LRUCache } from 'lru-cache'
import { type Answer, type Postern, PosternError, type SessionView } from './postern.ts'

interface Call {
  sessionId: string
  subject: string
  authTime?: number
  acr?: string
  replaces?: string
  ticket?: string
}

/** Postern's code for a service that keeps no sessions. */
const registryOff = 'P089004'

/** Calls Postern, and answers calls about sessions itself where the service keeps none. */
export function withLocalSessions(postern: Postern, clock: () => number): Postern {
  const sessions = new LRUCache<string, SessionView>({
    max: 10_000,
    ttl: 8 * 3_600_000,
    perf: { now: clock },
  })

  function answer(operation: string, call: Call): Answer {
    const { sessionId, subject, replaces } = call
    if (operation === 'session/list') {
      const own = [...sessions.values()].filter((session) => session.subject === subject)
      return { action: 'OK', sessions: own }
    }
    if (operation === 'session/create') {
      if (replaces) sessions.delete(replaces)
      sessions.set(sessionId, { ...call, lastSeenAt: clock() })
    }
    const session = sessions.get(sessionId)
    if (operation === 'session/delete') sessions.delete(sessionId)
    if (!session) return { action: 'NOT_FOUND' }
    if (operation === 'session/update') Object.assign(session, call, { subject: session.subject })
    return { action: operation === 'session/create' ? 'CREATED' : 'OK', session }
  }

  /** The sessions of logouts that wait for the user, by ticket. */
  const asked = new LRUCache<string, string>({ max: 1_000 })

  /** A logout ends the session here, too. */
  function follow(operation: string, { sessionId, ticket = '' }: Partial<Call>, found: Answer) {
    const id = operation === 'logout' ? sessionId : asked.get(ticket)
    if (id === undefined) return
    if (found.ticket) asked.set(found.ticket, id)
    const isDone = ['LOCATION', 'PAGE', 'OK'].includes(found.action)
    if (isDone && found.current !== false) sessions.delete(id)
  }

  async function call<A>(operation: string, body: object): Promise<A> {
    const isAboutSessions = operation.startsWith('session/')
    try {
      const found = await postern.call<A>(operation, body)
      if (['logout', 'logout/issue'].includes(operation)) follow(operation, body, found as Answer)
      return found
    } catch (error) {
      const isOff = error instanceof PosternError && error.message.includes(registryOff)
      if (!isAboutSessions || !isOff) throw error
      return answer(operation, body as Call) as A
    }
  }
  return { ...postern, call }
}
