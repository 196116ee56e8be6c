/** A database that is gone, slow, or breaks off within a commit, under load; then it is back. */
import { setTimeout as wait } from 'node:timers/promises'
import { startPostgres } from '../support/postgres.ts'
import { findPostgresBinaries } from '../support/postgres-binaries.ts'
import { type Caller, createCaller } from './caller.ts'
import { readiness } from './drain.ts'
import { type Depth, type Finding, seeded } from './findings.ts'
import { createHistory } from './history.ts'
import { startProxy } from './proxy.ts'
import { type ServerProcess, serverProcess } from './server-process.ts'

const secondsOf: Record<Depth, number> = { short: 1, usual: 3, long: 20 }

interface Trouble {
  name: string
  /** Whether Postern is to say that it is not ready while it lasts. */
  isNoticed: boolean
  /** Whether callers notice nothing: what became of a lost commit is asked for. */
  isHidden?: boolean
  /** How long it lasts, if it is not as long as the program is told. */
  seconds?: number
  begin(): void | Promise<void>
  end(): void | Promise<void>
}

async function endure(
  trouble: Trouble,
  server: ServerProcess,
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
  const ready = await readiness(server.url())
  await trouble.end()
  const back = await caller.recovered()
  const readyAgain = await readiness(server.url())
  await load.stop()
  // A commit that was under way has ended by now, one way or the other.
  await wait(2_500)
  await history.check()
  const calls = [...during, ...caller.calls]
  const refused = calls.filter(({ status }) => status === 503)
  const unclear = calls.filter(({ status }) => status === 0 || (status >= 500 && status !== 503))
  const slowest = Math.max(0, ...calls.map(({ milliseconds }) => milliseconds))
  for (const line of history.wrong.slice(0, 10)) process.stderr.write(`${trouble.name}: ${line}\n`)
  const failures = server.output().match(/^.*the call failed.*$/gm) ?? []
  for (const line of failures.slice(-3)) process.stderr.write(`${trouble.name}: ${line}\n`)
  return {
    what: `PostgreSQL ${trouble.name} for ${seconds} s`,
    target:
      `within 2,000 ms; ${trouble.isHidden ? 'no failure' : '503 with Retry-After, no other failure'}; ` +
      `${trouble.isNoticed ? 'readiness off; ' : ''}back within 2,000 ms; no loss`,
    figure:
      `slowest ${Math.round(slowest)} ms; ${refused.length} × 503, ${unclear.length} unclear; ` +
      `${ready === 503 ? 'readiness off; ' : ''}back after ${Math.round(back)} ms; ${history.wrong.length} wrong of ${history.checked()}`,
    pass:
      slowest < 2_000 &&
      (trouble.isHidden === true || refused.length > 0) &&
      refused.every(({ retryAfter }) => retryAfter === '1') &&
      unclear.length === 0 &&
      (ready === 503 || !trouble.isNoticed) &&
      readyAgain === 200 &&
      back < 2_000 &&
      history.wrong.length === 0,
  }
}

export async function* network(depth: Depth, seed: number): AsyncGenerator<Finding> {
  if (!findPostgresBinaries()) return
  const postgres = await startPostgres({ synchronous_commit: 'on' })
  const proxy = await startProxy(postgres.url)
  const server = serverProcess(proxy.url)
  const end = () => proxy.fail({ kind: 'none' })
  const troubles: Trouble[] = [
    { name: 'gone', isNoticed: true, begin: () => proxy.fail({ kind: 'gone' }), end },
    {
      name: 'five seconds late',
      isNoticed: true,
      begin: () => proxy.fail({ kind: 'latency', milliseconds: 5_000 }),
      end,
    },
    {
      name: 'reset before a commit',
      isNoticed: false,
      begin: () => proxy.fail({ kind: 'reset at commit', heard: false }),
      end,
    },
    {
      name: 'reset after a commit',
      isNoticed: false,
      isHidden: true,
      begin: () => proxy.fail({ kind: 'reset at commit', heard: true }),
      end,
    },
    {
      name: 'stopped',
      isNoticed: true,
      begin: () => postgres.end(),
      end: () => postgres.start(),
    },
    {
      name: 'killed',
      isNoticed: true,
      begin: () => postgres.kill(),
      end: () => postgres.start(),
    },
    // Commits that were under way ask a server that has lost them.
    ...[1, 2, 3].map((time) => ({
      name: `killed (${time})`,
      isNoticed: true,
      seconds: 1,
      begin: () => postgres.kill(),
      end: () => postgres.start(),
    })),
  ]
  try {
    await server.start()
    const caller = await createCaller(server.url)
    for (const trouble of troubles) {
      const seconds = trouble.seconds ?? secondsOf[depth]
      yield await endure(trouble, server, caller, seeded(seed), seconds)
    }
  } finally {
    await server.kill()
    await proxy.close()
    await postgres.stop()
  }
}
