/** The functions of transformed claims, OIDC ASC §8. */
import { createHash } from 'node:crypto'
import { type Budget, spend } from '../budget.ts'
import { compilePattern } from '../pattern.ts'

export type Argument = string | number | boolean

/** The time (milliseconds since the epoch) and the step budget of a computation. */
export interface Run {
  now: number
  budget: Budget
}

interface TransformationFunction {
  /** Whether the function accepts the arguments of a definition. */
  takes(given: readonly Argument[]): boolean
  /** Undefined if the function does not apply to the input: the claim is unavailable then. */
  apply(input: unknown, argument: Argument | undefined, run: Run): unknown
  /** The function takes a whole array; the others are applied to each element. */
  ofArrays?: true
}

const nothing = (given: readonly Argument[]) => given.length === 0
const oneText = (given: readonly Argument[]) => given.length === 1 && typeof given[0] === 'string'
const comparable = (given: readonly Argument[]) =>
  given.length === 1 && (typeof given[0] === 'number' || momentOf(given[0]) !== undefined)

/** A date, or a date with a time; numbers are seconds since the epoch, OIDC Core §5.1. */
function momentOf(value: unknown): { day: string; time?: number } | undefined {
  if (typeof value === 'number') return timeOf(value * 1000)
  if (typeof value !== 'string') return undefined
  const [, day, clock] =
    /^(\d{4}-\d{2}-\d{2})(T[\d:.]{4,20}(?:Z|[+-]\d{2}:\d{2}))?$/.exec(value) ?? []
  if (day === undefined) return undefined
  if (clock !== undefined) return timeOf(Date.parse(value))
  // A date that does not exist is parsed as another date or not at all.
  return timeOf(Date.parse(`${day}T00:00:00Z`))?.day === day ? { day } : undefined
}

function timeOf(time: number): { day: string; time: number } | undefined {
  const date = new Date(time)
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999) return undefined
  return { day: date.toISOString().slice(0, 10), time }
}

/** Less than, equal to, or greater than 0; undefined if the values cannot be compared. */
function compare(input: unknown, argument: unknown): number | undefined {
  if (typeof input === 'number' && typeof argument === 'number') return input - argument
  const [one, other] = [momentOf(input), momentOf(argument)]
  if (!one || !other) return undefined
  if (one.time !== undefined && other.time !== undefined) return one.time - other.time
  return one.day < other.day ? -1 : Number(one.day > other.day)
}

const comparison = (holds: (difference: number) => boolean): TransformationFunction => ({
  takes: comparable,
  apply(input, argument) {
    const difference = compare(input, argument)
    return difference === undefined ? undefined : holds(difference)
  },
})

const ofTexts = (holds: (input: string, argument: string) => boolean): TransformationFunction => ({
  takes: oneText,
  apply: (input, argument) =>
    typeof input === 'string' ? holds(input, String(argument)) : undefined,
})

const ofBooleans = (holds: (input: boolean[]) => boolean): TransformationFunction => ({
  takes: nothing,
  ofArrays: true,
  apply: (input) =>
    Array.isArray(input) && input.every((each) => typeof each === 'boolean')
      ? holds(input)
      : undefined,
})

/** Whole years between two days, rounded down; undefined for the year 0000, which means unknown. */
function yearsBetween(from: string, to: string): number | undefined {
  if (from.startsWith('0000')) return undefined
  const years = Number(to.slice(0, 4)) - Number(from.slice(0, 4))
  return to.slice(5) < from.slice(5) ? years - 1 : years
}

const digests: Record<string, string> = { 'sha-256': 'sha256', 'sha-512': 'sha512' }

const functions: Record<string, TransformationFunction> = {
  years_ago: {
    takes: (given) => nothing(given) || (oneText(given) && momentOf(given[0]) !== undefined),
    apply(input, argument, { now }) {
      const from = momentOf(input)?.day
      const to = (argument === undefined ? timeOf(now) : momentOf(argument))?.day
      return from === undefined || to === undefined ? undefined : yearsBetween(from, to)
    },
  },
  eq: {
    takes: (given) => given.length === 1,
    apply: (input, argument) => input === argument || compare(input, argument) === 0,
  },
  gt: comparison((difference) => difference > 0),
  gte: comparison((difference) => difference >= 0),
  lt: comparison((difference) => difference < 0),
  lte: comparison((difference) => difference <= 0),
  contains: ofTexts((input, argument) => input.includes(argument)),
  starts_with: ofTexts((input, argument) => input.startsWith(argument)),
  ends_with: ofTexts((input, argument) => input.endsWith(argument)),
  match: {
    takes: (given) => oneText(given) && compilePattern(String(given[0])) !== undefined,
    apply: (input, argument, { budget }) =>
      typeof input === 'string'
        ? compilePattern(String(argument), budget)?.finds(input, budget)
        : undefined,
  },
  hash: {
    takes: (given) => oneText(given) && Object.hasOwn(digests, String(given[0])),
    apply: (input, argument) =>
      typeof input === 'string'
        ? createHash(digests[String(argument)] ?? 'sha256')
            .update(input, 'utf8')
            .digest('hex')
        : undefined,
  },
  get: {
    takes: oneText,
    apply: (input, argument) =>
      typeof input === 'object' && input !== null && Object.hasOwn(input, String(argument))
        ? Reflect.get(input, String(argument))
        : undefined,
  },
  all: ofBooleans((input) => input.every(Boolean)),
  any: ofBooleans((input) => input.some(Boolean)),
  none: ofBooleans((input) => !input.some(Boolean)),
}

export const functionNames = Object.keys(functions).sort()

const functionOf = (name: string): TransformationFunction | undefined =>
  Object.hasOwn(functions, name) ? functions[name] : undefined

/** The pattern of a `match` step; undefined for other functions. */
export const patternSource = (name: string, given: readonly Argument[]): string | undefined =>
  name === 'match' && oneText(given) ? String(given[0]) : undefined

/** Whether the function is known and accepts the arguments. */
export const isApplicable = (name: string, given: readonly Argument[]): boolean =>
  functionOf(name)?.takes(given) ?? false

/** Applies one step. If one element of an array has no result, the array has none. */
export function applyFunction(
  name: string,
  argument: Argument | undefined,
  input: unknown,
  run: Run,
): unknown {
  const { apply, ofArrays } = functionOf(name) ?? {}
  const applyTo = (value: unknown) => {
    spend(run.budget, Array.isArray(value) || typeof value === 'string' ? value.length + 1 : 1)
    return apply?.(value, argument, run)
  }
  if (ofArrays || !Array.isArray(input)) return applyTo(input)
  const results = input.map(applyTo)
  return results.includes(undefined) ? undefined : results
}
