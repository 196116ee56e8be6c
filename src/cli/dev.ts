/** `postern dev`: runs until a signal ends it. */
import { type DevOptions, startDev } from '../dev/start.ts'
import { ConfigError, isProduction } from '../process/config.ts'
import { say } from './outcome.ts'
import { environment } from './remote/options.ts'

interface Options extends Pick<DevOptions, 'port' | 'frontendPort'> {
  seed?: string[]
  verbose?: boolean
}

/** Resolves once it has stopped after a signal. */
export async function dev({ verbose = false, seed, ...ports }: Options): Promise<void> {
  if (isProduction()) {
    throw new ConfigError('postern dev is refused with NODE_ENV=production: use postern serve.')
  }
  const signalled = new Promise<void>((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop())
  })
  const log = (line: string) => process.stderr.write(`${line}\n`)
  const { lines, close } = await startDev({
    ...ports,
    ...(verbose && { log }),
    ...(seed && { seed: { files: seed, environment: environment() } }),
  })
  say(lines.join('\n'))
  await signalled
  await close()
  say('Postern has stopped.')
}
