/**
 * What the frontend remembers of a browser: who logged in and when, what was consented to, and the
 * requests that wait for a page. It lives in memory, bounded in number and in time.
 */
import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { LRUCache } from 'lru-cache'
import type { Answer } from './postern.ts'

export interface Session {
  /** Names the session to clients: `sid`. It opens nothing, unlike the cookie. */
  id: string
  subject?: string
  authenticatedAt?: number
  acr?: string
  /** By client id: what the user allowed, line by line as it was shown. */
  consents: Map<number, Set<string>>
}

/** What came of a request: the user's grant, or why there is none. */
export type Decision =
  | { subject: string; authTime: number; acr: string; claims: string; sessionId?: string }
  | { reason: string }

type Conclude = (c: Context, decision: Decision) => Response | Promise<Response>

/** A request between Postern's answer and the user's decision. */
export interface Interaction {
  id: string
  answer: Answer
  /** Proves that a form was sent from this frontend's own page. */
  formToken: string
  /** Tells Postern what was decided, and the browser where it ends. */
  conclude: Conclude
  /** The session of the browser that the pages were first shown to; no other may go on. */
  session?: Session
  loggedIn?: boolean
  consented?: boolean
}

export type Sessions = ReturnType<typeof createSessions>

const randomId = () => randomBytes(24).toString('base64url')

const fresh = (): Session => ({ id: randomId(), consents: new Map() })

export function createSessions(clock: () => number, behindTls: boolean) {
  const perf = { now: clock }
  const sessions = new LRUCache<string, Session>({ max: 10_000, ttl: 8 * 3600_000, perf })
  const interactions = new LRUCache<string, Interaction>({ max: 10_000, ttl: 600_000, perf })

  /** Puts the session under a fresh id, so that an id known before a login is worth nothing. */
  function store(c: Context, session: Session): Session {
    const id = randomId()
    sessions.delete(getCookie(c, 'session') ?? '')
    sessions.set(id, session)
    const secure = behindTls || c.req.url.startsWith('https:')
    setCookie(c, 'session', id, { httpOnly: true, sameSite: 'Lax', path: '/', secure })
    return session
  }

  const current = (c: Context): Session =>
    sessions.get(getCookie(c, 'session') ?? '') ?? store(c, fresh())

  return {
    current,

    /**
     * Records a login that has just succeeded. Another user's login begins a session of its own.
     */
    logIn(c: Context, interaction: Interaction, subject: string, acr: string): void {
      const before = interaction.session
      const same = before && (before.subject === undefined || before.subject === subject)
      const session: Session = same ? before : fresh()
      Object.assign(session, { subject, acr, authenticatedAt: clock() })
      interaction.session = store(c, session)
      interaction.loggedIn = true
    },

    hold(answer: Answer, conclude: Conclude): Interaction {
      const interaction = { id: randomId(), formToken: randomId(), answer, conclude }
      interactions.set(interaction.id, interaction)
      return interaction
    },

    /** The interaction of this id, if it is this browser's. */
    find(c: Context, id: string): Interaction | undefined {
      const interaction = interactions.get(id)
      const session = current(c)
      if (interaction) interaction.session ??= session
      return interaction?.session === session ? interaction : undefined
    },

    drop: (interaction: Interaction) => interactions.delete(interaction.id),
  }
}
