/**
 * Two processes on one database, and histories of changes: an answer that is asked for after a
 * change was acknowledged is never of before it. `POSTERN_HISTORIES` and `POSTERN_SEED` play more,
 * or one again; `npm run faults` plays many.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type ServerProcess, serverProcess } from '../../faults/server-process.ts'
import { playAll } from '../../faults/strictness/histories.ts'
import { pairOf } from '../../faults/strictness/model.ts'
import { createDatabase } from '../../support/stores.ts'

const count = Number(process.env['POSTERN_HISTORIES'] ?? 30)
const first = Number(process.env['POSTERN_SEED'] ?? 1)
const folder = mkdtempSync(join(tmpdir(), 'postern-strictness-'))
let drop = async () => {}
let processes: ServerProcess[] = []

beforeAll(async () => {
  let url = `file:${join(folder, 'postern.db')}`
  if (inject('dialect') === 'postgres') ({ url, drop } = await createDatabase())
  processes = [1, 2].map(() => serverProcess(url, { POSTERN_TEST_SERVICES: 'true' }))
  for (const each of processes) await each.start()
})
afterAll(async () => {
  for (const each of processes) await each.kill()
  await drop()
  rmSync(folder, { recursive: true, force: true })
})

describe(`two processes on one database of ${inject('dialect')}`, () => {
  it('answer nothing of before a change that was acknowledged', async () => {
    const played = await playAll(pairOf(processes), { first, count, atOnce: 4 })
    expect(played.failure).toBeUndefined()
    expect(played.histories).toBe(count)
  }, 600_000)
})
