/** Postern in a test: the application on its own store, called without a socket or over one. */

import type { RequestListener } from 'node:http'
import { inject } from 'vitest'
import { apiTokenHash } from '../../src/caller.ts'
import { createAdmission, type Limits } from '../../src/http/load-shedding/admission.ts'
import type { App, Hearing } from '../../src/http/transport.ts'
import type { AccessRight } from '../../src/model/api-token.ts'
import type { Refusals } from '../../src/model/request/refused-call.ts'
import { createApps } from '../../src/process/app.ts'
import { createLogoutOutbox, type LogoutOutbox } from '../../src/process/logout-outbox.ts'
import { openDocuments } from '../../src/store/configuration.ts'
import type { Engine } from '../../src/store/engine.ts'
import type { Store } from '../../src/store/store.ts'
import { requireDeclared } from './answers.ts'
import { createReplay, isReplaying, type ReplayCounts } from './replay.ts'
import { createSecretWatch } from './secret-watch.ts'
import { listenWith } from './sockets.ts'
import { openTestStore, sealer, type TestStore } from './stores.ts'
import { type TestSystem, testSystem } from './system.ts'

/** A response of JSON, whose members a test reads by name. */
// biome-ignore lint/suspicious/noExplicitAny: a test asserts what is there
export type Json = any

export interface Reply {
  status: number
  headers: Headers
  text: string
  body: Json
}

export interface CallOptions {
  /** `null` sends no Authorization header. */
  token?: string | null
  headers?: Record<string, string>
}

export interface TestServer {
  store: Store
  /** The engine of the store, for tests that read stored rows. */
  engine: Engine
  system: TestSystem
  /** Makes first attempts as soon as they are committed, and later ones when the test begins them. */
  outbox: LogoutOutbox
  /** An administrator's token. */
  adminToken: string
  /** Its URL, if it listens on a socket. */
  url: string
  /** The application itself, for a test that serves it over a socket. */
  fetch: App['fetch']
  /** The same for a server of Node. */
  listener: RequestListener
  /** Sends any request; a `body` that is no string is sent as JSON. */
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Reply>
  /** Posts JSON and returns the body of the response. */
  post(path: string, body: unknown, options?: CallOptions): Promise<Json>
  get(path: string, options?: CallOptions): Promise<Json>
  /** A new API token; service 0 means all services. */
  tokenFor(serviceId: number, rights: AccessRight[], clientId?: number): Promise<string>
  /** What was rehearsed, on a server that does so. */
  replayed: ReplayCounts | undefined
  /** Excludes all secrets so far from the search, for tests that write them into texts. */
  forgetSecrets(): void
  close(): Promise<void>
}

export interface ServerOptions {
  /** The store to use instead of a new one. */
  on?: Omit<TestStore, 'url'>
  limits?: Partial<Limits>
  /** The system to use if several servers share one. */
  system?: TestSystem
  /** What hears of calls. */
  hearing?: Hearing
  /** Calls go over a socket of the loopback interface. */
  overHttp?: boolean
  /** Whether services may be test services. */
  testServices?: boolean
  /** The refused calls, for tests that stream them. */
  refusals?: Refusals
  /** Calls are rehearsed before they are made. */
  replays?: boolean
}

export async function createServer(options: ServerOptions = {}): Promise<TestServer> {
  const { on, limits, refusals, system = testSystem(), hearing = {} } = options
  const { overHttp = inject('overHttp'), replays = isReplaying, testServices = false } = options
  const { store, engine, close } = on ?? (await openTestStore())
  const watch = createSecretWatch()
  const documents = openDocuments(store, system.clock)
  const outbox = createLogoutOutbox({ store, documents, system })
  const admission = createAdmission(limits)
  const pages = { isApart: false }
  const own = { store, documents, outbox, testServices }
  const replay = replays ? createReplay({ ...own, engine, system }) : undefined
  const outside = replay ? { ...system, fetch: replay.fetch } : system
  const parts = { ...own, system: outside, sealer, admission, console: pages, ...hearing }
  const { app, listener } = createApps(refusals ? { ...parts, refusals } : parts)
  const listening = overHttp ? await listenWith(listener) : undefined
  const url = listening?.url ?? ''
  const send = (path: string, init: RequestInit) =>
    listening ? fetch(`${url}${path}`, init) : app.request(path, init)
  let made = 0

  async function tokenFor(serviceId: number, rights: AccessRight[], clientId?: number) {
    made += 1
    const token = `api-token-${made}-${system.random.token(128)}`
    const row = { tokenHash: apiTokenHash(token), serviceId, clientId, createdAt: system.clock() }
    await store.commit(store.apiTokens.upsert({ ...row, data: { label: '', rights } }))
    return token
  }
  const adminToken = await tokenFor(0, ['admin', 'view_audit_log'])

  async function call(method: string, path: string, body?: unknown, options: CallOptions = {}) {
    const { token = adminToken } = options
    const isText = typeof body === 'string' || body instanceof Uint8Array
    const headers = {
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined || isText ? {} : { 'Content-Type': 'application/json' }),
      ...options.headers,
    }
    const make = async () => {
      const text = isText ? (body as string) : JSON.stringify(body)
      return replyTo(method, path, { headers, ...(body === undefined ? {} : { body: text }) })
    }
    return replay ? replay.around({ method, path, body, headers }, make) : make()
  }

  async function replyTo(method: string, path: string, init: RequestInit): Promise<Reply> {
    const response = await send(path, { method, ...init })
    const text = await response.text()
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '')
    const { status } = response
    const answer = isJson ? JSON.parse(text) : undefined
    requireDeclared(method, path, status, answer)
    watch.note(status, text, answer)
    return { status, headers: response.headers, text, body: answer }
  }

  return {
    store,
    engine,
    system,
    outbox,
    adminToken,
    url,
    fetch: app.fetch,
    listener,
    call,
    post: async (path, body, options) => (await call('POST', path, body, options)).body,
    get: async (path, options) => (await call('GET', path, undefined, options)).body,
    tokenFor,
    replayed: replay?.counts,
    forgetSecrets: watch.forget,
    async close() {
      await listening?.close()
      await outbox.stop()
      watch.search(engine, system.log)
      await close()
      replay?.close()
    },
  }
}
