/** What a database has undone because of other transactions is done again. */
import pg from 'pg'

/** Serialization failure and deadlock. */
const retryable = new Set(['40001', '40P01'])
const attempts = 3

/**
 * Does work that is undone as a whole when it fails so. Databases that are serializable by default
 * refuse reads, too.
 */
export async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const code = error instanceof pg.DatabaseError ? error.code : undefined
      if (attempt === attempts || !retryable.has(code ?? '')) throw error
    }
  }
}
