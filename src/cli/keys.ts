/** `postern keys …`: the keys of a service, for operators without an API token. */
import type { Command } from 'commander'
import { say } from './outcome.ts'

const set = ['--set <set>', 'protocol, federation or credential', 'protocol'] as const
const alg = ['--alg <alg>', 'the algorithm, such as ES256'] as const

export function addKeyCommands(program: Command): void {
  const keys = program.command('keys').description('manage the keys of a service')
  keys
    .command('list')
    .description('list the keys and their states, one for each line')
    .argument('<service>', 'the apiKey of the service')
    .action(async (service: string) => say(await (await load()).list(service)))
  keys
    .command('generate')
    .description('generate a key, which signs after it has been published for some time')
    .argument('<service>', 'the apiKey of the service')
    .requiredOption(...alg)
    .option(...set)
    .option('--current', 'the key signs immediately')
    .action(async (service: string, options: object) =>
      say(await (await load()).generate(service, options)),
    )
  keys
    .command('import')
    .description('import the keys of a file: PEM, PKCS #12 or a JWK Set')
    .argument('<service>', 'the apiKey of the service')
    .requiredOption('--file <path>', 'the file with the keys and certificates')
    .option('--passphrase-file <path>', 'a file whose first line is the passphrase of the keys')
    .option(...set)
    .option('--use <use>', 'sig or enc')
    .option(...alg)
    .option('--kid <kid>', 'the key ID of the one key')
    .option('--activate <place>', 'next, current or previous')
    .action(async (service: string, options: object) =>
      say(await (await load()).importFile(service, options)),
    )
  keys
    .command('rotate')
    .description('rotate keys of a service (without a service, as master-key rotate)')
    .argument('[service]', 'the apiKey of the service')
    .option('--alg <alg>', 'the algorithm, such as ES256', '')
    .option(...set)
    .option('--operation <operation>', 'begin, activate, cancel, rollback, retire, revoke', 'begin')
    .option('--kid <kid>', 'the key')
    .option('--immediately', 'activate before clients can know the key; requires --reason')
    .option('--reason <reason>', 'unspecified, compromised or superseded')
    .action(async (service: string | undefined, options: object) =>
      say(await (await load()).rotate(service, options)),
    )
  keys
    .command('undelete')
    .description('restore a deleted key in a hardware security module, until it is destroyed')
    .argument('<service>', 'the apiKey of the service')
    .argument('<kid>', 'the kid of the key')
    .action(async (service: string, kid: string) =>
      say(await (await load()).undelete(service, kid)),
    )
}

const load = () => import('./keys-of-service.ts')
