/** Metadata policies of a trust chain: merged from the anchor down, OpenID Federation §6.1.4. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  applyPolicy,
  type MetadataPolicy,
  mergePolicies,
  type PolicyClaims,
  readPolicy,
  resolvePolicies,
} from '../../../src/oauth/federation/metadata-policy.ts'

/** The policy of relying parties after the policies of these superiors; else its problem. */
function resolve(policies: readonly unknown[]) {
  const statements = policies.map((openid_relying_party) => ({
    metadata_policy: { openid_relying_party },
  }))
  const resolved = resolvePolicies(statements)
  if ('problem' in resolved) return resolved.problem
  return Object.fromEntries(resolved.policies.get('openid_relying_party') ?? [])
}

describe('merging metadata policies', () => {
  it.each<[string, object, object, object]>([
    ['equal values', { value: ['a'] }, { value: ['a'] }, { value: ['a'] }],
    ['the union of add', { add: ['a', 'b'] }, { add: ['b', 'c'] }, { add: ['a', 'b', 'c'] }],
    ['equal defaults', { default: 1 }, { default: 1 }, { default: 1 }],
    ['the intersection of one_of', { one_of: ['a', 'b'] }, { one_of: ['b'] }, { one_of: ['b'] }],
    ['the intersection of subset_of', { subset_of: ['a'] }, { subset_of: [] }, { subset_of: [] }],
    ['subset_of, of which nothing is left', sub('a'), sub('b'), { subset_of: [] }],
    ['the union of superset_of', sup('a'), sup('b'), { superset_of: ['a', 'b'] }],
    ['essential', { essential: false }, { essential: true }, { essential: true }],
    ['what is still essential', { essential: true }, { essential: false }, { essential: true }],
    ['different operators', { value: 'a' }, { one_of: ['a'] }, { value: 'a', one_of: ['a'] }],
    ['without unknown operators', { regexp: 'a' }, { regexp: 'b', value: 1 }, { value: 1 }],
  ])('yields %s (OpenID Federation §6.1.3.1)', (_what, superior, subordinate, merged) => {
    expect(resolve([{ a: superior }, { a: subordinate }])).toEqual({ a: merged })
  })

  it.each<[string, object, object]>([
    ['other values', { value: 'a' }, { value: 'b' }],
    ['the same values in another order', { value: ['a', 'b'] }, { value: ['b', 'a'] }],
    ['a value of another type', { value: '1' }, { value: 1 }],
    ['a value that was removed', { value: null }, { value: 'a' }],
    ['other defaults', { default: 'a' }, { default: 'b' }],
    ['one_of without a value in both', { one_of: ['a'] }, { one_of: ['b'] }],
    ['a value outside one_of', { one_of: ['a'] }, { value: 'b' }],
    ['values outside subset_of', sub('a'), { value: ['a', 'b'] }],
    ['an addition outside subset_of', sub('a'), { add: ['b'] }],
    ['superset_of outside subset_of', sup('a'), { subset_of: ['b'] }],
    ['superset_of outside a merged subset_of', { ...sub('a', 'b'), ...sup('a') }, sub('b', 'c')],
    ['what removes an essential member', { essential: true }, { value: null }],
    ['operators that exclude each other', { one_of: ['a'] }, { subset_of: ['a'] }],
    ['a wrong operand', {}, { add: 'a' }],
  ])('refuses %s (OpenID Federation §6.1.4.1)', (_what, superior, subordinate) => {
    expect(resolve([{ a: superior }, { a: subordinate }])).toMatchObject({
      path: 'openid_relying_party.a',
    })
  })

  it('keeps entity types apart, and skips statements without a policy', () => {
    const resolved = resolvePolicies([
      { metadata_policy: { openid_provider: { a: { value: 1 } } } },
      {},
      { metadata_policy: { openid_relying_party: { a: { value: 2 } } } },
    ])
    expect('policies' in resolved && [...resolved.policies]).toEqual([
      ['openid_provider', new Map([['a', { value: 1 }]])],
      ['openid_relying_party', new Map([['a', { value: 2 }]])],
    ])
  })

  it.each<[string, PolicyClaims]>([
    ['names a critical operator', { metadata_policy_crit: ['regexp'] }],
    ['names a standard operator as critical', { metadata_policy_crit: ['value'] }],
    ['has an empty list of critical operators', { metadata_policy_crit: [] }],
    ['has no list of critical operators', { metadata_policy_crit: null }],
    ['has a policy that is no object', { metadata_policy: [] }],
    ['has a policy of a type that is no object', { metadata_policy: { openid_provider: [] } }],
    ['has a member that is no object', { metadata_policy: { openid_provider: { a: 1 } } }],
    ['has 201 members', { metadata_policy: { a: membersOf(100), b: membersOf(101) } }],
    ['has 201 entity types', { metadata_policy: membersOf(201) }],
  ])('refuses a chain with a statement that %s (OpenID Federation §6.1)', (_what, claims) => {
    const fine = { metadata_policy: { openid_relying_party: { a: { value: 1 } } } }
    expect(resolvePolicies([fine, claims])).toHaveProperty('problem')
    expect(resolvePolicies([claims, fine])).toHaveProperty('problem')
  })
})

