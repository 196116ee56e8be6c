/** Values that may be seen once: identifiers of assertions and proofs, until they expire. */
import type { Engine, Write } from './store.ts'

export const replays = ({ tables: { replays: t } }: Engine) => ({
  /** Touches no row when the value was claimed before. */
  claim: (serviceId: number, kind: string, valueHash: string, expiresAt: number): Write => ({
    apply: (tx) =>
      tx
        .insert(t)
        .values({ serviceId, kind, valueHash, expiresAt })
        .onConflictDoNothing()
        .returning({ valueHash: t.valueHash }),
  }),
})
