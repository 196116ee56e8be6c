/** The module, its token, and its sessions. A session does one operation at a time. */
import { readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { KeyProviderError } from '../key-provider.ts'
import type { Handle, Js, Module } from './cryptoki.ts'
import { algorithmsOf } from './mechanism.ts'

export interface TokenSettings {
  /** The path of the module, a shared library. */
  module: string
  tokenLabel: string
  /** The path of a file that contains the PIN of the user. */
  pinFile: string
  sessions: number
}

/** The return value of the module in an error of pkcs11js. */
export const codeOf = (error: unknown): number | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'number'
    ? error.code
    : undefined

export interface OpenModule {
  js: Js
  pkcs11: Module
  /** What its keys can do, as JOSE algorithms. */
  algorithms: readonly string[]
  /** Does the work with a session of its own. */
  withSession<T>(work: (session: Handle) => T | Promise<T>): Promise<T>
  close(): void
}

/** CKR_PIN_INCORRECT, _INVALID, _LEN_RANGE, _EXPIRED, _LOCKED. */
const wrongPinCodes = new Set([0xa0, 0xa1, 0xa2, 0xa3, 0xa4])

/** When the file of a PIN that the token refused was written: the same PIN could lock the token. */
let refusedPin: number | undefined

/** Opens the module and logs in. Login is per application: all sessions share it. */
export function openModule(settings: TokenSettings): OpenModule {
  const writtenAt = statSync(settings.pinFile).mtimeMs
  if (writtenAt === refusedPin) {
    throw new KeyProviderError(
      'unavailable',
      'The token refused the PIN: it is tried again when its file has been written again.',
    )
  }
  const js: Js = createRequire(import.meta.url)('pkcs11js')
  const pkcs11 = new js.PKCS11()
  pkcs11.load(settings.module)
  try {
    pkcs11.C_Initialize({ flags: js.CKF_OS_LOCKING_OK })
    return openSessions(js, pkcs11, settings)
  } catch (error) {
    if (wrongPinCodes.has(codeOf(error) ?? 0)) refusedPin = writtenAt
    closeModule(pkcs11)
    throw error
  }
}

/** A module that stays initialized could not be opened again. */
function closeModule(pkcs11: Module): void {
  try {
    pkcs11.C_Finalize()
  } catch {
    // It was not initialized, or not any longer.
  }
  pkcs11.close()
}

function openSessions(js: Js, pkcs11: Module, settings: TokenSettings): OpenModule {
  const slot = pkcs11
    .C_GetSlotList(true)
    .find((each) => pkcs11.C_GetTokenInfo(each).label.trim() === settings.tokenLabel)
  if (!slot) throw new KeyProviderError('unavailable', 'The module has no token of this label.')
  const { manufacturerID } = pkcs11.C_GetInfo()
  const open = () => pkcs11.C_OpenSession(slot, js.CKF_SERIAL_SESSION | js.CKF_RW_SESSION)
  // SoftHSM fails when sessions work at the same time.
  const more = /softhsm/i.test(manufacturerID) ? 0 : settings.sessions - 1
  const first = open()
  logIn(js, pkcs11, first, readFileSync(settings.pinFile, 'utf8').trim())
  const idle = [first, ...Array.from({ length: more }, open)]
  const waiting: ((session: Handle) => void)[] = []
  return {
    js,
    pkcs11,
    algorithms: algorithmsOf(pkcs11.C_GetMechanismList(slot), manufacturerID),
    async withSession(work) {
      const session = idle.pop() ?? (await new Promise<Handle>((resolve) => waiting.push(resolve)))
      try {
        return await work(session)
      } finally {
        const next = waiting.shift()
        if (next) next(session)
        else idle.push(session)
      }
    },
    close: () => closeModule(pkcs11),
  }
}

function logIn(js: Js, pkcs11: Module, session: Handle, pin: string): void {
  try {
    pkcs11.C_Login(session, js.CKU_USER, pin)
  } catch (error) {
    if (codeOf(error) !== js.CKR_USER_ALREADY_LOGGED_IN) throw error
  }
}
