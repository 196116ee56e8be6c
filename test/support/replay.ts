/**
 * Replays: with TEST_REPLAY=true, a test server rehearses each call of an operation that can be
 * run dry. No row may change, and the call that follows must end as the dry run did. What differs
 * fails the test when its server closes. TEST_REPLAY_COUNTS names a file for what was counted.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { appendFileSync } from 'node:fs'
import { expect } from 'vitest'
import { endpoints } from '../../src/api/index.ts'
import type { App } from '../../src/http/transport.ts'
import { aheadOf } from '../../src/model/service/clock.ts'
import { createApp } from '../../src/process/app.ts'
import type { LogoutOutbox } from '../../src/process/logout-outbox.ts'
import type { Documents } from '../../src/store/configuration.ts'
import type { Engine } from '../../src/store/engine.ts'
import type { Store } from '../../src/store/store.ts'
import type { Fetch } from '../../src/system/fetch.ts'
import { isExpected, isUnrepeatable } from './replay-differences.ts'
import { sealer } from './stores.ts'
import { seededRandom, type TestSystem, testLog } from './system.ts'
import { changesOf, tableRows } from './table-rows.ts'

export const isReplaying = process.env['TEST_REPLAY'] === 'true'

/** Paths of operations that can be run dry, after that of the service. */
export const rehearsable: ReadonlySet<string> = new Set(
  endpoints.flatMap(({ path, method, relay }) =>
    relay && method === 'post' ? [path.replace('/api/{serviceId}', '')] : [],
  ),
)

export interface ReplayCounts {
  /** Calls that were rehearsed, by operation. */
  calls: Record<string, number>
  /** Token requests among them that were not refused, by grant type. */
  grants: Record<string, number>
  /** Rows that were compared. */
  rows: number
  /** Calls that were not rehearsed, by the reason. */
  skipped: Record<string, number>
  /** What a dry run left, and how it ended otherwise than the call. */
  faults: string[]
}

interface Sent {
  method: string
  path: string
  body: unknown
  headers: Record<string, string>
}
interface Answer {
  status: number
  body: Record<string, unknown> | undefined
}

export interface Replay {
  readonly counts: ReplayCounts
  /** What the application fetches by: what a dry run has fetched is not fetched again. */
  readonly fetch: Fetch
  /** Rehearses the call, and then makes it. */
  around<T extends Answer>(sent: Sent, make: () => Promise<T>): Promise<T>
  /** Throws if there were faults. */
  close(): void
}

interface Parts {
  store: Store
  engine: Engine
  documents: Documents
  outbox: LogoutOutbox
  testServices: boolean
  system: TestSystem
}

/** Calls of all servers of this process, because several can have one store. */
let inFlight = 0
let arrived = 0
let rehearsing: Promise<unknown> = Promise.resolve()
/** Calls that a test makes while it answers a fetch of a dry run. */
const within = new AsyncLocalStorage<{ wasDisturbed: boolean }>()

