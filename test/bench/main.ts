/**
 * How fast Postern is, against a server that does nothing and against one that does the same. All
 * run on this machine, in turns; only the ratios of one run mean anything elsewhere.
 *
 * `--long` adds 100,000 services, and how long they are searched; `--against <file>` adds another build of Postern, by its main.js,
 * so that a change is seen in one run; `--only <text>` takes the works that have the text in their name;
 * `--rounds <n>` and `--seconds <n>` make it longer or shorter.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { startPostgres, withDatabase } from '../support/postgres.ts'
import { findPostgresBinaries } from '../support/postgres-binaries.ts'
import { type Contestant, contest, enter, type Rounds } from './contest.ts'
import { measureExplanations } from './explain.ts'
import { figureTable, ratio, ratioTable, type Target, table, targetTable, times } from './report.ts'
import { measureSearch } from './search.ts'
import { seed } from './seed.ts'
import { launchBare, launchPeer, launchPostern, peerVersion } from './servers.ts'
import { works } from './work.ts'

const { values: given } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    against: { type: 'string' },
    only: { type: 'string', default: '' },
    'warm-up': { type: 'string', default: '4' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1.5' },
  },
})
const settings = {
  connections: 32,
  warmUpSeconds: Number(given['warm-up']),
  seconds: Number(given.seconds),
  rounds: Number(given.rounds),
}

const print = (text: string) => process.stdout.write(`${text}\n`)
const folder = mkdtempSync(join(tmpdir(), 'postern-bench-'))
const closing: (() => Promise<void>)[] = []

async function onSqlite(name: string, services: number, main?: string): Promise<Contestant> {
  const place = join(folder, name.replace(/\W/g, ''))
  mkdirSync(place)
  const databaseUrl = `file:${join(place, 'postern.db')}`
  const seeded = await seed(databaseUrl, services)
  const server = await launchPostern(databaseUrl, main)
  closing.push(server.stop)
  return enter({ name, kind: 'postern', server, seeded }, settings.connections)
}

/** With one service, and, to be searched, with many. */
async function onPostgres(): Promise<Contestant[]> {
  if (!process.env['TEST_POSTGRES_URL'] && !findPostgresBinaries()) {
    print('SKIPPED: Postern on PostgreSQL, for none can be had here.')
    return []
  }
  // As durable as PostgreSQL is by itself; what tests leave out for speed is kept here.
  const postgres = await startPostgres({
    ...{ fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' },
  })
  closing.push(postgres.stop)
  const one = await onDatabase(postgres.url, 'postgres', 'postern_bench', 1)
  if (!given.long) return [one]
  return [one, await onDatabase(postgres.url, 'postgres 100,000', 'postern_bench_many', 100_000)]
}

async function onDatabase(
  url: string,
  name: string,
  database: string,
  services: number,
): Promise<Contestant> {
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  await admin.query(`drop database if exists ${database} with (force)`)
  await admin.query(`create database ${database}`)
  await admin.end()
  const databaseUrl = withDatabase(url, database)
  const seeded = await seed(databaseUrl, services)
  const server = await launchPostern(databaseUrl)
  closing.push(server.stop)
  return enter({ name, kind: 'postern', server, seeded }, settings.connections)
}

async function others(): Promise<Contestant[]> {
  const bare = await launchBare()
  closing.push(bare.stop)
  print(`oidc-provider ${peerVersion()}`)
  const peer = await launchPeer()
  closing.push(peer.stop)
  return [
    enter({ name: 'bare', kind: 'bare', server: bare }, settings.connections),
    enter({ name: 'oidc-provider', kind: 'peer', server: peer }, settings.connections),
  ]
}

const atLeast = (limit: number) => (figure: number) => figure >= limit
const below = (limit: number) => (figure: number) => figure < limit

function targetsOf(all: Map<string, Rounds>, many: Contestant | undefined): Target[] {
  const compared = (work: string, to: string, limit: number): Target => ({
    says: `${work} ≥ ${limit} × ${to}`,
    figure: ratio(all.get(work), 'sqlite', to),
    print: times,
    reached: atLeast(limit),
  })
  const cost = (work: string): Target => ({
    says: `${work}: 100,000 services cost < 25 % against one`,
    figure: 1 - ratio(all.get(work), 'sqlite 100,000', 'sqlite'),
    print: (figure) => `${(figure * 100).toFixed(0)} %`,
    reached: below(0.25),
  })
  const long: Target[] = [
    cost('introspection'),
    cost('client credentials'),
    {
      says: '100,000 services: memory < 1.5 GiB',
      figure: many?.server.memory() ?? Number.NaN,
      print: (figure) => `${(figure / 1_024).toFixed(2)} GiB`,
      reached: below(1_536),
    },
    {
      says: '100,000 services: start < 1 s',
      figure: many?.server.startedIn ?? Number.NaN,
      print: (figure) => `${(figure / 1_000).toFixed(2)} s`,
      reached: below(1_000),
    },
  ]
  return [
    compared('introspection', 'bare', 0.6),
    compared('client credentials', 'bare', 0.35),
    compared('client credentials', 'oidc-provider', 2.5),
    compared('code cycle', 'oidc-provider', 2),
    ...(given.long ? long : []),
  ]
}

async function run(): Promise<void> {
  const one = await onSqlite('sqlite', 1)
  const thousand = await onSqlite('sqlite 1,000', 1_000)
  const many = given.long ? await onSqlite('sqlite 100,000', 100_000) : undefined
  const other = given.against ? [await onSqlite('against', 1, given.against)] : []
  const [postgres, manyOnPostgres] = await onPostgres()
  const posterns = [one, thousand, many, ...other, postgres].filter((each) => each !== undefined)
  const contestants = [...posterns, ...(await others())]
  const all = new Map<string, Rounds>()
  for (const work of works.filter(({ name }) => name.includes(given.only))) {
    all.set(work.name, await contest(work, contestants, settings))
    process.stderr.write(`${work.name}\n`)
  }
  const searched = [many, manyOnPostgres].filter((each) => each !== undefined)
  const search = 'search'.includes(given.only) ? await measureSearch(searched) : undefined
  const explained = 'explain'.includes(given.only)
    ? await measureExplanations(one, settings)
    : undefined
  const measured = [search, explained].filter((each) => each !== undefined)
  const targets = [...targetsOf(all, many), ...measured.flatMap((each) => each.targets)]
  print(`\n${targetTable(targets)}`)
  if (explained) print(`\n${explained.text}`)
  if (searched.length > 0 && search) print(`\n${search.text}`)
  const names = posterns.map(({ name }) => name)
  print('\nCycles per second, as ratios; in brackets the same of processor time.\n')
  print(ratioTable(all, ['sqlite'], ['bare', 'oidc-provider']))
  print(`\n${ratioTable(all, names.slice(1), ['sqlite'])}`)
  print(`\n${figureTable(all)}\n`)
  const costs = contestants.map(({ name, server }) => [
    name,
    server.memory().toFixed(0),
    server.startedIn.toFixed(0),
  ])
  print(table([['server', 'MiB', 'start ms'], ...costs]))
  for (const { senders } of contestants) for (const { connection } of senders) connection.close()
}

try {
  await run()
} finally {
  for (const close of closing.reverse()) await close()
  rmSync(folder, { recursive: true, force: true })
}
