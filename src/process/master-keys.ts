/** Which master keys a configuration means, and putting a new one into the place of the old. */
import { dirname, join, resolve } from 'node:path'
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
import { type Config, ConfigError, databaseFile } from './config.ts'

/** Where the keys and tokens that Postern makes are kept; nowhere for a database in memory. */
export const directoryOf = ({ databaseUrl }: Config): string | undefined =>
  databaseUrl === ':memory:'
    ? undefined
    : dirname(resolve(databaseFile(databaseUrl) ?? 'data/postern.db'))

export async function masterKeyOf(config: Config, create: boolean): Promise<MasterKey> {
  const { masterKey, previousMasterKeys } = config
  const directory = directoryOf(config)
  const file = directory && join(directory, 'master.key')
  return await loadMasterKey({ masterKey, previousMasterKeys, file, create })
}

export const sealerOf = ({ key, previous }: MasterKey): Sealer => createSealer(key, previous)

/**
 * Every value is sealed under the master key of the environment, or under a new one in the file.
 * It may be broken off, and goes on when it is called again. Returns what the operator has to know.
 */
export async function rotateKeys(config: Config): Promise<string> {
  if (config.databaseUrl === ':memory:') {
    throw new ConfigError('A database in memory is sealed under a key that goes with it.')
  }
  const master = await masterKeyOf(config, false)
  return master.file === undefined
    ? await reseal(config, sealerOf(master))
    : await rotateFile(config, { ...master, file: master.file })
}

async function reseal({ databaseUrl }: Config, sealer: Sealer): Promise<string> {
  const store = await openStore(databaseUrl, sealer)
  try {
    const resealed = await store.rekey()
    const since = await store.rekey()
    if (since > 0) {
      throw new MasterKeyError(
        'Some server still seals under a previous key: start it with the new one as ' +
          'POSTERN_MASTER_KEY, and run this once more.',
      )
    }
    return `${resealed} values were sealed anew; all are under master key ${sealer.keyId}.`
  } finally {
    await store.close()
  }
}

/** Servers that were started before do not know the new key: there may be none. */
async function rotateFile(config: Config, master: MasterKey & { file: string }): Promise<string> {
  const database = databaseFile(config.databaseUrl)
  if (database === undefined) {
    throw new ConfigError(
      'On PostgreSQL the keys are taken from the environment: POSTERN_MASTER_KEY has to be the ' +
        `new one, and POSTERN_PREVIOUS_MASTER_KEYS the one in ${master.file}.`,
    )
  }
  // The right key is at hand, or nothing is begun.
  await (await openStore(config.databaseUrl, sealerOf(master))).close()
  if (!master.replacing && isSqliteInUse(database)) {
    throw new MasterKeyError(
      'Postern is running on this database and would not know the new key: stop it first, or ' +
        'rotate with POSTERN_MASTER_KEY and POSTERN_PREVIOUS_MASTER_KEYS.',
    )
  }
  if (!master.replacing) await replaceKeyFile(master.file)
  const says = await reseal(config, sealerOf(await masterKeyOf(config, false)))
  await removePreviousKeyFile(master.file)
  return `${says}\nThe key is in ${master.file}: back it up.`
}
