/**
 * Commits of several writes, one after the other in one transaction: they wait for the disk
 * together, and not for each other's locks. One such group is on its way at a time, while the next
 * one gathers. A group in which anything fails is rolled back, and each of its commits is made by
 * itself.
 */
import { signals } from '../../signal.ts'
import type { Write } from '../engine.ts'
import { LostResponse, NothingKept, NotTogether } from './outcome.ts'

/** So few that their statements are answered in a moment. */
const mostCommits = 32
/** A group that takes longer is not waited for. */
const patienceMilliseconds = 100

interface Member {
  writes: Write[]
  resolve(): void
  reject(error: unknown): void
}

export interface Groups {
  /** Undefined for one write, and for writes of more rows than others may wait for. */
  commit(writes: Write[]): Promise<void> | undefined
  flush(): void
}

const isShort = ({ name, touchesOne, touchesFew }: Write) =>
  name !== undefined && (touchesOne || touchesFew) === true

/** `apply` executes the writes of a group in one transaction. */
export function groupsBy(apply: (writes: Write[]) => Promise<unknown>): Groups {
  const waiting: Member[] = []
  let current: Member[] | undefined

  async function perform(members: Member[]): Promise<void> {
    if (members.length === 1) return members[0]?.reject(new NotTogether())
    try {
      await apply(members.flatMap(({ writes }) => writes))
      signals.committedTogether.emit(members.length)
      for (const { resolve } of members) resolve()
    } catch (error) {
      const isBroken = error instanceof LostResponse || error instanceof NothingKept
      for (const { reject } of members) reject(isBroken ? error : new NotTogether())
    }
  }

  function flush(): void {
    const members = waiting.splice(0, mostCommits)
    if (members.length === 0) return
    current = members
    const goOn = () => {
      clearTimeout(patience)
      if (current !== members) return
      current = undefined
      flush()
    }
    const patience = setTimeout(goOn, patienceMilliseconds)
    void perform(members).finally(goOn)
  }

  return {
    commit(writes) {
      if (writes.length === 1 || !writes.every(isShort)) return undefined
      return new Promise((resolve, reject) => {
        if (waiting.length === 0 && !current) setImmediate(flush)
        waiting.push({ writes, resolve, reject })
      })
    },
    flush,
  }
}
