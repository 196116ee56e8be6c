/** Patches of settings in the console, and merging the changes of two people. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compare,
  differences,
  isSame,
  type Json,
  merged,
  patchBetween,
  patched,
} from '../../console/src/editor/document.ts'

const name = fc.constantFrom('a', 'b', 'c', 'd')
const leaf = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.boolean(),
  fc.array(name, { maxLength: 2 }),
)
const value = fc.oneof(leaf, fc.dictionary(name, leaf, { maxKeys: 3 }))
const plain = fc.dictionary(name, value, { maxKeys: 4 })
const attributes = fc
  .uniqueArray(fc.record({ key: name, value: fc.constantFrom('1', '2') }), {
    selector: ({ key }) => key,
    minLength: 1,
    maxLength: 3,
  })
  .map((pairs) => ({ attributes: pairs }))
const document = fc.oneof(
  plain,
  fc.tuple(plain, attributes).map(([rest, pairs]): Json => ({ ...rest, ...pairs })),
)
const asDocument = fc.dictionary(name, value, { maxKeys: 4 }) as fc.Arbitrary<Json>

describe('a merge patch (RFC 7396)', () => {
  it('makes the second document of the first, and is empty for the same one', () => {
    fc.assert(
      fc.property(asDocument, asDocument, (before, after) => {
        expect(patched(before, patchBetween(before, after))).toEqual(after)
        expect(patchBetween(before, before)).toEqual({})
      }),
    )
  })
})

describe('a merge of two changed documents', () => {
  const each = document as fc.Arbitrary<Json>
  const valuesOf = (found: { name: string; after: unknown }[]) =>
    new Map(found.map(({ name: setting, after }) => [setting, after]))

  it('has my changes, and theirs to other settings', () => {
    fc.assert(
      fc.property(each, each, each, (base, mine, theirs) => {
        const result = merged(base, mine, theirs, () => false)
        expect(
          differences(mine, result).every(({ name: setting }) => {
            return compare(base, mine, theirs).theirs.some((other) => other.name === setting)
          }),
        ).toBe(true)
      }),
    )
  })

  it('keeps theirs where that was chosen', () => {
    fc.assert(
      fc.property(each, each, each, (base, mine, theirs) => {
        const { conflicts } = compare(base, mine, theirs)
        const names = conflicts.map(({ name: setting }) => setting)
        const result = merged(base, mine, theirs, (setting) => names.includes(setting))
        const left = valuesOf(differences(theirs, result))
        expect(names.filter((setting) => left.has(setting))).toEqual([])
      }),
    )
  })

  it('has no conflict if both made the same change, or different attributes', () => {
    const pair = (key: string, text: string) => ({ key, value: text })
    const base = { attributes: [pair('ext.a', '1')] }
    const mine = { attributes: [pair('ext.a', '1'), pair('ext.b', '2')], name: 'x' }
    const theirs = { attributes: [pair('ext.a', '3')], name: 'x' }
    expect(compare(base, mine, theirs).conflicts).toEqual([])
    const result = merged(base, mine, theirs, () => false)
    expect(
      isSame(result, { attributes: [pair('ext.a', '3'), pair('ext.b', '2')], name: 'x' }),
    ).toBe(true)
  })
})
