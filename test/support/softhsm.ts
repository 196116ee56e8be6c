/** A SoftHSM token in a new folder, for tests of hardware keys. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const library = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
].find((path) => existsSync(path))

/** Whether SoftHSM is here; `.ci/run` installs it. */
export const hasSoftHsm = library !== undefined

if (!hasSoftHsm) console.warn('SKIPPED: the tests of hardware keys, for there is no SoftHSM.')

export interface SoftHsm {
  module: string
  tokenLabel: string
  pinFile: string
  remove: () => void
}

/** The token is found through the environment, which all processes of the test inherit. */
export function createSoftHsm(): SoftHsm {
  if (!library) throw new Error('There is no SoftHSM.')
  const folder = mkdtempSync(join(tmpdir(), 'postern-softhsm-'))
  mkdirSync(join(folder, 'tokens'))
  const configuration = join(folder, 'softhsm2.conf')
  writeFileSync(
    configuration,
    `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  )
  process.env['SOFTHSM2_CONF'] = configuration
  const pin = '648219'
  const words = [
    '--init-token',
    '--free',
    '--label',
    'postern',
    '--so-pin',
    '87654321',
    '--pin',
    pin,
  ]
  execFileSync('softhsm2-util', words, { stdio: 'ignore' })
  const pinFile = join(folder, 'pin')
  writeFileSync(pinFile, `${pin}\n`, { mode: 0o600 })
  return {
    module: library,
    tokenLabel: 'postern',
    pinFile,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
