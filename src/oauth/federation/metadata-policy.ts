/**
 * Metadata policies: superiors check and modify the metadata of an entity. OpenID Federation §6.1.
 */
import { parseJson } from '../../model/json.ts'
import type { Problem } from '../property-problem.ts'
import type { Metadata } from '../registration/foreign-metadata.ts'
import { type Operand, type OperatorName, operatorNames, operatorOf } from './policy-operators.ts'

/** The operators for one member of the metadata. */
type MemberPolicy = Readonly<Partial<Record<OperatorName, Operand>>>

/** The policy for the metadata of one entity type, by the names of the members. */
export type MetadataPolicy = ReadonlyMap<string, MemberPolicy>

type PolicyReading = { policy: MetadataPolicy } | { problem: Problem }
export type Governed = { metadata: Metadata } | { problem: Problem }

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const memberLimit = 200
const valueLimit = 1_000

/** The first problem of the text of a policy; undefined if there is none. */
export function policyProblem(path: string, text: string | undefined): Problem | undefined {
  if (!text) return undefined
  const read = parsePolicy(text)
  if ('policy' in read) return undefined
  const { path: member, message } = read.problem
  return { path, message: member === '' ? message : `${member}: ${message}` }
}

/** Reads the policy for one entity type from JSON text. */
export function parsePolicy(text: string): PolicyReading {
  try {
    return readPolicy(parseJson(text))
  } catch {
    return notAPolicy
  }
}

const notAPolicy = {
  problem: { path: '', message: 'Expected the text of a JSON object of objects.' },
}
const tooLarge = {
  problem: {
    path: '',
    message: `Expected at most ${memberLimit} members, and ${valueLimit} values of operators.`,
  },
}

/** OpenID Federation §6.1.2: operators that are not understood are left out. */
export function readPolicy(value: unknown): PolicyReading {
  if (!isObject(value)) return notAPolicy
  const members = Object.entries(value)
  if (!isBounded(members)) return tooLarge
  const policy = new Map<string, MemberPolicy>()
  for (const [name, operators] of members) {
    if (!isObject(operators)) return notAPolicy
    const read = readMember(name, operators)
    if ('message' in read) return { problem: { path: name, message: read.message } }
    policy.set(name, read.policy)
  }
  return { policy }
}

/** Operators are counted before they are read. Depth needs no count: lists contain no lists. */
function isBounded(members: readonly [string, unknown][]): boolean {
  if (members.length > memberLimit) return false
  let values = 0
  for (const [, operators] of members) {
    if (!isObject(operators)) continue
    for (const operand of Object.values(operators)) {
      values += Array.isArray(operand) ? operand.length : 1
    }
  }
  return values <= valueLimit
}

type MemberReading = { policy: MemberPolicy } | { message: string }

function readMember(name: string, operators: Json): MemberReading {
  const policy: Partial<Record<OperatorName, Operand>> = {}
  for (const operator of operatorNames) {
    if (!Object.hasOwn(operators, operator)) continue
    const operand = asList(name, operators[operator])
    if (!operatorOf(operator).accepts(operand)) {
      return { message: `The operator ${operator} has a value of the wrong type.` }
    }
    policy[operator] = operand
  }
  return requireCombination(policy)
}

/** OpenID Federation §6.1.3.1.8: `scope`, a text of words, counts as a list. */
const asList = (name: string, value: unknown): unknown =>
  name === 'scope' && typeof value === 'string'
    ? value.split(' ').filter((word) => word !== '')
    : value

/** OpenID Federation §6.1.3: operators stand together only as their definitions allow. */
function requireCombination(policy: MemberPolicy): MemberReading {
  const present = operatorNames.filter((name) => policy[name] !== undefined)
  for (const [at, earlier] of present.entries()) {
    for (const later of present.slice(at + 1)) {
      const allows = operatorOf(earlier).combinesWith[later]
      if (!allows?.(policy[earlier] ?? null, policy[later] ?? null)) {
        return { message: `The operators ${earlier} and ${later} must not be combined like this.` }
      }
    }
  }
  return { policy }
}

