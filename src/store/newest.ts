/**
 * Changes that are made from the newest state of something, and again if another call was faster
 * (optimistic locking). Those that lost take turns, so that many calls for one thing all succeed.
 */

/** In its turn, a change loses to other processes alone: losing so often, something is wrong. */
const rounds = 100

const turnsOf = new WeakMap<object, Map<string, Promise<unknown>>>()

/**
 * `attempt` reads the state and commits the change, with `lost` as the refusal of its guard. `name`
 * says what is changed.
 */
export async function fromNewest<T>(
  store: object,
  name: string,
  attempt: (lost: Error) => Promise<T>,
): Promise<T> {
  const turns = turnsOf.get(store) ?? new Map<string, Promise<unknown>>()
  turnsOf.set(store, turns)
  const lost = new Error(`Of ${name}, each attempt of a change lost to another one.`)
  const made = turns.has(name) ? undefined : await unlessLost(attempt, lost)
  return made ? made.result : inTurn(turns, name, () => again(attempt, lost))
}

async function again<T>(attempt: (lost: Error) => Promise<T>, lost: Error): Promise<T> {
  for (let round = 1; round < rounds; round++) {
    const made = await unlessLost(attempt, lost)
    if (made) return made.result
  }
  throw lost
}

async function unlessLost<T>(attempt: (lost: Error) => Promise<T>, lost: Error) {
  try {
    return { result: await attempt(lost) }
  } catch (error) {
    if (error !== lost) throw error
    return undefined
  }
}

async function inTurn<T>(
  turns: Map<string, Promise<unknown>>,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  const before = turns.get(name) ?? Promise.resolve()
  const result = before.then(work)
  const turn = result.catch(() => undefined)
  turns.set(name, turn)
  try {
    return await result
  } finally {
    if (turns.get(name) === turn) turns.delete(name)
  }
}
