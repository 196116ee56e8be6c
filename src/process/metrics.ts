/**
 * Prometheus metrics on a separate port. All label values come from closed sets, so that the number
 * of series is bounded, and no service, client or person is identified.
 */
import { createServer, type Server } from 'node:http'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { currentTrace } from '../explain/trace.ts'
import type { Call } from '../http/transport.ts'
import { guesses } from '../refusal.ts'
import type { DeliveryOutcome } from '../sessions/logout-delivery.ts'
import type { Clock } from '../system/clock.ts'
import type { ProviderWatch } from '../system/guarded-provider.ts'

/** From a database look-up to a request that waits for another server. */
const bucketSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const labelNames = ['operation', 'action', 'result_code'] as const

export interface Metrics {
  observe(call: Call): void
  /** An attempt to notify a client of a logout. */
  observeLogout(outcome: DeliveryOutcome): void
  /** Counts the calls to the key provider of this name. */
  watchProvider(name: string): ProviderWatch
  /** The exposition format of Prometheus. */
  text(): Promise<string>
}

/** What waits in the database, which is read when the metrics are. */
export interface Waiting {
  clock: Clock
  /** How many logout notifications wait, and when the oldest was stored. */
  logouts(): Promise<{ count: number; oldest: number | null }>
}

/** Codes that are not in `resultCodes` are counted as "other". */
export function createMetrics(
  resultCodes: { has(code: string): boolean },
  waiting?: Waiting,
): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const calls = new Counter({
    name: 'postern_calls_total',
    help: 'Calls that were served.',
    labelNames,
    registers,
  })
  const durations = new Histogram({
    name: 'postern_call_duration_seconds',
    help: 'Duration of calls in seconds.',
    labelNames,
    buckets: bucketSeconds,
    registers,
  })
  const ignoredMembers = new Counter({
    name: 'postern_ignored_members_total',
    help: 'Unknown members of request bodies, such as misspelt properties.',
    labelNames: ['operation'],
    registers,
  })
  const wrong = new Counter({
    name: 'postern_wrong_credentials_total',
    help: 'Wrong credentials, by kind and whether they were throttled.',
    labelNames: ['kind', 'throttled'],
    registers,
  })
  guesses.subscribe((message) => {
    if (currentTrace()?.isRehearsal) return
    const { kind, throttled } = message as { kind: string; throttled: boolean }
    wrong.inc({ kind, throttled: String(throttled) })
  })
  const observeLogout = logoutMetrics(registry, waiting)
  return {
    observeLogout,
    watchProvider: providerMetrics(registry),
    observe({ operation = 'none', action = '', resultCode = '', milliseconds, ignored }) {
      const isListed = resultCode === '' || resultCodes.has(resultCode)
      const labels = {
        operation,
        action: /^[A-Z][A-Z_]*$|^$/.test(action) ? action : 'other',
        result_code: isListed ? resultCode : 'other',
      }
      calls.inc(labels)
      if (ignored > 0) ignoredMembers.inc({ operation }, ignored)
      durations.observe(labels, milliseconds / 1_000)
    },
    text: () => registry.metrics(),
  }
}

/** Outcomes of attempts, and what waits. Returns what counts an attempt. */
function logoutMetrics(
  registry: Registry,
  waiting: Waiting | undefined,
): (outcome: DeliveryOutcome) => void {
  const registers = [registry]
  const attempts = new Counter({
    name: 'postern_logout_deliveries_total',
    help: 'Attempts to notify clients of logouts.',
    labelNames: ['outcome'],
    registers,
  })
  const dead = new Counter({
    name: 'postern_logout_deliveries_dead_total',
    help: 'Logout notifications that were given up.',
    registers,
  })
  // One query for both gauges, which have no value while the database does not answer.
  let reading: Promise<{ count: number; oldest: number | null } | undefined> | undefined
  const read = () => {
    reading ??= Promise.resolve(waiting?.logouts())
      .catch(() => undefined)
      .finally(() => {
        reading = undefined
      })
    return reading
  }
  new Gauge({
    name: 'postern_logout_deliveries_pending',
    help: 'Logout notifications that wait, counted up to 20,000.',
    registers,
    async collect() {
      this.set((await read())?.count ?? Number.NaN)
    },
  })
  new Gauge({
    name: 'postern_logout_deliveries_oldest_seconds',
    help: 'Age of the oldest of these notifications in seconds.',
    registers,
    async collect() {
      const found = await read()
      const now = waiting?.clock() ?? Number.NaN
      this.set(found ? Math.max(0, now - (found.oldest ?? now)) / 1_000 : Number.NaN)
    },
  })
  return (outcome) => {
    attempts.inc({ outcome })
    if (outcome === 'dead') dead.inc()
  }
}

/** Calls to key providers, and their breakers. No key, handle or service is in a label. */
function providerMetrics(registry: Registry): (name: string) => ProviderWatch {
  const registers = [registry]
  const operations = new Counter({
    name: 'postern_hsm_operations_total',
    help: 'Calls to key providers.',
    labelNames: ['hsm', 'operation', 'result'],
    registers,
  })
  const durations = new Histogram({
    name: 'postern_hsm_operation_duration_seconds',
    help: 'Duration of calls to key providers in seconds, without those that were rejected.',
    labelNames: ['hsm', 'operation'],
    buckets: bucketSeconds,
    registers,
  })
  const breakers = new Gauge({
    name: 'postern_hsm_breaker_open',
    help: 'Whether calls to the key provider are rejected, because it failed repeatedly.',
    labelNames: ['hsm'],
    registers,
  })
  return (hsm) => {
    breakers.set({ hsm }, 0)
    return {
      called(operation, result, milliseconds) {
        operations.inc({ hsm, operation, result })
        if (result !== 'rejected') durations.observe({ hsm, operation }, milliseconds / 1_000)
      },
      breaker: (isOpen) => breakers.set({ hsm }, Number(isOpen)),
    }
  }
}

/** Serves `GET /metrics` and nothing else; resolves once it listens. */
export async function serveMetrics(
  metrics: Metrics,
  { host, port }: { host: string; port: number },
): Promise<Server> {
  const server = createServer(async (request, response) => {
    const [path] = (request.url ?? '').split('?')
    if (request.method !== 'GET' || path !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    const text = await metrics.text().catch(() => undefined)
    const head = { 'Content-Type': Registry.PROMETHEUS_CONTENT_TYPE }
    if (text === undefined) response.writeHead(500).end()
    else response.writeHead(200, head).end(text)
  })
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(port, host, listening)
  })
  return server
}
