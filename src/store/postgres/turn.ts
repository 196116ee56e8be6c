/** What arrives in one turn of the event loop is done together, as soon as the turn ends. */
export interface Turn<T> {
  add(member: T): void
  /** Does at once what waits. */
  flush(): void
}

export function byTurn<T>(perform: (members: T[]) => void): Turn<T> {
  let waiting: T[] = []
  function flush(): void {
    const members = waiting
    waiting = []
    if (members.length > 0) perform(members)
  }
  return {
    add(member) {
      if (waiting.length === 0) setImmediate(flush)
      waiting.push(member)
    },
    flush,
  }
}
