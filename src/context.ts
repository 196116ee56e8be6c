/** What an operation works with: the service it acts on, who calls, and the world outside. */

import type { Caller } from './caller.ts'
import type { Keys } from './jose/keys.ts'
import type { RemoteKeySets } from './jose/remote-key-set.ts'
import type { Service } from './model/service/service.ts'
import type { Documents } from './store/configuration.ts'
import type { Store } from './store/store.ts'
import type { Sealer } from './system/sealer.ts'
import type { System } from './system/system.ts'

/** Made once for a process. */
export interface Dependencies {
  readonly store: Store
  readonly documents: Documents
  readonly keySets: RemoteKeySets
  /** The keys that services sign by. */
  readonly keys: Keys
  readonly system: System
  /** Seals what only this server has to read again. */
  readonly sealer: Sealer
}

/** What a caller prefers of an answer: the header field `Prefer`, RFC 7240. */
export interface Preferences {
  /** `relay`: the answer holds the HTTP response that the frontend can send as it is. */
  readonly relay: boolean
  /** `handling=strict`: what would be ignored is refused, RFC 7240 §4.4. */
  readonly strict: boolean
  /** `return=changes`: an update answers what it changed, RFC 7240 §4.2. */
  readonly changes: boolean
}

/** Made once for a request: it has one `now`, in milliseconds since the epoch. */
export interface Context extends Dependencies {
  readonly caller: Caller
  readonly preferences: Preferences
  readonly now: number
  /** The address that the client's request came from, where the caller tells it. */
  readonly clientAddress?: string | undefined
}

/** The context of a request whose path names a service. */
export type ServiceContext = Context & { readonly service: Service }
