/** `postern backup`, `restore` and `master-key rotate`: commands on the whole database. */
import type { Command } from 'commander'
import { say } from './outcome.ts'

export function addDatabaseCommands(program: Command): void {
  program
    .command('backup')
    .description('copy the SQLite database to a new file, even while servers are running')
    .argument('<file>', 'the file to create')
    .action(async (file: string) => say(await (await load()).backUp(file)))
  program
    .command('restore')
    .description('restore a backup where no SQLite database exists')
    .argument('<file>', 'the file that postern backup created')
    .action(async (file: string) => say(await (await load()).restore(file)))
  program
    .command('master-key')
    .description('manage the master key')
    .command('rotate')
    .description('encrypt all secrets under a new master key')
    .action(async () => say(await (await load()).rotateMasterKey()))
}

const load = () => import('./database.ts')
