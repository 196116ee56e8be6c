/**
 * A PostgreSQL server for the run: `TEST_POSTGRES_URL`, or a private one, removed afterwards.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { openPostgres } from '../../src/store/postgres/engine.ts'
import { findPostgresBinaries } from './postgres-binaries.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    dialect: 'sqlite' | 'postgres'
    postgresUrl: string
    /** Whether servers listen on a socket unless a test says otherwise. */
    overHttp: boolean
  }
}

/** The template of the databases of all test files. */
export const template = 'postern_template'

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_POSTGRES_URL']
  const server = given ? { url: given, stop: async () => {} } : await startPostgres()
  await createTemplate(server.url)
  project.provide('postgresUrl', server.url)
  return server.stop
}

async function createTemplate(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  await admin.query(`drop database if exists ${template} with (force)`)
  await admin.query(`create database ${template}`)
  await admin.end()
  const engine = await openPostgres(withDatabase(url, template))
  await engine.close()
}

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.href
}

interface PostgresServer {
  url: string
  /** Kills the server by SIGKILL, which simulates a loss of power. */
  kill(): Promise<void>
  /** Stops the server in a regular way and keeps its data. */
  end(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
  /** A server of its own that follows this one by streaming. */
  standby(): Promise<PostgresServer>
}

/** The server is not durable against a crash of the machine, unless `more` makes it so. */
export async function startPostgres(
  more: Record<string, string | number> = {},
): Promise<PostgresServer> {
  const binaries = findPostgresBinaries()
  if (!binaries) throw new Error('No PostgreSQL can be had.')
  linkLibraries(binaries)
  const folder = mkdtempSync(join(tmpdir(), 'postern-postgres-'))
  // initdb and postgres refuse to run as root.
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid)
  const options = { ...user, cwd: folder, env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' } }
  const data = join(folder, 'data')
  const init = ['-D', data, '-U', 'postern', '-A', 'trust', '-E', 'UTF8', '--no-sync']
  execFileSync(join(binaries, 'initdb'), init, { ...options, stdio: 'pipe' })
  const settings = {
    ...{ fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
    max_connections: 300,
    ...more,
  }
  const primary = await controlled({ binaries, folder, data, options }, settings)
  await primary.start()
  return { ...primary, standby: () => standbyOf(primary.url, { binaries, folder, data, options }) }
}

interface Cluster {
  binaries: string
  folder: string
  data: string
  options: { cwd: string; env: NodeJS.ProcessEnv; uid?: number; gid?: number }
}

async function controlled(
  { binaries, folder, data, options }: Cluster,
  more: Record<string, string | number>,
): Promise<Omit<PostgresServer, 'standby'>> {
  const port = await freePort()
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: folder,
    timezone: 'UTC',
    ...more,
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const url = `postgres://postern@127.0.0.1:${port}/postgres`
  let server: ChildProcess | undefined
  const start = async () => {
    // Files of a killed server can prevent the next start for a moment.
    for (let isReady = false; !isReady; ) {
      const started = spawn(join(binaries, 'postgres'), ['-D', data, ...flags], {
        ...options,
        stdio: 'ignore',
      })
      server = started
      const failed = once(started, 'exit').then(() => wait(100, false))
      isReady = await Promise.race([untilReady(url).then(() => true), failed])
    }
  }
  const end = async (signal: 'SIGINT' | 'SIGKILL') => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const exited = once(server, 'exit')
    server.kill(signal)
    await exited
  }
  const stop = async () => {
    await end('SIGINT')
    rmSync(folder, { recursive: true, force: true })
  }
  return { url, start, stop, kill: () => end('SIGKILL'), end: () => end('SIGINT') }
}

/** A hot standby of the primary, from a copy of its files, which follows it by streaming. */
async function standbyOf(url: string, primary: Cluster): Promise<PostgresServer> {
  const folder = `${primary.folder}-standby`
  const data = join(folder, 'data')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`select pg_backup_start('standby', true)`)
  cpSync(primary.data, data, { recursive: true, filter: (file) => !/postmaster\.pid$/.test(file) })
  const { rows } = await client.query('select labelfile from pg_backup_stop(false)')
  await client.end()
  writeFileSync(join(data, 'backup_label'), rows[0].labelfile)
  writeFileSync(join(data, 'standby.signal'), '')
  const { uid, gid } = primary.options
  if (uid !== undefined && gid !== undefined) {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      chownSync(join(folder, name), uid, gid)
    }
    chownSync(folder, uid, gid)
  }
  chmodSync(data, 0o700)
  const { hostname, port, username } = new URL(url)
  const standby = await controlled(
    { ...primary, folder, data, options: { ...primary.options, cwd: folder } },
    {
      primary_conninfo: `host=${hostname} port=${port} user=${username}`,
      ...{ fsync: 'off', max_connections: 300 },
    },
  )
  await standby.start()
  return { ...standby, standby: () => Promise.reject(new Error('It is a standby itself.')) }
}

/** npm packages contain no symbolic links, so the packaged server lists the ones it needs. */
function linkLibraries(binaries: string): void {
  const root = dirname(binaries)
  const list = join(root, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const place = join(dirname(root), target)
    if (!existsSync(place)) symlinkSync(join(dirname(root), source), place)
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

async function untilReady(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      await client.end()
      return
    } catch {
      await wait(100)
    }
  }
  throw new Error('PostgreSQL did not become ready.')
}