export function createReplay(parts: Parts): Replay {
  const { engine, outbox, system } = parts
  const counts: ReplayCounts = { calls: {}, grants: {}, rows: 0, skipped: {}, faults: [] }
  const fetched = new Map<string, ReturnType<Fetch>[]>()
  let app: App | undefined
  let made = 0

  /** Apart, so that it takes no values from the system of the test and writes nothing to its log. */
  function open(): App {
    // Two seconds by turns: the rate of dry runs is that of one.
    const clock = () => system.clock() + (made % 2) * 1_000
    const random = seededRandom('replay')
    const fetch: Fetch = (url, options) => {
      const answer = system.fetch(url, options)
      answer.catch(() => {})
      fetched.set(url, [...(fetched.get(url) ?? []), answer])
      return answer
    }
    const own = { ...system, clock, random, fetch, log: testLog(system.clock) }
    return createApp({ ...parts, store: { ...parts.store }, sealer, system: own })
  }

  const skip = (reason: string) => {
    add(counts.skipped, reason)
    return undefined
  }

  /** The end of the dry run; undefined if there was none. */
  async function rehearse({ path, body, headers }: Sent): Promise<End | undefined> {
    const [, serviceId, operation = ''] = /^\/api\/(\d+)(\/.*)$/.exec(path) ?? []
    const { currentTestName = '' } = expect.getState()
    if (isUnrepeatable(currentTestName)) return skip('the test cannot be repeated')
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return skip('no members')
    if (headers['Prefer']?.includes('strict')) return skip('strict')
    const isIdle = await Promise.race([outbox.idle().then(() => true), soon()])
    if (!isIdle) return skip('deliveries are under way')
    made += 1
    app ??= open()
    const { Prefer: _, ...others } = headers
    const { asked } = system.fetch
    const before = await tableRows(engine)
    const askedBefore = asked?.length
    const state = { wasDisturbed: false }
    const service = await parts.documents.service(Number(serviceId))
    const at = system.clock() + (service ? aheadOf(service) : 0)
    const explained = { operation, request: body, at }
    const response = await within.run(state, async () =>
      app?.request(`/api/${serviceId}/explain`, {
        method: 'POST',
        headers: { ...others, 'Content-Type': 'application/json' },
        body: JSON.stringify(explained),
      }),
    )
    if (askedBefore !== undefined) asked.splice(askedBefore)
    const after = await tableRows(engine)
    // Callers that the dry run is not for are recorded, as those of any call are.
    const isRefused = response?.status === 401 || response?.status === 403
    const changed = state.wasDisturbed || isRefused ? [] : changesOf(before, after)
    for (const text of changed) counts.faults.push(`A dry run of ${operation} changed ${text}`)
    const answer = (await response?.json()) as Told
    if (state.wasDisturbed) return skip('the test acted while it answered a fetch')
    if (response?.status !== 200) return skip(`${response?.status} ${answer.resultCode}`)
    add(counts.calls, operation)
    const isToken = operation === '/auth/token' && answer.explanation?.refusedBy === undefined
    if (isToken) add(counts.grants, grantTypeIn(body))
    for (const rows of Object.values(before)) counts.rows += rows.length
    return answer.outcome
  }

  function compare(operation: string, dry: End, { status, body }: Answer): void {
    const real = { status, action: body?.['action'], resultCode: body?.['resultCode'] } as End
    const [told, wanted] = [textOf(dry), textOf(real)]
    if (told === wanted || isExpected(operation, told, wanted)) return
    counts.faults.push(`A dry run of ${operation} ended as ${told}, the call as ${wanted}`)
  }

  async function around<T extends Answer>(sent: Sent, make: () => Promise<T>): Promise<T> {
    const outer = within.getStore()
    if (outer) {
      outer.wasDisturbed = true
      return make()
    }
    inFlight += 1
    arrived += 1
    const own = arrived
    try {
      const operation = sent.path.replace(/^\/api\/\d+/, '')
      const dry = await rehearsedAlone(operation, sent)
      const answer = await make()
      if (dry && own === arrived) compare(operation, dry, answer)
      else if (dry) skip('another call came in between')
      return answer
    } finally {
      inFlight -= 1
      fetched.clear()
    }
  }

  /** A call that comes while others are under way is not rehearsed, but waits for dry runs. */
  async function rehearsedAlone(operation: string, sent: Sent): Promise<End | undefined> {
    if (sent.method !== 'POST' || !rehearsable.has(operation) || inFlight > 1) {
      if (rehearsable.has(operation)) skip('other calls are under way')
      await rehearsing
      return undefined
    }
    const rehearsal = rehearse(sent)
    rehearsing = rehearsal.catch(() => {})
    return rehearsal
  }

  /** Told to the test once: by the call itself. */
  const fetch: Fetch = (url, options) => {
    const [answer, ...later] = fetched.get(url) ?? []
    if (!answer) return system.fetch(url, options)
    fetched.set(url, later)
    system.fetch.asked?.push({ url, options })
    return answer
  }

  return {
    counts,
    fetch,
    around,
    close() {
      const file = process.env['TEST_REPLAY_COUNTS']
      if (file) appendFileSync(file, `${JSON.stringify(counts)}\n`)
      if (counts.faults.length > 0) throw new Error([...new Set(counts.faults)].join('\n'))
    },
  }
}

interface End {
  status: number
  action?: string
  resultCode?: string
}
interface Told {
  outcome: End
  explanation?: { refusedBy?: object }
  resultCode?: string
}

function add(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1
}

const grantTypeIn = (body: object): string =>
  new URLSearchParams(String(Reflect.get(body, 'parameters'))).get('grant_type') ?? ''

const textOf = ({ status, action, resultCode }: End) => `${status} ${action} ${resultCode}`

const soon = () => new Promise<false>((resolve) => setTimeout(resolve, 100, false))
