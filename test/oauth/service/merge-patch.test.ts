/** JSON Merge Patch (RFC 7396), also by hostile callers. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergePatch } from '../../../src/model/configuration/merge-patch.ts'

/** The result as plain JSON. */
const merged = (target: unknown, patch: unknown) =>
  JSON.parse(JSON.stringify(mergePatch(target, patch)))

describe('JSON Merge Patch', () => {
  it.each([
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"b"}', '["c"]', '["c"]'],
    ['{"a":"foo"}', 'null', 'null'],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ])('merges into %s the patch %s (RFC 7396 §A)', (target, patch, result) => {
    expect(merged(JSON.parse(target), JSON.parse(patch))).toEqual(JSON.parse(result))
  })

  it('follows no name of a prototype', () => {
    const patch = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"p":1}}}')
    const result = mergePatch({ a: 1 }, patch)
    expect(JSON.parse(JSON.stringify(result))).toEqual(
      JSON.parse(`{"a":1,${JSON.stringify(patch).slice(1)}`),
    )
    expect(Object.getPrototypeOf({})).not.toHaveProperty('polluted')
    expect(Object).not.toHaveProperty('prototype.p')
  })

  it('changes neither the document nor the patch, and gives the same when it is repeated', () => {
    const json = fc.jsonValue({ maxDepth: 4 })
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const texts = [target, patch].map((value) => JSON.stringify(value))
        const once = merged(target, patch)
        expect(merged(once, patch)).toEqual(once)
        expect([target, patch].map((value) => JSON.stringify(value))).toEqual(texts)
      }),
    )
  })
})
