/** Where Postern runs: databases of one run, with or without a server, all removed at its end. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startPostgres, withDatabase } from '../support/postgres.ts'
import { findPostgresBinaries } from '../support/postgres-binaries.ts'
import { type Contestant, enter } from './contest.ts'
import { seed, seedOver } from './seed.ts'
import { launchPostern, type Server } from './servers.ts'

export interface Places {
  /** An empty folder, and the URL of a SQLite file in it. */
  sqlite(name: string): string
  /** An empty database. */
  postgres(url: string, name: string): Promise<string>
  /** As durable as PostgreSQL is by itself; undefined where none can be had. */
  startPostgres(): Promise<string | undefined>
  /** Postern, with so many services in a database of its own. */
  enter(name: string, databaseUrl: string, services: number): Promise<Contestant>
  /** Another build, with one service. */
  enterOther(name: string, main: string): Promise<Contestant>
  closing: (() => Promise<void>)[]
  close(): Promise<void>
}

/** Its start is the median of three: the disk still works on the seed during the first one. */
async function launchThrice(databaseUrl: string): Promise<Server> {
  const first = await launchPostern(databaseUrl)
  await first.stop()
  const second = await launchPostern(databaseUrl)
  await second.stop()
  const last = await launchPostern(databaseUrl)
  const starts = [first, second, last].map(({ startedIn }) => startedIn)
  const [, startedIn = last.startedIn] = starts.sort((a, b) => a - b)
  return { ...last, startedIn }
}

export function openPlaces(connections: number): Places {
  const folder = mkdtempSync(join(tmpdir(), 'postern-bench-'))
  const closing: (() => Promise<void>)[] = []
  return {
    closing,
    sqlite(name) {
      const place = join(folder, name.replace(/\W/g, ''))
      mkdirSync(place)
      return `file:${join(place, 'postern.db')}`
    },
    async postgres(url, name) {
      const database = `postern_bench_${name.replace(/\W/g, '')}`
      const owner = new pg.Client({ connectionString: url })
      await owner.connect()
      await owner.query(`drop database if exists ${database} with (force)`)
      await owner.query(`create database ${database}`)
      await owner.end()
      return withDatabase(url, database)
    },
    async startPostgres() {
      if (!process.env['TEST_POSTGRES_URL'] && !findPostgresBinaries()) return undefined
      const durable = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' }
      const postgres = await startPostgres({ ...durable, max_wal_size: '4GB' })
      closing.push(postgres.stop)
      return postgres.url
    },
    async enter(name, databaseUrl, services) {
      const seeded = await seed(databaseUrl, services)
      const server = await launchThrice(databaseUrl)
      closing.push(server.stop)
      return enter({ name, kind: 'postern', server, seeded }, connections)
    },
    async enterOther(name, main) {
      const server = await launchPostern(this.sqlite(name), main)
      closing.push(server.stop)
      const seeded = await seedOver(server.url)
      return enter({ name, kind: 'postern', server, seeded }, connections)
    },
    async close() {
      for (const close of closing.reverse()) await close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
