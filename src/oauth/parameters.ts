/** Request parameters as form-encoded text, RFC 6749 §3.1 and appendix B. */
import { writeExact } from '../model/exact-json.ts'
import { isStorable } from '../model/primitives.ts'
import { defineRules, refuse } from '../refusal.ts'

const rules = defineRules('Parameters', {
  duplicate: {
    code: 'P001001',
    error: 'invalid_request',
    spec: 'RFC 6749 §3.1',
    message: 'A request parameter is included more than once.',
    fix: 'Send each parameter once; only `resource` and `audience` may be repeated.',
  },
  tooMany: {
    code: 'P001002',
    error: 'invalid_request',
    spec: 'RFC 6749 §3.1',
    message: 'The request has too many parameters: the limit is 200.',
    fix: 'Send at most 200 parameters: omit those that the endpoint does not define.',
  },
  notText: {
    code: 'P001004',
    error: 'invalid_request',
    spec: 'RFC 6749 §A',
    message: 'A request parameter contains a NUL or an unpaired surrogate.',
    fix: 'Percent-encode values as well-formed UTF-8 without NUL.',
  },
  notANumber: {
    code: 'P001003',
    error: 'invalid_request',
    spec: 'OIDC Core §3.1.2.1',
    message: 'A request parameter must be a non-negative integer.',
    fix: 'Send `max_age` as decimal digits, in seconds and at most 2147483647.',
  },
})

const limit = 200
/** Parameters that a request may repeat, RFC 8707 §2 and RFC 8693 §2.1. */
const repeatable = new Set(['resource', 'audience'])

export interface Parameters {
  /** The value; undefined if absent or empty. Refuses a repeated parameter. */
  get(name: string): string | undefined
  /** Like `get`, but a repeated parameter counts as absent: used to find the error recipient. */
  peek(name: string): string | undefined
  getAll(name: string): string[]
  names(): string[]
}

/** RFC 6749 §3.1: a parameter without a value counts as omitted, and none may be repeated. */
export function parseParameters(text: string): Parameters {
  return collect([...new URLSearchParams(text)])
}

/**
 * Members of a JSON object as parameters. Values other than strings become JSON text; a list of a
 * repeatable parameter becomes several values.
 */
export function parametersOf(members: Record<string, unknown>): Parameters {
  const entries = Object.entries(members).flatMap(([name, value]) => {
    const isRepeated = repeatable.has(name) && Array.isArray(value)
    return (isRepeated ? value : [value]).map((each): [string, string] => [name, textOf(each)])
  })
  return collect(entries)
}

const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : writeExact(value)

/** The parameters as form-encoded text, without those listed. */
export function formOf(parameters: Parameters, without: readonly string[] = []): string {
  const omitted = new Set(without)
  return new URLSearchParams(
    parameters
      .names()
      .filter((name) => !omitted.has(name))
      .flatMap((name) => parameters.getAll(name).map((value): [string, string] => [name, value])),
  ).toString()
}

function collect(entries: [string, string][]): Parameters {
  const values = new Map<string, string[]>()
  for (const [name, value] of entries) {
    if (value === '') continue
    if (!isStorable(value) || !isStorable(name))
      refuse(rules.notText, { parameter: isStorable(name) ? name : undefined })
    const known = values.get(name)
    if (known) known.push(value)
    else values.set(name, [value])
  }
  return {
    get(name) {
      const [value, another] = values.get(name) ?? []
      if (another !== undefined) refuse(rules.duplicate, { parameter: name })
      return value
    },
    peek(name) {
      const [value, another] = values.get(name) ?? []
      return another === undefined ? value : undefined
    },
    getAll: (name) => values.get(name) ?? [],
    names: () => [...values.keys()],
  }
}

/** RFC 6749 §3.1 for the whole request, including parameters that no rule reads. */
export function requireEachOnce(parameters: Parameters): void {
  const names = parameters.names()
  if (names.length > limit) refuse(rules.tooMany, { given: names.length, expected: limit })
  for (const name of names) if (!repeatable.has(name)) parameters.get(name)
}

/** Seconds of a parameter such as `max_age`: decimal digits, at most 2^31 - 1. */
export function parseSeconds(parameters: Parameters, name: string): number | undefined {
  const text = parameters.get(name)
  if (text === undefined) return undefined
  if (!/^\d{1,10}$/.test(text) || Number(text) > 0x7fff_ffff)
    refuse(rules.notANumber, { parameter: name, given: text })
  return Number(text)
}

/** The words of a space-separated parameter, in order and each once. */
export const parseWords = (text: string | undefined): string[] => [
  ...new Set((text ?? '').split(' ').filter((word) => word !== '')),
]
