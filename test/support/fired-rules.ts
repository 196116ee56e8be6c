/**
 * Remembers which rules the tests of a worker fired, for the reporter to compare with the
 * catalogue.
 */
import { appendFileSync } from 'node:fs'
import { afterAll } from 'vitest'
import { refusals } from '../../src/refusal.ts'
// Every process of Postern begins with it, and a table of pure rules imports no process.
import '../../src/system/prototype.ts'

const fired = new Set<string>()
const note = (message: unknown) => {
  fired.add((message as { code: string }).code)
}
refusals.subscribe(note)

afterAll(() => {
  refusals.unsubscribe(note)
  const file = process.env['POSTERN_FIRED_RULES']
  if (file && fired.size > 0) appendFileSync(file, `${[...fired].join('\n')}\n`)
})
