/**
 * Metadata policies: an operator checks and modifies the metadata of a client. OpenID Federation
 * §6.1.
 */
import { parseJson } from '../../model/json.ts'
import type { Problem } from '../property-problem.ts'
import type { Metadata } from '../registration/foreign-metadata.ts'

type Operators = Readonly<Record<string, unknown>>
export type MetadataPolicy = Readonly<Record<string, Operators>>

export type Governed = { metadata: Metadata } | { problem: Problem }

const isObject = (value: unknown): value is Operators =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const lists = ['add', 'one_of', 'subset_of', 'superset_of']

/** The first problem of the text of a policy; undefined if there is none. */
export function policyProblem(path: string, text: string | undefined): Problem | undefined {
  if (!text) return undefined
  const policy = parsePolicy(text)
  if (!policy) return { path, message: 'Expected the text of a JSON object of objects.' }
  for (const [name, operators] of Object.entries(policy)) {
    for (const [operator, value] of Object.entries(operators)) {
      const expected = lists.includes(operator)
        ? Array.isArray(value)
        : operator !== 'essential' || typeof value === 'boolean'
      if (!expected)
        return {
          path,
          message: `The operator ${operator} of ${name} has a value of the wrong type.`,
        }
    }
  }
  return undefined
}

/** The operators for each member of the metadata; undefined if the text is not a policy. */
export function parsePolicy(text: string): MetadataPolicy | undefined {
  try {
    const parsed: unknown = parseJson(text)
    return isObject(parsed) && Object.values(parsed).every(isObject)
      ? (parsed as MetadataPolicy)
      : undefined
  } catch {
    return undefined
  }
}

/** OpenID Federation §6.1.3: applies the operators of each member in the specified order. */
export function applyPolicy(metadata: Metadata, policy: MetadataPolicy): Governed {
  const members = new Map(Object.entries(metadata))
  for (const [name, operators] of Object.entries(policy)) {
    const isWords = name === 'scope'
    const before = isWords ? wordsOf(members.get(name)) : members.get(name)
    const has = (operator: string) => Object.hasOwn(operators, operator)
    const after = modify(before, operators, has)
    const message = violation(after, operators, has)
    if (message) return { problem: { path: name, message } }
    if (after === undefined) members.delete(name)
    else members.set(name, isWords && Array.isArray(after) ? after.join(' ') : after)
  }
  return { metadata: Object.fromEntries(members) }
}

/** OpenID Federation §6.1.3.1: the space-separated member scope counts as a list. */
const wordsOf = (value: unknown) =>
  typeof value === 'string' ? value.split(' ').filter((word) => word !== '') : value

type Has = (operator: string) => boolean

/** Applies `value`, `add`, `default` and `subset_of`; an empty subset removes the member. */
function modify(before: unknown, operators: Operators, has: Has): unknown {
  let value = before
  if (has('value')) value = operators['value'] ?? undefined
  if (has('add')) value = unique([...listOf(value), ...listOf(operators['add'])])
  if (has('default') && value === undefined) value = operators['default']
  if (has('subset_of') && value !== undefined) {
    const allowed = textsOf(operators['subset_of'])
    const kept = listOf(value).filter((each) => allowed.has(JSON.stringify(each)))
    value = kept.length > 0 ? kept : undefined
  }
  return value
}

function violation(value: unknown, operators: Operators, has: Has): string | undefined {
  if (value === undefined) {
    return operators['essential'] === true ? 'The policy requires this member.' : undefined
  }
  if (has('one_of') && !textsOf(operators['one_of']).has(JSON.stringify(value))) {
    return 'The value is not allowed by the policy.'
  }
  if (!has('superset_of')) return undefined
  const texts = textsOf(value)
  const isWhole = listOf(operators['superset_of']).every((each) => texts.has(JSON.stringify(each)))
  return isWhole ? undefined : 'The policy requires more values.'
}

const listOf = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value]

/** Values are compared as JSON. */
const textsOf = (values: unknown): Set<string> =>
  new Set(listOf(values).map((each) => JSON.stringify(each)))

/** Each value once, at its first position. */
function unique(values: readonly unknown[]): unknown[] {
  const seen = new Set<string>()
  return values.filter((each) => {
    const { size } = seen
    return seen.add(JSON.stringify(each)).size > size
  })
}
