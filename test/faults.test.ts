/** The short form of `npm run faults`: every finding of each program must pass. */
import { describe, expect, it } from 'vitest'
import { hsm } from './faults/hsm.ts'
import { kill } from './faults/kill.ts'
import { processes } from './faults/processes.ts'
import { findPostgresBinaries } from './support/postgres-binaries.ts'
import { hasSoftHsm } from './support/softhsm.ts'

const seed = Number(process.env['POSTERN_FAULTS_SEED'] ?? process.pid)

describe(`fault programs with seed ${seed}`, () => {
  it('lose no acknowledged write or credential and keep no partial write after a kill', async () => {
    for await (const finding of kill('short', seed)) expect(finding).toMatchObject({ pass: true })
  }, 300_000)

  it.skipIf(!findPostgresBinaries())(
    'lose nothing that was acknowledged when one of three processes on PostgreSQL is killed',
    async () => {
      for await (const finding of processes('short', seed)) {
        expect(finding).toMatchObject({ pass: true })
      }
    },
    300_000,
  )

  it.skipIf(!hasSoftHsm)(
    'lose no code while a module with keys fails, and recover',
    async () => {
      for await (const finding of hsm('short', seed)) expect(finding).toMatchObject({ pass: true })
    },
    300_000,
  )
})
