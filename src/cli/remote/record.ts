/** `postern record` and `postern replay`: flows of one server, played again with another. */
import type { Command } from 'commander'
import { say } from '../outcome.ts'
import { names, pair, parseUrl, signalled, tell, tokenOf, upTo } from './sides.ts'

export function addRecordCommands(program: Command): void {
  program
    .command('record')
    .description('write the steps of flows into a file, as a proxy before a server')
    .requiredOption('--primary <url>', 'the server that answers', parseUrl)
    .requiredOption('--to <path>', 'the file; it must not exist')
    .option('--primary-token-file <path>', 'its API token; by default POSTERN_PRIMARY_TOKEN')
    .option('--host <address>', 'where the proxy listens', '127.0.0.1')
    .option('--port <port>', 'its port; 0 takes a free one', upTo(65_535), 7680)
    .action(record)
  program
    .command('replay')
    .description('send the calls of a recording to a server, and compare its answers')
    .argument('<path>', 'the file that `postern record` wrote')
    .requiredOption('--secondary <url>', 'the server that is called', parseUrl)
    .option('--secondary-token-file <path>', 'its API token; by default POSTERN_SECONDARY_TOKEN')
    .option('--service <primary=secondary>', 'services with different identifiers', pair, new Map())
    .option('--client <primary=secondary>', 'clients with different identifiers', pair, new Map())
    .option('--report <path>', 'the file that gets the lines of the report; by default stdout')
    .option('--timeout <ms>', 'how long a call may take', upTo(120_000), 10_000)
    .option('--tolerance <seconds>', 'how far points in time may be apart', upTo(86_400), 10)
    .option('--ignore <names>', 'members that are not compared, with commas', names, new Set())
    .addHelpText('after', '\nIt ends with exit code 1 if an answer was different.')
    .action(replay)
}

interface RecordOptions {
  primary: string
  to: string
  primaryTokenFile?: string
  host: string
  port: number
}

async function record({ primary, to, primaryTokenFile, host, port }: RecordOptions): Promise<void> {
  const { closeSync, writeSync } = await import('node:fs')
  const { startRecording } = await import('../../remote/recording/record.ts')
  const { systemClock: now } = await import('../../system/clock.ts')
  const token = await tokenOf('primary', primaryTokenFile)
  const stopped = signalled()
  const file = await newFile(to)
  const write = (line: string) => {
    writeSync(file, `${line}\n`)
  }
  const options = { primary: { url: primary, token }, host, port, write, now }
  const recording = await startRecording(options)
  say(`The proxy listens on ${recording.url}`)
  await stopped
  const { calls, skipped } = await recording.close()
  closeSync(file)
  tell([
    `${calls} calls.`,
    ...Object.entries(skipped).map(([why, count]) => `  not recorded: ${why}: ${count}`),
  ])
}

/** Only its owner may read it. */
async function newFile(path: string): Promise<number> {
  const { openSync } = await import('node:fs')
  try {
    return openSync(path, 'wx', 0o600)
  } catch (error) {
    throw await unusable(path, error)
  }
}

async function unusable(path: string, error: unknown): Promise<Error> {
  const { RemoteError } = await import('../../remote/failure.ts')
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const why = code === 'EEXIST' ? 'exists already' : `cannot be opened (${String(code)})`
  return new RemoteError('usage', `The file ${path} ${why}.`)
}

interface ReplayOptions {
  secondary: string
  secondaryTokenFile?: string
  service: ReadonlyMap<string, string>
  client: ReadonlyMap<string, string>
  report?: string
  timeout: number
  tolerance: number
  ignore: ReadonlySet<string>
}

async function replay(path: string, options: ReplayOptions): Promise<void> {
  const { createWriteStream } = await import('node:fs')
  const { open } = await import('node:fs/promises')
  const recording = await import('../../remote/recording/replay.ts')
  const { summaryLines } = await import('../../remote/shadow/report.ts')
  const { systemClock: now } = await import('../../system/clock.ts')
  const { secondary, report, timeout, tolerance } = options
  const token = await tokenOf('secondary', options.secondaryTokenFile)
  const file =
    report === undefined ? undefined : createWriteStream(report, { flags: 'a', mode: 0o600 })
  const write = (line: string) => {
    if (file) file.write(`${line}\n`)
    else say(line)
  }
  const recorded = await open(path).catch(async (error) => {
    throw await unusable(path, error)
  })
  const summary = await recording.replay(recorded.readLines(), {
    secondary: { url: secondary, token },
    services: options.service,
    clients: options.client,
    ignored: options.ignore,
    timeout,
    tolerance,
    write,
    now,
  })
  write(JSON.stringify({ summary }))
  if (file) await new Promise<void>((resolve) => file.end(resolve))
  tell(summaryLines(summary))
  if (summary.different > 0) process.exitCode = 1
}
