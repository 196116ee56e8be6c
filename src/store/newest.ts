/**
 * Changes that are made from the newest state of something, and again if another process was faster
 * (optimistic locking). Those of this process take turns, so that many calls for one thing all
 * succeed, and do not wait for its row with all connections of a database.
 */

/** Losing to other processes so often means that something is wrong. */
const rounds = 100

const turnsOf = new WeakMap<object, Map<string, Promise<unknown>>>()

/**
 * `attempt` reads the state and commits the change, with `lost` as the refusal of its guard. `name`
 * says what is changed; an attempt does not wait for another change of it.
 */
export async function fromNewest<T>(
  store: object,
  name: string,
  attempt: (lost: Error) => Promise<T>,
): Promise<T> {
  const turns = turnsOf.get(store) ?? new Map<string, Promise<unknown>>()
  turnsOf.set(store, turns)
  const before = turns.get(name) ?? Promise.resolve()
  const result = before.then(() => untilMade(name, attempt))
  const turn = result.catch(() => undefined)
  turns.set(name, turn)
  try {
    return await result
  } finally {
    if (turns.get(name) === turn) turns.delete(name)
  }
}

async function untilMade<T>(name: string, attempt: (lost: Error) => Promise<T>): Promise<T> {
  const lost = new Error(`Each attempt to change ${name} lost to another process.`)
  for (let round = 1; ; round++) {
    try {
      return await attempt(lost)
    } catch (error) {
      if (error !== lost || round === rounds) throw error
    }
  }
}
