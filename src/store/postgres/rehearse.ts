/** Writes in a transaction that is rolled back. */
import type pg from 'pg'
import { isUnavailable } from '../unavailable.ts'
import { ask, type PostgresPool } from './pool.ts'
import { retried } from './retry.ts'

/**
 * Executes the statements one after the other, as later ones may wait for the locks of earlier
 * ones, and returns the rows of the last. `refusalOf` has the refusal of a statement that must
 * touch one row.
 */
export const rehearse = (...of: Parameters<typeof rehearseOnce>): Promise<unknown[][]> =>
  retried(() => rehearseOnce(...of))

async function rehearseOnce(
  pool: PostgresPool,
  queries: readonly pg.QueryArrayConfig[],
  refusalOf: (place: number) => Error | undefined,
): Promise<unknown[][]> {
  const client = await pool.acquire()
  let broken: Error | undefined
  let last: unknown[][] = []
  try {
    await ask(client, pool.begin)
    for (const [place, query] of queries.entries()) {
      last = (await ask(client, query)).rows
      const refusal = refusalOf(place)
      if (refusal && last.length !== 1) throw refusal
    }
    return last
  } catch (error) {
    if (isUnavailable(error)) broken = error as Error
    throw error
  } finally {
    const ended = broken ? undefined : ask(client, 'rollback')
    await ended?.catch((error: unknown) => {
      broken = error instanceof Error ? error : new Error(String(error))
    })
    client.release(broken)
  }
}
