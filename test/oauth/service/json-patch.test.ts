/** JSON Patch (RFC 6902) of documents, also by hostile callers. */
import { describe, expect, it } from 'vitest'
import { applyPatch, type Operation, PatchFailure } from '../../../src/oauth/service/json-patch.ts'

const document = { a: { b: [1, 2, 3], '~/': true }, c: 'text', gone: undefined }

/** The result as plain JSON. */
const patched = (...operations: Operation[]) =>
  JSON.parse(JSON.stringify(applyPatch(document, operations)))

const failure = (...operations: Operation[]): string => {
  try {
    applyPatch(document, operations)
  } catch (error) {
    if (error instanceof PatchFailure) return error.reason
    throw error
  }
  return 'none'
}

describe('JSON Patch', () => {
  it.each<[string, Operation[], unknown]>([
    ['adds a member', [{ op: 'add', path: '/d', value: null }], { ...document, d: null }],
    [
      'inserts into and appends to a list',
      [
        { op: 'add', path: '/a/b/0', value: 0 },
        { op: 'add', path: '/a/b/-', value: 4 },
      ],
      { a: { b: [0, 1, 2, 3, 4], '~/': true }, c: 'text' },
    ],
    [
      'removes by an escaped name (RFC 6901 §4)',
      [{ op: 'remove', path: '/a/~0~1' }],
      { a: { b: [1, 2, 3] }, c: 'text' },
    ],
    [
      'replaces',
      [{ op: 'replace', path: '/a/b/1', value: { x: 1 } }],
      { a: { b: [1, { x: 1 }, 3], '~/': true }, c: 'text' },
    ],
    [
      'moves and copies',
      [
        { op: 'move', from: '/c', path: '/e' },
        { op: 'copy', from: '/a/b', path: '/f' },
        { op: 'add', path: '/f/0', value: 0 },
      ],
      { a: { b: [1, 2, 3], '~/': true }, e: 'text', f: [0, 1, 2, 3] },
    ],
    [
      'tests, whatever the order of members',
      [
        { op: 'test', path: '/a', value: { '~/': true, b: [1, 2, 3] } },
        { op: 'replace', path: '', value: { whole: true } },
      ],
      { whole: true },
    ],
  ])('%s (RFC 6902 §4)', (_title, operations, expected) => {
    expect(patched(...operations)).toEqual(expected)
  })

  it.each<Operation>([
    { op: 'remove', path: '/x' },
    { op: 'remove', path: '' },
    { op: 'remove', path: '/gone' },
    { op: 'replace', path: '/x', value: 1 },
    { op: 'add', path: '/a/b/4', value: 1 },
    { op: 'add', path: '/a/b/01', value: 1 },
    { op: 'add', path: '/a/b/1e0', value: 1 },
    { op: 'add', path: '/c/0', value: 1 },
    { op: 'add', path: '/x/y', value: 1 },
    { op: 'add', path: 'x', value: 1 },
    { op: 'add', path: '/~2', value: 1 },
    { op: 'add', path: '/x' },
    { op: 'copy', from: '/a/b/-', path: '/x' },
    { op: 'move', from: '/a', path: '/a/b/0' },
    { op: 'test', path: '/c', value: 'other' },
  ])('is rejected if it does not apply: %j', (operation) => {
    expect(failure(operation)).toBe('invalid')
  })

  it.each([
    '/hasOwnProperty/call',
    '/toString/name',
    '/a/b/push/call',
    '/a/b/length',
    '/c/length',
    '/__proto__/polluted',
    '/a/__proto__',
    '/constructor/prototype/polluted',
  ])('does not access inherited members: %s', (path) => {
    for (const op of ['add', 'replace', 'test'] as const) {
      expect(failure({ op, path, value: 1 })).toBe('invalid')
    }
    expect(failure({ op: 'copy', from: path, path: '/x' })).toBe('invalid')
    expect(failure({ op: 'move', from: path, path: '/x' })).toBe('invalid')
    expect(Object.prototype).not.toHaveProperty('polluted')
    expect(typeof Object.prototype.hasOwnProperty.call).toBe('function')
  })

  it('does not modify the original document', () => {
    const before = structuredClone(document)
    patched({ op: 'add', path: '/a/b/0', value: 9 }, { op: 'remove', path: '/c' })
    expect(document).toEqual(before)
  })
})

describe('size limit of a JSON Patch', () => {
  const doubled = (index: number): Operation => ({ op: 'copy', from: '', path: `/x${index}` })

  it('applies to repeated copies of the document', () => {
    const operations = Array.from({ length: 40 }, (_, index) => doubled(index))
    expect(failure({ op: 'add', path: '/y', value: 'y'.repeat(500) }, ...operations)).toBe(
      'tooLarge',
    )
    expect(failure(...operations.slice(0, 5))).toBe('none')
  })

  it('applies to values that are removed again', () => {
    const operations = Array.from({ length: 10 }, (): Operation[] => [
      { op: 'add', path: '/y', value: 'y'.repeat(60_000) },
      { op: 'remove', path: '/y' },
    ])
    expect(failure(...operations.flat())).toBe('tooLarge')
  })

  it('applies to the depth of values and paths', () => {
    const deep = JSON.parse(`${'['.repeat(64)}${']'.repeat(64)}`)
    expect(failure({ op: 'add', path: '/d', value: deep })).toBe('tooLarge')
    const nest = (depth: number) =>
      Array.from({ length: depth }, (_, index): Operation => {
        return { op: 'add', path: '/d'.repeat(index + 1), value: {} }
      })
    expect(failure(...nest(49))).toBe('none')
    const halves: Operation[] = [
      { op: 'copy', from: '/d', path: `${'/d'.repeat(40)}` },
      { op: 'copy', from: '/d', path: `${'/d'.repeat(50)}` },
    ]
    expect(failure(...nest(40), ...halves)).toBe('tooLarge')
  })

  it('allows fifty operations', () => {
    const same = Array.from({ length: 51 }, (): Operation => ({ op: 'add', path: '/x', value: 1 }))
    expect(failure(...same)).toBe('tooLarge')
    expect(failure(...same.slice(1))).toBe('none')
  })
})
