/**
 * Prometheus metrics on a separate port. All label values come from closed sets, so that the number
 * of series is bounded, and no service, client or person is identified.
 */
import { createServer, type Server } from 'node:http'
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { Call } from '../http/transport.ts'
import { guesses } from '../refusal.ts'

/** From a database look-up to a request that waits for another server. */
const bucketSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const labelNames = ['operation', 'action', 'result_code'] as const

export interface Metrics {
  observe(call: Call): void
  /** The exposition format of Prometheus. */
  text(): Promise<string>
}

/** Codes that are not in `resultCodes` are counted as "other". */
export function createMetrics(resultCodes: { has(code: string): boolean }): Metrics {
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
    const { kind, throttled } = message as { kind: string; throttled: boolean }
    wrong.inc({ kind, throttled: String(throttled) })
  })
  return {
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
