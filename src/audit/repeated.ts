/**
 * Records of what may happen at any rate: refused callers, and reads of private keys. The first one
 * of an actor is recorded at once. Later ones within a minute are counted and recorded together,
 * and rows about addresses are limited: wrong API tokens cannot fill the disk.
 */
import type { AuditRecord } from '../model/audit/record.ts'
import { signals } from '../signal.ts'
import type { Store } from '../store/store.ts'
import type { System } from '../system/system.ts'

const intervalMilliseconds = 60_000
/** Rows about addresses within an hour; the others are counted together, in one row a minute. */
const mostOfAddresses = 100
const hourMilliseconds = 3_600_000

interface Counted {
  since: number
  /** Since the last record. */
  count: number
  last: AuditRecord
}
interface Counts {
  actors: Map<string, Counted>
  /** When the present hour began, and how many rows about addresses it had. */
  since: number
  ofAddresses: number
}

/** In memory: a process that is killed loses what it has only counted. */
const countsOf = new WeakMap<Store, Counts>()

function countsFor(store: Store): Counts {
  const known = countsOf.get(store)
  if (known) return known
  const counts = { actors: new Map(), since: 0, ofAddresses: 0 }
  countsOf.set(store, counts)
  return counts
}

/** Records it now, or counts it for the next record of the same key. */
export async function recordRepeated(store: Store, key: string, row: AuditRecord): Promise<void> {
  const counts = countsFor(store)
  const known = counts.actors.get(key)
  if (known && row.at - known.since < intervalMilliseconds) {
    known.count += 1
    known.last = row
    return
  }
  const occurrences = row.occurrences + (known?.count ?? 0)
  if (!isAdmitted(counts, row)) {
    counts.actors.delete(key)
    return countWithOthers(counts, row, occurrences)
  }
  counts.actors.set(key, { since: row.at, count: 0, last: row })
  await insertRecords(store, [{ ...row, occurrences }])
}

function isAdmitted(counts: Counts, { actorKind, at }: AuditRecord): boolean {
  if (actorKind !== 'address') return true
  if (at - counts.since >= hourMilliseconds) {
    counts.since = at
    counts.ofAddresses = 0
  }
  counts.ofAddresses += 1
  return counts.ofAddresses <= mostOfAddresses
}

const others = 'others'

/** The next flush records them, without their addresses. */
function countWithOthers({ actors }: Counts, row: AuditRecord, occurrences: number): void {
  const { since, count } = actors.get(others) ?? { since: row.at, count: 0 }
  const last = { ...row, actorId: undefined, actorLabel: undefined }
  actors.set(others, { since, count: count + occurrences, last })
}

/** Records what was counted for a minute; all of it at the end of the process. */
export async function flushRepeated(
  store: Store,
  { clock }: Pick<System, 'clock'>,
  isEnd = false,
): Promise<void> {
  const now = clock()
  const { actors } = countsFor(store)
  const over = [...actors].filter(([, { since }]) => isEnd || now - since >= intervalMilliseconds)
  for (const [key] of over) actors.delete(key)
  const counted = over.map(([, each]) => each).filter(({ count }) => count > 0)
  if (counted.length === 0) return
  const rows = counted.map(({ last, count }) => ({ ...last, at: now, occurrences: count }))
  await insertRecords(store, rows)
}

async function insertRecords(store: Store, rows: AuditRecord[]): Promise<void> {
  try {
    await store.commit(...rows.map((row) => store.audit.insert(row)))
  } catch (error) {
    signals.auditLost.emit(rows.length)
    throw error
  }
}
