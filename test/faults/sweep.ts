/** Rows that have expired, of every table, are swept while calls are served; no other goes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { apiTokenHash } from '../../src/caller.ts'
import { createApp } from '../../src/process/app.ts'
import { openStore } from '../../src/store/open.ts'
import { createSealer } from '../../src/system/sealer.ts'
import { testSystem } from '../support/system.ts'
import { type Depth, type Finding, percentile, progress } from './findings.ts'

const rowsOf: Record<Depth, number> = { short: 10_000, usual: 100_000, long: 10_000_000 }
const liveRows = 500
const transactionRows = 250_000
const service = 999

interface Column {
  name: string
  type: string
}

/** Every table whose rows expire, from the database itself: the next one is among them. */
function expiringTables(database: Database.Database): { name: string; columns: Column[] }[] {
  const names = database
    .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
    .pluck()
    .all() as string[]
  return names
    .map((name) => ({ name, columns: database.pragma(`table_info(${name})`) as Column[] }))
    .filter(({ columns }) => columns.some((column) => column.name === 'expires_at'))
}

/** Rows `from` to `to` of a table, each with values that no other has. */
function insert(
  database: Database.Database,
  { name, columns }: { name: string; columns: Column[] },
  [from, to]: [number, number],
  expiresAt: number,
): void {
  const values = columns.map((column) => {
    if (column.name === 'service_id') return String(service)
    // Some rows are kept for longer than they are valid.
    if (['expires_at', 'kept_until'].includes(column.name)) return String(expiresAt)
    if (column.name === 'data') return `'{"scopes":["openid","profile"]}'`
    // In the order of no index, as hashes are.
    const scattered = '(n * 2654435761) & 4294967295'
    return /int/i.test(column.type) ? 'n' : `printf('%08x-%d', ${scattered}, n)`
  })
  const names = columns.map((column) => `"${column.name}"`).join(', ')
  database.exec(
    `with recursive counted(n) as
       (select ${from} union all select n + 1 from counted where n < ${to - 1})
     insert into "${name}" (${names}) select ${values.join(', ')} from counted`,
  )
}

/** So many expired rows over all tables, and some of each that live on; how many expired. */
function fill(file: string, rows: number, now: number): { tables: string[]; expired: number } {
  const database = new Database(file)
  try {
    database.pragma('synchronous = OFF')
    database.pragma('cache_size = -1000000')
    database.pragma('wal_autocheckpoint = 50000')
    const tables = expiringTables(database)
    const each = Math.ceil(rows / tables.length)
    for (const [index, table] of tables.entries()) {
      for (let from = 0; from < each; from += transactionRows) {
        // A day ago: what is remembered for an hour is forgotten, too.
        const to = Math.min(each, from + transactionRows)
        insert(database, table, [from, to], now - 86_400_000)
        progress(`sweep: ${index * each + to}/${each * tables.length} rows inserted`)
      }
      insert(database, table, [each, each + liveRows], now + 86_400_000)
    }
    database.pragma('wal_checkpoint(TRUNCATE)')
    return { tables: tables.map(({ name }) => name), expired: each * tables.length }
  } finally {
    database.close()
  }
}

/** Tables in which not exactly the live rows are left. */
function wrongTables(file: string, tables: string[]): string[] {
  const database = new Database(file)
  try {
    return tables.filter((name) => {
      const count = database.prepare(`select count(*) from "${name}" where service_id = ?`)
      return count.pluck().get(service) !== liveRows
    })
  } finally {
    database.close()
  }
}

export async function* sweep(depth: Depth): AsyncGenerator<Finding> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-sweep-'))
  const file = join(folder, 'postern.db')
  const sealer = createSealer(Buffer.alloc(32, 7))
  const store = await openStore(`file:${file}`, sealer)
  const system = testSystem()
  const now = system.clock()
  const token = 'administrator-of-the-fault-tests'
  const row = { tokenHash: apiTokenHash(token), serviceId: 0, createdAt: now }
  await store.commit(store.apiTokens.upsert({ ...row, data: { label: '', rights: ['admin'] } }))
  const app = createApp({ store, system, sealer })
  const post = (path: string, body: object) =>
    app.request(path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
  const made = await post('/api/service/create', { serviceName: 'Sweeping' })
  const { apiKey: serviceId } = (await made.json()) as { apiKey: number }
  const created = await post(`/api/${serviceId}/client/create`, { clientType: 'CONFIDENTIAL' })
  const { clientId, clientSecret } = (await created.json()) as Record<string, unknown>
  const credentials = { clientId: String(clientId), clientSecret }
  const calls = [
    ['/auth/introspection', { token: 'unknown' }],
    ['/auth/token', { parameters: 'grant_type=client_credentials', ...credentials }],
  ] as const

  /** A read and a write in turn, each two milliseconds, for as long as the work takes. */
  async function during(work: Promise<unknown>, what = ''): Promise<number> {
    const taken: number[] = []
    let isOver = false
    const over = work.then(() => {
      isOver = true
    })
    const started = performance.now()
    while (!isOver) {
      const due = performance.now() + 2
      await wait(2)
      const [operation, body] = calls[taken.length % 2] ?? calls[0]
      const { status } = await post(`/api/${serviceId}${operation}`, body)
      if (status !== 200) throw new Error(`${operation} was answered with ${status}`)
      taken.push(performance.now() - due)
      if (what) progress(`${what} for ${Math.round((performance.now() - started) / 1_000)} s`)
      // The log of the test's system is kept in memory.
      if (taken.length % 1_000 === 0) system.log.entries.splice(0)
    }
    await over
    return percentile(taken, 0.99)
  }
  try {
    await during(wait(1_000))
    const calm = await during(wait(3_000))
    const { tables, expired } = fill(file, rowsOf[depth], now)
    const started = performance.now()
    let removed = 0
    const purging = store.purge(now).then((count) => {
      removed = count
    })
    const sweeping = await during(purging, 'sweep: sweeping')
    const seconds = (performance.now() - started) / 1_000
    const wrong = wrongTables(file, tables)
    yield {
      what: `${expired} expired rows of ${tables.length} tables swept while serving (SQLite)`,
      target: 'all of them and no other; p99 of the calls grows by less than 100 ms',
      figure:
        `${removed} swept in ${seconds.toFixed(1)} s, ${wrong.length} tables wrong; ` +
        `p99 ${calm.toFixed(1)} ms before, ${sweeping.toFixed(1)} ms while it swept`,
      pass: removed === expired && wrong.length === 0 && sweeping - calm < 100,
    }
  } finally {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
