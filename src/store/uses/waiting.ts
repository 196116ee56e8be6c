/**
 * Uses that wait in memory to be stored with others, so that requests have no statement for them.
 * A crash loses what waits.
 */

export const hourMilliseconds = 3_600_000
/** Uses of one statement. */
const batch = 100
/** Uses that an hour can note; further ones are noted in the next hour. */
export const mostUses = 100_000

export function waitingUses<Use>(store: (uses: Use[], now: number) => Promise<unknown>) {
  let waiting: Use[] = []
  return {
    add(use: Use): void {
      waiting.push(use)
    },
    /** Stores the uses that wait, as of now. What fails waits for the next time. */
    async flush(now: number): Promise<void> {
      for (let uses = waiting.splice(0); uses.length > 0; uses = uses.slice(batch)) {
        try {
          await store(uses.slice(0, batch), now)
        } catch (error) {
          waiting = [...uses, ...waiting].slice(0, mostUses)
          throw error
        }
      }
    },
  }
}
