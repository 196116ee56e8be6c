/** The context of an operation: its service, its caller, and the dependencies of the process. */

import type { Caller } from './caller.ts'
import type { Keys } from './jose/keys.ts'
import type { RemoteKeySets } from './jose/remote-key-set.ts'
import type { AuditType } from './model/audit/record.ts'
import type { Client } from './model/client/client.ts'
import type { Examine } from './model/installation/examination.ts'
import type { Refusals } from './model/request/refused-call.ts'
import { aheadOf } from './model/service/clock.ts'
import type { Service } from './model/service/service.ts'
import type { Documents } from './store/configuration.ts'
import type { Store } from './store/store.ts'
import type { DeliveryRow } from './store/tables/sessions/deliveries.ts'
import type { Sealer } from './system/sealer.ts'
import type { System } from './system/system.ts'

/** Sends what clients are to be told of the end of sessions. */
export interface Outbox {
  /**
   * Starts the first attempts of rows that this process has just committed. Resolves when they are
   * over, or after the time: at once for 0, or if too many calls or rows wait already. A call that
   * waits holds its slot, but no connection and no lock. The attempts continue without it.
   */
  send(rows: readonly DeliveryRow[], waitMilliseconds: number): Promise<void>
}

export type Stored = Pick<Dependencies, 'store' | 'documents'>

/** Created once per process. */
export interface Dependencies {
  readonly store: Store
  readonly documents: Documents
  /** What reads a state that is at most so many milliseconds old, if it is not the present one. */
  readonly asOf?: ((milliseconds: number) => Stored | undefined) | undefined
  readonly keySets: RemoteKeySets
  /** The signing keys of services. */
  readonly keys: Keys
  readonly system: System
  /** Encrypts values that only this server must read. */
  readonly sealer: Sealer
  readonly outbox: Outbox
  /** Called before the script of an operation; what it throws is the outcome. Only for tests. */
  readonly beforeScript?: ((operationId: string, canRefuse: boolean) => void) | undefined
  readonly refusals: Refusals
  /** Whether services may be test services, whose clocks can be moved. */
  readonly testServices: boolean
  /** Looks for what is wrong with the installation. */
  readonly examine: Examine
}

/** Preferences of a caller: the header field `Prefer`, RFC 7240. */
export interface Preferences {
  /** `relay`: the response contains the HTTP response for the frontend to send. */
  readonly relay: boolean
  /** `handling=strict`: unknown members are refused, not ignored, RFC 7240 §4.4. */
  readonly strict: boolean
  /** `return=changes`: the response to an update contains its changes, RFC 7240 §4.2. */
  readonly changes: boolean
  /** `stale=5`: the state may be five seconds old, so that a replica may be read. */
  readonly staleSeconds?: number | undefined
  /** `explain`: the response tells why. With `subject`, it shows values that name a person. */
  readonly explain?: 'plain' | 'subject' | undefined
}

/** The call of this API itself, as audit records tell of it. */
export interface Call {
  readonly requestId: string
  readonly operation: { readonly operationId: string; readonly audits?: AuditType }
  /** The client of the request, once it is known: for explanations and lists of refusals. */
  client: Client | undefined
  /** The refusal that the response sends to the client, which ends the script without an error. */
  refused: Error | undefined
  /** For whom the caller says it acts: by the body, else by the header field `Postern-Actor`. */
  actingFor(): string | undefined
  /** Why the caller says it makes the call: the header field `Postern-Reason`. */
  reason(): string | undefined
  /** Names a creation that the caller may repeat: the header field `Idempotency-Key`. */
  idempotencyKey(): string | undefined
  /** Whether the header field Accept lists the media type. */
  accepts(mediaType: string): boolean
  /** The versions that the header field If-Match names; undefined without a condition. */
  expectedVersions(): readonly number[] | undefined
  /** Whether the header field If-None-Match lists the entity tag. */
  knows(entityTag: string): boolean
  /** The entity tags that the header field If-None-Match names, without quotes. */
  knownTags(): readonly string[]
}

/**
 * Created once per request, with one `now` in milliseconds since the epoch, by the clock of its
 * service.
 */
export interface Context extends Dependencies {
  readonly caller: Caller
  readonly call: Call
  readonly preferences: Preferences
  readonly now: number
  /** The source address of the client's request, if the caller provides it. */
  readonly clientAddress?: string | undefined
}

/** The context of a request with a service in its path. */
export type ServiceContext = Context & { readonly service: Service }

/**
 * The time of the process: for what belongs to it and not to the service, such as the audit log and
 * what services share.
 */
export const processTime = ({ now, service }: { now: number; service?: Service }): number =>
  service ? now - aheadOf(service) : now

/** Header fields of a response that only its operation knows. */
export type NotedField = 'ETag' | 'Link'
const fields = new WeakMap<Context, Partial<Record<NotedField, string>>>()

export const noteField = (context: Context, name: NotedField, value: string): void => {
  fields.set(context, { ...fields.get(context), [name]: value })
}
export const notedFields = (context: Context) => fields.get(context)

/** What the channel of refusals tells of a call. */
export const refusedAt = ({ call }: Pick<Context, 'call'>, service: Service | undefined) => ({
  operation: call.operation.operationId,
  requestId: call.requestId,
  service: service?.apiKey,
  client: call.client?.clientId,
})

const origins = new WeakMap<Context, readonly string[]>()

/** The web origins that may read the response, once the client of the request is known. */
export const noteOrigins = (context: Context, allowed: readonly string[]): void => {
  origins.set(context, allowed)
}
export const notedOrigins = (context: Context): readonly string[] | undefined =>
  origins.get(context)
