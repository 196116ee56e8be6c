import { describe, expect, it } from 'vitest'
import { createRandom, systemRandom } from '../../src/system/random.ts'
import { seededRandom } from '../support/system.ts'

describe('random values', () => {
  it('are tokens of 256 bits in letters and digits by default', () => {
    expect(systemRandom.token()).toMatch(/^[A-Za-z\d]{43}$/)
    expect(systemRandom.token(128)).toMatch(/^[A-Za-z\d]{22}$/)
    expect(systemRandom.token(131)).toHaveLength(23)
    expect(systemRandom.token(512)).toMatch(/^[A-Za-z\d]{86}$/)
    expect(new Set(Array.from({ length: 1_000 }, () => systemRandom.token())).size).toBe(1_000)
  })

  it('are tokens with equally likely characters', () => {
    const counts = new Map<string, number>()
    for (const character of seededRandom(1).token(62_000 * 5.95)) {
      counts.set(character, (counts.get(character) ?? 0) + 1)
    }
    expect(counts.size).toBe(62)
    for (const count of counts.values()) {
      expect(count).toBeGreaterThan(800)
      expect(count).toBeLessThan(1_200)
    }
  })

  it('are version 4 UUIDs (RFC 9562 §5.4)', () => {
    const zeros = createRandom((count) => Buffer.alloc(count))
    const ones = createRandom((count) => Buffer.alloc(count, 0xff))
    expect(zeros.uuid()).toBe('00000000-0000-4000-8000-000000000000')
    expect(ones.uuid()).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff')
    expect(systemRandom.uuid()).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-/)
  })

  it('are equally likely integers below the limit', () => {
    const random = seededRandom(1)
    const counts = [0, 0, 0]
    for (let draw = 0; draw < 3_000; draw += 1) {
      const drawn = random.integer(3)
      counts[drawn] = (counts[drawn] ?? 0) + 1
    }
    expect(counts).toHaveLength(3)
    for (const count of counts) expect(count).toBeGreaterThan(900)
    for (let draw = 0; draw < 100; draw += 1) {
      expect(Number.isSafeInteger(random.integer(2 ** 53))).toBe(true)
      expect(random.integer(1)).toBe(0)
    }
  })

  it('are drawn again above the last multiple of the limit', () => {
    const drawn = [Buffer.alloc(8, 0xff), Buffer.from('0000000000002800', 'hex')]
    const random = createRandom(() => drawn.shift() ?? Buffer.alloc(8))
    expect(random.integer(3)).toBe(2)
    expect(drawn).toHaveLength(0)
  })

  it.each([0, -1, 1.5, 2 ** 53 + 2, Number.NaN])('cannot have the limit %s', (limit) => {
    expect(() => systemRandom.integer(limit)).toThrow(RangeError)
  })

  it('are reproducible with a seed', () => {
    const [one, same, other] = [seededRandom('a'), seededRandom('a'), seededRandom('b')]
    expect([one.token(), one.uuid()]).toEqual([same.token(), same.uuid()])
    expect(one.token()).not.toBe(other.token())
  })
})
