/**
 * Records the rules that the tests of a worker fired, and the operations that answered with them,
 * which the reporter compares with the catalogue.
 */
import { appendFileSync } from 'node:fs'
import { afterAll } from 'vitest'
import { refusals } from '../../src/refusal.ts'
// Every process of Postern loads this module; a table of pure rules loads no process.
import '../../src/system/prototype.ts'

const fired = new Set<string>()
const note = (message: unknown) => {
  const { code, operation = '' } = message as { code: string; operation?: string }
  fired.add(`${code} ${operation}`.trim())
}
refusals.subscribe(note)

afterAll(() => {
  refusals.unsubscribe(note)
  const file = process.env['POSTERN_FIRED_RULES']
  if (file && fired.size > 0) appendFileSync(file, `${[...fired].join('\n')}\n`)
})
