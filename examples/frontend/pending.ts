/** Pages that wait for a user: kept in memory, bounded in number and in time. */
import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { LRUCache } from 'lru-cache'
import type { Answer } from './postern.ts'

/** What came of a request: the user's grant, or why there is none. */
export type Decision =
  | { subject: string; authTime: number; acr: string; claims: string; sessionId?: string }
  | { reason: string }

/** A request between Postern's answer and the user's decision. */
export interface Request {
  answer: Answer
  /** Tells Postern what was decided, and the browser where it ends. */
  conclude: (c: Context, decision: Decision) => Response | Promise<Response>
  /** The session in which the user has logged in for this request. */
  loggedIn?: string
  /** The session in which the user has consented to this request. */
  consented?: string
  /** The request only needs a login. */
  withoutConsent?: boolean
}

export type Interaction = Request & Page

interface Page {
  id: string
  /** Proves that a form was sent from this frontend's own page. */
  formToken: string
  /** The browser that the pages were first shown to; no other may go on. */
  browser?: string
}

export type Pending<T extends object> = ReturnType<typeof createPending<T>>

interface PendingOptions {
  clock: () => number
  isSecure: (c: Context) => boolean
  max: number
}

export const randomId = () => randomBytes(24).toString('base64url')

export function createPending<T extends object>({ clock, isSecure, max }: PendingOptions) {
  const pages = new LRUCache<string, T & Page>({ max, ttl: 600_000, perf: { now: clock } })

  /** A cookie that only tells browsers apart: it says nothing about a login. */
  function browserOf(c: Context): string {
    const known = getCookie(c, 'pages')
    if (known) return known
    const fresh = randomId()
    const options = { httpOnly: true, sameSite: 'Lax', path: '/', secure: isSecure(c) } as const
    setCookie(c, 'pages', fresh, options)
    return fresh
  }

  return {
    hold(held: T): T & Page {
      const page = { id: randomId(), formToken: randomId(), ...held }
      pages.set(page.id, page)
      return page
    },

    /** The page with this id, if it is this browser's. */
    find(c: Context, id: string): (T & Page) | undefined {
      const page = pages.get(id)
      const browser = browserOf(c)
      if (page) page.browser ??= browser
      return page?.browser === browser ? page : undefined
    },

    drop: ({ id }: Page) => pages.delete(id),
  }
}
