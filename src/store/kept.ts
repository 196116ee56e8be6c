/** Reads of one row that is kept for as long as no commit changes its table. */

import { createCache } from '../system/cache.ts'
import type { Engine } from './engine.ts'
import type { KeptTable } from './epochs.ts'

/** Rows of one kind of read; a token with its grant takes about a kilobyte. */
const most = 20_000

interface Kept<Row> {
  readonly row: Row
  readonly epoch: number
}

/** Finds the first row; what is not there is looked for each time. Rows may not be changed. */
export function keptRow<V extends object, Row extends object>(
  { epochs, beforeKept }: Pick<Engine, 'epochs' | 'beforeKept'>,
  table: KeptTable,
  read: (values: V) => Promise<Row[]>,
  keyOf: (values: V) => string | number,
): (values: V) => Promise<Row | undefined> | Row | undefined {
  const kept = createCache<string | number, Kept<Row>>(most)

  async function readRow(values: V): Promise<Row | undefined> {
    beforeKept?.()
    // A commit while the row is read ends the epoch that it is kept for.
    const epoch = epochs?.of(table) ?? 0
    const [row] = await read(values)
    if (!row || !epochs) return row
    kept.set(keyOf(values), { row: frozen(row), epoch })
    return row
  }

  return (values) => {
    if (!epochs) return readRow(values)
    beforeKept?.()
    const found = kept.get(keyOf(values))
    const isGood = found !== undefined && found.epoch === epochs.of(table) && epochs.isRecent()
    return isGood ? found.row : readRow(values)
  }
}

/** A row that several calls get is changed by none. */
function frozen<T extends object>(value: T): T {
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && member !== null) frozen(member)
  }
  return Object.freeze(value)
}
