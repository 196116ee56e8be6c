/** The providers of keys that the file of `POSTERN_HSM_CONFIG` declares. */
import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { systemClock } from '../../system/clock.ts'
import {
  type KeyProvider,
  type KeyProviders,
  usualDestroyAfterDays,
} from '../../system/key-provider.ts'
import { createPkcs11Provider } from '../../system/pkcs11/provider.ts'
import { guardProvider, type ProviderWatch } from '../../system/providers/guarded-provider.ts'
import { createMemoryProvider } from '../../system/providers/memory-provider.ts'
import { loadProvider, ModuleError } from '../../system/providers/module-provider.ts'
import { type Config, ConfigError } from '../config.ts'

const common = {
  name: z.string().regex(/^[\w.-]{1,100}$/, 'a name of letters, digits, dots and hyphens'),
  timeoutMs: z.int().min(100).max(60_000).default(2_000),
  verify: z.boolean().default(true),
  required: z.boolean().default(false),
  destroyAfterDays: z.int().min(0).max(365).default(usualDestroyAfterDays),
}

const Entry = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('pkcs11'),
    module: z.string().min(1),
    tokenLabel: z.string().min(1).max(32),
    pinFile: z.string().min(1),
    sessions: z.int().min(1).max(64).default(4),
  }),
  // Further members are for the module.
  z.looseObject({ ...common, kind: z.literal('module'), module: z.string().min(1) }),
  z.strictObject({ ...common, kind: z.literal('memory') }),
])
type Entry = z.output<typeof Entry>
const ofPostern = new Set(['kind', 'module', ...Object.keys(common)])

const File = z.array(Entry).max(20)

type Settings = Pick<Config, 'hsmConfig' | 'isProduction' | 'otherVariables'>

/** What observes the calls of a provider. */
type WatchOf = (name: string) => ProviderWatch

export interface OpenProviders {
  keyProviders: KeyProviders
  /** Those without which the process is not ready. */
  required: readonly KeyProvider[]
}

/** Opens the providers, without a call: an unreachable module does not stop the start. */
export async function openKeyProviders(
  settings: Settings,
  watchOf?: WatchOf,
): Promise<OpenProviders> {
  const { hsmConfig: path } = settings
  const keyProviders = new Map<string, KeyProvider>()
  const required: KeyProvider[] = []
  for (const entry of path === undefined ? [] : readEntries(path)) {
    const { name, timeoutMs, verify, destroyAfterDays } = entry
    const { provider, onTimeout } = await openProvider(entry, dirname(path ?? ''), settings)
    const watch = watchOf?.(name)
    const guarded = guardProvider(provider, {
      guard: { timeoutMs },
      watch,
      onTimeout,
      verify,
      destroyAfterDays,
    })
    keyProviders.set(name, guarded)
    if (entry.required) required.push(guarded)
  }
  return { keyProviders, required }
}

interface Opened {
  provider: KeyProvider
  onTimeout?: () => void
}

async function openProvider(entry: Entry, folder: string, settings: Settings): Promise<Opened> {
  const { name } = entry
  if (entry.kind === 'memory') {
    if (settings.isProduction) {
      throw problem('the kind memory is for tests: its keys are lost at the end')
    }
    return { provider: createMemoryProvider(name) }
  }
  if (entry.kind === 'module') {
    const { module, timeoutMs } = entry
    const isOption = ([member]: [string, unknown]) => !ofPostern.has(member)
    const options = Object.fromEntries(Object.entries(entry).filter(isOption))
    const loading = loadProvider(name, { module, folder, timeoutMs, options }, systemClock)
    return { provider: await loading.catch(refuseModule) }
  }
  const { module, tokenLabel, sessions } = entry
  const pinFile = isAbsolute(entry.pinFile) ? entry.pinFile : join(folder, entry.pinFile)
  requireReadable(pinFile)
  const { otherVariables: environment } = settings
  const ofToken = { module, tokenLabel, pinFile, sessions, environment }
  const provider = createPkcs11Provider(name, ofToken)
  return { provider, onTimeout: provider.restart }
}

function refuseModule(error: unknown): never {
  throw error instanceof ModuleError ? problem(error.message) : error
}

function readEntries(path: string): Entry[] {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    throw problem('the file cannot be read, or is not JSON')
  }
  const { success, data, error } = File.safeParse(json)
  if (!success) {
    const [issue] = error.issues
    throw problem(`[${issue?.path.join('.')}]: ${issue?.message}`)
  }
  const names = data.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw problem(`the name ${twice} is there twice`)
  return data
}

function requireReadable(pinFile: string): void {
  try {
    readFileSync(pinFile)
  } catch {
    throw problem('a pinFile cannot be read')
  }
}

const problem = (text: string) =>
  new ConfigError(`POSTERN_HSM_CONFIG is not valid: ${text.replace(/\.$/, '')}.`)
