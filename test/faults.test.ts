/** The short form of `npm run faults`: every finding of each program must pass. */
import { describe, expect, it } from 'vitest'
import { kill } from './faults/kill.ts'

const seed = Number(process.env['POSTERN_FAULTS_SEED'] ?? process.pid)

describe(`fault programs with seed ${seed}`, () => {
  it('lose no acknowledged write and keep no partial write after a kill', async () => {
    for await (const finding of kill('short', seed)) expect(finding).toMatchObject({ pass: true })
  })
})
