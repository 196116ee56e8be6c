/** A hundred thousand rows that have expired are swept while calls are served. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createApp } from '../../src/app.ts'
import { apiTokenHash } from '../../src/http/caller.ts'
import { openStore } from '../../src/store/open.ts'
import { createSealer } from '../../src/system/sealer.ts'
import { testSystem } from '../support/system.ts'
import { type Depth, type Finding, percentile } from './findings.ts'

const rowsOf: Record<Depth, number> = { short: 10_000, usual: 100_000, long: 1_000_000 }

export async function sweep(depth: Depth): Promise<Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-sweep-'))
  const sealer = createSealer(Buffer.alloc(32, 7))
  const store = await openStore(`file:${join(folder, 'postern.db')}`, sealer)
  const system = testSystem()
  const now = system.clock()
  const token = 'administrator-of-the-fault-tests'
  const row = { tokenHash: apiTokenHash(token), serviceId: 0, createdAt: now }
  await store.commit(store.apiTokens.upsert({ ...row, data: { label: '', rights: ['admin'] } }))
  const app = createApp({ store, system, sealer })
  const post = (path: string, body: object) =>
    app.request(path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
  const made = await post('/api/service/create', { serviceName: 'Sweeping' })
  const { apiKey: serviceId } = (await made.json()) as { apiKey: number }
  const rows = rowsOf[depth]
  const expired = (index: number) =>
    store.accessTokens.insert({
      ...{ serviceId, tokenHash: `expired-${index}`, familyId: `family-${index}`, clientId: 1 },
      ...{ subject: `user-${index}`, sessionId: undefined },
      ...{ createdAt: now - 2, expiresAt: now - 1, data: { scopes: [] } as never },
    })
  for (let index = 0; index < rows; index += 1_000) {
    await store.commit(...Array.from({ length: 1_000 }, (_, each) => expired(index + each)))
  }

  /** A call every two milliseconds for as long as the work takes; their 99th percentile. */
  async function during(work: Promise<unknown>): Promise<number> {
    const taken: number[] = []
    let isOver = false
    const over = work.then(() => {
      isOver = true
    })
    while (!isOver) {
      const due = performance.now() + 2
      await wait(2)
      await post(`/api/${serviceId}/auth/introspection`, { token: 'unknown' })
      taken.push(performance.now() - due)
    }
    await over
    return percentile(taken, 0.99)
  }
  try {
    await during(wait(500))
    const calm = await during(wait(1_500))
    const started = performance.now()
    let removed = 0
    const sweeping = await during(
      store.purge(now).then((count) => {
        removed = count
      }),
    )
    const seconds = (performance.now() - started) / 1_000
    return [
      {
        what: `${rows} expired rows swept while serving (SQLite)`,
        target: 'all of them; p99 of the calls grows by less than 100 ms',
        figure:
          `${removed} swept in ${seconds.toFixed(1)} s; ` +
          `p99 ${calm.toFixed(1)} ms before, ${sweeping.toFixed(1)} ms meanwhile`,
        pass: removed === rows && sweeping - calm < 100,
      },
    ]
  } finally {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
