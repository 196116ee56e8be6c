/** Metadata policy: its operators, one by one and combined, OpenID Federation §6.1. */
import { describe, expect, it } from 'vitest'
import {
  applyPolicy,
  parsePolicy,
  policyProblem,
  readPolicy,
} from '../../../src/oauth/federation/metadata-policy.ts'

const violation = 'violation'
const contradiction = 'contradiction'

/** The member after the policy; `contradiction` if the policy is none. */
function governed(value: unknown, operators: unknown, name = 'member') {
  const read = readPolicy({ [name]: operators })
  if ('problem' in read) return contradiction
  const result = applyPolicy(value === undefined ? {} : { [name]: value }, read.policy)
  return 'problem' in result ? violation : result.metadata[name]
}

describe('metadata policy operator', () => {
  it.each<[string, unknown, Record<string, unknown>, unknown]>([
    ['value replaces', 'a', { value: 'b' }, 'b'],
    ['value adds a member', undefined, { value: 'b' }, 'b'],
    ['value null removes the member', 'a', { value: null }, undefined],
    ['value replaces an object', { a: 1 }, { value: 'b' }, 'b'],
    ['value replaces null', null, { value: false }, false],
    ['add adds values', ['a'], { add: ['b'] }, ['a', 'b']],
    ['add does not repeat a value', ['a'], { add: ['a', 'b', 'b'] }, ['a', 'b']],
    ['add makes a member that is absent', undefined, { add: ['b', 'b'] }, ['b']],
    ['add adds numbers', [1], { add: [2] }, [1, 2]],
    ['add tells numbers and texts apart', ['1'], { add: [1] }, ['1', 1]],
    ['add does not support one text', 'a', { add: ['b'] }, violation],
    ['add does not support objects', [{ a: 1 }], { add: ['b'] }, violation],
    ['default fills in a member that is absent', undefined, { default: ['b'] }, ['b']],
    ['default fills in a member that is null', null, { default: ['b'] }, ['b']],
    ['default leaves a member that is present', ['a'], { default: ['b'] }, ['a']],
    ['default leaves false', false, { default: true }, false],
    ['default leaves an empty list', [], { default: ['a'] }, []],
    ['default leaves an object', { a: 1 }, { default: 'b' }, { a: 1 }],
    ['one_of accepts a value of its list', 'a', { one_of: ['a', 'b'] }, 'a'],
    ['one_of accepts a number of its list', 1, { one_of: [1, 2] }, 1],
    ['one_of rejects another value', 'c', { one_of: ['a', 'b'] }, violation],
    ['one_of accepts an absent member', undefined, { one_of: ['a'] }, undefined],
    ['one_of does not support lists', ['a'], { one_of: ['a'] }, violation],
    ['one_of does not support objects', { a: 1 }, { one_of: ['a'] }, violation],
    ['subset_of keeps the intersection', ['a', 'b', 'c'], { subset_of: ['c', 'a'] }, ['a', 'c']],
    ['subset_of can leave nothing', ['a'], { subset_of: ['b'] }, []],
    ['subset_of accepts an absent member', undefined, { subset_of: ['a'] }, undefined],
    ['subset_of does not support one text', 'a', { subset_of: ['a'] }, violation],
    ['superset_of accepts more values', ['a', 'b'], { superset_of: ['a'] }, ['a', 'b']],
    ['superset_of accepts the same values', ['a'], { superset_of: ['a'] }, ['a']],
    ['superset_of rejects fewer values', ['a'], { superset_of: ['a', 'b'] }, violation],
    ['superset_of accepts an absent member', undefined, { superset_of: ['a'] }, undefined],
    ['superset_of does not support one text', 'a', { superset_of: ['a'] }, violation],
    ['essential rejects an absent member', undefined, { essential: true }, violation],
    ['essential rejects null', null, { essential: true }, violation],
    ['essential accepts a present member', 'a', { essential: true }, 'a'],
    ['essential accepts an object', { a: 1 }, { essential: true }, { a: 1 }],
    ['essential false accepts an absent member', undefined, { essential: false }, undefined],
  ])('metadata policy: %s (OpenID Federation §6.1.3.1)', (_case, value, operators, expected) => {
    expect(governed(value, operators)).toEqual(expected)
  })

  // The table of the notes on operators.
  it.each([
    [true, ['a', 'e'], ['a']],
    [false, ['a', 'e'], ['a']],
    [true, ['d', 'e'], []],
    [false, ['d', 'e'], []],
    [true, undefined, violation],
    [false, undefined, undefined],
  ])(
    'metadata policy: essential %j and subset_of make of %j (OpenID Federation §6.1.3.1.8)',
    (essential, value, expected) => {
      expect(governed(value, { essential, subset_of: ['a', 'b', 'c'] })).toEqual(expected)
    },
  )

  it.each<[string, unknown, Record<string, unknown>, unknown]>([
    ['value before one_of', 'x', { value: 'a', one_of: ['a'] }, 'a'],
    ['add before subset_of', ['a'], { add: ['b'], subset_of: ['b', 'c'] }, ['b']],
    ['add before superset_of', ['a'], { add: ['b'], superset_of: ['a', 'b'] }, ['a', 'b']],
    ['add before default', undefined, { default: ['a'], add: ['b'] }, ['b']],
    ['default before essential', undefined, { default: 'a', essential: true }, 'a'],
    ['default before one_of', undefined, { default: 'c', one_of: ['a'] }, violation],
    ['default before subset_of', undefined, { default: ['c'], subset_of: ['a'] }, []],
    ['a set', ['b', 'a', 'c'], { subset_of: ['a', 'b'], superset_of: ['b', 'a'] }, ['b', 'a']],
    ['less than a set', ['b'], { subset_of: ['a', 'b'], superset_of: ['a', 'b'] }, violation],
    ['an unknown operator is ignored', 'a', { regexp: { deep: [['^b']] } }, 'a'],
    ['an operator of the prototype is none', 'a', JSON.parse('{"__proto__":{"value":"b"}}'), 'a'],
    ['an inherited name is no operator', 'a', { constructor: 1, toString: 2 }, 'a'],
  ])('metadata policy: %s (OpenID Federation §6.1.3)', (_case, value, operators, expected) => {
    expect(governed(value, operators)).toEqual(expected)
  })

  it.each<[Record<string, unknown>]>([
    [{ value: ['a'], add: ['b'] }],
    [{ value: null, add: [] }],
    [{ value: 'a', add: ['a'] }],
    [{ value: null, default: 'a' }],
    [{ value: 'a', one_of: ['b'] }],
    [{ value: ['a'], one_of: ['a'] }],
    [{ value: null, one_of: ['a'] }],
    [{ value: ['a', 'b'], subset_of: ['a'] }],
    [{ value: 'a', subset_of: ['a'] }],
    [{ value: ['a'], superset_of: ['a', 'b'] }],
    [{ value: null, superset_of: ['a'] }],
    [{ value: null, essential: true }],
    [{ add: ['a'], one_of: ['a'] }],
    [{ add: ['a'], subset_of: ['b'] }],
    [{ one_of: ['a'], subset_of: ['a'] }],
    [{ one_of: ['a'], superset_of: ['a'] }],
    [{ subset_of: ['a'], superset_of: ['a', 'b'] }],
  ])('metadata policy: %j must not be combined (OpenID Federation §6.1.3)', (operators) => {
    expect(governed(undefined, operators)).toBe(contradiction)
  })

  it.each<[Record<string, unknown>]>([
    [{ value: ['a', 'b'], add: ['a'], default: ['c'], essential: true }],
    [{ value: ['a'], subset_of: ['a', 'b'], superset_of: ['a'] }],
    [{ value: 'a', one_of: ['a'], default: 'b', essential: true }],
    [{ value: null, subset_of: ['a'], essential: false }],
    [{ add: ['a'], default: ['b'], subset_of: ['a'], superset_of: ['a'], essential: true }],
    [{ default: 'a', one_of: ['b'], essential: false }],
  ])('metadata policy: %j may be combined (OpenID Federation §6.1.3.1)', (operators) => {
    expect(readPolicy({ member: operators })).toHaveProperty('policy')
  })

  it.each<[string, unknown, Record<string, unknown>, unknown]>([
    ['subset_of', 'openid read write', { subset_of: ['openid', 'read'] }, 'openid read'],
    ['subset_of with nothing left', 'write', { subset_of: ['openid'] }, ''],
    ['add', 'openid', { add: ['read'] }, 'openid read'],
    ['add without scope', undefined, { add: ['read', 'write'] }, 'read write'],
    ['superset_of', 'read', { superset_of: ['openid'] }, violation],
    ['value', 'read', { value: ['openid', 'x'] }, 'openid x'],
    ['value as a text', 'read', { value: 'openid x', subset_of: ['openid', 'x'] }, 'openid x'],
    ['default', undefined, { default: ['openid', 'x'] }, 'openid x'],
    ['default as a text', undefined, { default: 'openid x', add: ['x'] }, 'x'],
    ['one_of', 'openid', { one_of: ['openid'] }, violation],
  ])(
    'metadata policy: scope is a list of words for %s (OpenID Federation §6.1.3.1.8)',
    (_case, value, operators, expected) => {
      expect(governed(value, operators, 'scope')).toEqual(expected)
    },
  )

  it('metadata policy: members without operators are kept, whatever their name', () => {
    const metadata = JSON.parse('{"a":1,"b":{"c":[null]},"__proto__":{"value":1}}')
    const read = readPolicy({ a: { value: 3 } })
    if ('problem' in read) throw new Error(read.problem.message)
    expect(JSON.stringify(applyPolicy(metadata, read.policy))).toBe(
      '{"metadata":{"a":3,"b":{"c":[null]},"__proto__":{"value":1}}}',
    )
  })
})

