/**
 * The thread that writes to a SQLite file. It waits for the disk, and for other processes, so that
 * the thread that answers calls does not. What arrives until then shares the next transaction.
 */
import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { openWriting, preparedRows } from './connection.ts'
import { groupCommit } from './group-commit.ts'
import { writerMark } from './writer-mark.ts'

export interface Statement {
  /** The place of its SQL, which is sent once. */
  text: number
  params: readonly unknown[]
  /** It must touch exactly one row. */
  guarded: boolean
}
/** The statements of one commit. */
export interface Member {
  number: number
  statements: Statement[]
  wantsRows: boolean
  isRehearsal: boolean
  /** Refused, it has changed nothing. */
  isAtomic: boolean
}
/** Bytes in JSON. */
export interface Base64 {
  base64: string
}
export interface Order {
  /** SQL that is new, in the order of its places. */
  texts: string[]
  members: Member[]
}
export interface Outcome {
  number: number
  /** The rows of the last statement, where they were asked for. */
  rows?: unknown[][]
  /** Place of the statement that did not touch exactly one row. */
  refused?: number
  error?: { message: string; code: string | undefined }
}

/** What came of the commits of one transaction. */
export interface Told {
  outcomes: Outcome[]
  /** What this process has left as the last that wrote. */
  mark: number
}

class Refused extends Error {
  readonly place: number

  constructor(place: number) {
    super('A guarded statement did not touch one row.')
    this.place = place
  }
}

const port = parentPort
if (!port) throw new Error('This is a worker thread.')

/** For so long another process that writes is waited for; then callers hear that it is in use. */
const busyMilliseconds = 1_000

const database = openWriting((workerData as { path: string }).path, busyMilliseconds)
const takeMark = writerMark(database)
let mark = 0
const group = groupCommit(database, {
  begun() {
    mark = takeMark()
  },
})
const texts: string[] = []
const rowsOf = preparedRows(database)
let outcomes: Outcome[] = []

/** Commits of one transaction end in one turn, and are told in one message. */
function tell(outcome: Outcome): void {
  if (outcomes.length === 0) {
    queueMicrotask(() => {
      port?.postMessage({ outcomes, mark } satisfies Told)
      outcomes = []
    })
  }
  outcomes.push(outcome)
}

const fromJson = (value: unknown) =>
  typeof value === 'object' && value !== null
    ? Buffer.from((value as Base64).base64, 'base64')
    : value

function perform({ statements, wantsRows }: Member): unknown[][] | undefined {
  let last: unknown[][] = []
  for (const [place, { text, params, guarded }] of statements.entries()) {
    const rows = rowsOf({ sql: texts[text] ?? '', params: params.map(fromJson) })
    if (guarded && rows.length !== 1) throw new Refused(place)
    last = rows
  }
  return wantsRows ? last : undefined
}

function explain(number: number, error: unknown): Outcome {
  if (error instanceof Refused) return { number, refused: error.place }
  const { message } = error as Error
  const code = error instanceof Database.SqliteError ? error.code : undefined
  return { number, error: { message, code } }
}

/** An order comes as JSON; nothing tells the thread to end. */
port.on('message', (message: string | undefined) => {
  if (message === undefined) {
    group.flush()
    // What became of it is told first.
    setImmediate(() => {
      database.close()
      port.close()
    })
    return
  }
  const order = JSON.parse(message) as Order
  texts.push(...order.texts)
  for (const member of order.members) {
    const { number } = member
    const whole = member.isAtomic ? group.joinAtomic : group.join
    const join = member.isRehearsal ? group.rehearse : whole
    join(() => perform(member)).then(
      (rows) => tell(rows ? { number, rows } : { number }),
      (error: unknown) => tell(explain(number, error)),
    )
  }
})
port.postMessage({ outcomes, mark } satisfies Told)
