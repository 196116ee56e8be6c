/** What the endpoints of this frontend work with. */
import type { Limiter } from './limiter.ts'
import type { Postern } from './postern.ts'
import type { Sessions } from './session.ts'
import type { Users } from './users.ts'

export interface Parts {
  postern: Postern
  sessions: Sessions
  users: Users
  limiter: Limiter
  clock: () => number
  /** Where clients reach this server; without it, on the loopback interface only. */
  publicUrl: string | undefined
}
