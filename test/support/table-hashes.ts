/** A hash of the rows of every table, for tests of calls that must change nothing. */
import { createHash } from 'node:crypto'
import type { Engine } from '../../src/store/engine.ts'

export async function tableHashes({ read, tables }: Engine): Promise<Record<string, string>> {
  const hashes = Object.entries(tables).map(async ([name, table]) => {
    const rows: unknown[] = await read.select().from(table as typeof tables.tickets)
    const texts = rows.map((row) => JSON.stringify(row)).sort()
    return [name, createHash('sha256').update(texts.join('\n')).digest('hex')]
  })
  return Object.fromEntries(await Promise.all(hashes))
}
