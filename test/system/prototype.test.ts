import { describe, expect, it } from 'vitest'
import '../../src/system/prototype.ts'

const hostile = (): Record<string, unknown> => JSON.parse('{"__proto__":{"admin":true},"a":1}')

describe('JSON member named __proto__', () => {
  it('is copied as data and does not become the prototype of the copy', () => {
    const copies = [Object.assign({}, hostile()), { ...hostile(), b: 2 }]
    for (const copy of copies) {
      expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
      expect(copy['admin']).toBeUndefined()
      expect(Object.hasOwn(copy, '__proto__')).toBe(true)
    }
  })
})
