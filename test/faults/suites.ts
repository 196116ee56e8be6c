/** Test suites that are rows of the table, too: run as they are, and counted. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Depth, Finding } from './findings.ts'

/** How many tests of the files passed and failed, on every database that can be had. */
export async function runSuites(files: string[]): Promise<{ passed: number; failed: number }> {
  const args = ['--config', 'test/vitest.config.ts', '--root', '.', ...files]
  const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk
    })
  }
  await once(child, 'close')
  const [, passed, failed] = /(\d+) passed, (\d+) failed/.exec(text) ?? []
  if (failed !== '0') process.stderr.write(text)
  if (passed === undefined) throw new Error('The tests did not run to their end.')
  return { passed: Number(passed), failed: Number(failed) }
}

export async function* isolation(_depth: Depth): AsyncGenerator<Finding> {
  const { passed, failed } = await runSuites([
    'test/guarantees/isolation-of-operations',
    'test/store/isolation',
  ])
  yield {
    what: 'every operation by who may not call it: another service, none, expired, too few rights',
    target: 'refused, and nothing told or changed',
    figure: `${passed} tests passed, ${failed} failed`,
    pass: passed > 100 && failed === 0,
  }
}
