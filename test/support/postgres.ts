/**
 * A PostgreSQL server for the run: `TEST_POSTGRES_URL`, or a private one that is gone afterwards.
 */
import { execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { openPostgres } from '../../src/store/postgres.ts'
import { findPostgresBinaries } from './postgres-binaries.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    dialect: 'sqlite' | 'postgres'
    postgresUrl: string
  }
}

/** The database that every test file's own is copied from. */
export const template = 'postern_template'

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres()
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

/** A server for tests forgets what it was told when the machine stops; a durable one does not. */
export async function startPostgres(
  kind: 'careless' | 'durable' = 'careless',
): Promise<{ url: string; stop: () => Promise<void> }> {
  const given = process.env['TEST_POSTGRES_URL']
  if (given) return { url: given, stop: async () => {} }
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
  const port = await freePort()
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: folder,
    ...(kind === 'careless'
      ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
      : {}),
    max_connections: 300,
    timezone: 'UTC',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = spawn(join(binaries, 'postgres'), ['-D', data, ...flags], {
    ...options,
    stdio: 'ignore',
  })
  const url = `postgres://postern@127.0.0.1:${port}/postgres`
  await untilReady(url)
  const stop = async () => {
    const exited = new Promise((resolve) => server.once('exit', resolve))
    server.kill('SIGINT')
    await exited
    rmSync(folder, { recursive: true, force: true })
  }
  return { url, stop }
}

/** npm packages hold no symbolic links: the packaged server lists those that its libraries need. */
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

function freePort(): Promise<number> {
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
