/** `kill -9` under mixed load, again and again: of the server, and of its database. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startPostgres } from '../support/postgres.ts'
import { findPostgresBinaries } from '../support/postgres-binaries.ts'
import { withSignals } from '../support/security-events.ts'
import { type Caller, createCaller } from './caller.ts'
import { createEvents } from './events.ts'
import { type Depth, type Finding, progress, seeded } from './findings.ts'
import { createHistory, type History } from './history.ts'
import { createIssuances, issuing } from './issuances.ts'
import { createSecurityEvents } from './security-events.ts'
import { type ServerProcess, serverProcess } from './server-process.ts'
import type { TellingHistory } from './telling.ts'

const cyclesOf: Record<Depth, number> = { short: 2, usual: 20, long: 300 }
/** Of PostgreSQL, whose processes and files take longer to come back. */
const postgresCyclesOf: Record<Depth, number> = { short: 0, usual: 20, long: 100 }
/** Of what tells others: an attempt that a kill ends is made again only after ten seconds. */
const tellingCyclesOf: Record<Depth, number> = { short: 2, usual: 10, long: 60 }

const leastFacts = 20

interface Victim {
  name: string
  server: ServerProcess
  /** Kills and starts again. */
  strike(): Promise<void>
  cycles: number
  workers: number
  seed: number
  /** What is done under way; sign-ins without. */
  historyOf?: (...given: Parameters<typeof createHistory>) => Promise<History>
}

async function strikeAgainAndAgain(victim: Victim, caller: Caller): Promise<Finding> {
  const { name, server, strike, seed } = victim
  const random = seeded(seed)
  const begin = victim.historyOf ?? createHistory
  const history = await begin(name.replaceAll(' ', '-'), caller, random)
  let slowest = 0
  let cycle = 0
  // A busy machine does little between two kills.
  const isShort = () => history.checked() <= leastFacts && cycle < victim.cycles * 5
  for (; (cycle < victim.cycles || isShort()) && history.wrong.length === 0; cycle++) {
    const load = history.load(victim.workers)
    await wait(100 + random() * 400)
    await strike()
    slowest = Math.max(slowest, await caller.recovered())
    await load.stop()
    await history.check()
    progress(`${name}: kill ${cycle + 1}/${victim.cycles}, ${history.checked()} facts`)
  }
  const faults = caller.calls.filter(({ status }) => status >= 500 && status !== 503).length
  if (faults > 0) history.wrong.push(`${faults} calls were answered with 500`)
  for (const line of history.wrong.slice(0, 10)) process.stderr.write(`${name}: ${line}\n`)
  if (history.wrong.length > 0) process.stderr.write(`${name}: seed ${seed}\n`)
  await server.stop()
  return {
    what: `kill -9 of ${name}, ${cycle} times (seed ${seed})`,
    target: 'nothing acknowledged lost, nothing half done, revoked stays revoked',
    figure:
      `${history.wrong.length} wrong of ${history.checked()} facts, ` +
      `back ${Math.round(slowest)} ms after the start at most`,
    pass: history.wrong.length === 0 && history.checked() > leastFacts,
  }
}

async function* onSqlite(depth: Depth, seed: number): AsyncGenerator<Finding> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-kill-'))
  const server = serverProcess(`file:${join(folder, 'postern.db')}`)
  try {
    await server.start()
    const strike = async () => {
      await server.kill()
      await server.start()
    }
    const workers = depth === 'short' ? 3 : 8
    const victim = { server, strike, cycles: cyclesOf[depth], workers, seed }
    yield await strikeAgainAndAgain(
      { ...victim, name: 'Postern on SQLite' },
      await createCaller(server.url),
    )
    await server.start()
    yield await strikeAgainAndAgain(
      { ...victim, name: 'an issuer of credentials on SQLite', historyOf: createIssuances },
      await createCaller(server.url, issuing),
    )
  } finally {
    await server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Teller {
  name: string
  historyOf: (name: string, caller: Caller) => Promise<TellingHistory>
  settings?: Record<string, unknown>
}

const tellers: Teller[] = [
  { name: 'a sender of events on SQLite', historyOf: createEvents },
  {
    name: 'a transmitter of security events on SQLite',
    historyOf: createSecurityEvents,
    settings: withSignals(),
  },
]

/** Something tells a receiver on this machine of changes. */
async function ofTelling(
  { name, historyOf, settings = {} }: Teller,
  depth: Depth,
  seed: number,
): Promise<Finding> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-kill-'))
  const url = `file:${join(folder, 'postern.db')}`
  const server = serverProcess(url, { POSTERN_OUTBOUND_ALLOW: '127.0.0.1' })
  let close = async () => {}
  try {
    await server.start()
    return await strikeAgainAndAgain(
      {
        name,
        server,
        async strike() {
          await server.kill()
          await server.start()
        },
        cycles: tellingCyclesOf[depth],
        workers: 3,
        seed,
        async historyOf(name, caller) {
          const history = await historyOf(name, caller)
          close = history.close
          return history
        },
      },
      await createCaller(server.url, settings),
    )
  } finally {
    await server.kill()
    await close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function* onPostgres(depth: Depth, seed: number): AsyncGenerator<Finding> {
  const postgres = await startPostgres({ synchronous_commit: 'on' })
  const server = serverProcess(postgres.url)
  try {
    await server.start()
    const caller = await createCaller(server.url)
    const killServer = async () => {
      await server.kill()
      await server.start()
    }
    const killDatabase = async () => {
      await postgres.kill()
      await wait(200)
      await postgres.start()
    }
    const each = { server, cycles: postgresCyclesOf[depth], workers: 8, seed }
    yield await strikeAgainAndAgain(
      { ...each, name: 'Postern on PostgreSQL', strike: killServer },
      caller,
    )
    await server.start()
    const issuer = { name: 'an issuer of credentials on PostgreSQL', historyOf: createIssuances }
    yield await strikeAgainAndAgain(
      { ...each, ...issuer, strike: killServer },
      await createCaller(server.url, issuing),
    )
    await server.start()
    yield await strikeAgainAndAgain({ ...each, name: 'PostgreSQL', strike: killDatabase }, caller)
  } finally {
    await server.kill()
    await postgres.stop()
  }
}

export async function* kill(depth: Depth, seed: number): AsyncGenerator<Finding> {
  yield* onSqlite(depth, seed)
  for (const teller of tellers) yield await ofTelling(teller, depth, seed)
  if (depth !== 'short' && findPostgresBinaries()) yield* onPostgres(depth, seed)
}
