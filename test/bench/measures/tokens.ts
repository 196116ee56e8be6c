/** What a live token takes on the disk, and what a request costs among millions of them. */
import Database from 'better-sqlite3'
import pg from 'pg'
import { form } from '../../support/flows.ts'
import { type Contestant, enter, type Settings, takeTurns } from '../contest.ts'
import type { Cycle } from '../load.ts'
import type { Places } from '../places.ts'
import { atMost, processorRatio, type Target, times } from '../report.ts'
import { seed, seedTokens } from '../seed.ts'
import { launchPostern } from '../servers.ts'

const few = 10_000
const chunk = 100_000
const known = 2_000
const fillMilliseconds = 20 * 60_000
const costLimit = 1.2
/** Columns whose values differ from token to token. */
const varied = ['hash', 'tail', 'family_id']

const isVaried = (row: Record<string, unknown>, column: string) =>
  varied.includes(column) && row[column] !== null

interface Fill {
  /** Tokens that were added. */
  added: number
  bytes: number
}

/** Adds copies of one token by SQL, until there is no more time. */
async function fill(count: number, add: (rows: number, from: number) => Promise<void> | void) {
  const end = performance.now() + fillMilliseconds
  let added = 0
  while (added < count && performance.now() < end) {
    const rows = Math.min(chunk, count - added)
    await add(rows, added)
    added += rows
  }
  return added
}

/** The beginning of a family is the time, so that new ones come at the end of the index. */
async function fillSqlite(databaseUrl: string, count: number): Promise<Fill> {
  const db = new Database(databaseUrl.replace(/^file:/, ''))
  db.pragma('synchronous = off')
  db.pragma('cache_size = -500000')
  db.exec('create temp table pattern as select * from access_tokens limit 1')
  const row = db.prepare('select * from pattern').get() as Record<string, unknown>
  const random = (column: string) => {
    const value = row[column]
    if (Buffer.isBuffer(value)) return `randomblob(${value.length})`
    if (typeof value !== 'string') return 'abs(random())'
    const begin = column === 'family_id' ? `printf('%08x', i + @from)` : `''`
    const bytes = `lower(hex(randomblob(${Math.ceil(value.length / 2)})))`
    return `substr(${begin} || ${bytes}, 1, ${value.length})`
  }
  const columns = Object.keys(row)
  const values = columns.map((name) => (isVaried(row, name) ? random(name) : name))
  const insert = db.prepare(
    `with recursive n(i) as (select 1 union all select i + 1 from n where i < @rows)
     insert into access_tokens (${columns.join(', ')})
     select ${values.join(', ')} from n, pattern order by ${columns.indexOf('tail') + 1}`,
  )
  const size = () => {
    db.pragma('wal_checkpoint(truncate)')
    return Number(db.pragma('page_count', { simple: true })) * 4_096
  }
  const before = size()
  const usesFrom = values.some((value) => value.includes('@from'))
  const added = await fill(count, (rows, from) => {
    insert.run(usesFrom ? { rows, from } : { rows })
  })
  const bytes = size() - before
  db.exec('analyze')
  db.close()
  return { added, bytes }
}

async function fillPostgres(databaseUrl: string, count: number): Promise<Fill> {
  const client = new pg.Client({ connectionString: databaseUrl })
  // An error of a query is thrown by it.
  client.on('error', () => undefined)
  await client.connect()
  await client.query('create temp table pattern as select * from access_tokens limit 1')
  const { rows: found } = await client.query<Record<string, unknown>>('select * from pattern')
  const row = found[0] ?? {}
  const random = (column: string) => {
    const value = row[column]
    // Ten million values of random() are not all different.
    const digest = 'sha256(gen_random_uuid()::text::bytea)'
    if (Buffer.isBuffer(value)) return `substr(${digest}, 1, ${value.length})`
    const isText = typeof value === 'string' && !/^-?\d+$/.test(value)
    if (!isText) return '(random() * 9e18)::bigint'
    const begin = column === 'family_id' ? `lpad(to_hex(i), 8, '0') || ` : ''
    return `substr(${begin}encode(${digest}, 'hex'), 1, ${value.length})`
  }
  const columns = Object.keys(row)
  const values = columns.map((name) => (isVaried(row, name) ? random(name) : name))
  const size = async () => {
    await client.query('checkpoint')
    const told = await client.query<{ size: string }>(
      `select pg_total_relation_size('access_tokens') as size`,
    )
    return Number(told.rows[0]?.size)
  }
  await client.query('set synchronous_commit = off')
  const before = await size()
  const added = await fill(count, async (rows, from) => {
    const series = `generate_series(${from + 1}, ${from + rows}) as n(i)`
    await client.query(
      `insert into access_tokens (${columns.join(', ')})
       select ${values.join(', ')} from ${series}, pattern`,
    )
  })
  const bytes = (await size()) - before
  await client.query('vacuum analyze access_tokens')
  await client.end()
  return { added, bytes }
}

