/** Keys in a PKCS#11 module, through the process of the module. */
import { type ChildProcess, fork } from 'node:child_process'
import { createHash, type JsonWebKey } from 'node:crypto'
import { type KeyProvider, KeyProviderError, type ProvidedKey } from '../key-provider.ts'
import type { Call, Operation, Reply } from './process.ts'
import type { TokenSettings } from './session-pool.ts'

/** As this file is: compiled, or the source that a loader of the main process translates. */
const isSource = import.meta.url.endsWith('.ts')
const entry = new URL(isSource ? './process.ts' : './process.js', import.meta.url)
const execArgv = isSource ? process.execArgv : []
/** The pause before a process that ended is started again, doubled with each end in a row. */
const shortestPause = 100
const longestPause = 10_000

interface Waiting {
  resolve: (result: unknown) => void
  reject: (error: Error) => void
}

interface Running {
  child: ChildProcess
  waiting: Map<number, Waiting>
}

/** A handle can have any characters; the ID of an object has 32 bytes. */
const idOf = (handle: string): string => createHash('sha256').update(handle).digest('hex')

export interface Pkcs11Provider extends KeyProvider {
  /** Ends a process that does not answer; the next call starts another one. */
  restart(): void
}

export interface Pkcs11Settings extends TokenSettings {
  /** The variables of the process, such as SOFTHSM2_CONF; none of Postern's. */
  environment: Record<string, string | undefined>
}

export function createPkcs11Provider(name: string, settings: Pkcs11Settings): Pkcs11Provider {
  const { environment, ...ofToken } = settings
  let running: Running | undefined
  let endsInARow = 0
  let startsAgainAt = 0
  let lastId = 0
  let isClosed = false

  function start(): Running {
    const child = fork(entry, [JSON.stringify(ofToken)], {
      serialization: 'advanced',
      env: environment,
      execArgv,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    const started: Running = { child, waiting: new Map() }
    child.on('message', (reply: Reply) => {
      const waits = started.waiting.get(reply.id)
      started.waiting.delete(reply.id)
      if (started.waiting.size === 0) child.unref()
      if ('result' in reply) {
        endsInARow = 0
        waits?.resolve(reply.result)
      } else waits?.reject(new KeyProviderError(reply.fault, reply.message))
    })
    child.on('error', () => child.kill('SIGKILL'))
    child.on('exit', () => ended(started))
    child.unref()
    child.channel?.unref()
    return started
  }

  function ended(started: Running) {
    if (running === started) {
      running = undefined
      startsAgainAt = performance.now() + Math.min(shortestPause * 2 ** endsInARow, longestPause)
      endsInARow++
    }
    for (const { reject } of started.waiting.values()) {
      reject(new KeyProviderError('unavailable', 'The process of the PKCS#11 module ended.'))
    }
    started.waiting.clear()
  }

  function call<T>(operation: Operation, ...parameters: unknown[]): Promise<T> {
    return new Promise((resolve, reject) => {
      if (isClosed || (!running && performance.now() < startsAgainAt)) {
        const message = 'The process of the PKCS#11 module is not running.'
        reject(new KeyProviderError('unavailable', message))
        return
      }
      running ??= start()
      const { child, waiting } = running
      const message: Call = { id: ++lastId, operation, parameters }
      waiting.set(message.id, { resolve: resolve as (result: unknown) => void, reject })
      // A message to a process that has just ended fails; its end rejects all that wait.
      child.send(message, () => {})
      child.ref()
    })
  }

  return {
    name,
    algorithms: () => call('algorithms'),
    create: (handle, wanted) => call<ProvidedKey>('create', idOf(handle), wanted),
    find: (handle) => call<ProvidedKey | undefined>('find', idOf(handle)),
    sign: (reference, alg, data) => call('sign', reference, alg, data),
    decrypt: (reference, alg, encrypted) => call('decrypt', reference, alg, encrypted),
    agree: (reference, publicJwk: JsonWebKey) => call('agree', reference, publicJwk),
    destroy: (reference) => call('destroy', reference),
    check: () => call('check'),
    restart: () => running?.child.kill('SIGKILL'),
    async close() {
      isClosed = true
      const { child } = running ?? {}
      if (!child) return
      const exited = new Promise((resolve) => child.once('exit', resolve))
      if (child.connected) child.disconnect()
      const impatience = setTimeout(() => child.kill('SIGKILL'), 1_000)
      await exited
      clearTimeout(impatience)
    },
  }
}
