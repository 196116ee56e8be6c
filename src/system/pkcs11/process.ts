/**
 * The process of a PKCS#11 module. Modules crash and hang, so that they get a process of their own,
 * without database, network or master key. It reads the PIN itself: no other process has it.
 */
import { KeyProviderError, type ProviderFault } from '../key-provider.ts'
import { codeOf, type TokenSettings } from './session-pool.ts'
import { openToken, type Token } from './token.ts'

/** The operations of a token that a call can name. */
export type Operation = Exclude<keyof Token, 'close'>

export interface Call {
  id: number
  operation: Operation
  parameters: unknown[]
}

export type Reply =
  | { id: number; result: unknown }
  | { id: number; fault: ProviderFault; message: string }

/** Return values of PKCS#11 2.40 after which the module must be opened again. */
const lostCodes = new Set([
  ...[0x30, 0x31, 0x32], // CKR_DEVICE_ERROR, _MEMORY, _REMOVED
  ...[0x82, 0xb0, 0xb3], // CKR_OBJECT_HANDLE_INVALID, CKR_SESSION_CLOSED, _HANDLE_INVALID
  ...[0xe0, 0xe1, 0x101], // CKR_TOKEN_NOT_PRESENT, _NOT_RECOGNIZED, CKR_USER_NOT_LOGGED_IN
])

/**
 * Return values that a wrong ciphertext or a foreign key leads to: modules do not agree on one.
 * CKR_GENERAL_ERROR, CKR_FUNCTION_FAILED, CKR_ARGUMENTS_BAD, CKR_DATA_* and CKR_ENCRYPTED_DATA_*,
 * CKR_MECHANISM_PARAM_INVALID, CKR_DOMAIN_PARAMS_INVALID.
 */
const wrongInputCodes = new Set([0x05, 0x06, 0x07, 0x20, 0x21, 0x40, 0x41, 0x71, 0x130])
const ofClients = ['decrypt', 'agree']

const settings: TokenSettings = JSON.parse(process.argv[2] ?? '{}')
let token: Token | undefined

function closeToken(): void {
  try {
    token?.close()
  } catch {
    // The module is opened again, whatever state it is in.
  }
  token = undefined
}

async function answer({ operation, parameters }: Call): Promise<unknown> {
  token ??= openToken(settings)
  const work = token[operation] as (...given: unknown[]) => unknown
  return work(...parameters)
}

/** Once more with the module opened again, if it lost its sessions. */
async function answerSafely(call: Call): Promise<Reply> {
  const { id } = call
  for (const isLast of [false, true]) {
    const used = token
    try {
      return { id, result: await answer(call) }
    } catch (error) {
      const code = codeOf(error)
      const isLost = code !== undefined && lostCodes.has(code)
      if (isLost && token === used) closeToken()
      if (isLost && !isLast) continue
      return { id, ...faultOf(error, call) }
    }
  }
  return { id, fault: 'unavailable', message: 'The module cannot be opened.' }
}

/** Messages of the module may be about anything; only its number is passed on. */
function faultOf(error: unknown, { operation }: Call): { fault: ProviderFault; message: string } {
  if (error instanceof KeyProviderError) return { fault: error.fault, message: error.message }
  const code = codeOf(error)
  const what = code === undefined ? 'failed' : `returned 0x${code.toString(16)}`
  const isRefused = ofClients.includes(operation) && wrongInputCodes.has(code ?? 0)
  return { fault: isRefused ? 'refused' : 'unavailable', message: `The PKCS#11 module ${what}.` }
}

process.on('message', async (call: Call) => {
  process.send?.(await answerSafely(call))
})
process.on('disconnect', () => {
  closeToken()
  process.exit(0)
})
// Signals to the group of processes are for the main process, which disconnects at its end.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
