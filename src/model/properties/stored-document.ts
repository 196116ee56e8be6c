/**
 * Documents that were stored, as their schema parses them. Postern stores what a schema has parsed,
 * so that most values are as they are returned already: those are compared with what the schema
 * wants instead of being parsed one by one, which takes several times as long. What is not so,
 * because a former version or another program wrote it, is parsed whole.
 */
import type { z } from 'zod'

interface Property {
  name: string
  schema: z.ZodType
  /** Whether the schema returns this value itself; undefined: the schema is asked. */
  isKept: ((value: unknown) => boolean) | undefined
  /** What it is where it is not stored: nothing, or a default that is no object. */
  absent: { value: unknown } | undefined
}

/** The parser of a schema's documents; it may change the object that it is given. */
export function storedDocument<S extends z.ZodObject>(
  schema: S,
): (stored: Record<string, unknown>) => z.output<S> {
  // Made at the first use: not every program reads documents.
  let properties: Property[] | undefined
  let copied: ReturnType<typeof copierOf> | undefined
  return (stored) => {
    properties ??= Object.entries(schema.shape).map(propertyOf)
    if (!keep(properties, stored)) return schema.parse(stored) as z.output<S>
    copied ??= copierOf(properties)
    return copied(stored) as z.output<S>
  }
}

/**
 * Copies in the order of the schema. Of an object with so many properties, V8 makes a hash table of
 * twice the size unless code names each of them, so this code is written here, as zod does it.
 */
function copierOf(properties: Property[]): (stored: object) => object {
  const lines = properties.map(({ name }) => {
    const key = JSON.stringify(name)
    return `if (stored[${key}] !== undefined) copy[${key}] = stored[${key}]`
  })
  const code = ['const copy = {}', ...lines, 'return copy'].join('\n')
  return new Function('stored', code) as (stored: object) => object
}

function keep(properties: Property[], stored: Record<string, unknown>): boolean {
  let known = 0
  for (const { name, schema, isKept, absent } of properties) {
    const value = stored[name]
    if (value === undefined) {
      if (!absent) return false
      if (absent.value !== undefined) stored[name] = absent.value
      if (name in stored) known += 1
      continue
    }
    known += 1
    if (isKept?.(value)) continue
    const { success, data } = schema.safeParse(value)
    if (!success) return false
    if (data !== value) stored[name] = data
  }
  // The schema drops what it does not know.
  return known === Object.keys(stored).length
}

function propertyOf([name, schema]: [string, unknown]): Property {
  const whole = schema as z.ZodType
  const { success, data } = whole.safeParse(undefined)
  const absent = success && !(data instanceof Object) ? { value: data } : undefined
  return { name, schema: whole, isKept: keptBy(whole), absent }
}

/** Switches, numbers, choices and texts, of which documents have most. */
function keptBy(schema: z.ZodType): Property['isKept'] {
  const definition: Definition = schema._zod.def
  const { type, innerType, coerce, format, entries, checks = [] } = definition
  if ((type === 'optional' || type === 'default') && innerType) return keptBy(innerType)
  const limits = limitsBy(checks)
  if (coerce || !limits) return undefined
  const { least, most, longest } = limits
  if (type === 'boolean') return (value) => value === true || value === false
  if (type === 'string' && format === undefined) {
    return (value) => typeof value === 'string' && value.length <= longest
  }
  if (type === 'number' && format === 'safeint') {
    return (value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most
  }
  if (type !== 'enum' || !entries || checks.length > 0) return undefined
  const choices = new Set<unknown>(Object.values(entries))
  return (value) => choices.has(value)
}

/** The limits that checks set; undefined where one of them does more. */
function limitsBy(checks: Check[]) {
  const limits = { least: -Infinity, most: Infinity, longest: Infinity }
  for (const { _zod } of checks) {
    const { check, value = 0, inclusive, maximum = 0 } = _zod.def
    if (check === 'max_length') limits.longest = Math.min(limits.longest, maximum)
    else if (check === 'greater_than' && inclusive) limits.least = Math.max(limits.least, value)
    else if (check === 'less_than' && inclusive) limits.most = Math.min(limits.most, value)
    else return undefined
  }
  return limits
}

/** The definition of a schema and of its checks, from zod's interface for libraries. */
interface Definition {
  type: string
  format?: string
  coerce?: boolean
  innerType?: z.ZodType
  entries?: Record<string, unknown>
  checks?: Check[]
}
interface Check {
  _zod: { def: { check: string; value?: number; inclusive?: boolean; maximum?: number } }
}
