/** A provider of keys that a module of the operator implements, such as for the keys of a cloud. */
import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Clock } from '../clock.ts'
import { withinDeadline } from '../deadline.ts'
import { type KeyProvider, KeyProviderError, type ProvidedKey } from '../key-provider.ts'

/** What the module gets of the outside world. */
export interface ProviderSystem {
  clock: Clock
  /** That of the platform. It follows no redirect and ends after the timeout, unless told so. */
  fetch: typeof fetch
  /** Reads a file, such as one with a credential; relative paths are as in the configuration. */
  read(path: string): Buffer
}

export interface ModuleSettings {
  /** A package, or the path of a file. */
  module: string
  /** The folder of the configuration file. */
  folder: string
  timeoutMs: number
  /** What the module is told: further members of the configuration. */
  options: Readonly<Record<string, unknown>>
}

/** A module cannot be used at all; the message is for the operator. */
export class ModuleError extends Error {}

const startMilliseconds = 10_000
const endMilliseconds = 1_000
const ignore = () => undefined
const required = ['algorithms', 'create', 'find', 'sign', 'destroy', 'check']
const optional = ['decrypt', 'agree', 'close']

type Methods = Record<string, ((...given: unknown[]) => unknown) | undefined>

/** Loads the module. It is not asked for anything yet: what it needs may be unreachable. */
export async function loadProvider(
  name: string,
  settings: ModuleSettings,
  clock: Clock,
): Promise<KeyProvider> {
  const { module, options, timeoutMs } = settings
  const create = await importedFunction(settings)
  const system: ProviderSystem = {
    clock,
    fetch: (input, init) =>
      fetch(input, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs), ...init }),
    read: (path) => readFileSync(pathOf(path, settings.folder)),
  }
  const late = () => {
    throw new ModuleError(`the module ${module} did not create a provider in time`)
  }
  try {
    const created = (async () => create({ ...options, name, timeoutMs }, system))()
    return checked(name, methodsOf(module, await withinDeadline(startMilliseconds, created, late)))
  } catch (error) {
    if (error instanceof ModuleError) throw error
    const told = toldFault(error) ? `: ${error.message}` : ''
    throw new ModuleError(`the module ${module} created no provider${told}`)
  }
}

const pathOf = (path: string, folder: string): string =>
  isAbsolute(path) ? path : join(folder, path)

async function importedFunction({ module, folder }: ModuleSettings) {
  const isFile = /^\.{0,2}\//.test(module)
  const specifier = isFile ? pathToFileURL(pathOf(module, folder)).href : module
  const exports = await import(specifier).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : 'it throws when it is loaded'
    throw new ModuleError(`the module ${module} cannot be loaded: ${why}`)
  })
  const { createKeyProvider } = exports as Methods
  if (typeof createKeyProvider === 'function') return createKeyProvider
  throw new ModuleError(`the module ${module} exports no function createKeyProvider`)
}

function methodsOf(module: string, created: unknown): Methods {
  const methods = (created ?? {}) as Methods
  const isFunction = (method: string) => typeof methods[method] === 'function'
  const wrong =
    required.find((method) => !isFunction(method)) ??
    optional.find((method) => methods[method] !== undefined && !isFunction(method))
  if (wrong === undefined) return methods
  throw new ModuleError(`the provider of the module ${module} has no method ${wrong}`)
}

/** What the module returns may be anything. */
function checked(name: string, methods: Methods): KeyProvider {
  async function call(method: string, ...given: unknown[]): Promise<unknown> {
    try {
      return await methods[method]?.(...given)
    } catch (error) {
      if (toldFault(error)) throw new KeyProviderError(error.fault, error.message)
      throw new KeyProviderError('unavailable', `The key provider ${name} failed.`)
    }
  }
  const wrong = (method: string) =>
    new KeyProviderError('unavailable', `The key provider ${name} answered ${method} wrongly.`)
  async function bytes(method: 'sign' | 'decrypt' | 'agree', ...given: unknown[]) {
    if (!methods[method]) {
      throw new KeyProviderError('refused', `The key provider ${name} has no ${method}.`)
    }
    const returned = await call(method, ...given)
    if (returned instanceof Uint8Array) return returned
    throw wrong(method)
  }
  return {
    name,
    async algorithms() {
      const found = await call('algorithms')
      if (Array.isArray(found)) return found.map(String)
      throw wrong('algorithms')
    },
    async create(...given) {
      return providedKey(await call('create', ...given)) ?? Promise.reject(wrong('create'))
    },
    async find(handle) {
      const found = await call('find', handle)
      if (found === undefined || found === null) return undefined
      return providedKey(found) ?? Promise.reject(wrong('find'))
    },
    sign: (...given) => bytes('sign', ...given),
    decrypt: (...given) => bytes('decrypt', ...given),
    agree: (...given) => bytes('agree', ...given),
    destroy: async (reference) => void (await call('destroy', reference)),
    check: async () => void (await call('check')),
    close: () => withinDeadline(endMilliseconds, call('close').then(ignore, ignore), ignore),
  }
}

/** The key with its public members only; undefined if it is malformed. */
function providedKey(returned: unknown): ProvidedKey | undefined {
  const { reference, publicJwk } = (returned ?? {}) as Partial<ProvidedKey>
  if (typeof reference !== 'string' || reference === '') return undefined
  try {
    const key = createPublicKey({ key: publicJwk as JsonWebKey, format: 'jwk' })
    return { reference, publicJwk: key.export({ format: 'jwk' }) }
  } catch {
    return undefined
  }
}

/** Errors with a fault have a message that the author of the module wrote for operators. */
const toldFault = (error: unknown): error is KeyProviderError =>
  error instanceof Error &&
  'fault' in error &&
  (error.fault === 'refused' || error.fault === 'unavailable')
