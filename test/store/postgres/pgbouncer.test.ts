/** Processes behind a real PgBouncer, which gives each transaction another connection. */
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createCaller } from '../../faults/caller.ts'
import { seeded } from '../../faults/findings.ts'
import { createHistory } from '../../faults/history.ts'
import { type ServerProcess, serverProcess } from '../../faults/server-process.ts'
import { hasPgBouncer, startPgBouncer } from '../../support/pgbouncer.ts'
import { createDatabase } from '../../support/stores.ts'

describe.skipIf(inject('dialect') === 'sqlite' || !hasPgBouncer)('PgBouncer by transaction', () => {
  let drop = async () => {}
  let pooler: Awaited<ReturnType<typeof startPgBouncer>>
  let servers: ServerProcess[] = []

  beforeAll(async () => {
    const database = await createDatabase()
    drop = database.drop
    pooler = await startPgBouncer(database.url)
    servers = [1, 2].map(() =>
      serverProcess(pooler.url, { POSTERN_DATABASE_POOLER: 'transaction' }),
    )
  })
  afterAll(async () => {
    for (const server of servers) await server.kill()
    await pooler.stop()
    await drop()
  })

  it('migrates an empty database once, when processes start at once', async () => {
    await Promise.all(servers.map((server) => server.start()))
    for (const server of servers) {
      expect((await fetch(`${server.url()}/health/ready`)).status).toBe(200)
    }
  })

  it('keeps what it acknowledged, and gives tokens for a code once, though both restart', async () => {
    const [server] = servers
    if (!server) return
    const caller = await createCaller(server.url)
    const history = createHistory('pooled', caller, seeded(7))
    for (const strike of [
      async () => {
        await server.kill()
        await server.start()
      },
      () => pooler.restart(),
    ]) {
      caller.calls.length = 0
      const load = history.load(8)
      await wait(1_000)
      expect(caller.calls.map(({ status }) => status)).not.toContain(503)
      await strike()
      await caller.recovered()
      await load.stop()
      await history.check()
      expect(history.wrong).toEqual([])
      expect(caller.calls.map(({ status }) => status)).not.toContain(500)
    }
    expect(history.checked()).toBeGreaterThan(20)
  }, 300_000)
})
