/** Values in rows of a database, as its tools write them. */
import { numberIn, textIn } from './input.ts'

/** Milliseconds. Numbers are seconds, as SQLite has them; texts without a zone are in UTC. */
export function timeIn(value: unknown): number | undefined {
  const seconds = numberIn(value)
  if (seconds !== undefined) return Math.round(seconds * 1000)
  const text = textIn(value)
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const iso = text.replace(' ', 'T').replace(/\+00$/, 'Z')
  const time = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`)
  return Number.isNaN(time) ? undefined : time
}

/** `true`, 1 or `t`: databases without booleans write numbers or letters. */
export const flagIn = (value: unknown): boolean =>
  value === true || value === 1 || value === '1' || value === 't' || value === 'true'

/** A row with the names of its columns in small letters, as some databases write large ones. */
export const rowOf = (value: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).map(([name, each]) => [name.toLowerCase(), each]))
