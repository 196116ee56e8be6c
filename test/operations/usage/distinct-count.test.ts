/** Counts of distinct values in registers. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DistinctCount } from '../../../src/store/uses/distinct-count.ts'

const hashOf = (value: string) => createHash('sha256').update(value).digest()
const counted = (values: Iterable<string>) => {
  const count = new DistinctCount()
  for (const value of values) count.add(hashOf(value))
  return count
}
const values = (seed: number, from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `${seed} ${from + at}`)

describe('distinct count', () => {
  it('is exact for nothing and for one value, however often it is added', () => {
    expect(new DistinctCount().estimate()).toBe(0)
    expect(counted(['one', 'one', 'one']).estimate()).toBe(1)
  })

  it('is within five standard errors of 2.3 %, or two values, for any number of values', () => {
    const number = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 300, max: 20_000 }))
    fc.assert(
      fc.property(number, fc.integer({ min: 0, max: 1e6 }), (size, seed) => {
        const estimate = counted(values(seed, 0, size)).estimate()
        expect(Math.abs(estimate - size)).toBeLessThanOrEqual(Math.max(2, 5 * 0.023 * size))
      }),
      { numRuns: 60 },
    )
  })

  it('is within 2.3 % in the mean of the squares, as its registers promise', () => {
    const size = 30_000
    const errors = Array.from({ length: 24 }, (_, seed) => {
      const estimate = counted(values(seed, 0, size)).estimate()
      return (estimate / size - 1) ** 2
    })
    const mean = Math.sqrt(errors.reduce((sum, error) => sum + error, 0) / errors.length)
    expect(mean).toBeLessThan(1.5 * 0.023)
  })

  it('is the same merged, in any order, as counted at once', () => {
    const bound = fc.integer({ min: 0, max: 2_000 })
    fc.assert(
      fc.property(bound, bound, bound, (to, from, length) => {
        const [one, other] = [values(0, 0, to), values(0, from, from + length)]
        const [first, second] = [counted(one), counted(other)]
        const whole = counted([...one, ...other]).toString()
        first.merge(second)
        const sorted = (text: string) => DistinctCount.parse(text).estimate()
        expect(sorted(first.toString())).toBe(sorted(whole))
        expect(first.merge(second)).toBe(false)
        expect(first.merge(counted(one))).toBe(false)
      }),
      { numRuns: 40 },
    )
  })

  it('is the same once it was written and read, and takes 2.8 kB at most', () => {
    for (const size of [0, 1, 399, 400, 401, 500, 3_000, 50_000]) {
      const count = counted(values(7, 0, size))
      const text = count.toString()
      const read = DistinctCount.parse(text)
      expect(read.estimate()).toBe(count.estimate())
      expect(read.merge(count) || count.merge(read)).toBe(false)
      expect(text.length).toBeLessThan(2_800)
    }
  })

  it('says whether a value changed anything, so that known values are not stored again', () => {
    const count = counted(values(1, 0, 100))
    expect(count.add(hashOf('1 50'))).toBe(false)
    const changed = values(1, 100, 200).filter((value) => count.add(hashOf(value)))
    expect(changed.length).toBeGreaterThan(80)
  })
})
