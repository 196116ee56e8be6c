/** Hands the writes of a SQLite file to the thread that does them, and hears what came of them. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { signals } from '../../signal.ts'
import type { Write } from '../engine.ts'
import { type KeptTable, tablesChangedBy } from '../epochs.ts'
import { threadEnded } from '../unavailable.ts'
import { isAtomic } from './group-commit.ts'
import type { Base64, Order, Outcome, Statement, Told } from './worker.ts'

export interface Writer {
  /**
   * All writes or none, durably; those of a rehearsal are rolled back. Resolves with the rows of
   * the last; rejects with the place of the guarded write that did not touch one row as a
   * `RefusedAt`.
   */
  write(writes: readonly Write[], wantsRows: boolean, isRehearsal?: boolean): Promise<unknown[][]>
  /** Hands over what waits for the end of the turn. */
  relieve(): void
  /** Whether the thread has ended, so that another must be started. */
  isGone(): boolean
  /** Everything that was handed over is done first. */
  close(): Promise<void>
}

export class RefusedAt extends Error {
  readonly place: number

  constructor(place: number) {
    super('A guarded statement did not touch one row.')
    this.place = place
  }
}

interface Waiting {
  isRehearsal: boolean
  changed: readonly KeptTable[]
  resolve(rows: unknown[][]): void
  reject(error: unknown): void
}

/** Built, the thread runs what lies beside this file; from sources, tsx is loaded first. */
function startThread(path: string): Worker {
  const options = { workerData: { path } }
  if (import.meta.url.endsWith('.js')) {
    return new Worker(new URL('./worker.js', import.meta.url), options)
  }
  const entry = JSON.stringify(new URL('./worker.ts', import.meta.url).href)
  const code = `import('tsx/esm/api').then(({ register }) => (register(), import(${entry})))`
  return new Worker(code, { ...options, eval: true })
}

/** Called before any caller is told: what is read from then on is new. */
export type Heard = (changed: readonly KeptTable[], mark: number | undefined) => void

export async function openWriter(path: string, heard: Heard): Promise<Writer> {
  const worker = startThread(path)
  const waiting = new Map<number, Waiting>()
  const places = new Map<string, number>()
  let order: Order = { texts: [], members: [] }
  let count = 0
  let gone: Error | undefined

  function place(sql: string): number {
    const known = places.get(sql)
    if (known !== undefined) return known
    places.set(sql, places.size)
    order.texts.push(sql)
    return places.size - 1
  }

  function send(): void {
    if (order.members.length === 0) return
    // As text: a thread is handed that several times faster than the objects.
    worker.postMessage(JSON.stringify(order))
    order = { texts: [], members: [] }
  }

  /** Whether what was handed over has been done is not known then, as with any connection. */
  function fail(error: Error): void {
    gone ??= error
    heard(changedBy(waiting.values()), undefined)
    for (const { reject } of waiting.values()) reject(gone)
    waiting.clear()
  }

  worker.on('message', ({ outcomes, mark }: Told) => {
    heard(changedBy(outcomes.map(({ number }) => waiting.get(number))), mark)
    // Those of one transaction are told in one message.
    const kept = outcomes.filter(({ number }) => !waiting.get(number)?.isRehearsal)
    if (kept.length > 0) signals.committedTogether.emit(kept.length)
    for (const { number, rows = [], refused, error } of outcomes) {
      const { resolve, reject } = waiting.get(number) ?? {}
      waiting.delete(number)
      if (error) reject?.(asThrown(error))
      else if (refused !== undefined) reject?.(new RefusedAt(refused))
      else resolve?.(rows)
    }
    // An idle thread keeps no process alive.
    if (waiting.size === 0) worker.unref()
  })
  await once(worker, 'message')
  worker.on('error', fail)
  worker.on('exit', () => fail(new Error(threadEnded)))

  return {
    write: (writes, wantsRows, isRehearsal = false) =>
      new Promise((resolve, reject) => {
        if (gone) return reject(gone)
        const number = count++
        if (waiting.size === 0) worker.ref()
        const changed = isRehearsal ? [] : tablesChangedBy(writes)
        waiting.set(number, { resolve, reject, isRehearsal, changed })
        const statements = writes.map(
          ({ sql, params, refusal }): Statement => ({
            text: place(sql),
            params: params.map(inJson),
            guarded: refusal !== undefined,
          }),
        )
        if (order.members.length === 0) setImmediate(send)
        order.members.push({
          number,
          statements,
          wantsRows,
          isRehearsal,
          isAtomic: isAtomic(writes),
        })
      }),
    relieve: send,
    isGone: () => gone !== undefined,
    async close() {
      if (gone) return
      worker.ref()
      send()
      const ended = once(worker, 'exit')
      worker.postMessage(undefined)
      await ended
    },
  }
}

function changedBy(commits: Iterable<Waiting | undefined>): KeptTable[] {
  const changed = new Set<KeptTable>()
  for (const commit of commits) for (const table of commit?.changed ?? []) changed.add(table)
  return [...changed]
}

const inJson = (value: unknown): unknown =>
  Buffer.isBuffer(value) ? ({ base64: value.toString('base64') } satisfies Base64) : value

function asThrown({ message, code }: NonNullable<Outcome['error']>): Error {
  return code === undefined ? new Error(message) : new Database.SqliteError(message, code)
}
