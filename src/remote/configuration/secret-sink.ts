/** Where secrets go that are shown once: a file that only its owner reads, or a command. */
import { spawnSync } from 'node:child_process'
import { appendFileSync, closeSync, existsSync, openSync, rmSync, statSync } from 'node:fs'
import { RemoteError } from '../failure.ts'
import type { MadeSecret } from './apply.ts'
import type { Environment } from './references.ts'

export interface SecretSink {
  keep(secret: MadeSecret): void
  /** Says where the secrets are; undefined if there were none. */
  close(): string | undefined
}

const others = 0o077

/** One JSON line for each secret. Opened before anything is applied, so that none is lost. */
export function secretFile(path: string): SecretSink {
  const isNew = !existsSync(path)
  try {
    closeSync(openSync(path, 'a', 0o600))
  } catch (error) {
    throw new RemoteError('usage', `Secrets cannot be written: ${(error as Error).message}`)
  }
  if (process.platform !== 'win32' && (statSync(path).mode & others) !== 0) {
    throw new RemoteError('failed', `Others can read ${path}: run chmod 600 on it.`)
  }
  let count = 0
  return {
    keep(secret) {
      appendFileSync(path, `${JSON.stringify(secret)}\n`)
      count += 1
    },
    close() {
      if (count > 0) return `${count} new client secrets are in ${path}.`
      if (isNew) rmSync(path)
      return undefined
    },
  }
}

/** The command gets each secret on its standard input, and its names as variables. */
export function secretCommand(command: string, environment: Environment): SecretSink {
  let count = 0
  return {
    keep({ service, client, clientId, clientSecret }) {
      const { status, error } = spawnSync(command, {
        shell: true,
        input: clientSecret,
        stdio: ['pipe', 'inherit', 'inherit'],
        env: {
          ...environment,
          POSTERN_SERVICE_KEY: service,
          POSTERN_CLIENT_KEY: client,
          POSTERN_CLIENT_ID: String(clientId),
        },
      })
      if (error || status !== 0) {
        const names = `${client} (${clientId}) of ${service}`
        throw new RemoteError('failed', `The command did not take the secret of ${names}.`)
      }
      count += 1
    },
    close: () => (count > 0 ? `The command took ${count} new client secrets.` : undefined),
  }
}
