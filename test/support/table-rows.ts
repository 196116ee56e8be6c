/** The rows of every table as texts, for tests of calls that must change nothing. */
import { getTableName } from 'drizzle-orm'
import type { Engine } from '../../src/store/engine.ts'

export type TableRows = Record<string, readonly string[]>

export async function tableRows({ ask, tables }: Engine): Promise<TableRows> {
  const rows: Record<string, readonly string[]> = {}
  for (const name of Object.values(tables).map(getTableName)) {
    const found = await ask({ sql: `select * from ${name}`, params: [] })
    rows[name] = found.map((row) => JSON.stringify(row)).sort()
  }
  return rows
}

/** Tables that changed, with the first row that is no longer there, and the first new one. */
export function changesOf(before: TableRows, after: TableRows): string[] {
  return Object.entries(after).flatMap(([name, rows]) => {
    const known = before[name] ?? []
    if (rows.join('\n') === known.join('\n')) return []
    const gone = known.find((row) => !rows.includes(row))
    const added = rows.find((row) => !known.includes(row))
    return [`${name}: ${gone ?? 'no row'} is now ${added ?? 'gone'}`]
  })
}
