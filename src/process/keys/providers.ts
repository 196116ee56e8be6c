/** The providers of keys that the file of `POSTERN_HSM_CONFIG` declares. */
import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { guardProvider } from '../../system/guarded-provider.ts'
import type { KeyProvider, KeyProviders } from '../../system/key-provider.ts'
import { createMemoryProvider } from '../../system/memory-provider.ts'
import { createPkcs11Provider } from '../../system/pkcs11/provider.ts'
import { type Config, ConfigError } from '../config.ts'

const common = {
  name: z.string().regex(/^[\w.-]{1,100}$/, 'a name of letters, digits, dots and hyphens'),
  timeoutMs: z.int().min(100).max(60_000).default(2_000),
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
  z.strictObject({ ...common, kind: z.literal('memory') }),
])

const File = z.array(Entry).max(20)

type Settings = Pick<Config, 'hsmConfig' | 'isProduction' | 'otherVariables'>

/** Opens the providers, without a call: an unreachable module does not stop the start. */
export function openKeyProviders(settings: Settings): KeyProviders {
  const { hsmConfig: path } = settings
  if (path === undefined) return new Map()
  const entries = readEntries(path)
  const names = entries.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw problem(`the name ${twice} is there twice`)
  return new Map(entries.map((entry) => [entry.name, openProvider(entry, dirname(path), settings)]))
}

function openProvider(
  entry: z.output<typeof Entry>,
  folder: string,
  { isProduction, otherVariables: environment }: Settings,
): KeyProvider {
  const { name, timeoutMs } = entry
  if (entry.kind === 'memory') {
    if (isProduction) {
      throw problem('the kind memory is for tests: its keys are lost at the end')
    }
    return createMemoryProvider(name)
  }
  const pinFile = isAbsolute(entry.pinFile) ? entry.pinFile : join(folder, entry.pinFile)
  requireReadable(pinFile)
  const provider = createPkcs11Provider(name, { ...entry, pinFile, environment })
  return guardProvider(provider, { guard: { timeoutMs }, onTimeout: provider.restart })
}

function readEntries(path: string): z.output<typeof File> {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    throw problem('the file cannot be read, or is not JSON')
  }
  const { success, data, error } = File.safeParse(json)
  if (success) return data
  const [issue] = error.issues
  throw problem(`[${issue?.path.join('.')}]: ${issue?.message}`)
}

function requireReadable(pinFile: string): void {
  try {
    readFileSync(pinFile)
  } catch {
    throw problem('a pinFile cannot be read')
  }
}

const problem = (text: string) => new ConfigError(`POSTERN_HSM_CONFIG is not valid: ${text}.`)
