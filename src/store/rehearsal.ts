/**
 * Stores whose commits are rehearsed: they answer as those of the store would, and nothing remains.
 * Each dry run has one for itself, which ends with it.
 */
import type { Engine, Statement, Write } from './engine.ts'
import type { Rehearsal, Store } from './store.ts'

/** A dry run at a time for each; more would keep the one writer of SQLite busy. */
const most = 4

export function rehearsals(
  engine: Engine,
  assemble: (engine: Engine) => Store,
): () => Rehearsal | undefined {
  let running = 0
  return () => {
    if (running === most) return undefined
    running += 1
    const { end, ...rehearsing } = rehearsingEngine(engine)
    const store = assemble(rehearsing)
    let isOver = false
    return {
      store: { ...store, clientUses: { ...store.clientUses, note: () => {} } },
      isOver: () => isOver,
      end() {
        if (isOver) return
        isOver = true
        running -= 1
        end()
      },
    }
  }
}

/** What a dry run wrote could not be written again: another call has changed what it rests on. */
export class OvertakenError extends Error {
  constructor(cause: unknown) {
    super('Another call has changed what the dry run rests on.', { cause })
  }
}

/**
 * Each commit is rehearsed after the earlier ones, because it may rest on what they wrote, and so
 * is each read. What goes on after the end of the dry run fails.
 */
function rehearsingEngine(engine: Engine): Engine & { end(): void } {
  const { beforeRead: _, beforeKept: _kept, epochs: _epochs, settle: _settle, ...others } = engine
  let earlier: Write[] = []
  let last: Promise<unknown> = Promise.resolve()
  let isOver = false

  function requireRunning(): void {
    if (isOver) throw new Error('The dry run is over.')
  }

  async function afterEarlier(...statements: Write[]): Promise<unknown[][]> {
    requireRunning()
    try {
      return await engine.rehearse(...earlier, ...statements)
    } catch (error) {
      if (earlier.length > 0) await requireRepeatable(earlier)
      throw error
    }
  }

  /** Whether it was an earlier write that failed, for which the present one is not to blame. */
  async function requireRepeatable(writes: Write[]): Promise<void> {
    await engine.rehearse(...writes).catch((error: unknown) => {
      throw new OvertakenError(error)
    })
  }

  /** One after the other, as a later one may break what an earlier one claimed. */
  function rehearse(writes: Write[]): Promise<unknown[][]> {
    const rehearsed = last.then(async () => {
      // Without names: PostgreSQL keeps what has one for as long as the connection lasts.
      const unnamed = writes.map(({ name: _, ...write }) => write)
      const rows = await afterEarlier(...unnamed)
      earlier = [...earlier, ...unnamed]
      return rows
    })
    last = rehearsed.catch(() => {})
    return rehearsed
  }

  async function ask(statement: Statement): Promise<unknown[][]> {
    requireRunning()
    return earlier.length === 0 ? engine.ask(statement) : afterEarlier(statement)
  }

  return {
    ...others,
    read: engine.readsBy(ask),
    ask,
    async commit(...writes) {
      if (writes.length > 0) await rehearse(writes)
    },
    run: (write) => rehearse([write]),
    end() {
      isOver = true
      earlier = []
    },
  }
}
