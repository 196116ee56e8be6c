/** The commands on keys of a service: the same steps as those of the operations. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { eventOfRecord } from '../../events/write.ts'
import type { AuditChange } from '../../model/audit/record.ts'
import { isNumericId } from '../../model/primitives.ts'
import { EndReason, KeySetName } from '../../model/service/hsk.ts'
import { importedKeys } from '../../oauth/key-material/imported.ts'
import type { Source } from '../../oauth/key-material/material.ts'
import { withRestored } from '../../oauth/keys/delete.ts'
import { kindOf, useOf } from '../../oauth/keys/new-key.ts'
import { Refusal } from '../../refusal.ts'
import { addNewKeys } from '../../services/keys/add.ts'
import { changeRing, ringOf } from '../../services/keys/change.ts'
import { type DescribedKey, describeRing } from '../../services/keys/describe.ts'
import { type Making, makeNewKey } from '../../services/keys/held.ts'
import { rotateKeys } from '../../services/keys/rotate.ts'
import { serviceOf } from '../../store/configuration.ts'
import { orRefuse, type Write } from '../../store/engine.ts'
import { openStore } from '../../store/open.ts'
import { createSystem } from '../../system/system.ts'
import { recordOfCommand } from '../audit-log.ts'
import type { Config } from '../config.ts'
import { masterKeyOf, sealerOf } from '../master-keys.ts'
import { openKeyProviders } from './providers.ts'

/** What the operator can correct. */
export class KeyCommandError extends Error {
  override readonly name = 'KeyCommandError'
}

const Options = z.object({
  set: KeySetName,
  alg: z.string(),
  operation: z.enum(['begin', 'activate', 'cancel', 'rollback', 'retire', 'revoke']).optional(),
  kid: z.string().optional(),
  reason: EndReason.optional(),
  immediately: z.boolean().default(false),
  current: z.boolean().default(false),
})

const ImportOptions = z.object({
  file: z.string(),
  passphraseFile: z.string().optional(),
  set: KeySetName,
  use: z.string().optional(),
  alg: z.string().optional(),
  kid: z.string().optional(),
  activate: z.enum(['next', 'current', 'previous']).optional(),
})

function optionsOf<T extends z.ZodType>(schema: T, given: object): z.output<T> {
  const { success, data, error } = schema.safeParse(given)
  if (success) return data
  const [issue] = error.issues
  throw new KeyCommandError(`--${issue?.path.join('.')}: ${issue?.message}`)
}

/** Runs a command on the database of the configuration. */
async function withService<T>(
  config: Config,
  service: string,
  run: (making: Making) => Promise<T>,
): Promise<T> {
  const { keyProviders } = await openKeyProviders(config)
  const sealer = sealerOf(await masterKeyOf(config, false))
  const store = await openStore(config.databaseUrl, sealer, { pooler: config.databasePooler })
  try {
    const system = createSystem({ ...config, keyProviders })
    const row = isNumericId(service) ? await store.services.find(Number(service)) : undefined
    if (!row) throw new KeyCommandError(`There is no service ${service}.`)
    const now = system.clock() + row.ahead
    return await run({ store, system, now, service: serviceOf(row, now) })
  } catch (error) {
    throw error instanceof Refusal ? new KeyCommandError(error.message) : error
  } finally {
    await store.close()
    for (const provider of keyProviders.values()) await provider.close()
  }
}

const day = (at: number | undefined) => (at === undefined ? '-' : new Date(at).toISOString())

/** One key a line: state, set, algorithm, kid, and the times of its life. */
const tableOf = (keys: readonly DescribedKey[]): string =>
  keys
    .map(({ state, set, alg = '-', kid = '-', activeFrom, retireAt, retiredAt }) =>
      [state, set, alg, kid, day(activeFrom), day(retiredAt ?? retireAt)].join('\t'),
    )
    .join('\n')

export const listKeys = (config: Config, service: string): Promise<string> =>
  withService(config, service, async ({ store, service: found, now }) => {
    const row = await store.services.find(found.apiKey)
    return row ? tableOf(describeRing(ringOf(found, row.keys), found, now)) : ''
  })

export const generateKey = (config: Config, service: string, given: object): Promise<string> =>
  withService(config, service, async (making) => {
    const { set, alg, current } = optionsOf(Options, given)
    const kind = kindOf(making.service, { set, alg })
    const made = await makeNewKey(making, kind, { isDry: false })
    const key = { ...made, activate: current ? ('current' as const) : undefined }
    const keys = await addNewKeys(making, [key], (kid) => recordOf(making, 'key.created', kid))
    return tableOf(keys)
  })

export const importKeys = (config: Config, service: string, given: object): Promise<string> =>
  withService(config, service, async (making) => {
    const { file, passphraseFile, ...wanted } = optionsOf(ImportOptions, given)
    const passphrase = passphraseFile && firstLineOf(readFileSync(passphraseFile, 'utf8'))
    const source = { ...sourceOf(readFileSync(file)), passphrase }
    const imported = await importedKeys(source, wanted, making.now)
    const operation = { operation: 'keys import' }
    const keys = await addNewKeys(making, imported, (kid) =>
      recordOf(making, 'key.created', kid, { about: operation }),
    )
    return tableOf(keys)
  })

/** A file is PEM, a JWK Set, or else PKCS #12. */
function sourceOf(content: Buffer): Source {
  const text = content.toString('utf8')
  if (text.includes('-----BEGIN ')) return { pem: text }
  return text.trimStart().startsWith('{') ? { jwks: text } : { pkcs12: content.toString('base64') }
}

const firstLineOf = (text: string): string => text.split(/\r?\n/, 1)[0] ?? ''

export const rotateKey = (config: Config, service: string, given: object): Promise<string> =>
  withService(config, service, async (making) => {
    const { operation = 'begin', current: _, ...options } = optionsOf(Options, given)
    const rotation = { ...options, operation, use: useOf(options.alg) }
    const keys = await rotateKeys(making, rotation, {
      writes: (transitions) =>
        transitions.flatMap(({ kid, before, after }) =>
          recordOf(making, 'key.rotated', kid, {
            changes: [{ property: 'state', before, after }],
          }),
        ),
    })
    return tableOf(keys)
  })

export const undeleteKey = (config: Config, service: string, kid: string): Promise<string> =>
  withService(config, service, async (making) => {
    const { store, service: found } = making
    const gone = new KeyCommandError(`The service has no deleted key ${kid}, or it is destroyed.`)
    await changeRing(making, found.apiKey, (ring) => {
      const restored = withRestored(ring, kid)
      if (!restored) throw gone
      const [after, { handle }] = restored
      const now = making.system.clock()
      const row = store.hardwareKeys.restore({ serviceId: found.apiKey, handle, now })
      return {
        ring: after,
        writes: [orRefuse(row, gone), ...recordOf(making, 'key.restored', kid)],
      }
    })
    return `The key ${kid} is in use again.`
  })

function recordOf(
  { store, service, system }: Making,
  type: 'key.created' | 'key.rotated' | 'key.restored',
  kid: string,
  { changes, about }: { changes?: AuditChange[]; about?: { operation: string } } = {},
): Write[] {
  const record = recordOfCommand(type, changes, {
    serviceId: service.apiKey,
    targetKind: 'key',
    targetId: kid,
    ...about,
  })
  const writing = { store, random: system.random, service }
  return [store.audit.insert(record), ...eventOfRecord(writing, record)]
}
