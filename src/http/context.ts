/** What an operation works with: the service it acts on, who calls, and the world outside. */
import type { RemoteKeySets } from '../jose/remote-key-set.ts'
import type { Documents } from '../store/documents.ts'
import type { Store } from '../store/store.ts'
import type { Sealer } from '../system/sealer.ts'
import type { System } from '../system/system.ts'
import type { Caller } from './caller.ts'
import type { Preferences } from './preferences.ts'

/** Made once for a process. */
export interface Dependencies {
  readonly store: Store
  readonly documents: Documents
  readonly keySets: RemoteKeySets
  readonly system: System
  /** Seals what only this server has to read again. */
  readonly sealer: Sealer
}

/** Made once for a request: it has one `now`, in milliseconds since the epoch. */
export interface Context extends Dependencies {
  readonly caller: Caller
  readonly preferences: Preferences
  readonly now: number
  /** The address that the client's request came from, where the caller tells it. */
  readonly clientAddress?: string | undefined
}
