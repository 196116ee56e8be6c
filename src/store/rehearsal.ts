/**
 * Stores whose commits are rehearsed: they answer as those of the store would, and nothing remains.
 * Each dry run has one for itself. They are few, and kept, because each has its own statements.
 */
import type { Engine, Write } from './engine.ts'
import type { Rehearsal, Store } from './store.ts'

/** A dry run at a time for each; more would keep the one writer of SQLite busy. */
const most = 4

export function rehearsals(
  engine: Engine,
  assemble: (engine: Engine) => Store,
): () => Rehearsal | undefined {
  const idle: (Rehearsal & { begin(): void })[] = []
  let made = 0

  function make() {
    const { forget, ...rehearsing } = rehearsingEngine(engine)
    const store = assemble(rehearsing)
    let inserted: NewClient[] = []
    const { clients } = store
    const insertions: Pick<typeof clients, 'insertIfServiceExists' | 'insertFederated'> = {
      insertIfServiceExists(client) {
        inserted.push(client)
        return clients.insertIfServiceExists(client)
      },
      insertFederated(client) {
        inserted.push(client)
        return clients.insertFederated(client)
      },
    }
    const rehearsal = {
      store: {
        ...store,
        clients: { ...clients, ...insertions },
        clientUses: { ...store.clientUses, note: () => {} },
      },
      insertedClients: () => inserted.map(rowOf),
      begin() {
        forget()
        inserted = []
      },
      end: () => {
        idle.push(rehearsal)
      },
    }
    made += 1
    return rehearsal
  }

  return () => {
    const rehearsal = idle.pop() ?? (made < most ? make() : undefined)
    rehearsal?.begin()
    return rehearsal
  }
}

type NewClient = Parameters<Store['clients']['insertIfServiceExists']>[0]

/** The row as it would be read. */
const rowOf = (client: NewClient) => ({
  ...client,
  registrationHash: client.registrationHash ?? null,
  alias: client.alias ?? null,
  developer: client.developer ?? null,
  softwareId: client.softwareId ?? null,
  location: client.location ?? null,
  entityId: client.entityId ?? null,
  expiresAt: client.expiresAt ?? null,
  lastUsedAt: null,
  version: 1,
})

/** Each commit is rehearsed after the earlier ones, because it may rest on what they wrote. */
function rehearsingEngine(engine: Engine): Engine & { forget(): void } {
  let earlier: Write[] = []
  async function rehearse(writes: Write[]): Promise<unknown[][]> {
    const rows = await engine.rehearse(...earlier, ...writes)
    earlier = [...earlier, ...writes]
    return rows
  }
  return {
    ...engine,
    async commit(...writes) {
      if (writes.length > 0) await rehearse(writes)
    },
    run: (write) => rehearse([write]),
    forget() {
      earlier = []
    },
  }
}
