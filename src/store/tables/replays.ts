/** Values that may be seen once: identifiers of assertions and proofs, until they expire. */

import type { Engine, Write } from '../engine.ts'
import { allColumns, preparedRowWrite } from '../prepared.ts'

export const replays = (engine: Engine) => {
  const t = engine.tables.replays
  const every = allColumns(t)
  const insertRow = preparedRowWrite(engine, (build) =>
    build
      .insert(t)
      .values(every.columns)
      .onConflictDoNothing()
      .returning({ valueHash: t.valueHash }),
  )
  return {
    /** Touches no row when the value was claimed before. */
    claim: (serviceId: number, kind: string, valueHash: string, expiresAt: number): Write =>
      insertRow({ serviceId, kind, valueHash, expiresAt }),
  }
}
