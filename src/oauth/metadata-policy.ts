/**
 * Policies on metadata: what an operator makes of, and asks of, what a client says of itself.
 * OpenID Federation §6.1. Read by: client ID metadata documents, service settings.
 */
import { parseJson } from '../model/json.ts'
import type { Metadata } from './client-metadata.ts'
import type { Problem } from './problem.ts'

type Operators = Readonly<Record<string, unknown>>
export type MetadataPolicy = Readonly<Record<string, Operators>>

export type Governed = { metadata: Metadata } | { problem: Problem }

const isObject = (value: unknown): value is Operators =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const lists = ['add', 'one_of', 'subset_of', 'superset_of']

/** What is wrong with the text of a policy; undefined where nothing is. */
export function policyProblem(path: string, text: string | undefined): Problem | undefined {
  if (!text) return undefined
  const policy = parsePolicy(text)
  if (!policy) return { path, message: 'Expected the text of a JSON object of objects.' }
  for (const [name, operators] of Object.entries(policy)) {
    for (const [operator, value] of Object.entries(operators)) {
      const expected = lists.includes(operator)
        ? Array.isArray(value)
        : operator !== 'essential' || typeof value === 'boolean'
      if (!expected) return { path, message: `The operator ${operator} of ${name} is malformed.` }
    }
  }
  return undefined
}

/** The policy for each member of the metadata; undefined where the text is no policy. */
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

/** OpenID Federation §6.1.3: each member by its operators, in the order of the specification. */
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

/** OpenID Federation §6.1.3.1: scopes are words between spaces, and count as a list. */
const wordsOf = (value: unknown) =>
  typeof value === 'string' ? value.split(' ').filter((word) => word !== '') : value

type Has = (operator: string) => boolean

/** `value`, `add`, `default`, and `subset_of` where it leaves something over. */
function modify(before: unknown, operators: Operators, has: Has): unknown {
  let value = before
  if (has('value')) value = operators['value'] ?? undefined
  if (has('add')) {
    const added = [...listOf(value), ...listOf(operators['add'])]
    value = added.filter((each, index) => indexIn(added, each) === index)
  }
  if (has('default') && value === undefined) value = operators['default']
  if (has('subset_of') && value !== undefined) {
    const kept = listOf(value).filter((each) => indexIn(listOf(operators['subset_of']), each) >= 0)
    value = kept.length > 0 ? kept : undefined
  }
  return value
}

function violation(value: unknown, operators: Operators, has: Has): string | undefined {
  if (value === undefined) {
    return operators['essential'] === true ? 'The policy asks for it.' : undefined
  }
  if (has('one_of') && indexIn(listOf(operators['one_of']), value) < 0) {
    return 'The policy does not allow the value.'
  }
  const missing = listOf(operators['superset_of']).some((each) => indexIn(listOf(value), each) < 0)
  return has('superset_of') && missing ? 'The policy asks for more values.' : undefined
}

const listOf = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value]

/** Values are compared as JSON. */
const indexIn = (values: readonly unknown[], value: unknown): number =>
  values.findIndex((each) => JSON.stringify(each) === JSON.stringify(value))
