/** A database that is gone, slow, or breaks off within a commit, under load; then it is back. */
import { setTimeout as wait } from 'node:timers/promises'
import { startPostgres } from '../support/postgres.ts'
import { findPostgresBinaries } from '../support/postgres-binaries.ts'
import { type Caller, createCaller } from './caller.ts'
import { type Depth, type Finding, seeded } from './findings.ts'
import { createHistory } from './history.ts'
import { startProxy } from './proxy.ts'
import { serverProcess } from './server-process.ts'

const secondsOf: Record<Depth, number> = { short: 1, usual: 3, long: 20 }

interface Trouble {
  name: string
  begin(): void | Promise<void>
  end(): void | Promise<void>
}

async function endure(
  trouble: Trouble,
  caller: Caller,
  random: () => number,
  seconds: number,
): Promise<Finding> {
  const history = createHistory(trouble.name.replaceAll(' ', '-'), caller, random)
  const load = history.load(16)
  await wait(500)
  caller.calls.length = 0
  await trouble.begin()
  await wait(seconds * 1_000)
  const during = caller.calls.splice(0)
  await trouble.end()
  const back = await caller.recovered()
  await load.stop()
  // A commit that was under way has ended by now, one way or the other.
  await wait(2_500)
  await history.check()
  const calls = [...during, ...caller.calls]
  const refused = calls.filter(({ status }) => status === 503)
  const unclear = calls.filter(({ status }) => status === 0 || (status >= 500 && status !== 503))
  const slowest = Math.max(0, ...calls.map(({ milliseconds }) => milliseconds))
  for (const line of history.wrong.slice(0, 10)) process.stderr.write(`${trouble.name}: ${line}\n`)
  return {
    what: `PostgreSQL ${trouble.name} for ${seconds} s`,
    target:
      'within 2,000 ms; 503 with Retry-After, no other failure; back within 2,000 ms; no loss',
    figure:
      `slowest ${Math.round(slowest)} ms; ${refused.length} × 503, ${unclear.length} unclear; ` +
      `back after ${Math.round(back)} ms; ${history.wrong.length} wrong of ${history.checked()}`,
    pass:
      slowest < 2_000 &&
      refused.length > 0 &&
      refused.every(({ retryAfter }) => retryAfter === '1') &&
      unclear.length === 0 &&
      back < 2_000 &&
      history.wrong.length === 0,
  }
}

export async function network(depth: Depth, seed: number): Promise<Finding[]> {
  if (!findPostgresBinaries()) return []
  const postgres = await startPostgres({ synchronous_commit: 'on' })
  const proxy = await startProxy(postgres.url)
  const server = serverProcess(proxy.url)
  const end = () => proxy.fail({ kind: 'none' })
  const troubles: Trouble[] = [
    { name: 'gone', begin: () => proxy.fail({ kind: 'gone' }), end },
    {
      name: 'five seconds late',
      begin: () => proxy.fail({ kind: 'latency', milliseconds: 5_000 }),
      end,
    },
    {
      name: 'reset before a commit',
      begin: () => proxy.fail({ kind: 'reset at commit', heard: false }),
      end,
    },
    {
      name: 'reset after a commit',
      begin: () => proxy.fail({ kind: 'reset at commit', heard: true }),
      end,
    },
    { name: 'killed', begin: () => postgres.kill(), end: () => postgres.start() },
  ]
  try {
    await server.start()
    const caller = await createCaller(server.url)
    const found: Finding[] = []
    for (const trouble of troubles) {
      found.push(await endure(trouble, caller, seeded(seed), secondsOf[depth]))
    }
    return found
  } finally {
    await server.kill()
    await proxy.close()
    await postgres.stop()
  }
}
