/** `npm run check` lints the packed package: its entries, its files, and its types. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pack } from '../support/package.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-lint-'))
const tarball = pack(folder)
const linters = [
  ['publint', 'run', '--strict', tarball],
  ['attw', '--profile', 'esm-only', '--format', 'ascii', tarball],
]
for (const [linter = '', ...args] of linters) {
  const { status, stdout, stderr } = spawnSync(`node_modules/.bin/${linter}`, args, {
    encoding: 'utf8',
  })
  if (status === 0) continue
  process.stderr.write(`${stdout}${stderr}`)
  process.exitCode = 1
}
rmSync(folder, { recursive: true })
