/** `postern health`: asks a running server, for probes of images that have no shell. */
import { readConfig } from '../process/config.ts'
import { urlAt } from '../process/listener.ts'
import { say } from './outcome.ts'

const timeoutMilliseconds = 5_000

interface Options {
  url?: string
  live?: boolean
}

/** The exit code is 0 if the server is ready, or live, and 1 otherwise. */
export async function reportHealth({ url, live = false }: Options): Promise<void> {
  const base = url ?? ownUrl()
  const status = await ask(
    new URL(live ? 'health/live' : 'health/ready', base.replace(/\/?$/, '/')),
  )
  say(status)
  if (!['ready', 'live'].includes(status)) process.exitCode = 1
}

/** Where the environment says that this machine's server listens. */
function ownUrl(): string {
  const { host, port } = readConfig()
  const everywhere: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
  return urlAt(everywhere[host] ?? host, port)
}

async function ask(url: URL): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMilliseconds) })
    const { status } = (await response.json()) as { status?: unknown }
    return typeof status === 'string' ? status : `${url.href} is not a server of Postern`
  } catch (error) {
    const { cause = error } = error as { cause?: unknown }
    const reason = cause instanceof Error ? cause.message : String(cause)
    return `no answer from ${url.href}: ${reason}`
  }
}
