/**
 * Contexts: which Postern the commands call, and with which API token. They are in a file that only
 * its owner can read.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { RemoteError } from './failure.ts'

export interface Connection {
  url: string
  token: string
  /** The service of the commands that name none. */
  service?: string | undefined
}

export interface Contexts {
  current?: string | undefined
  contexts: Record<string, Connection>
}

type Environment = Readonly<Record<string, string | undefined>>

/** `$XDG_CONFIG_HOME/postern/contexts.json`. */
export const contextsFile = (environment: Environment): string =>
  join(environment['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'postern', 'contexts.json')

/** Bits of the mode for the group and for others. */
const others = 0o077

export function readContexts(file: string): Contexts {
  if (!existsSync(file)) return { contexts: {} }
  if (process.platform !== 'win32' && (statSync(file).mode & others) !== 0) {
    throw new RemoteError('failed', `Others can read ${file}: run chmod 600 on it.`)
  }
  try {
    const { current, contexts } = JSON.parse(readFileSync(file, 'utf8')) as Contexts
    return { current, contexts: contexts ?? {} }
  } catch {
    throw new RemoteError(
      'failed',
      `${file} is not the file of contexts that postern login writes.`,
    )
  }
}

/** Replaces the file as a whole, so that no reader sees a part of it. */
export function writeContexts(file: string, contexts: Contexts): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const next = `${file}.${process.pid}`
  writeFileSync(next, `${JSON.stringify(contexts, null, 2)}\n`, { mode: 0o600 })
  renameSync(next, file)
}

/** The connection of a command: the environment comes before the current context. */
export function connectionFrom(environment: Environment, service?: string): Connection {
  const { current, contexts } = readContexts(contextsFile(environment))
  const saved = current === undefined ? undefined : contexts[current]
  const url = environment['POSTERN_URL'] ?? saved?.url
  const token = environment['POSTERN_TOKEN'] ?? saved?.token
  if (!url || !token) {
    throw new RemoteError('usage', 'Run postern login, or set POSTERN_URL and POSTERN_TOKEN.')
  }
  return {
    url: url.replace(/\/+$/, ''),
    token,
    service: service ?? environment['POSTERN_SERVICE'] ?? saved?.service,
  }
}
