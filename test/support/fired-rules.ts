/**
 * Remembers which rules the tests of a worker fired, for the reporter to compare with the
 * catalogue.
 */
import { appendFileSync } from 'node:fs'
import { afterAll } from 'vitest'
import { refusals } from '../../src/refusal.ts'

const fired = new Set<string>()
refusals.subscribe((message) => {
  fired.add((message as { code: string }).code)
})

afterAll(() => {
  const file = process.env['POSTERN_FIRED_RULES']
  if (file && fired.size > 0) appendFileSync(file, `${[...fired].join('\n')}\n`)
})
