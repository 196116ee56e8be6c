/** A service on a server whose metrics are counted as those of a process are. */
import { createMetrics, type Metrics } from '../../src/process/metrics/metrics.ts'
import { observedFetch, observedStore, readsOf } from '../../src/process/metrics/observed.ts'
import { catalogue } from '../../src/refusal.ts'
import { createService, type TestService } from './flows.ts'
import type { ServerOptions } from './server.ts'
import { openTestStore } from './stores.ts'
import { testSystem } from './system.ts'

export interface Metered extends TestService {
  metrics: Metrics
  /** The sum of the series of this name that have these labels. */
  value(name: string, labels?: Record<string, string>): Promise<number>
}

export async function createMetered(
  more: Record<string, unknown> = {},
  options: Pick<ServerOptions, 'limits'> = {},
): Promise<Metered> {
  const metrics = createMetrics(catalogue)
  const outside = testSystem()
  const { answer, asked } = outside.fetch
  const fetch = Object.assign(observedFetch(outside.fetch, metrics.instruments), { answer, asked })
  const system = { ...outside, fetch }
  const opened = await openTestStore()
  const dialect = opened.url.startsWith('postgres') ? 'postgres' : 'sqlite'
  const store = observedStore(opened.store, metrics.instruments, dialect)
  metrics.readFrom({
    version: '1.2.3',
    inFlight: () => 0,
    ...readsOf(store, system.clock, { auditDays: 400 }),
  })
  const service = await createService(more, {
    on: { ...opened, store },
    system,
    hearing: { observe: metrics.observe },
    ...options,
  })
  return { ...service, metrics, value: (name, labels) => valueIn(metrics, name, labels) }
}

async function valueIn(metrics: Metrics, name: string, labels: Record<string, string> = {}) {
  const lines = (await metrics.text()).split('\n')
  const isMeant = (line: string) =>
    (line.startsWith(`${name} `) || line.startsWith(`${name}{`)) &&
    Object.entries(labels).every(([label, value]) => line.includes(`${label}="${value}"`))
  const found = lines.filter(isMeant).map((line) => Number(line.slice(line.lastIndexOf(' '))))
  return found.reduce((sum, value) => sum + value, 0)
}
