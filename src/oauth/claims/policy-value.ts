/** Conversion of values of the user's attributes to the values of claims. */
import { ExactNumber, parseExact } from '../../model/exact-json.ts'

/** How the value of a claim is made. */
export interface Conversion {
  type?: 'string' | 'number' | 'boolean' | undefined
  /** The texts that are true and false, for the type `boolean`. */
  trueValue: string
  falseValue: string
  /** Joins several values to one text; without it, they stay a list. */
  join?: string | undefined
}

const isEmpty = (value: unknown) =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && !value.length)

/** The converted value; undefined if there is none, or if it cannot be converted. */
export function convert(value: unknown, conversion: Conversion): unknown {
  if (isEmpty(value)) return undefined
  const { type, join } = conversion
  if (!Array.isArray(value)) return type === undefined ? value : convertOne(value, type, conversion)
  const kind = join === undefined ? type : 'string'
  if (kind === undefined) return value
  const converted: unknown[] = []
  for (const each of value) {
    const one = convertOne(each, kind, conversion)
    if (one === undefined) return undefined
    converted.push(one)
  }
  if (join === undefined) return converted
  return converted.join(join) || undefined
}

function convertOne(
  value: unknown,
  type: Conversion['type'],
  { trueValue, falseValue }: Conversion,
): unknown {
  if (type === 'number') return toNumber(value)
  const text = textOf(value)
  if (type === 'string' || text === undefined) return text
  if (typeof value === 'boolean') return value
  return text === trueValue ? true : text === falseValue ? false : undefined
}

/** A string, a number or a boolean as text. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (value instanceof ExactNumber) return value.text
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** The syntax of numbers in JSON, RFC 8259 §6. */
const numeric = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

function toNumber(value: unknown): unknown {
  if (typeof value === 'number' || value instanceof ExactNumber) return value
  const isNumber = typeof value === 'string' && value.length <= 100 && numeric.test(value)
  return isNumber && Number.isFinite(Number(value)) ? parseExact(value) : undefined
}
