/**
 * Changes under load, of which a receiver is told: each that was acknowledged, and none that did not
 * happen.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Caller } from './caller.ts'
import { type History, loadOf } from './history.ts'

/** An attempt that a kill has ended is made again after ten seconds; a busy machine takes longer. */
const takenOverMilliseconds = 60_000

export interface Change {
  /** By which the receiver names it. */
  id: string
  outcome: 'acknowledged' | 'unknown'
  /** An answer that is wrong. */
  wrong?: unknown
}

export interface Telling {
  /** Makes a change for a user; undefined if it was not tried. */
  change(subject: string): Promise<Change | undefined>
  /** What the receiver was told of so far. */
  told(): Set<string>
  /** Whether a change happened whose answer was lost. */
  happened(id: string): Promise<boolean>
  /** Throws unless all that was received is signed as it should be; forgets it. */
  verify(): Promise<void>
  close(): Promise<void>
}

export type TellingHistory = History & { close(): Promise<void> }

export function historyOf(
  name: string,
  { failing }: Caller,
  { change, told, happened, verify, close }: Telling,
): TellingHistory {
  const wrong: string[] = []
  const changes = new Map<string, Change['outcome']>()
  let flows = 0
  let checked = 0

  async function flow(): Promise<void> {
    flows += 1
    const subject = `${name}-${flows}`
    const made = await change(subject)
    if (!made) return
    if (made.wrong) wrong.push(`${subject}: ${JSON.stringify(made.wrong)}`)
    changes.set(made.id, made.outcome)
  }

  async function check(): Promise<void> {
    const expected = [...changes].filter(([, outcome]) => outcome === 'acknowledged')
    const missing = () => {
      const known = told()
      return expected.filter(([id]) => !known.has(id))
    }
    const end = Date.now() + takenOverMilliseconds
    while (missing().length > 0 && Date.now() < end) await wait(100)
    checked += expected.length
    for (const [id] of missing()) wrong.push(`${id}: nothing was told of it`)
    for (const [id, outcome] of changes) {
      if (outcome !== 'unknown' || !told().has(id)) continue
      checked += 1
      if (!(await happened(id))) wrong.push(`${id}: it was told of, and did not happen`)
    }
    await verify()
    changes.clear()
  }

  return { load: loadOf(flow, failing), check, wrong, checked: () => checked, close }
}
