/** Three processes on one PostgreSQL under load, of which one after the other is killed. */
import { setTimeout as wait } from 'node:timers/promises'
import { hasPgBouncer, startPgBouncer } from '../support/pgbouncer.ts'
import { startPostgres } from '../support/postgres.ts'
import { findPostgresBinaries } from '../support/postgres-binaries.ts'
import { createCaller } from './caller.ts'
import { type Depth, type Finding, progress, seeded } from './findings.ts'
import { createHistory } from './history.ts'
import { serverProcess } from './server-process.ts'

const roundsOf: Record<Depth, { kills: number; seconds: number }> = {
  short: { kills: 1, seconds: 1 },
  usual: { kills: 4, seconds: 3 },
  long: { kills: 30, seconds: 10 },
}
const leastFacts = 20

interface Setting {
  what: string
  url: string
  variables?: Record<string, string>
  /** What else fails while a process is gone. */
  besides?(): Promise<void>
}

/** Calls go to one process after the other, so that what one did is asked of another. */
async function endure(setting: Setting, depth: Depth, seed: number): Promise<Finding> {
  const random = seeded(seed)
  const servers = [1, 2, 3].map(() => serverProcess(setting.url, setting.variables))
  const { kills, seconds } = roundsOf[depth]
  let turns = 0
  const next = () => servers[turns++ % servers.length]?.url() ?? ''
  let killed = 0
  try {
    await Promise.all(servers.map((server) => server.start()))
    const caller = await createCaller(next)
    const history = createHistory(setting.what.replaceAll(' ', '-'), caller, random)
    // A busy machine does little between two kills.
    const isShort = () => history.checked() <= leastFacts && killed < kills * 5
    while ((killed < kills || isShort()) && history.wrong.length === 0) {
      const load = history.load(9)
      await wait(seconds * 1_000 * (0.75 + random() / 4))
      const victim = servers[killed % servers.length]
      await victim?.kill()
      await setting.besides?.()
      await wait(seconds * 250)
      await victim?.start()
      await caller.recovered()
      await load.stop()
      await history.check()
      killed += 1
      progress(`${setting.what}: kill ${killed}/${kills}, ${history.checked()} facts`)
    }
    const faults = caller.calls.filter(({ status }) => status >= 500 && status !== 503).length
    const { wrong } = history
    if (faults > 0) wrong.push(`${faults} calls were answered with 500`)
    for (const line of wrong.slice(0, 10)) process.stderr.write(`${setting.what}: ${line}\n`)
    return {
      what: `kill -9 of one of three processes ${setting.what}, ${killed} times (seed ${seed})`,
      target: 'nothing acknowledged lost, nothing used twice, revoked stays revoked',
      figure: `${wrong.length} wrong of ${history.checked()} facts, in ${caller.calls.length} calls`,
      pass: wrong.length === 0 && history.checked() > leastFacts,
    }
  } finally {
    for (const server of servers) await server.kill()
  }
}

export async function* processes(depth: Depth, seed: number): AsyncGenerator<Finding> {
  if (!findPostgresBinaries()) return
  const postgres = await startPostgres({ synchronous_commit: 'on' })
  try {
    yield await endure({ what: 'on one PostgreSQL', url: postgres.url }, depth, seed)
    if (depth === 'short' || !hasPgBouncer) return
    const pooler = await startPgBouncer(postgres.url)
    const variables = { POSTERN_DATABASE_POOLER: 'transaction' }
    const what = 'behind a PgBouncer that restarts'
    const { url, restart: besides } = pooler
    try {
      yield await endure({ what, url, variables, besides }, depth, seed)
    } finally {
      await pooler.stop()
    }
  } finally {
    await postgres.stop()
  }
}
