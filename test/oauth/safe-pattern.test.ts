/** Regular expressions of strangers: what the dialect has, and what it does not do. OIDC ASC §8 */
import { describe, expect, it } from 'vitest'
import { BudgetSpent, matches, parsePattern } from '../../src/oauth/safe-pattern.ts'

const budget = () => ({ left: 100_000 })

describe('a pattern', () => {
  it.each([
    ['EH1', 'xEH1y', true],
    ['^EH1', 'xEH1', false],
    ['EH1$', 'xEH1', true],
    ['^$', '', true],
    ['^a.c$', 'abc', true],
    ['^a.c$', 'a\nc', false],
    ['^a\\.c$', 'abc', false],
    ['^(?:ab|cd)+$', 'abcdab', true],
    ['^(ab|cd)+$', 'abc', false],
    ['^[a-cx-]{2,3}$', 'a-x', true],
    ['^[a-cx-]{2,3}$', 'a-xx', false],
    ['^[^a-c]+$', 'xyz', true],
    ['^[\\d\\]]+$', '12]', true],
    ['^\\d{3}$', '123', true],
    ['^\\d{3}$', '1234', false],
    ['^\\d{2,}$', '1', false],
    ['^\\w+@\\S+?\\.com$', 'alice@example.com', true],
    ['^\\W\\D\\s\\t?$', '-a ', true],
    ['^a?b*$', 'bbb', true],
    ['^日.*🎉$', '日本🎉', true],
    ['^}]$', '}]', true],
    ['', 'anything', true],
    ['a||b', 'c', true],
  ])('%s on %j is %s', (pattern, text, expected) => {
    expect(matches(parsePattern(pattern), text, budget())).toBe(expected)
  })

  it.each([
    '(a+)+',
    '(a*)*',
    '(a|b?)*',
    '((a{2}))+',
    'a**',
    'a+{2}',
    'a{2}{3}',
    '^*',
    '(a',
    'a)',
    '[a',
    '[]',
    '[z-a]',
    '[\\d-z]',
    '*a',
    'a{',
    'a{2',
    'a{3,2}',
    'a{999}',
    'a{1000}',
    '(?=a)',
    '(?<x>a)',
    '(?i)a',
    '(a)\\1',
    '\\b',
    '\\',
    '[\\',
    'a'.repeat(101),
  ])('%s is refused', (pattern) => {
    expect(() => parsePattern(pattern)).toThrow('P007204')
  })

  it.each([
    [`${'a?'.repeat(30)}${'a'.repeat(30)}`, 'a'.repeat(30), true],
    [`${'.*'.repeat(40)}x$`, 'a'.repeat(200), false],
    ['^(a|a|a|a)+$', `${'a'.repeat(2_000)}b`, false],
  ])('%s takes no time to speak of', (pattern, text, expected) => {
    const started = performance.now()
    expect(matches(parsePattern(pattern), text, { left: 1_000_000 })).toBe(expected)
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  it('that takes too many steps has no result', () => {
    const run = () => matches(parsePattern('.*.*.*x'), 'a'.repeat(60_000), budget())
    expect(run).toThrow(BudgetSpent)
  })
})