const some = { requiredKeys: [] as [] }
const values = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'))
const operators = fc.oneof(
  fc.record(
    {
      add: values,
      default: values,
      subset_of: values,
      superset_of: values,
      essential: fc.boolean(),
    },
    some,
  ),
  fc.record({ value: fc.oneof(values, fc.constant(null)), essential: fc.boolean() }, some),
  fc.record({ value: fc.constantFrom('a', 'b'), one_of: values, essential: fc.boolean() }, some),
  fc.record({ default: fc.constantFrom('a', 'b'), one_of: values }, some),
)
/** Policies that can be read. */
const policy = operators
  .map((member) => readPolicy({ member }))
  .filter((read) => 'policy' in read)
  .map((read) => ('policy' in read ? read.policy : new Map()))
const metadata = fc.option(fc.oneof(values, fc.constantFrom('a', 'b', 'c')), { nil: undefined })

const merge = (one: MetadataPolicy | undefined, other: MetadataPolicy | undefined) => {
  if (!one || !other) return undefined
  const merged = mergePolicies(one, other)
  return 'policy' in merged ? merged.policy : undefined
}
/** As sets, because the order of merged values is not defined. */
const sorted = (merged: MetadataPolicy | undefined) =>
  Object.entries(merged?.get('member') ?? {})
    .map(([name, operand]) => [name, Array.isArray(operand) ? [...operand].sort() : operand])
    .sort()

describe('merged metadata policies', () => {
  it('are the same, or refused, wherever the merging begins (OpenID Federation §6.1.4.1)', () => {
    fc.assert(
      fc.property(policy, policy, policy, (one, two, three) => {
        const [left, right] = [merge(merge(one, two), three), merge(one, merge(two, three))]
        expect(left === undefined).toBe(right === undefined)
        expect(sorted(left)).toEqual(sorted(right))
      }),
      { numRuns: 3_000 },
    )
  })

  it('yield metadata that comply with the policy of each superior (OpenID Federation §6.1.1)', () => {
    let complying = 0
    fc.assert(
      fc.property(policy, policy, policy, metadata, (one, two, three, member) => {
        const merged = merge(merge(one, two), three)
        if (!merged) return
        const resolved = applyPolicy(member === undefined ? {} : { member }, merged)
        if ('problem' in resolved) return
        complying += 1
        for (const each of [one, two, three, merged]) {
          expect(applyPolicy(resolved.metadata, each)).toEqual(resolved)
        }
      }),
      { numRuns: 5_000 },
    )
    expect(complying).toBeGreaterThan(100)
  })
})

function sub(...subset_of: string[]) {
  return { subset_of }
}
function sup(...superset_of: string[]) {
  return { superset_of }
}
function membersOf(count: number) {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, {}]))
}
