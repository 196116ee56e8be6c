/** The types of the client, made of the generated types of operations. */
import type { Operations } from './generated/types.ts'

/** Preferences of a call (RFC 7240): `relay`, `explain`, `handling=strict`, `return=changes`. */
export type Preference =
  | 'relay'
  | 'explain'
  | 'handling=strict'
  | 'return=changes'
  | (string & Record<never, never>)

interface Behaviour {
  /** Preferences of the call (RFC 7240). */
  readonly prefer?: readonly Preference[] | undefined
  /** Milliseconds that a call may take, with all attempts and pauses; 10,000 by default. */
  readonly timeout?: number | undefined
  /** How often a call that may be repeated is made again, at most; 2 by default. */
  readonly retries?: number | undefined
}

export interface ClientOptions extends Behaviour {
  /** The URL of Postern, without `/api`. */
  readonly baseUrl: string | URL
  /** The `apiKey` of the service. Without it, only paths that begin with `/api/` can be called. */
  readonly serviceId?: string | number | undefined
  /** The API token, or a function that returns it. */
  readonly token: string | (() => string | Promise<string>)
  /** In place of the global function. The `fetch` of `createPostern` calls without a socket. */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined
}

export interface CallOptions extends Behaviour {
  /** Further header fields, such as `Postern-Actor` and `Postern-Reason`. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Ends the call, which then rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined
  /** The caller knows that the call has one effect, however often it is made. */
  readonly repeatable?: boolean | undefined
}

/** Options of some operations. */
interface SomeOptions {
  /** An answer, or its entity tag: the change is refused (412) if the document changed since. */
  readonly ifMatch?: object | string | undefined
  /** An answer: it is returned again if the document is still the same. */
  readonly ifNoneMatch?: object | undefined
  /** Names a creation. By default a random one, so that the call can be repeated. */
  readonly idempotencyKey?: string | undefined
}

export interface AnyOptions extends CallOptions, SomeOptions {
  readonly path?: object | undefined
  readonly query?: object | undefined
}

type Given<Name extends string, Members> =
  Record<never, never> extends Members
    ? { readonly [name in Name]?: Members | undefined }
    : { readonly [name in Name]: Members }

type OptionsOf<O> = CallOptions &
  (O extends { path: infer Path } ? { readonly path: Path } : unknown) &
  (O extends { query: infer Query } ? Given<'query', Query> : unknown) &
  (O extends { options: infer Names extends keyof SomeOptions }
    ? Pick<SomeOptions, Names>
    : unknown)

type Last<O> =
  Record<never, never> extends OptionsOf<O> ? [options?: OptionsOf<O>] : [options: OptionsOf<O>]

type WithBody<O> = O extends { body: infer Body }
  ? [body: Body, ...options: Last<O>]
  : Record<never, never> extends OptionsOf<O>
    ? [body?: undefined, ...options: Last<O>]
    : [body: undefined, ...options: Last<O>]

type Answer<O> = O extends { answer: infer A } ? Promise<A> : never

type Paths<Method extends keyof Operations> = keyof Operations[Method] & string

/**
 * Calls of operations, typed by their paths: below the service, or from `/api/` on if the operation
 * is not of one service.
 */
export interface PosternClient {
  get<P extends Paths<'get'>>(
    path: P,
    ...rest: Last<Operations['get'][P]>
  ): Answer<Operations['get'][P]>
  delete<P extends Paths<'delete'>>(
    path: P,
    ...rest: Last<Operations['delete'][P]>
  ): Answer<Operations['delete'][P]>
  post<P extends Paths<'post'>>(
    path: P,
    ...rest: WithBody<Operations['post'][P]>
  ): Answer<Operations['post'][P]>
  put<P extends Paths<'put'>>(
    path: P,
    ...rest: WithBody<Operations['put'][P]>
  ): Answer<Operations['put'][P]>
  patch<P extends Paths<'patch'>>(
    path: P,
    ...rest: WithBody<Operations['patch'][P]>
  ): Answer<Operations['patch'][P]>
  /** A client of another service, which is the same in everything else. */
  ofService(serviceId: string | number): PosternClient
}
