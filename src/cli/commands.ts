/** The command line: `postern serve`, and commands for keys, backup and restore. */
import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Command } from 'commander'
import { recordOfCommand } from '../process/audit-log.ts'
import { type Config, ConfigError, databaseFile, readConfig } from '../process/config.ts'
import { KeyCommandError } from '../process/keys/commands.ts'
import { masterKeyOf, rotateKeys, sealerOf } from '../process/master-keys.ts'
import { BackupError, backupSqlite, restoreSqlite } from '../store/sqlite/backup.ts'
import { MasterKeyError } from '../system/master-key.ts'
import { SealError } from '../system/sealer.ts'
import { addKeyCommands } from './keys.ts'

/** All commands; `serve` is the default. They read their configuration from the environment. */
export function createProgram(serve: () => Promise<void>): Command {
  const program = new Command('postern')
  program
    .description('The engine behind OAuth 2.0 and OpenID Connect authorization servers.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .showHelpAfterError('See postern --help.')
  program
    .command('serve', { isDefault: true })
    .description('serve the API (the default command)')
    .allowExcessArguments()
    .action((_options: object, { args: [unknown] }: Command) =>
      // The default command also receives unknown commands as its arguments.
      unknown === undefined ? serve() : program.error(`error: unknown command '${unknown}'`),
    )
  program
    .command('master-key')
    .description('manage the master key')
    .command('rotate')
    .description('encrypt all secrets under a new master key')
    .action(async () => say(await rotateKeys(readConfig())))
  addKeyCommands(program, say)
  program
    .command('backup')
    .description('copy the SQLite database to a new file, even while servers are running')
    .argument('<file>')
    .action(async (file: string) => {
      const database = requireFile(readConfig())
      const isRecorded = await backupSqlite(
        database,
        resolve(file),
        recordOfCommand('backup.created'),
      )
      say(`The backup is ${resolve(file)}. It does not contain the master key: back that up too.`)
      if (!isRecorded) say('The audit log of the database has no record of the backup.')
    })
  program
    .command('restore')
    .description('restore a backup where no SQLite database exists')
    .argument('<file>')
    .action(async (file: string) => {
      const config = readConfig()
      const database = requireFile(config)
      const sealer = sealerOf(await masterKeyOf(config, false))
      await mkdir(dirname(database), { recursive: true, mode: 0o700 })
      const record = recordOfCommand('backup.restored')
      await restoreSqlite(resolve(file), database, sealer, record)
      say(`The database ${database} is restored.`)
    })
  return program
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return String((JSON.parse(text) as { version?: string }).version)
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

function requireFile({ databaseUrl }: Config): string {
  const file = databaseFile(databaseUrl)
  if (file !== undefined) return resolve(file)
  throw new ConfigError(
    'POSTERN_DATABASE_URL is not a SQLite file: use pg_dump or other tools to back up PostgreSQL.',
  )
}

/** The message of an error that the operator can fix; the stack of an unexpected error. */
export function explainFailure(error: unknown): string {
  const ours = [ConfigError, MasterKeyError, BackupError, SealError, KeyCommandError]
  const isOurs = ours.some((kind) => error instanceof kind)
  const isSystem = error instanceof Error && 'code' in error
  if (error instanceof Error && (isOurs || isSystem)) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
