/** `postern explain`, `logs` and `code`: why requests are refused. */
import type { Command } from 'commander'
import type { Json } from '../../remote/call.ts'
import { say } from '../outcome.ts'
import { connect, type Options, show, withOutput, withService } from './options.ts'

interface Explained extends Options {
  file?: string
  curl?: string
}
interface Logged extends Options {
  follow?: boolean
  code?: string
  client?: string
  limit: string
}

export function addReasonCommands(program: Command): void {
  withOutput(withService(program.command('explain')))
    .description('run a request dry and tell why it is refused; exit code 1 if it is')
    .option('-f, --file <path>', 'an HTTP request, curl command, URL or form; - or none: stdin')
    .option('--curl <command>', 'the curl command, as one argument')
    .action(explainOne)
  withOutput(withService(program.command('logs')))
    .description('list the calls that were refused last')
    .option('--follow', 'go on, and print each refused call as it happens')
    .option('--code <code>', 'only those with the result code')
    .option('--client <number>', 'only those of the client')
    .option('--limit <number>', 'how many to list', '50')
    .action(logs)
  program
    .command('code')
    .description('tell what a result code means, and how to fix it')
    .argument('<code>', 'such as P004003')
    .action(explainCode)
}

const load = () => import('../../remote/explaining.ts')

async function explainOne(options: Explained): Promise<void> {
  const { explain, explanationLines, isRefused } = await load()
  const { serviceId } = await import('../../remote/documents.ts')
  const connection = await connect(options)
  const run = await explain(connection, await serviceId(connection), await requestOf(options))
  if (options.output && options.output !== 'table') {
    await show(run, options, { columns: ['operation'], id: 'operation' })
  } else {
    for (const line of explanationLines(run)) say(line)
  }
  if (isRefused(run)) process.exitCode = 1
}

async function requestOf({ file, curl }: Explained): Promise<string> {
  if (curl !== undefined) return /^curl\s/.test(curl) ? curl : `curl ${curl}`
  const { standardInput } = await import('../../remote/documents.ts')
  if (file === undefined || file === '-') return standardInput()
  const { readFile } = await import('node:fs/promises')
  return readFile(file, 'utf8')
}

const columns = ['at', 'operation', 'clientId', 'code', 'says']

/** Times are for people in a table. */
const row = (call: Json) => ({ ...call, at: new Date(call.at).toISOString() })

async function logs(options: Logged): Promise<void> {
  const { followRefusals, refusedCalls } = await load()
  const { serviceId } = await import('../../remote/documents.ts')
  const { table, usualFormat } = await import('../../remote/output.ts')
  const connection = await connect(options)
  const service = await serviceId(connection)
  const { code, client } = options
  const selection = { limit: Number(options.limit), code, client }
  const isTable = (options.output ?? usualFormat()) === 'table'
  if (!options.follow) {
    const calls = await refusedCalls(connection, service, selection)
    await show(isTable ? calls.map(row) : calls, options, { columns, id: 'requestId' })
    return
  }
  const lineOf = (call: Json) => table([row(call)], columns).split('\n')[1] ?? ''
  await followRefusals(connection, service, selection, (call) =>
    say(isTable ? lineOf(call) : JSON.stringify(call)),
  )
}

async function explainCode(code: string): Promise<void> {
  const { resultCodeLines } = await import('../result-code.ts')
  const lines = resultCodeLines(code.toUpperCase())
  if (lines) return say(lines.join('\n'))
  process.stderr.write(`No rule and no result has the code ${code}.\n`)
  process.exitCode = 3
}
