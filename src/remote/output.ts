/** What commands print: tables for people, JSON for programs. */
import { RemoteError } from './failure.ts'

export const formats = ['table', 'json', 'yaml', 'ids'] as const
export type Format = (typeof formats)[number]

type Row = Readonly<Record<string, unknown>>

export interface Shown {
  /** The columns of a table, by the names of members. */
  columns: readonly string[]
  /** The member that scripts go on with. */
  id: string
}

/** A table on a terminal, JSON otherwise. */
export const usualFormat = (): Format => (process.stdout.isTTY ? 'table' : 'json')

/** The text of a value in a format; `fields` are the members to keep. */
export async function formatted(
  value: Row | readonly Row[],
  format: Format,
  { columns, id }: Shown,
  fields?: readonly string[],
): Promise<string> {
  const rows: readonly Row[] = Array.isArray(value) ? value : [value as Row]
  const kept = fields ? rows.map((row) => only(row, fields)) : rows
  switch (format) {
    case 'ids':
      return rows.map((row) => String(row[id])).join('\n')
    case 'table':
      return table(kept, fields ?? columns)
    case 'json':
      return JSON.stringify(Array.isArray(value) ? kept : kept[0], null, 2)
    case 'yaml': {
      const { stringify } = await import('yaml')
      return stringify(Array.isArray(value) ? kept : kept[0]).trimEnd()
    }
  }
}

const only = (row: Row, fields: readonly string[]): Row =>
  Object.fromEntries(fields.map((name) => [name, row[name]]))

/** Columns of equal width, with their names at the top. */
export function table(rows: readonly Row[], columns: readonly string[]): string {
  const lines = [columns, ...rows.map((row) => columns.map((name) => cell(row[name])))]
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)))
  return lines
    .map((line) => line.map((text, at) => text.padEnd(widths[at] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n')
}

/** Control characters would move the cursor of a terminal. */
const cell = (value: unknown): string => {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value ?? '')
  return text.replace(/\p{Cc}/gu, '?')
}

export function requireFormat(text: string): Format {
  const format = formats.find((each) => each === text)
  if (format) return format
  throw new RemoteError('usage', `The output is one of ${formats.join(', ')}.`)
}
