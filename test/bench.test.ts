/** What only a long run of the bench does, in a short form: it runs to its end, at any figures. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { findPostgresBinaries } from './support/postgres-binaries.ts'

const short = ['--services', '200', '--tokens', '20000', '--rounds', '1']
const hasPostgres = Boolean(process.env['TEST_POSTGRES_URL'] ?? findPostgresBinaries())

it('measures the targets of many services and many tokens, and skips none', async () => {
  const seconds = ['--seconds', '0.1', '--warm-up', '0.1']
  const flags = ['--long', ...short, ...seconds, '--only', 'search,tokens']
  const run = promisify(execFile)
  const { stdout } = await run('npx', ['tsx', 'test/bench/main.ts', ...flags])
  const skipped = stdout.split('\n').filter((line) => line.startsWith('SKIPPED'))
  expect(skipped).toEqual(hasPostgres ? [] : [expect.stringContaining('PostgreSQL')])
  expect(stdout).not.toContain('NaN')
  for (const target of [
    'sqlite 200 services: the first request of a service',
    'sqlite 200 services: start',
    'SQLite: a live token takes ≤ 200 bytes',
    'client credentials, SQLite: among 20,000 tokens',
    'search, sqlite 200',
  ]) {
    expect(stdout).toContain(target)
    if (hasPostgres) expect(stdout).toContain(onPostgres(target))
  }
}, 300_000)

const onPostgres = (target: string): string =>
  target.replace('sqlite', 'postgres').replace('SQLite', 'PostgreSQL').replace('200 b', '300 b')
