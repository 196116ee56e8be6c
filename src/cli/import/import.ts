/** `postern import …`: what another system exports, as files of configuration and a report. */
import type { Command } from 'commander'
import type { Input } from '../../migration/input.ts'
import type { sources as Sources } from '../../migration/sources.ts'
import { say } from '../outcome.ts'
import { connect, environment, withService } from '../remote/options.ts'

interface Options {
  out: string
  key?: string
  issuer?: string
  name?: string
  url?: string
  service?: string
}

/** The names and help of `migration/sources.ts`, which is loaded when a command runs. */
const described: Record<keyof typeof Sources, string> = {
  dcr: 'clients from documents of dynamic registration (RFC 7591)',
  hydra: 'clients, configuration file, key sets and refresh tokens of Ory Hydra',
  keycloak: 'the export of a realm of Keycloak, and its sessions',
  authlete: 'a service of Authlete 3.0, or of another Postern, with its clients and tokens',
  'oidc-provider': 'configuration, clients and adapter rows of node-oidc-provider',
  glewlwyd: 'an instance of the OpenID Connect plugin of Glewlwyd, clients and refresh tokens',
}

export function addImportCommands(program: Command): void {
  const command = program
    .command('import')
    .description('take services, clients and tokens of another system over')
    .addHelpText('after', `\n${steps}`)
  for (const [name, description] of Object.entries(described)) {
    const one = command.command(name).description(description)
    if (name === 'authlete' || name === 'hydra') {
      one.argument('[files...]', 'exported files in JSON or YAML, or folders of them')
      one.option('--url <url>', 'read it by its API, with POSTERN_IMPORT_TOKEN as the token')
    } else {
      one.argument('<files...>', 'exported files in JSON, or folders of them')
    }
    if (name === 'authlete') one.option('--service <id>', 'the service to read, with --url')
    one
      .requiredOption('--out <folder>', 'a new folder for the files and the report')
      .option('--key <key>', 'the key of the service in the file')
      .option('--issuer <url>', 'the issuer, where the source does not tell it')
      .option('--name <text>', 'the name of the service')
      .action((files: string[], options: Options) => importFrom(name, files, options))
  }
  withService(command.command('tokens'))
    .description('import the tokens that another import command has written')
    .argument('<file>', 'the file tokens.jsonl')
    .action(importTokens)
}

const steps = `An import changes nothing. It writes a folder:
  report.md      what was taken, changed and dropped, and what there is to decide
  <key>.yaml     for postern plan and postern apply
  secrets/       secrets and keys, which the file names
  tokens.jsonl   hashes of live tokens, for postern import tokens, after postern apply`

async function importFrom(name: string, files: string[], options: Options): Promise<void> {
  const [{ RemoteError }, { inputsOf }, { sources }, { writeMigration }] = await Promise.all([
    import('../../remote/failure.ts'),
    import('../../migration/input.ts'),
    import('../../migration/sources.ts'),
    import('../../migration/write.ts'),
  ])
  const migrate = await sources[name as keyof typeof sources].load()
  const { key, issuer, name: serviceName, out } = options
  const inputs = [...inputsOf(files), ...(await liveInputs(name, options))]
  if (inputs.length === 0) throw new RemoteError('usage', 'Name files, or --url.')
  const migration = await migrate(inputs, { key, issuer, name: serviceName })
  const { file, report, tokens } = writeMigration(out, migration)
  const { clients } = migration
  const open = migration.report.lines.filter(({ outcome }) => outcome === 'decide').length
  say(`${clients.length} clients are in ${file}.`)
  if (tokens !== undefined)
    say(`${migration.tokens.length} tokens are in ${tokens}, by their hashes.`)
  say(`${open} lines of ${report} need a decision. Then: postern plan ${file}`)
}

/** What a running system says; nothing without `--url`. */
async function liveInputs(name: string, { url, service = '' }: Options): Promise<Input[]> {
  if (url === undefined) return []
  const [{ authleteInputs, hydraInputs }, { progressOf }] = await Promise.all([
    import('../../migration/live.ts'),
    import('../../remote/configuration/many.ts'),
  ])
  const token = environment()['POSTERN_IMPORT_TOKEN'] ?? ''
  const connection = { url: url.replace(/\/$/, ''), token }
  const progress = progressOf('entries')
  const tell = (done: number) => progress.tell(done, done)
  try {
    return name === 'hydra'
      ? await hydraInputs(connection, tell)
      : await authleteInputs(connection, service, tell)
  } finally {
    progress.end()
  }
}

async function importTokens(file: string, options: { service?: string }): Promise<void> {
  const [{ sendTokens }, { progressOf }, { serviceId }] = await Promise.all([
    import('../../migration/tokens.ts'),
    import('../../remote/configuration/many.ts'),
    import('../../remote/documents.ts'),
  ])
  const connection = await connect(options)
  const progress = progressOf('entries')
  try {
    const sent = await sendTokens(connection, await serviceId(connection), file, progress.tell)
    say(
      `Imported ${sent.imported} tokens; ${sent.present} were imported before, and ` +
        `${sent.expired} have expired. Granted scopes: ${sent.grantedScopes}.`,
    )
  } finally {
    progress.end()
  }
}