/** Two servers on one kind of database: one with few tokens, one with many. */
async function measureOn(
  dialect: 'SQLite' | 'PostgreSQL',
  urlOf: (name: string) => Promise<string> | string,
  count: number,
  settings: Settings,
): Promise<Target[]> {
  const fillDatabase = dialect === 'SQLite' ? fillSqlite : fillPostgres
  const entered: { contestant: Contestant; tokens: string[]; filled: Fill }[] = []
  for (const tokens of [few, count]) {
    const databaseUrl = await urlOf(`tokens ${tokens}`)
    const seeded = await seed(databaseUrl, 1)
    const values = await seedTokens(databaseUrl, seeded, known)
    const filled = await fillDatabase(databaseUrl, tokens - known)
    const server = await launchPostern(databaseUrl)
    const entry = { name: String(tokens), kind: 'postern', server, seeded } as const
    entered.push({ contestant: enter(entry, settings.connections), tokens: values, filled })
  }
  const targets: Target[] = []
  const filled = entered[1]?.filled ?? { added: 0, bytes: Number.NaN }
  const isWhole = filled.added >= count - known
  const reached = filled.added.toLocaleString('en')
  if (!isWhole) process.stderr.write(`${dialect}: ${reached} tokens, then the time was over\n`)
  const limit = dialect === 'SQLite' ? 200 : 300
  targets.push({
    says: `${dialect}: a live token takes ≤ ${limit} bytes of the disk`,
    figure: filled.bytes / filled.added,
    print: (figure) => figure.toFixed(0),
    ...atMost(limit),
  })
  for (const [work, cycleOf] of Object.entries(cycles)) {
    const sides = entered.map(({ contestant, tokens }) => {
      return [contestant, cycleOf(contestant, tokens)] as const
    })
    const rounds = await takeTurns(new Map(sides), settings)
    const among = `${(filled.added + known).toLocaleString('en')} tokens`
    const says = `${work}, ${dialect}: among ${among} ≤ ${costLimit} × the cost among ${few.toLocaleString('en')}`
    const figure = processorRatio(rounds, String(few), String(count))
    targets.push({ says, figure, print: times, ...atMost(costLimit) })
  }
  for (const { contestant } of entered) {
    for (const { connection } of contestant.senders) connection.close()
    await contestant.server.stop()
  }
  return targets
}

const cycles: Record<string, (of: Contestant, tokens: string[]) => Cycle> = {
  introspection: ({ seeded }, tokens) => {
    const path = `/api/${seeded?.serviceIds[0]}/auth/introspection`
    return async (sender, turn) => {
      await sender.post(path, { token: tokens[(turn * 487) % tokens.length] })
    }
  },
  'client credentials': ({ seeded }) => {
    const path = `/api/${seeded?.serviceIds[0]}/auth/token`
    const parameters = form({ grant_type: 'client_credentials', scope: 'read' })
    const { clientId, clientSecret } = seeded ?? {}
    const body = { parameters, clientId: String(clientId), clientSecret }
    return async (sender) => {
      await sender.post(path, body)
    }
  },
}

export async function measureTokens(
  places: Places,
  postgresUrl: string | undefined,
  count: number,
  settings: Settings,
): Promise<Target[]> {
  const onSqlite = await measureOn('SQLite', places.sqlite, count, settings)
  if (!postgresUrl) return onSqlite
  const urlOf = (name: string) => places.postgres(postgresUrl, name)
  return [...onSqlite, ...(await measureOn('PostgreSQL', urlOf, count, settings))]
}
