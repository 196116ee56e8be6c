/** JSON text that others wrote: parsed, and no deeper than what reads it can follow. */

/** Claims, metadata and headers have fewer levels, and a call stack holds far more. */
export const jsonDepth = 64

/** Throws a `SyntaxError` where the text is no JSON, or is nested deeper than the limit. */
export function parseJson(text: string, depth = jsonDepth): unknown {
  const value: unknown = JSON.parse(text)
  if (!isWithin(value, depth)) throw new SyntaxError('The JSON text is nested too deep.')
  return value
}

/** Whether a value has no more levels of objects and arrays than the limit. */
export function isWithin(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (depth === 0) return false
  if (Array.isArray(value)) return value.every((member) => isWithin(member, depth - 1))
  return Object.values(value).every((member) => isWithin(member, depth - 1))
}
