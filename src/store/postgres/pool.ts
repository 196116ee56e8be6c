/**
 * Connections to PostgreSQL. Their deadlines count the time in which this process ran: one that
 * stood still has not read the answers that arrived since then.
 */
import type { Duplex } from 'node:stream'
import pg from 'pg'
import { startDeadline } from '../../system/deadline.ts'
import { isUnavailable } from '../unavailable.ts'
import { retried } from './retry.ts'

/**
 * A connection keeps its plans, and one that was best for an empty table reads all of it when it is
 * full: no plan gets older than this.
 */
const connectionSeconds = 60
/**
 * Together below the two seconds within which a caller hears that the database is gone, with room
 * for a busy machine. PostgreSQL looks for deadlocks after a second, and is waited for.
 */
const connectMilliseconds = 600
export const answerMilliseconds = 1_150
/** A connection that breaks later has not been a stale one: the database is in trouble. */
export const staleMilliseconds = 300

/**
 * What is between this process and the database: with `transaction`, each transaction may have
 * another connection, so that nothing is left on one for the next.
 */
export type Pooler = 'none' | 'transaction'

type Query = string | pg.QueryConfig
export type Connection = pg.PoolClient

export interface PostgresPool {
  /** Begins a transaction. */
  readonly begin: string
  /** The name of a statement, where the connection still knows it the next time. */
  named(name: string | undefined): { name?: string }
  /** A connection of one's own; to be released, with an error where it is of no more use. */
  acquire(): Promise<Connection>
  /** One statement on any connection. */
  ask(query: Query, values?: unknown[]): Promise<pg.QueryArrayResult>
  close(): Promise<void>
}

/** What is in a client of pg besides its types. */
interface Inside {
  connection: { stream: Duplex }
}
const hangUp = (client: pg.ClientBase, reason: string) =>
  (client as unknown as Inside).connection.stream.destroy(new Error(reason))
const noConnection = 'timeout exceeded when trying to connect'

class PatientClient extends pg.Client {
  override connect(): Promise<this>
  override connect(done: (error: Error) => void): void
  override connect(done?: (error: Error) => void): Promise<this> | undefined {
    if (!done) throw new Error('A pool connects its clients with a callback.')
    const end = startDeadline(connectMilliseconds, () => hangUp(this, noConnection))
    super.connect((error: Error) => {
      end()
      done(error)
    })
    return undefined
  }
}

/** Sends a statement on a connection, which is closed when no answer comes in time. */
export function ask(
  client: Connection,
  query: Query,
  values?: unknown[],
): Promise<pg.QueryArrayResult> {
  const asked = client.query(query as pg.QueryArrayConfig, values)
  const end = startDeadline(answerMilliseconds, () => hangUp(client, 'Query read timeout'))
  asked.then(end, end)
  return asked
}

/** The server gives up a query whose caller is gone, too, and its locks with it. */
const timeouts = {
  statement_timeout: answerMilliseconds,
  idle_in_transaction_session_timeout: 2 * answerMilliseconds,
}
const localTimeouts = Object.entries(timeouts).map((each) => `set local ${each.join(' = ')}`)

export function openPool(connectionString: string, pooler: Pooler = 'none'): PostgresPool {
  const isShared = pooler === 'transaction'
  const pool = new pg.Pool({
    connectionString,
    Client: PatientClient,
    max: 20,
    // What a connection begins with would be for its transactions only, and poolers refuse it.
    ...(isShared ? {} : timeouts),
    keepAlive: true,
    maxLifetimeSeconds: connectionSeconds,
    // Statements of a commit are sent together, and so wait together for the server.
    pipeline: true,
  })
  // A connection that breaks while idle is replaced; the next query tells if that cannot be done.
  pool.on('error', ignore)
  // One that breaks between two statements tells it with the next one.
  pool.on('connect', (client) => client.on('error', ignore))

  function acquire(): Promise<Connection> {
    return new Promise((resolve, reject) => {
      let isLate = false
      const end = startDeadline(connectMilliseconds, () => {
        isLate = true
        reject(new Error(noConnection))
      })
      pool.connect((error, client, release) => {
        end()
        if (isLate) release()
        else if (client) resolve(client)
        else reject(error)
      })
    })
  }

  async function askOnce(query: Query, values?: unknown[]): Promise<pg.QueryArrayResult> {
    const client = await acquire()
    let broken: Error | undefined
    try {
      return await ask(client, isShared ? unnamed(query) : query, values)
    } catch (error) {
      if (isUnavailable(error)) broken = error as Error
      throw error
    } finally {
      client.release(broken)
    }
  }

  return {
    begin: isShared ? ['begin', ...localTimeouts].join('; ') : 'begin',
    named: (name) => (isShared || name === undefined ? {} : { name }),
    acquire,
    ask: (query, values) => retried(() => askOnce(query, values)),
    async close() {
      if (!pool.ending) await pool.end()
    },
  }
}

const ignore = () => {}

/** A name is known to one connection, which is another with the next transaction of a pooler. */
const unnamed = (query: Query): Query =>
  typeof query === 'string' ? query : { ...query, name: '' }
