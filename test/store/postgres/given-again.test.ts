/**
 * A server that crashed, or that took over from another one, gives ids of transactions again that
 * were lost with it: what became of a commit is then not known by its id.
 */
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import {
  type Asked,
  askOutcome,
  knowsOutcomes,
  LostResponse,
} from '../../../src/store/postgres/outcome.ts'
import { openPool } from '../../../src/store/postgres/pool.ts'
import { startPostgres } from '../../support/postgres.ts'

type Server = Awaited<ReturnType<typeof startPostgres>>

/** The log of an open transaction is not written by itself. */
const settings = { synchronous_commit: 'on', wal_writer_delay: '10s' }

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** The server may not answer yet. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (let left = 100; ; left--) {
    try {
      return await work()
    } catch (error) {
      if (left === 0) throw error
      await wait(100)
    }
  }
}

const insertion = 'insert into given select 1 returning txid_current() as id'
const insert = async (client: pg.Client): Promise<string> =>
  (await client.query(insertion)).rows[0].id

/** Commits until the id was given again. */
async function giveAgain(url: string, id: string): Promise<void> {
  const client = await eventually(() => connected(url))
  let given = await eventually(() => insert(client))
  while (BigInt(given) < BigInt(id)) given = await insert(client)
  await client.end()
  expect(given).toBe(id)
}

// A server may write the log of an open transaction for its own reasons: then its id stays taken.
describe.runIf(inject('dialect') === 'postgres')('the id of a transaction', { retry: 3 }, () => {
  let server: Server
  let asked: Asked | undefined
  let since: number
  beforeEach(async () => {
    server = await startPostgres(settings)
    const client = await connected(server.url)
    await client.query('create table given (one int)')
    asked = await knowsOutcomes(client)
    await client.end()
    since = performance.now()
  })
  afterEach(() => server.stop())

  /** What is told of the id at this server. */
  async function outcomeOf(id: string, url = server.url): Promise<boolean | undefined> {
    if (!asked) throw new Error('The server cannot be asked.')
    const pool = openPool(url)
    const lost = new LostResponse(new Error('lost'), id)
    const told = await askOutcome(pool, lost, { asked, since, milliseconds: 5_000 })
    await pool.close()
    return told
  }

  /** A transaction that never ends. */
  async function begun(): Promise<string> {
    const client = await connected(server.url)
    await client.query('begin')
    return insert(client)
  }

  it('tells that it was committed', async () => {
    const client = await connected(server.url)
    const id = await insert(client)
    await client.end()
    expect(await outcomeOf(id)).toBe(true)
  })

  it('tells nothing once the server was killed and has given it again', async () => {
    const id = await begun()
    await server.kill()
    await server.start()
    // It is in the future now, so that what had it was lost.
    expect(await outcomeOf(id)).toBe(false)
    await giveAgain(server.url, id)
    expect(await outcomeOf(id)).toBeUndefined()
  })

  it('tells nothing once one process of the server was killed', async () => {
    const client = await connected(server.url)
    const { rows } = await client.query('select pg_backend_pid() as pid')
    const id = await begun()
    process.kill(rows[0].pid, 'SIGKILL')
    await giveAgain(server.url, id)
    expect(await outcomeOf(id)).toBeUndefined()
  })

  it('tells nothing at a server that took over, until that is known', async () => {
    const standby = await server.standby()
    const id = await begun()
    const client = await connected(standby.url)
    await server.kill()
    await client.query('select pg_promote()')
    await client.end()
    await giveAgain(standby.url, id)
    expect(await outcomeOf(id, standby.url)).toBeUndefined()
    since = performance.now()
    await wait(1_100)
    const later = await connected(standby.url)
    const kept = await insert(later)
    await later.end()
    expect(await outcomeOf(kept, standby.url)).toBe(true)
    await standby.stop()
  })
})
