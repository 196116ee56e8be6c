/** RE2 patterns: their cost is estimated before they are compiled. */
import fc from 'fast-check'
import { RE2JS } from 're2js'
import { describe, expect, it } from 'vitest'
import { BudgetSpent } from '../../src/oauth/budget.ts'
import { compilePattern, isAffordable } from '../../src/oauth/pattern.ts'
import { patternSize } from '../../src/oauth/pattern-size.ts'
import { computed } from '../support/pace.ts'

const steps = (left = 1_000_000) => ({ left })

const { source } = fc.letrec<{ source: string; part: string }>((tie) => ({
  source: fc.array(tie('part'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
  part: fc
    .tuple(
      fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom('a', '.', '\\d', '[a-z]', '\\pL', '[^\\n]', '\\x{1F600}', '\\Qa+b\\E'),
        fc.constantFrom('é', '[[:alpha:]_]', '[]a]', '(?P<n>q)', '(?i)k', '\\b', '|', '[\\pL-]'),
        tie('source').map((inner) => `(${inner})`),
        tie('source').map((inner) => `(?:${inner})`),
      ),
      fc.constantFrom('', '', '', '*', '+', '?', '{3}', '{2,}', '{0,4}', '{1,5}?', '{0}', '{,3}'),
    )
    .map(([atom, quantifier]) => atom + quantifier),
}))

describe('estimated size of a pattern', () => {
  it.each(['((a|){3}){0,4}', '((|){3}){3}', '(){50}', '(?:(?:)|a|){9}', '(?:a||||b){1,9}'])(
    'of %s counts empty branches',
    (text) => {
      expect(patternSize(text)).toBeGreaterThanOrEqual(RE2JS.compile(text).programSize())
    },
  )

  it('is at least the size of the compiled program', () => {
    fc.assert(
      fc.property(source, (text) => {
        fc.pre(text.length <= 256 && patternSize(text) <= 3_000)
        let size: number
        try {
          size = RE2JS.compile(text).programSize()
        } catch {
          return
        }
        expect(patternSize(text)).toBeGreaterThanOrEqual(size)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    'x{1000}'.repeat(30),
    '(.*){1000}',
    '((a{0,99}){0,99}){0,99}',
    '(?:(?:(?:x{10}){10}){10}){10}',
    '(?i)[B-\\x{1e900}]'.repeat(10),
    '(?i)[B-𞤀]'.repeat(10),
    `${'[\\pL]'.repeat(40)}\\pL{1000}\\pN{1000}\\pP{1000}`,
    'x'.repeat(257),
  ])('of %s is too large, which is found without compiling', async (text) => {
    const milliseconds = await computed(() => {
      expect(isAffordable([text])).toBe(false)
      expect(compilePattern(text)).toBeUndefined()
    }, 50)
    expect(milliseconds).toBeLessThan(50)
  })

  it.each(['^[a-z]{1,1000}$', '^consent:[0-9a-f]+$', '\\p{L}{1,64}', 'x'.repeat(256)])(
    'of %s is affordable',
    (text) => {
      expect(isAffordable([text])).toBe(true)
      expect(compilePattern(text)).toBeDefined()
    },
  )

  it('is the sum over several patterns, each counted once', () => {
    const one = '[a-z]{1,1000}'
    expect(isAffordable([one, one, one])).toBe(true)
    expect(isAffordable([one, '[0-9]{1,1000}'])).toBe(false)
    expect(isAffordable(Array.from({ length: 51 }, (_, index) => `x${index}`))).toBe(false)
  })
})

describe('match of a pattern', () => {
  it('costs steps in proportion to text and program, and stops without a budget', () => {
    const pattern = compilePattern('(?:.*a.*b){100}')
    expect(pattern?.finds('ab'.repeat(100), steps())).toBe(true)
    expect(() => pattern?.finds('ab'.repeat(1_000), steps())).toThrow(BudgetSpent)
    expect(() => pattern?.matches('ab'.repeat(1_000), steps())).toThrow(BudgetSpent)
  })

  it('of a whole text is cached', () => {
    const pattern = compilePattern('payment:[0-9]+')
    const budget = steps(1_000)
    expect(pattern?.matches('payment:12', budget)).toBe(true)
    const { left } = budget
    expect(pattern?.matches('payment:12', budget)).toBe(true)
    expect(budget.left).toBe(left)
    expect(pattern?.matches('a payment:12', budget)).toBe(false)
  })
})
