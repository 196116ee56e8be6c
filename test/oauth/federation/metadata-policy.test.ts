/** Metadata policy: its operators, one by one and combined, OpenID Federation §6.1. */
import { describe, expect, it } from 'vitest'
import {
  applyPolicy,
  parsePolicy,
  policyProblem,
} from '../../../src/oauth/federation/metadata-policy.ts'

const violation = 'violation'
/** The member after the policy; `violation` if the metadata violates the policy. */
function governed(value: unknown, operators: Record<string, unknown>, name = 'member') {
  const metadata = value === undefined ? {} : { [name]: value }
  const result = applyPolicy(metadata, { [name]: operators })
  return 'problem' in result ? violation : result.metadata[name]
}

describe('metadata policy operator', () => {
  it.each<[string, unknown, Record<string, unknown>, unknown]>([
    ['value replaces', 'a', { value: 'b' }, 'b'],
    ['value adds a member', undefined, { value: 'b' }, 'b'],
    ['value null removes the member', 'a', { value: null }, undefined],
    ['add adds values', ['a'], { add: ['b'] }, ['a', 'b']],
    ['add does not repeat a value', ['a'], { add: ['a', 'b'] }, ['a', 'b']],
    ['add makes a member that is absent', undefined, { add: ['b'] }, ['b']],
    ['default fills in a member that is absent', undefined, { default: ['b'] }, ['b']],
    ['default leaves a member that is present', ['a'], { default: ['b'] }, ['a']],
    ['default leaves false', false, { default: true }, false],
    ['one_of accepts a value of its list', 'a', { one_of: ['a', 'b'] }, 'a'],
    ['one_of rejects another value', 'c', { one_of: ['a', 'b'] }, violation],
    ['one_of accepts an absent member', undefined, { one_of: ['a'] }, undefined],
    ['subset_of keeps the intersection', ['a', 'b', 'c'], { subset_of: ['c', 'a'] }, ['a', 'c']],
    ['subset_of removes a member of which nothing is left', ['a'], { subset_of: ['b'] }, undefined],
    ['subset_of accepts an absent member', undefined, { subset_of: ['a'] }, undefined],
    ['superset_of accepts more values', ['a', 'b'], { superset_of: ['a'] }, ['a', 'b']],
    ['superset_of accepts the same values', ['a'], { superset_of: ['a'] }, ['a']],
    ['superset_of rejects fewer values', ['a'], { superset_of: ['a', 'b'] }, violation],
    ['superset_of accepts an absent member', undefined, { superset_of: ['a'] }, undefined],
    ['essential rejects an absent member', undefined, { essential: true }, violation],
    ['essential accepts a present member', 'a', { essential: true }, 'a'],
    ['essential false accepts an absent member', undefined, { essential: false }, undefined],
  ])('metadata policy: %s (OpenID Federation §6.1.3)', (_case, value, operators, expected) => {
    expect(governed(value, operators)).toEqual(expected)
  })

  it.each<[string, unknown, Record<string, unknown>, unknown]>([
    ['value before one_of', 'x', { value: 'a', one_of: ['a'] }, 'a'],
    ['value null and essential', 'a', { value: null, essential: true }, violation],
    ['value null, then default', 'a', { value: null, default: 'b' }, 'b'],
    ['add before subset_of', ['a'], { add: ['b'], subset_of: ['b', 'c'] }, ['b']],
    ['add before superset_of', ['a'], { add: ['b'], superset_of: ['a', 'b'] }, ['a', 'b']],
    ['default before essential', undefined, { default: 'a', essential: true }, 'a'],
    ['default before one_of', undefined, { default: 'c', one_of: ['a'] }, violation],
    [
      'subset_of that leaves nothing, and essential',
      ['a'],
      { subset_of: ['b'], essential: true },
      violation,
    ],
    [
      'subset_of before superset_of',
      ['a', 'b'],
      { subset_of: ['a'], superset_of: ['b'] },
      violation,
    ],
    ['an unknown operator is ignored', 'a', { regexp: '^b' }, 'a'],
    ['an operator of the prototype is none', 'a', JSON.parse('{"__proto__":{"value":"b"}}'), 'a'],
  ])('metadata policy: %s (OpenID Federation §6.1.3)', (_case, value, operators, expected) => {
    expect(governed(value, operators)).toEqual(expected)
  })

  it.each<[string, unknown, Record<string, unknown>, unknown]>([
    ['subset_of', 'openid read write', { subset_of: ['openid', 'read'] }, 'openid read'],
    ['add', 'openid', { add: ['read'] }, 'openid read'],
    ['superset_of', 'read', { superset_of: ['openid'] }, violation],
    ['value', 'read', { value: ['openid', 'x'] }, 'openid x'],
  ])(
    'metadata policy: scope is a list of words for %s (OpenID Federation §6.1.3.1)',
    (_case, value, operators, expected) => {
      expect(governed(value, operators, 'scope')).toEqual(expected)
    },
  )

  it('metadata policy: values are compared as JSON, and other members are kept', () => {
    const one_of = [{ a: [1] }]
    expect(governed({ a: [1] }, { one_of })).toEqual({ a: [1] })
    expect(governed({ a: ['1'] }, { one_of })).toBe(violation)
    expect(applyPolicy({ a: 1, b: 2 }, { a: { value: 3 } })).toEqual({ metadata: { a: 3, b: 2 } })
  })
})

describe('text of a metadata policy', () => {
  it.each<[string, string, boolean]>([
    ['operators of members', '{"a":{"value":null,"add":["x"],"essential":true}}', true],
    ['no operators', '{"a":{}}', true],
    ['no JSON', '{', false],
    ['a list', '[]', false],
    ['null', 'null', false],
    ['a member without an object', '{"a":"x"}', false],
    ['a member with a list', '{"a":[]}', false],
    ['add with text', '{"a":{"add":"x"}}', false],
    ['one_of with an object', '{"a":{"one_of":{}}}', false],
    ['essential with text', '{"a":{"essential":"true"}}', false],
  ])('text of a metadata policy: %s (OpenID Federation §6.1.2)', (_case, text, isGood) => {
    expect(policyProblem('path', text) === undefined).toBe(isGood)
    if (isGood) expect(parsePolicy(text)).toBeDefined()
  })
})
