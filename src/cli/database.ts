/** Backup, restore and rotation of the master key. Each returns a text for the operator. */
import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { recordOfCommand } from '../process/audit-log.ts'
import { type Config, ConfigError, databaseFile, readConfig } from '../process/config.ts'
import { masterKeyOf, rotateKeys, sealerOf } from '../process/master-keys.ts'
import { backupSqlite, restoreSqlite } from '../store/sqlite/backup.ts'

export async function backUp(file: string): Promise<string> {
  const database = requireFile(readConfig())
  const copy = resolve(file)
  const isRecorded = await backupSqlite(database, copy, recordOfCommand('backup.created'))
  const made = `The backup is ${copy}. It does not contain the master key: back that up too.`
  return isRecorded ? made : `${made}\nThe audit log of the database has no record of the backup.`
}

export async function restore(file: string): Promise<string> {
  const config = readConfig()
  const database = requireFile(config)
  const sealer = sealerOf(await masterKeyOf(config, false))
  await mkdir(dirname(database), { recursive: true, mode: 0o700 })
  await restoreSqlite(resolve(file), database, sealer, recordOfCommand('backup.restored'))
  return `The database ${database} is restored.`
}

export const rotateMasterKey = (): Promise<string> => rotateKeys(readConfig())

function requireFile({ databaseUrl }: Config): string {
  const file = databaseFile(databaseUrl)
  if (file !== undefined) return resolve(file)
  throw new ConfigError(
    'POSTERN_DATABASE_URL is not a SQLite file: use pg_dump or other tools to back up PostgreSQL.',
  )
}
