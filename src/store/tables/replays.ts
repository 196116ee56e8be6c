/** Values that may be seen once: identifiers of assertions and proofs, until they expire. */
import type { Engine, Write } from '../engine.ts'
import { insertion } from '../rows.ts'

export const replays = (engine: Engine) => {
  const insert = insertion(engine, engine.tables.replays, { ifAbsent: true })
  return {
    /** Touches no row when the value was claimed before. */
    claim: (serviceId: number, kind: string, valueHash: string, expiresAt: number): Write =>
      insert({ serviceId, kind, valueHash, expiresAt }),
  }
}
