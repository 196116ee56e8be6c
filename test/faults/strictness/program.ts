/** Histories of two processes on each database; a failure says its seed and its shortest form. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '../../support/postgres.ts'
import { findPostgresBinaries } from '../../support/postgres-binaries.ts'
import { type Depth, type Finding, progress } from '../findings.ts'
import { serverProcess } from '../server-process.ts'
import { playAll } from './histories.ts'
import { pairOf } from './model.ts'

/** On each database. */
const historiesOf: Record<Depth, number> = { short: 20, usual: 300, long: 5_000 }
const atOnce = 6

async function onDatabase(name: string, url: string, depth: Depth, seed: number): Promise<Finding> {
  const processes = [1, 2].map(() => serverProcess(url, { POSTERN_TEST_SERVICES: 'true' }))
  const count = historiesOf[depth]
  try {
    for (const each of processes) await each.start()
    const { histories, steps, failure } = await playAll(
      pairOf(processes),
      { first: seed, count, atOnce },
      (done) => progress(`histories on ${name}: ${done}/${count}`),
    )
    if (failure) process.stderr.write(`${failure}\n`)
    return {
      what: `histories of two processes on ${name}, seeds ${seed} to ${seed + count - 1}`,
      target: 'no answer of before a change that was acknowledged',
      figure: failure?.replace('\n', '; ') ?? `0 wrong of ${histories}, with ${steps} steps`,
      pass: failure === undefined && histories === count,
    }
  } finally {
    for (const each of processes) await each.kill()
  }
}

export async function* strictness(depth: Depth, seed: number): AsyncGenerator<Finding> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-strictness-'))
  try {
    yield await onDatabase('SQLite', `file:${join(folder, 'postern.db')}`, depth, seed)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  if (!findPostgresBinaries()) return
  const postgres = await startPostgres()
  try {
    yield await onDatabase('PostgreSQL', postgres.url, depth, seed)
  } finally {
    await postgres.stop()
  }
}
