/** The master keys of a configuration, and their rotation. */
import { dirname, join, resolve } from 'node:path'
import { changesOf } from '../audit/changes.ts'
import { openStore } from '../store/open.ts'
import { isSqliteInUse } from '../store/sqlite/engine.ts'
import {
  loadMasterKey,
  type MasterKey,
  MasterKeyError,
  removePreviousKeyFile,
  replaceKeyFile,
} from '../system/master-key.ts'
import { createSealer, type Sealer } from '../system/sealer.ts'
import { recordOfCommand } from './audit-log.ts'
import { type Config, ConfigError, databaseFile } from './config.ts'

/** The directory of generated keys and tokens; undefined for a database in memory. */
export const directoryOf = ({ databaseUrl }: Config): string | undefined =>
  databaseUrl === ':memory:'
    ? undefined
    : dirname(resolve(databaseFile(databaseUrl) ?? 'data/postern.db'))

/** Loads the master key; `create` generates a missing key file. */
export async function masterKeyOf(config: Config, create: boolean): Promise<MasterKey> {
  const { masterKey, previousMasterKeys } = config
  const directory = directoryOf(config)
  const file = directory && join(directory, 'master.key')
  return await loadMasterKey({ masterKey, previousMasterKeys, file, create })
}

export const sealerOf = ({ key, previous }: MasterKey): Sealer => createSealer(key, previous)

/**
 * Seals all values under the master key of the environment, or under a new one in the key file. An
 * interrupted rotation continues with the next call. Returns a text for the operator.
 */
export async function rotateKeys(config: Config): Promise<string> {
  if (config.databaseUrl === ':memory:') {
    throw new ConfigError('A database in memory has no permanent master key to rotate.')
  }
  const master = await masterKeyOf(config, false)
  return master.file === undefined
    ? await reseal(config, sealerOf(master))
    : await rotateFile(config, { ...master, file: master.file })
}

async function reseal(config: Config, sealer: Sealer): Promise<string> {
  const store = await openStore(config.databaseUrl, sealer, { pooler: config.databasePooler })
  try {
    const resealed = await store.rekey()
    const since = await store.rekey()
    if (since > 0) {
      throw new MasterKeyError(
        'A server still seals under a previous master key: restart it with the new key as ' +
          'POSTERN_MASTER_KEY, and run this command again.',
      )
    }
    const changes = changesOf({}, { keyId: sealer.keyId, values: resealed })
    await store.commit(store.audit.insert(recordOfCommand('master_key.rotated', changes)))
    return `${resealed} values were sealed again; all are under master key ${sealer.keyId}.`
  } finally {
    await store.close()
  }
}

/** Running servers do not know the new key, so no server may be running. */
async function rotateFile(config: Config, master: MasterKey & { file: string }): Promise<string> {
  const database = databaseFile(config.databaseUrl)
  if (database === undefined) {
    throw new ConfigError(
      'With PostgreSQL, set the keys in the environment: the new key in POSTERN_MASTER_KEY, and ' +
        `the key in ${master.file} in POSTERN_PREVIOUS_MASTER_KEYS.`,
    )
  }
  // Checks that the current key is right before the rotation starts.
  await (
    await openStore(config.databaseUrl, sealerOf(master), { pooler: config.databasePooler })
  ).close()
  if (!master.replacing && isSqliteInUse(database)) {
    throw new MasterKeyError(
      'Postern is running on this database and does not know the new key: stop it first, or ' +
        'rotate with POSTERN_MASTER_KEY and POSTERN_PREVIOUS_MASTER_KEYS.',
    )
  }
  if (!master.replacing) await replaceKeyFile(master.file)
  const summary = await reseal(config, sealerOf(await masterKeyOf(config, false)))
  await removePreviousKeyFile(master.file)
  return `${summary}\nThe key is in ${master.file}: back it up.`
}
