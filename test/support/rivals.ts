/**
 * Two processes on one database, whose commits a test can hold back. A call that has read what it
 * needs then waits while the other one is done, which no luck with timing brings about.
 */
import { setImmediate as others } from 'node:timers/promises'
import { afterAll, beforeAll, expect, inject } from 'vitest'
import type { Engine } from '../../src/store/engine.ts'
import { assemble } from '../../src/store/open.ts'
import { openPostgres } from '../../src/store/postgres/engine.ts'
import { openSqlite } from '../../src/store/sqlite/engine.ts'
import { createService, type TestService } from './flows.ts'
import { createServer } from './server.ts'
import { openTestStore, sealer, type TestStore } from './stores.ts'

export interface Rivals {
  /** The service, by the first process. */
  service: TestService
  /**
   * Two calls at the same time, one by each process: together, or the first one commits after the
   * second one is done, or the other way round, by the number of the round.
   */
  race<A, B>(
    round: number,
    first: (service: TestService) => Promise<A>,
    second: (service: TestService) => Promise<B>,
  ): Promise<[A, B]>
}

interface Gate {
  engine: Engine
  /** No commit happens until `open`; `reached` resolves once one waits. */
  close(): { reached: Promise<void>; open(): void }
}

function signal(): { given: Promise<void>; give(): void } {
  let give = () => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { given, give: () => give() }
}

/**
 * Reads of one turn see one state of SQLite, which is no matter between processes, for each has
 * turns of its own: so the call of a process begins in a new one, and so does what follows it.
 */
const newTurn =
  <T>(call: (service: TestService) => Promise<T>, service: TestService) =>
  async (): Promise<T> => {
    await others()
    const answer = await call(service)
    await others()
    return answer
  }

function gated(engine: Engine): Gate {
  let closed: { until: Promise<void>; arrive(): void } | undefined
  async function pass<T>(work: () => Promise<T>): Promise<T> {
    closed?.arrive()
    await closed?.until
    return work()
  }
  return {
    engine: {
      ...engine,
      commit: (...writes) => pass(() => engine.commit(...writes)),
      run: (write) => pass(() => engine.run(write)),
    },
    close() {
      const [arrived, opened] = [signal(), signal()]
      closed = { until: opened.given, arrive: arrived.give }
      return {
        reached: arrived.given,
        open() {
          closed = undefined
          opened.give()
        },
      }
    },
  }
}

/** The call that is held back, and the one that happens before it goes on. */
async function overtake<A, B>(gate: Gate, late: () => Promise<A>, early: () => Promise<B>) {
  const { reached, open } = gate.close()
  const held = late()
  // A call that commits nothing never waits.
  await Promise.race([reached, held])
  try {
    return { early: await early(), late: held }
  } finally {
    open()
  }
}

/** A service with two processes, for all tests of a file. */
export function rivals(settings: Record<string, unknown>): () => Rivals {
  let opened: TestStore
  let second: Engine
  let made: Rivals
  let outboxes: { stop(): Promise<void> }[] = []
  beforeAll(async () => {
    opened = await openTestStore()
    const { url } = opened
    const open = inject('dialect') === 'sqlite' ? openSqlite(url.slice(5)) : openPostgres(url)
    second = await open
    const gates = [gated(opened.engine), gated(second)] as const
    const [one, two] = gates.map(({ engine }) => ({
      ...{ engine, store: assemble(engine, sealer) },
      close: async () => {},
    })) as [Omit<TestStore, 'url'>, Omit<TestStore, 'url'>]
    const service = await createService(settings, { on: one })
    const { system, serviceId } = service
    const other = await createServer({ on: two, system })
    outboxes = [service.outbox, other.outbox]
    const there: TestService = {
      ...service,
      ...other,
      api: (operation, body) => other.post(`/api/${serviceId}${operation}`, body),
    }
    made = {
      service,
      async race(round, first, next) {
        await Promise.all([service.outbox.idle(), other.outbox.idle()])
        const calls = [newTurn(first, service), newTurn(next, there)] as const
        if (round % 3 === 1) {
          const { early, late } = await overtake(gates[0], ...calls)
          return [await late, early]
        }
        if (round % 3 === 2) {
          const { early, late } = await overtake(gates[1], calls[1], calls[0])
          return [early, await late]
        }
        return Promise.all([calls[0](), calls[1]()])
      },
    }
  })
  afterAll(async () => {
    await Promise.all(outboxes.map((outbox) => outbox.stop()))
    await second.close()
    await opened.close()
  })
  return () => made
}

/** How often each race is run: each order several times. */
export const rounds = Array.from(
  { length: Number(process.env['RACE_ROUNDS'] ?? 12) },
  (_, round) => round,
)

/** What happened before the other call committed has succeeded, or the race shows nothing. */
export function requireFirst(round: number, hasSucceeded: boolean): void {
  if (round % 3 === 2) expect([round, hasSucceeded]).toEqual([round, true])
}
