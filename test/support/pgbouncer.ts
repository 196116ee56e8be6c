/** PgBouncer in transaction mode before a PostgreSQL, for tests; `.ci/run` installs it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from './postgres.ts'

const folders = [
  '/usr/sbin',
  '/usr/bin',
  '/usr/local/bin',
  ...(process.env['PATH'] ?? '').split(':'),
]
const program = folders.map((folder) => join(folder, 'pgbouncer')).find((path) => existsSync(path))

export const hasPgBouncer = program !== undefined

if (!hasPgBouncer) console.warn('SKIPPED: the tests behind PgBouncer, for there is none.')

interface PgBouncer {
  /** The URL of the database, by way of PgBouncer. */
  url: string
  /** Ends PgBouncer with all its connections, and starts it again. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** So few connections that callers get another one with each transaction. */
const connections = 4

export async function startPgBouncer(databaseUrl: string): Promise<PgBouncer> {
  if (!program) throw new Error('There is no PgBouncer.')
  const folder = mkdtempSync(join(tmpdir(), 'postern-pgbouncer-'))
  // Like PostgreSQL, it refuses to run as root.
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid)
  const { hostname, port: far, username, password } = new URL(databaseUrl)
  const port = await freePort()
  const target = { host: hostname, port: far || 5432, user: username, password }
  const words = Object.entries(target).filter(([, value]) => value !== '')
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'any',
    pool_mode: 'transaction',
    default_pool_size: connections,
    max_client_conn: 500,
    server_login_retry: 1,
  }
  const lines = [
    '[databases]',
    `* = ${words.map((word) => word.join('=')).join(' ')}`,
    '[pgbouncer]',
    ...Object.entries(settings).map((setting) => setting.join(' = ')),
  ]
  const file = join(folder, 'pgbouncer.ini')
  writeFileSync(file, `${lines.join('\n')}\n`)
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  let running: ChildProcess | undefined
  const start = async () => {
    running = spawn(program, ['-q', file], { ...user, cwd: folder, stdio: 'ignore' })
    for (let attempt = 0; !(await answers(url.href)); attempt++) {
      if (attempt === 100) throw new Error('PgBouncer did not become ready.')
      await wait(50)
    }
  }
  const end = async () => {
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    const exited = once(running, 'exit')
    running.kill('SIGKILL')
    await exited
  }
  await start()
  return {
    url: url.href,
    async restart() {
      await end()
      await start()
    },
    async stop() {
      await end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}
