/** The command line. Each command is loaded when it runs, so that the others start fast. */
import { Command, InvalidArgumentError } from 'commander'
import { packageVersion } from '../process/version.ts'
import { addDatabaseCommands } from './database-commands.ts'
import { addImportCommands } from './import/import.ts'
import { addKeyCommands } from './keys.ts'
import { failed } from './outcome.ts'
import { addAccessCommands } from './remote/access.ts'
import { addCompletionCommand } from './remote/completion.ts'
import { addConfigurationCommands } from './remote/configuration.ts'
import { addReasonCommands } from './remote/reasons.ts'
import { addRecordCommands } from './remote/record.ts'
import { addShadowCommand } from './remote/shadow.ts'
import { addTestClockCommands } from './remote/test-clock.ts'
import { addThingCommands } from './remote/things.ts'
import { addWorkCommands } from './remote/work.ts'

/** All commands. They read their configuration from the environment. */
export function createProgram(): Command {
  const program = new Command('postern')
  program
    .description('The engine behind OAuth 2.0 and OpenID Connect authorization servers.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help, also for one command')
    .helpCommand('help [command]', 'print help, also for one command')
    .showHelpAfterError('See postern --help.')
    .addHelpText('after', examples)
  program
    .command('dev')
    .description('run an authorization server for development, in memory, on this machine only')
    .option('--port <port>', 'of the API (default: 7678, or a free port)', parsePort)
    .option('--frontend-port <port>', 'of the issuer (default: 7679, or a free port)', parsePort)
    .option('--seed <files...>', 'apply files of services, as postern apply does')
    .option('--verbose', 'log each call of the API on standard error')
    .addHelpText('after', `\n${development}`)
    .action(async (options: object) => {
      const { dev } = await import('./dev.ts')
      await dev(options).catch(failed('Postern did not start'))
    })
  program
    .command('serve')
    .description('serve the API until a signal stops it')
    .addHelpText('after', `\n${configured}`)
    .action(async () => {
      const { serve } = await import('./serve.ts')
      await serve().catch(failed('Postern did not start'))
    })
  program
    .command('health')
    .description('ask a running server whether it is ready: exit code 0 if it is, otherwise 1')
    .option('--url <url>', 'the server; by default at POSTERN_HOST and POSTERN_PORT')
    .option('--live', 'ask only whether the process answers')
    .action(async (options: object) => (await import('./health.ts')).reportHealth(options))
  program
    .command('doctor')
    .description('look for what is wrong with this installation: exit code 1 if there is an error')
    .option('--service <id>', 'also compare what its issuer publishes with what Postern says')
    .option('--probe-seconds <n>', 'how long the load balancer needs to notice a failed probe')
    .option('-o, --output <format>', 'json, or text for people', 'text')
    .action(async (options: object) => {
      const { diagnose } = await import('./doctor.ts')
      await diagnose(options).catch(failed('The doctor could not finish'))
    })
  addDatabaseCommands(program)
  addKeyCommands(program)
  addAccessCommands(program)
  addThingCommands(program)
  addWorkCommands(program)
  addConfigurationCommands(program)
  addImportCommands(program)
  addTestClockCommands(program)
  addReasonCommands(program)
  addShadowCommand(program)
  addRecordCommands(program)
  addCompletionCommand(program)
  return program
}

const development =
  'It has a service with keys, a confidential and a public client, and login pages with two\n' +
  'users. It prints their addresses and credentials. No environment variable configures it.'

const configured =
  'Environment variables configure it, such as POSTERN_PORT and POSTERN_DATABASE_URL.\n' +
  'Without them it listens on 127.0.0.1:7678 and keeps its data in ./data.'

const examples = `
Examples:
  postern dev            runs an authorization server to try, and prints what to do with it
  postern serve          serves the API, with its data in ./data
  postern login          remembers a running Postern, for the commands below
  postern client list    lists the clients of a service
  postern serve --help   says more about a command`

function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new InvalidArgumentError('It must be a number from 0 to 65535; 0 takes a free port.')
}
