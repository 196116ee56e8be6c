/** `postern plan`, `apply`, `diff` and `export`: services and clients from files. */
import { type Command, InvalidArgumentError } from 'commander'
import type { Json } from '../../remote/call.ts'
import type { Planned } from '../../remote/configuration/plan.ts'
import type { SecretSink } from '../../remote/configuration/secret-sink.ts'
import type { Connection } from '../../remote/contexts.ts'
import { say } from '../outcome.ts'
import { connect, environment, withService } from './options.ts'

interface Options {
  service?: string
  output?: string
  concurrency: number
  exitCode?: boolean
}
interface ApplyOptions extends Options {
  allowDelete?: boolean
  reason?: string
  source?: string
  secretSink?: string
  secretFile: string
}

const load = () =>
  Promise.all([
    import('../../remote/configuration/many.ts'),
    import('../../remote/configuration/plan.ts'),
    import('../../remote/configuration/requests.ts'),
    import('../../remote/configuration/show.ts'),
  ])

export function addConfigurationCommands(program: Command): void {
  planning(program.command('plan'))
    .description('show what files of services would change, and what that means')
    .action((paths: string[], options: Options) => showPlans(paths, options, 'plan'))
  planning(program.command('diff'))
    .description('show the changes of files of services as lines with - and +')
    .action((paths: string[], options: Options) => showPlans(paths, options, 'diff'))
  onFiles(program.command('apply'))
    .description('change services and clients as files say, each service in one commit')
    .option('--allow-delete', 'delete clients where a file says so')
    .option('--reason <text>', 'why, for the audit log')
    .option('--source <text>', 'where the files come from, such as a commit, for the audit log')
    .option('--secret-file <path>', 'gets new client secrets', 'postern-secrets.jsonl')
    .option('--secret-sink <command>', 'gets each new client secret on its standard input')
    .action(apply)
  withService(program.command('export'))
    .description('print the file of a service, without defaults and secrets')
    .argument('[service]', 'the service: its apiKey, or its name')
    .action(exportOne)
}

const onFiles = (command: Command): Command =>
  command
    .argument('<files...>', 'files in YAML or JSON, or folders of them')
    .option('--service <apiKey>', 'the service, which gets the key of the file if it has none')
    .option('-o, --output <format>', 'text or json')
    .option('--concurrency <number>', 'how many services at a time', parseConcurrency, 4)

const planning = (command: Command): Command =>
  onFiles(command).option('--exit-code', 'exit with 0 without changes, 1 on errors, 2 with changes')

function parseConcurrency(text: string): number {
  if (/^[1-9]\d?$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a number from 1 to 99.')
}

interface Failed {
  file: string
  error: Error
}
type Result<T> = T | Failed

const isFailed = <T extends object>(result: Result<T>): result is Failed => 'error' in result

/** Plans all files, and does more with each; what fails does not stop the others. */
async function forEachFile<T extends object>(
  paths: readonly string[],
  options: Options,
  work: (connection: Connection, planned: Planned) => Promise<T>,
): Promise<Result<T>[]> {
  const [{ eachOf, filesIn, progressOf }, { finderFor, planFile }, { askedBy }] = await load()
  const files = filesIn(paths)
  const { service: _, ...unnamed } = options
  const connection = await connect(unnamed)
  const find = await finderFor(connection, files.length, options.service)
  const progress = progressOf('services')
  let done = 0
  try {
    return await eachOf(files, options.concurrency, async (file): Promise<Result<T>> => {
      try {
        const asked = askedBy(file, environment())
        return await work(connection, await planFile(connection, asked, find))
      } catch (error) {
        return { file, error: error as Error }
      } finally {
        done += 1
        progress.tell(done, files.length)
      }
    })
  } finally {
    progress.end()
  }
}

/** One failure is thrown as it is; of several each is told. */
function tellFailures(results: readonly Result<object>[]): void {
  const failures = results.filter(isFailed)
  const [first] = failures
  if (!first) return
  if (results.length === 1) throw first.error
  for (const { file, error } of failures) process.stderr.write(`${file}: ${error.message}\n`)
  process.exitCode = (first.error as { exitCode?: number }).exitCode ?? 1
}

async function showPlans(paths: string[], options: Options, as: 'plan' | 'diff'): Promise<void> {
  const [, , , { diffText, planOf, planText }] = await load()
  const results = await forEachFile(paths, options, async (_, planned) => planOf(planned))
  const plans: Json[] = results.filter((result) => !isFailed(result))
  const text = as === 'plan' ? planText : diffText
  if (options.output === 'json') say(JSON.stringify(plans, null, 2))
  else for (const plan of plans) say(text(plan))
  tellFailures(results)
  if (!options.exitCode) return
  if (results.some(isFailed)) process.exitCode = 1
  else if (plans.some(({ hasChanges }) => hasChanges)) process.exitCode = 2
}

async function apply(paths: string[], options: ApplyOptions): Promise<void> {
  const [, , , { planOf, planText }] = await load()
  const { applyFile } = await import('../../remote/configuration/apply.ts')
  const sink = await sinkOf(options)
  const { allowDelete = false, reason, source, output } = options
  const results = await forEachFile(paths, options, async (connection, planned) => {
    const keepSecret = sink.keep
    const order = { allowDelete, reason, source, keepSecret }
    const done = await applyFile(connection, planned, order)
    return { ...planOf(done), isNew: done.isNew, hasChanges: done.plans.length > 0 }
  })
  const plans: Json[] = results.filter((result) => !isFailed(result))
  if (output === 'json') say(JSON.stringify(plans, null, 2))
  else for (const plan of plans) say(appliedText(plan, planText))
  const told = sink.close()
  if (told !== undefined) process.stderr.write(`${told}\n`)
  tellFailures(results)
}

const appliedText = (plan: Json, planText: (plan: Json) => string): string =>
  plan.isNew
    ? `${plan.key}: The service ${plan.serviceId} was created.`
    : plan.hasChanges
      ? `${planText(plan)}\n${plan.key}: Applied.`
      : planText(plan)

async function sinkOf({ secretSink, secretFile: path }: ApplyOptions): Promise<SecretSink> {
  const { secretCommand, secretFile } = await import('../../remote/configuration/secret-sink.ts')
  return secretSink === undefined ? secretFile(path) : secretCommand(secretSink, environment())
}

async function exportOne(named: string | undefined, options: { service?: string }): Promise<void> {
  const [{ exportFile }, { progressOf }, { serviceId }] = await Promise.all([
    import('../../remote/configuration/export.ts'),
    import('../../remote/configuration/many.ts'),
    import('../../remote/documents.ts'),
  ])
  const connection = await connect(options)
  const progress = progressOf('clients')
  try {
    const id = await serviceId(connection, named)
    say((await exportFile(connection, id, progress.tell)).trimEnd())
  } finally {
    progress.end()
  }
}
