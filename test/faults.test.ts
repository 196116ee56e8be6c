/** The short form of `npm run faults`: each program says what it found, and all of it has to pass. */
import { describe, expect, it } from 'vitest'
import { kill } from './faults/kill.ts'

const seed = Number(process.env['POSTERN_FAULTS_SEED'] ?? process.pid)

describe(`the fault programs (seed ${seed})`, () => {
  it('lose nothing acknowledged, and do nothing by half, when the process is killed', async () => {
    for await (const finding of kill('short', seed)) expect(finding).toMatchObject({ pass: true })
  })
})
