/**
 * Transformed claims: claims that are computed from other claims, which need not be disclosed.
 * OIDC ASC §8.
 */
import { z } from 'zod'
import type { Service } from '../../model/service/service.ts'
import { defineRules, Refusal, refuse } from '../../refusal.ts'
import { withinBudget } from '../budget.ts'
import { isAffordable } from '../pattern.ts'
import type { Problem } from '../property-problem.ts'
import {
  type Argument,
  applyFunction,
  isApplicable,
  patternSource,
  type Run,
} from './transformation-functions.ts'

const rules = defineRules('Transformed claims', {
  malformed: {
    code: 'P007201',
    error: 'invalid_request',
    spec: 'OIDC ASC §8',
    message:
      'The transformed_claims must be definitions with a claim and a list of functions each.',
    fix: 'Send `transformed_claims` as an object whose members have a `claim` and a list `fn` of functions, and names without a leading colon.',
  },
  tooMany: {
    code: 'P007202',
    error: 'invalid_request',
    spec: 'OIDC ASC §8',
    message: 'The request defines too many transformed claims, or one with too many functions.',
    fix: 'Define at most 50 transformed claims with at most 10 functions each.',
  },
  functionUnknown: {
    code: 'P007203',
    error: 'invalid_request',
    spec: 'OIDC ASC §8',
    message:
      'A transformed claim contains a function that is not supported, or wrong arguments for it.',
    fix: 'Use functions and arguments of OpenID Connect Advanced Syntax for Claims.',
  },
  tooCostly: {
    code: 'P007204',
    error: 'invalid_request',
    spec: 'OIDC ASC §8',
    message:
      'The patterns of the transformed claims cost too much: use at most 50, of at most 256 characters each, with few and small repetitions.',
    fix: 'Use fewer and simpler patterns in the functions `match` and `replace`: at most 50, of at most 256 characters each.',
    settings: ['service.predefinedTransformedClaims'],
  },
})

export const transformedClaimsLimits = { count: 50, depth: 10 }

const Constant = z.union([z.string(), z.number(), z.boolean()])
const Step = z
  .union([z.string(), z.tuple([z.string()], Constant)])
  .transform((step): [string, ...Argument[]] => (typeof step === 'string' ? [step] : step))
const Definition = z.object({ claim: z.string().min(1), fn: z.array(Step) })
type Definition = z.output<typeof Definition>

/** Definitions by their requested name: `:name`, or `::name` for those of the service. */
export type Definitions = ReadonlyMap<string, Definition>

/** Parses the definitions of a request. Refuses invalid ones, even if no claim uses them. */
export function parseTransformedClaims(value: unknown): Definitions {
  if (value === undefined || value === null) return new Map()
  if (!isObject(value)) refuse(rules.malformed)
  const entries = Object.entries(value)
  if (entries.length > transformedClaimsLimits.count) refuse(rules.tooMany, 'count')
  const definitions = entries.map(([name, definition]) => {
    // A leading colon would make it look like a name of the service.
    if (name === '' || name.startsWith(':')) refuse(rules.malformed, 'name')
    return [`:${name}`, parseDefinition(definition)] as const
  })
  if (!isAffordable(definitions.flatMap(([, each]) => patternsOf(each)))) refuse(rules.tooCostly)
  for (const [, definition] of definitions) requireApplicable(definition)
  return new Map(definitions)
}

function parseDefinition(value: unknown): Definition {
  // Checked before the steps are parsed, because there may be tens of thousands.
  const steps = isObject(value) && Array.isArray(value['fn']) ? value['fn'].length : 0
  if (steps > transformedClaimsLimits.depth) refuse(rules.tooMany, 'depth')
  const { success, data } = Definition.safeParse(value)
  return success ? data : refuse(rules.malformed)
}

const patternsOf = ({ fn }: Definition): string[] =>
  fn.flatMap(([name, ...given]) => patternSource(name, given) ?? [])

function requireApplicable({ fn }: Definition): void {
  const wrong = fn.find(([name, ...given]) => !isApplicable(name, given))
  if (wrong) refuse(rules.functionUnknown, wrong[0].slice(0, 40))
}

const predefined = new WeakMap<Service, Map<string, Definition>>()

/** The predefined claims of a service, cached for each version of it. */
export function predefinedClaims(service: Service): Map<string, Definition> {
  const known = predefined.get(service)
  if (known) return known
  const definitions = parsePredefined(service.predefinedTransformedClaims)
  predefined.set(service, definitions)
  return definitions
}

/** Invalid definitions are ignored, and all of them if their patterns are too expensive. */
function parsePredefined(text: string | undefined): Map<string, Definition> {
  const definitions = readPredefined(text)
  if (!isAffordable(definitions.flatMap(([, each]) => patternsOf(each)))) return new Map()
  return new Map(definitions.filter(([, each]) => isGood(() => requireApplicable(each))))
}

function readPredefined(text: string | undefined): [string, Definition][] {
  const value = text ? (JSON.parse(text) as unknown) : undefined
  return Object.entries(isObject(value) ? value : {}).flatMap(([name, definition]) => {
    const found: [string, Definition][] = []
    isGood(() => found.push([name, parseDefinition(definition)]))
    return found
  })
}

function isGood(parse: () => unknown): boolean {
  try {
    parse()
    return true
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}

/** A problem if the patterns of predefined claims are too expensive. */
export function predefinedProblem(path: string, text: string | undefined): Problem | undefined {
  const sources = readPredefined(text).flatMap(([, each]) => patternsOf(each))
  return isAffordable(sources) ? undefined : { path, message: rules.tooCostly.message }
}

/** The definitions of a stored request, and those of its service. */
export function definitionsOf(service: Service, text: string | undefined): Definitions {
  const custom = parseTransformedClaims(text === undefined ? undefined : JSON.parse(text))
  const predefined = [...predefinedClaims(service)]
  return new Map([
    ...custom,
    ...predefined.map(([name, definition]) => [`::${name}`, definition] as const),
  ])
}

/** The names of the claims from which the requested ones are computed, in order and each once. */
export const sourcesOf = (asked: readonly string[], definitions: Definitions): string[] => [
  ...new Set(asked.flatMap((name) => definitions.get(name)?.claim ?? [])),
]

/** The requested transformed claims that can be computed. */
export function transformClaims(
  asked: readonly string[],
  definitions: Definitions,
  sources: Record<string, unknown>,
  run: Run,
): Record<string, unknown> {
  const computed = asked.map((name) => {
    const definition = definitions.get(name)
    return [name, definition && compute(definition, sources, run)] as const
  })
  return Object.fromEntries(computed.filter(([, value]) => value !== undefined && value !== null))
}

/** Undefined if the source claim is missing or the computation takes too long. */
function compute({ claim, fn }: Definition, sources: Record<string, unknown>, run: Run): unknown {
  if (!Object.hasOwn(sources, claim)) return undefined
  const result = () =>
    fn.reduce<unknown>(
      (input, [name, argument]) =>
        input === undefined ? undefined : applyFunction(name, argument, input, run),
      sources[claim] ?? undefined,
    )
  return withinBudget(result, () => undefined)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
