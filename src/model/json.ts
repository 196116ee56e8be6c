/** Parses JSON text from outside, with a limit on its depth. */

/** Claims, metadata and headers have fewer levels, and the call stack allows far more. */
export const jsonDepth = 64

/** Throws a `SyntaxError` if the text is not JSON, or is nested deeper than the limit. */
export function parseJson(text: string, depth = jsonDepth): unknown {
  const value: unknown = JSON.parse(text)
  if (!isWithin(value, depth)) throw new SyntaxError('The JSON text is nested too deep.')
  return value
}

/** Whether the number of levels of objects and arrays is within the limit. */
export function isWithin(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (depth === 0) return false
  if (Array.isArray(value)) return value.every((member) => isWithin(member, depth - 1))
  return Object.values(value).every((member) => isWithin(member, depth - 1))
}
