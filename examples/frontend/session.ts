/**
 * Who is logged in to a browser. Postern keeps the sessions. The browser keeps two cookies: a
 * secret, whose hash is the identifier of the session, and the browser state, which the OP iframe
 * reads (OIDC Session Management §3.2).
 */
import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { LRUCache } from 'lru-cache'
import { deviceOf } from './device-name.ts'
import { randomId } from './pending.ts'
import type { Answer, Postern } from './postern.ts'

export interface Session {
  /** Names the session to clients: `sid`. It opens nothing, unlike the cookie. */
  id: string
  subject: string
  /** Seconds. */
  authTime: number
  acr?: string
  /** By client id: what the user allowed, line by line as it was shown. */
  consents: Map<number, Set<string>>
}

interface SessionsOptions {
  postern: Postern
  clock: () => number
  /** Whether the browser uses HTTPS. */
  isSecure: (c: Context) => boolean
  /** How often OP iframes ask whether the session lives; 0 for never. */
  refreshSeconds: number
}

export type Sessions = ReturnType<typeof createSessions>

const unexpected = ({ action }: Answer) => new Error(`The session met ${action}`)

const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url')

export function createSessions({ postern, clock, isSecure, refreshSeconds }: SessionsOptions) {
  const perf = { now: clock }
  const cache = new LRUCache<string, Session>({ max: 10_000, ttl: 5_000, perf })
  const consents = new LRUCache<string, Session['consents']>({ max: 10_000, perf })

  /** Pages of other sites contain the OP iframe. Browsers show it only cookies with `None`. */
  const cookieFor = (c: Context, isForIframe: boolean) => {
    const secure = isSecure(c)
    return { path: '/', secure, sameSite: secure && isForIframe ? 'None' : 'Lax' } as const
  }

  const idOf = (c: Context): string | undefined => {
    const cookie = getCookie(c, 'session')
    return cookie ? hashOf(cookie) : undefined
  }

  function showState(c: Context, state: string): string {
    setCookie(c, 'op_browser_state', state, cookieFor(c, true))
    return state
  }

  /** Takes over what an answer of Postern says about the session of the browser. */
  function follow(c: Context, { browserState }: Answer, isOver: boolean): void {
    if (browserState) showState(c, browserState)
    const id = idOf(c)
    if (!isOver || id === undefined) return
    cache.delete(id)
    consents.delete(id)
    deleteCookie(c, 'session', cookieFor(c, refreshSeconds > 0))
  }

  function keep({ sessionId: id, subject, authTime = 0, acr }: NonNullable<Answer['session']>) {
    const allowed = consents.get(id) ?? new Map()
    consents.set(id, allowed)
    const session: Session = { id, subject, authTime, consents: allowed, ...(acr ? { acr } : {}) }
    cache.set(id, session)
    return session
  }

  /** The live session of the browser. Its end somewhere else is seen five seconds later. */
  async function current(c: Context): Promise<Session | undefined> {
    const sessionId = idOf(c)
    if (sessionId === undefined) return undefined
    const cached = cache.get(sessionId)
    if (cached) return cached
    const answer = await postern.call('session/get', { sessionId, touch: true })
    if (answer.action === 'OK' && answer.session) return keep(answer.session)
    // A failure of Postern does not log the user out.
    if (!['ENDED', 'NOT_FOUND'].includes(answer.action)) throw unexpected(answer)
    follow(c, { browserState: randomId(), ...answer }, true)
    return undefined
  }

  return {
    current,
    idOf,
    follow,
    refreshSeconds,

    /** The value of the readable cookie, which clients compare by the OP iframe. */
    browserState(c: Context): string {
      const cookie = getCookie(c, 'op_browser_state') ?? ''
      // Scripts can write this cookie, too.
      return /^[\w-]{22,128}$/.test(cookie) ? cookie : showState(c, randomId())
    },

    /** Proves that a form was sent from a page that this session saw. */
    formToken: (c: Context): string => hashOf(`form ${getCookie(c, 'session')}`),

    /**
     * Records a login that has just succeeded. A new login of the same user goes on with the
     * session; another user gets a new one, under a new cookie. Undefined if there is no room.
     */
    async logIn(c: Context, subject: string, acr: string): Promise<Session | undefined> {
      const login = { acr, authTime: Math.floor(clock() / 1000), device: deviceOf(c) }
      const before = await current(c)
      if (before?.subject === subject) {
        const body = { sessionId: before.id, ...login }
        const { action, session } = await postern.call('session/update', body)
        if (action === 'OK' && session) return keep(session)
      }
      const cookie = randomId()
      const created = await postern.call('session/create', {
        ...{ subject, sessionId: hashOf(cookie), replaces: idOf(c), ...login },
      })
      if (created.action === 'LIMIT_REACHED') return undefined
      if (!created.session) throw unexpected(created)
      follow(c, created, true)
      const options = { ...cookieFor(c, refreshSeconds > 0), httpOnly: true }
      setCookie(c, 'session', cookie, options)
      return keep(created.session)
    },
  }
}
