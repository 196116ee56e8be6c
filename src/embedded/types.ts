/** The types of the package: what `createPostern` takes, and what it returns. No imports. */

export interface PosternOptions {
  /** `:memory:` (SQLite, lost at the end; the default), `file:<path>` or `postgres://…`. */
  readonly database?: string
  /**
   * The key that encrypts secrets at rest: 32 random bytes in base64url or hexadecimal. Required
   * with a database that is not in memory.
   */
  readonly masterKey?: string
  /**
   * The API token of an administrator, at least 20 visible ASCII characters; by default a random
   * one. Required with a database that has API tokens already.
   */
  readonly adminToken?: string
  /** Returns the time in milliseconds since the epoch; by default, the time of the machine. */
  readonly clock?: () => number
  /**
   * Returns as many random bytes as it is asked for. With reproducible bytes, identifiers and
   * tokens are reproducible, and anyone can guess them: for tests only.
   */
  readonly random?: (count: number) => Uint8Array
  /**
   * Answers the requests that Postern sends, such as for the key sets of clients. By default they
   * go to the network, and only to public addresses and those of `outboundAllow`.
   */
  readonly fetch?: (request: Request) => Response | Promise<Response>
  /** Networks, addresses and `host:port` pairs that are allowed in addition to public addresses. */
  readonly outboundAllow?: readonly string[]
  /**
   * Whether services may have the attribute `ext.mode` = `test`, with clocks that are moved by
   * `/testclock`; by default, they may not.
   */
  readonly testServices?: boolean
  /** Gets each line of the log, a JSON object without secrets; by default, there is no log. */
  readonly log?: (line: string) => void
  /** The least serious lines that `log` gets; by default `info`. */
  readonly logLevel?: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'
}

/** A running Postern inside this process. */
export interface Postern {
  /** Answers a request of the API without a socket. Only the path of the URL matters. */
  fetch(request: Request): Promise<Response>
  /** Listens on the loopback interface, by default on a free port. */
  listen(port?: number): Promise<Listening>
  /** Calls operations as an administrator, without a socket. */
  readonly api: PosternApi
  readonly clock: PosternClock
  /** Finishes what is under way, and closes the listeners and the database. */
  close(): Promise<void>
}

export interface Listening {
  /** The base URL of the API. The console is at `/console/`. */
  readonly url: string
  /** A link that opens the console as the administrator: once, within ten minutes. */
  consoleLink(): string
}

/** Calls of operations by their paths below `/api/`, such as `service/create`. */
export interface PosternApi {
  /** The API token of the administrator. */
  readonly token: string
  /** Resolves to the response; rejects with a `PosternApiError` if it is not HTTP 2xx. */
  get<Answer = Record<string, unknown>>(path: string): Promise<Answer>
  post<Answer = Record<string, unknown>>(path: string, body?: object): Promise<Answer>
  delete<Answer = Record<string, unknown>>(path: string): Promise<Answer>
}

/** Returns the time that Postern uses, in milliseconds since the epoch. */
export interface PosternClock {
  (): number
  /** Moves the time forward. */
  advance(milliseconds: number): void
}
