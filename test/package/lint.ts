/** `npm run check` lints the packed packages: their entries, their files, and their types. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pack } from '../support/package.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-lint-'))
const linters = ['.', 'client'].flatMap((of) => {
  const tarball = pack(folder, of)
  return [
    ['publint', 'run', '--strict', tarball],
    ['attw', '--profile', 'esm-only', '--format', 'ascii', tarball],
  ]
})
for (const [linter = '', ...args] of linters) {
  const { status, stdout, stderr } = spawnSync(`node_modules/.bin/${linter}`, args, {
    encoding: 'utf8',
  })
  if (status === 0) continue
  process.stderr.write(`${stdout}${stderr}`)
  process.exitCode = 1
}
rmSync(folder, { recursive: true })
