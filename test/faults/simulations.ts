/** The simulation with many seeds, on both databases; a failure says its seed. */

import type { Engine } from '../../src/store/engine.ts'
import { assemble } from '../../src/store/open.ts'
import { openPostgres } from '../../src/store/postgres/engine.ts'
import { openSqlite } from '../../src/store/sqlite/engine.ts'
import { startPostgres } from '../support/postgres.ts'
import { findPostgresBinaries } from '../support/postgres-binaries.ts'
import { sealer } from '../support/stores.ts'
import { type Depth, type Finding, progress } from './findings.ts'
import { createWorld, simulate } from './simulation.ts'

const seedsOf: Record<Depth, { sqlite: number; postgres: number }> = {
  short: { sqlite: 10, postgres: 0 },
  usual: { sqlite: 80, postgres: 80 },
  long: { sqlite: 1_000, postgres: 400 },
}
/** Worlds grow with what happens in them. */
const seedsOfOneWorld = 25

async function onEngine(
  name: string,
  open: () => Promise<Engine>,
  seeds: number,
  first: number,
): Promise<Finding> {
  const failures: string[] = []
  let struck = 0
  for (let done = 0; done < seeds; ) {
    const engine = await open()
    const close = () => engine.close()
    const world = await createWorld({ engine, store: assemble(engine, sealer), close })
    for (let each = 0; each < seedsOfOneWorld && done < seeds; each++, done++) {
      progress(`simulation on ${name}: seed ${first + done}, ${done + 1}/${seeds}`)
      await simulate(world, first + done).catch((error: unknown) => {
        failures.push(error instanceof Error ? error.message : String(error))
      })
    }
    struck += world.trouble.struck()
    await world.close()
  }
  for (const line of failures.slice(0, 20)) process.stderr.write(`simulation on ${name}: ${line}\n`)
  return {
    what: `random operations on ${name}, seeds ${first} to ${first + seeds - 1}`,
    target: 'as the model says, though commits fail and servers are started again',
    figure: `${failures.length} wrong of ${seeds}; ${struck} commits failed`,
    pass: failures.length === 0 && struck > seeds,
  }
}

export async function* simulation(depth: Depth, seed: number): AsyncGenerator<Finding> {
  const { sqlite, postgres: onPostgres } = seedsOf[depth]
  yield await onEngine('SQLite', () => openSqlite(':memory:'), sqlite, seed)
  if (onPostgres === 0 || !findPostgresBinaries()) return
  const postgres = await startPostgres()
  try {
    yield await onEngine('PostgreSQL', () => openPostgres(postgres.url), onPostgres, seed)
  } finally {
    await postgres.stop()
  }
}
