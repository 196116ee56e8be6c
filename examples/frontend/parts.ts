/** What the endpoints of this frontend work with. */
import type { Postern } from './postern.ts'
import type { Sessions } from './session.ts'
import type { Users } from './users.ts'

export interface Parts {
  postern: Postern
  sessions: Sessions
  users: Users
  clock: () => number
  /** Where clients reach this server, if a proxy in front hides it. */
  publicUrl: string | undefined
}
