/** What the endpoints of this frontend work with. */
import type { Context } from 'hono'
import type { Limiter } from './limiter.ts'
import type { Pending, Request } from './pending.ts'
import type { Postern } from './postern.ts'
import type { Sessions } from './session.ts'
import type { Users } from './users.ts'

export interface Parts {
  postern: Postern
  sessions: Sessions
  /** Requests that wait for a login or for a consent. */
  interactions: Pending<Request>
  users: Users
  limiter: Limiter
  clock: () => number
  /** Whether the browser uses HTTPS. */
  isSecure: (c: Context) => boolean
  /** Where clients reach this server; without it, on the loopback interface only. */
  publicUrl: string | undefined
}