describe('text of a metadata policy', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => `v${index}`)
  const membersOf = (count: number) =>
    JSON.stringify(Object.fromEntries(many(count).map((name) => [name, { essential: true }])))

  it.each<[string, string, boolean]>([
    ['operators of members', '{"a":{"value":false,"essential":true}}', true],
    ['no operators', '{"a":{}}', true],
    ['no JSON', '{', false],
    ['a list', '[]', false],
    ['null', 'null', false],
    ['a member without an object', '{"a":"x"}', false],
    ['a member with a list', '{"a":[]}', false],
    ['value with an object', '{"a":{"value":{}}}', false],
    ['value with lists in a list', '{"a":{"value":[[]]}}', false],
    ['default with null', '{"a":{"default":null}}', false],
    ['add with text', '{"a":{"add":"x"}}', false],
    ['add with an object', '{"a":{"add":[{}]}}', false],
    ['one_of with an object', '{"a":{"one_of":{}}}', false],
    ['one_of with lists', '{"a":{"one_of":[["x"]]}}', false],
    ['essential with text', '{"a":{"essential":"true"}}', false],
    ['200 members', membersOf(200), true],
    ['201 members', membersOf(201), false],
    ['1,000 values', JSON.stringify({ a: { add: many(999), essential: true } }), true],
    ['1,001 values', JSON.stringify({ a: { add: many(1_000), essential: true } }), false],
    ['1,001 values that nothing understands', JSON.stringify({ a: { x: many(1_001) } }), false],
  ])('text of a metadata policy: %s (OpenID Federation §6.1.2)', (_case, text, isGood) => {
    expect(policyProblem('path', text) === undefined).toBe(isGood)
    expect('policy' in parsePolicy(text)).toBe(isGood)
  })

  it('text of a metadata policy: its problem names the member and its operators', () => {
    const problem = policyProblem('path', '{"a":{"add":["x"],"one_of":["x"]}}')
    expect(problem).toEqual({
      path: 'path',
      message: 'a: The operators add and one_of must not be combined like this.',
    })
  })
})
