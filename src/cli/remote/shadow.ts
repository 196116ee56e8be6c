/** `postern shadow`: a proxy that compares two servers of the Authlete 3.0 API. */
import type { Command } from 'commander'
import type { Shadow } from '../../remote/shadow/shadow.ts'
import { say } from '../outcome.ts'
import { names, pair, parseUrl, signalled, tell, tokenOf, upTo } from './sides.ts'

interface Options {
  primary: string
  secondary: string
  primaryTokenFile?: string
  secondaryTokenFile?: string
  service: ReadonlyMap<string, string>
  client: ReadonlyMap<string, string>
  host: string
  port: number
  summaryPort: number
  report?: string
  inFlight: number
  timeout: number
  tolerance: number
  ignore: ReadonlySet<string>
}

export function addShadowCommand(program: Command): void {
  program
    .command('shadow')
    .description('answer with one server, and compare another with it')
    .requiredOption('--primary <url>', 'the server whose answers the callers get', parseUrl)
    .requiredOption('--secondary <url>', 'the server that is compared with it', parseUrl)
    .option('--primary-token-file <path>', 'its API token; by default POSTERN_PRIMARY_TOKEN')
    .option('--secondary-token-file <path>', 'its API token; by default POSTERN_SECONDARY_TOKEN')
    .option('--service <primary=secondary>', 'services with different identifiers', pair, new Map())
    .option('--client <primary=secondary>', 'clients with different identifiers', pair, new Map())
    .option('--host <address>', 'where the proxy listens', '127.0.0.1')
    .option('--port <port>', 'its port; 0 takes a free one', upTo(65_535), 7680)
    .option('--summary-port <port>', 'of the summary, on this machine only', upTo(65_535), 0)
    .option('--report <path>', 'the file that gets the lines of the report; by default stdout')
    .option('--in-flight <number>', 'calls of the secondary at a time', upTo(1_000), 32)
    .option('--timeout <ms>', 'how long the secondary may take', upTo(120_000), 10_000)
    .option('--tolerance <seconds>', 'how far points in time may be apart', upTo(86_400), 10)
    .option('--ignore <names>', 'members that are not compared, with commas', names, new Set())
    .addHelpText('after', `\n${told}`)
    .action(shadow)
}

const told =
  'Frontends call it in place of the primary, with the API token of the primary. It ends with\n' +
  'exit code 1 if an answer of the secondary was different.'

/** Calls of the secondary that are left, before further ones are dropped. */
const mostWaiting = 2_000

async function shadow(options: Options): Promise<void> {
  const { createWriteStream } = await import('node:fs')
  const { startShadow } = await import('../../remote/shadow/shadow.ts')
  const { systemClock: now } = await import('../../system/clock.ts')
  const { host, port, summaryPort, inFlight, timeout, tolerance, report } = options
  const tokens = {
    primary: await tokenOf('primary', options.primaryTokenFile),
    secondary: await tokenOf('secondary', options.secondaryTokenFile),
  }
  const file =
    report === undefined ? undefined : createWriteStream(report, { flags: 'a', mode: 0o600 })
  const write = (line: string) => {
    if (file) file.write(`${line}\n`)
    else say(line)
  }
  const stopped = signalled()
  const running = await startShadow({
    primary: { url: options.primary, token: tokens.primary },
    secondary: { url: options.secondary, token: tokens.secondary },
    services: options.service,
    clients: options.client,
    ignored: options.ignore,
    inFlight: Math.max(1, inFlight),
    waiting: mostWaiting,
    host,
    port,
    summaryPort,
    timeout,
    tolerance,
    write,
    now,
  })
  write(JSON.stringify({ proxy: running.url, summaryAt: running.summaryUrl }))
  tell([`The proxy listens on ${running.url}`, `Its summary is at ${running.summaryUrl}`])
  await stopped
  await finish(running, write)
  if (file) await new Promise<void>((resolve) => file.end(resolve))
}

async function finish(running: Shadow, write: (line: string) => void): Promise<void> {
  const { summaryLines } = await import('../../remote/shadow/report.ts')
  const summary = await running.close()
  write(JSON.stringify({ summary }))
  tell(summaryLines(summary))
  if (summary.different > 0) process.exitCode = 1
}
