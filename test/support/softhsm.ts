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
  /** Changes the PIN of the token; its file has the former one. */
  changePin(pin: string): void
  /** Writes the file that Postern reads. */
  writePin(pin: string): void
  remove: () => void
}

/** In a process of its own: the module is used by one process of the test at a time. */
const changingPin = `
  const { PKCS11, ...js } = require('pkcs11js')
  const [module, tokenLabel, former, pin] = process.argv.slice(1)
  const pkcs11 = new PKCS11()
  pkcs11.load(module)
  pkcs11.C_Initialize()
  const isIt = (slot) => pkcs11.C_GetTokenInfo(slot).label.trim() === tokenLabel
  const slot = pkcs11.C_GetSlotList(true).find(isIt)
  const session = pkcs11.C_OpenSession(slot, js.CKF_SERIAL_SESSION | js.CKF_RW_SESSION)
  pkcs11.C_Login(session, js.CKU_USER, former)
  pkcs11.C_SetPIN(session, former, pin)
`

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
  const tokenLabel = 'postern'
  let pin = '648219'
  const words = ['--init-token', '--free', '--label', tokenLabel]
  const pins = ['--so-pin', '87654321', '--pin', pin]
  execFileSync('softhsm2-util', [...words, ...pins], { stdio: 'ignore' })
  const pinFile = join(folder, 'pin')
  const writePin = (written: string) => writeFileSync(pinFile, `${written}\n`, { mode: 0o600 })
  writePin(pin)
  return {
    module: library,
    tokenLabel,
    pinFile,
    changePin(changed) {
      const given = [library, tokenLabel, pin, changed]
      execFileSync(process.execPath, ['-e', changingPin, ...given], { stdio: 'ignore' })
      pin = changed
    },
    writePin,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
