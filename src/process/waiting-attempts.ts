/** Messages that wait in memory for room, in order for each host. */
import { hostOf, type Message, nameOf } from './room.ts'

/** Attempts that wait in memory: of a host, and of all. */
const waitingOfHost = 1_000
const waitingOfProcess = 5_000

export interface Waiting<M extends Message> {
  message: M
  end(): void
}

export function createWaiting<M extends Message>() {
  const hosts = new Map<string, Waiting<M>[]>()
  const names = new Set<string>()
  return {
    has: (name: string) => names.has(name),
    /** False if too many are waiting. */
    add(each: Waiting<M>): boolean {
      const host = hostOf(each.message)
      const queue = hosts.get(host) ?? []
      if (names.size >= waitingOfProcess || queue.length >= waitingOfHost) return false
      queue.push(each)
      hosts.set(host, queue)
      names.add(nameOf(each.message))
      return true
    },
    startWhile(
      isLeft: () => boolean,
      isRoomFor: (message: M) => boolean,
      start: (each: Waiting<M>) => void,
    ): void {
      for (const [host, queue] of hosts) {
        if (!isLeft()) return
        for (let next = queue[0]; next && isRoomFor(next.message); next = queue[0]) {
          queue.shift()
          names.delete(nameOf(next.message))
          start(next)
        }
        if (queue.length === 0) hosts.delete(host)
      }
    },
    clear(): void {
      for (const each of [...hosts.values()].flat()) each.end()
      hosts.clear()
      names.clear()
    },
  }
}