/** OpenID Federation §6.1.4.1: what a subordinate adds can only make a policy stricter. */
export function mergePolicies(
  superior: MetadataPolicy,
  subordinate: MetadataPolicy,
): PolicyReading {
  const policy = new Map(superior)
  for (const [name, added] of subordinate) {
    const current = superior.get(name)
    const merged = current ? mergeMembers(current, added) : { policy: added }
    if ('message' in merged) return { problem: { path: name, message: merged.message } }
    policy.set(name, merged.policy)
  }
  return { policy }
}

function mergeMembers(superior: MemberPolicy, subordinate: MemberPolicy): MemberReading {
  const policy: Partial<Record<OperatorName, Operand>> = { ...superior, ...subordinate }
  for (const operator of operatorNames) {
    const [above, below] = [superior[operator], subordinate[operator]]
    if (above === undefined || below === undefined) continue
    const merged = operatorOf(operator).merge(above, below)
    if (merged === undefined) {
      return { message: `The values of ${operator} in two policies contradict each other.` }
    }
    policy[operator] = merged
  }
  return requireCombination(policy)
}

/** The claims of a subordinate statement that its issuer governs the subject with. */
export interface PolicyClaims {
  metadata_policy?: unknown
  metadata_policy_crit?: unknown
}

/** The policies by entity type. */
type Resolved = { policies: ReadonlyMap<string, MetadataPolicy> } | { problem: Problem }

/**
 * OpenID Federation §6.1.4.1: the policies of a trust chain. The first statement is the one that
 * the trust anchor issued, the last the one about the subject of the chain.
 */
export function resolvePolicies(statements: readonly PolicyClaims[]): Resolved {
  // No operator beyond the standard ones is understood, so any name that is critical is refused.
  if (statements.some((claims) => claims.metadata_policy_crit !== undefined)) {
    return {
      problem: { path: 'metadata_policy_crit', message: 'A critical operator is not understood.' },
    }
  }
  const policies = new Map<string, MetadataPolicy>()
  for (const { metadata_policy: claim } of statements) {
    if (claim === undefined) continue
    if (!isObject(claim)) return notAPolicy
    const types = Object.entries(claim)
    const members = types.flatMap(([, of]) => (isObject(of) ? Object.entries(of) : []))
    if (types.length > memberLimit || !isBounded(members)) return tooLarge
    for (const [type, value] of types) {
      const merged = mergeInto(policies.get(type), value)
      if ('problem' in merged) {
        const { path, message } = merged.problem
        return { problem: { path: path === '' ? type : `${type}.${path}`, message } }
      }
      policies.set(type, merged.policy)
    }
  }
  return { policies }
}

function mergeInto(current: MetadataPolicy | undefined, value: unknown): PolicyReading {
  const read = readPolicy(value)
  return current && 'policy' in read ? mergePolicies(current, read.policy) : read
}

/** OpenID Federation §6.1.4.2: the metadata as the policy modifies them, if it allows them. */
export function applyPolicy(metadata: Metadata, policy: MetadataPolicy): Governed {
  const members = new Map(Object.entries(metadata))
  for (const [name, operators] of policy) {
    const applied = applyToMember(asList(name, members.get(name) ?? undefined), operators)
    if ('refusal' in applied) return { problem: { path: name, message: applied.refusal } }
    const { member } = applied
    if (member === undefined) members.delete(name)
    else members.set(name, name === 'scope' && Array.isArray(member) ? member.join(' ') : member)
  }
  return { metadata: Object.fromEntries(members) }
}

function applyToMember(before: unknown, operators: MemberPolicy) {
  let member = before
  for (const name of operatorNames) {
    const operand = operators[name]
    if (operand === undefined) continue
    const applied = operatorOf(name).apply(member, operand)
    if ('refusal' in applied) return applied
    member = applied.member
  }
  return { member }
}
