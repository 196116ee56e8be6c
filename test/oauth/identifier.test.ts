import { describe, expect, it } from 'vitest'
import { isAudience, isIdentifier, isSameIdentifier } from '../../src/oauth/identifier.ts'

describe('empty string', () => {
  it('is no identifier, and is treated as absent (RFC 7519 §4.1.3)', () => {
    expect(isIdentifier('')).toBe(false)
    for (const known of ['', undefined]) {
      for (const value of ['', undefined, null, [], [''], 0]) {
        expect(isSameIdentifier(value, known)).toBe(false)
        expect(isAudience(value, known)).toBe(false)
      }
    }
    expect(isAudience(['', 'a'], undefined, '', 'a')).toBe(true)
    expect(isAudience('a', 'b', undefined)).toBe(false)
    expect(isSameIdentifier('a', 'a')).toBe(true)
  })
})
