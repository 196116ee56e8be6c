/** Definitions of transformed claims and their functions, OIDC ASC §8. */
import { describe, expect, it } from 'vitest'
import { Service } from '../../../src/model/service/service.ts'
import {
  definitionsOf,
  parseTransformedClaims,
  sourcesOf,
  transformClaims,
} from '../../../src/oauth/claims/transformed-claims.ts'

const now = Date.UTC(2024, 5, 15)

/** The value of a claim after a chain of functions. */
function computed(value: unknown, ...fn: unknown[]): unknown {
  const definitions = parseTransformedClaims({ x: { claim: 'c', fn } })
  const run = { now, budget: { left: 100_000 } }
  return transformClaims([':x'], definitions, { c: value }, run)[':x']
}

describe('transformed claim', () => {
  it.each<[unknown, unknown[], unknown]>([
    ['2006-06-15', ['years_ago'], 18],
    ['2006-06-16', ['years_ago'], 17],
    ['2006-06-15', ['years_ago', ['gte', 18]], true],
    ['2006-06-16', ['years_ago', ['gte', 18]], false],
    ['2004-02-29', [['years_ago', '2022-02-28']], 17],
    ['2004-02-29', [['years_ago', '2022-03-01']], 18],
    ['2006-06-15T23:00:00-02:00', ['years_ago'], 17],
    [1_150_000_000, ['years_ago'], 18],
    [['2000-01-01', '2010-01-01'], ['years_ago'], [24, 14]],
    ['0000-06-15', ['years_ago'], undefined],
    ['2006', ['years_ago'], undefined],
    ['2006-02-30', ['years_ago'], undefined],
    ['2006-13-01', ['years_ago'], undefined],
    [1e300, ['years_ago'], undefined],
    [Number.POSITIVE_INFINITY, ['years_ago'], undefined],
    [['2000-01-01', 'x'], ['years_ago'], undefined],
    ['USA', [['eq', 'USA']], true],
    ['DEU', [['eq', 'USA']], false],
    [5, [['eq', 5]], true],
    [5, [['eq', '5']], false],
    [true, [['eq', true]], true],
    ['2020-01-01T10:00:00Z', [['eq', '2020-01-01']], true],
    ['2020-01-01T10:00:00Z', [['eq', '2020-01-01T12:00:00+02:00']], true],
    [5, [['gt', 5]], false],
    [5, [['gte', 5]], true],
    [5, [['lt', 6]], true],
    [5, [['lte', 4]], false],
    ['2020-01-02', [['gt', '2020-01-01']], true],
    ['2020-01-02', [['lt', '2020-01-02T00:00:00Z']], false],
    ['x', [['gt', 5]], undefined],
    ['Edinburgh EH1', [['contains', 'EH1']], true],
    ['Edinburgh', [['starts_with', 'Edin']], true],
    ['Edinburgh', [['ends_with', 'Edin']], false],
    [5, [['contains', 'x']], undefined],
    [['DEU', 'USA'], [['eq', 'USA'], 'any'], true],
    [['DEU', 'USA'], [['eq', 'USA'], 'all'], false],
    [['DEU', 'USA'], [['eq', 'FRA'], 'none'], true],
    [[], [['eq', 'FRA'], 'any'], false],
    [[1], ['any'], undefined],
    [true, ['any'], undefined],
    ['+49 151', [['match', '^\\+49']], true],
    [['a', 'b'], [['match', 'a'], 'all'], false],
    [5, [['match', '5']], undefined],
    [
      'Jörg',
      [['hash', 'sha-256']],
      '8e63741c42f7c08025339f1a380d98030a698aa04f1fa3c595dcb581632af452',
    ],
    [5, [['hash', 'sha-512']], undefined],
    [
      { country: 'UK' },
      [
        ['get', 'country'],
        ['eq', 'UK'],
      ],
      true,
    ],
    [{ country: 'UK' }, [['get', 'toString']], undefined],
    ['UK', [['get', 'length']], undefined],
    [null, [['eq', 'x']], undefined],
    ['as it is', [], 'as it is'],
  ])('of %j by %j is %j', (value, fn, expected) => {
    expect(computed(value, ...fn)).toEqual(expected)
  })

  it('that exhausts the budget is omitted, as are later ones', () => {
    const definitions = parseTransformedClaims({
      slow: { claim: 'c', fn: [['match', '.*.*x']] },
      quick: { claim: 'c', fn: [['contains', 'a']] },
    })
    const run = { now, budget: { left: 8_000 } }
    const sources = { c: 'a'.repeat(9_000) }
    expect(transformClaims([':slow', ':quick'], definitions, sources, run)).toEqual({})
  })

  it('of an absent or inherited claim is omitted', () => {
    const definitions = parseTransformedClaims({
      a: { claim: 'toString', fn: [] },
      b: { claim: '__proto__', fn: [] },
      c: { claim: ':a', fn: [] },
    })
    const run = { now, budget: { left: 1_000 } }
    expect(transformClaims([':a', ':b', ':c', ':d'], definitions, {}, run)).toEqual({})
  })
})

const many = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`n${index}`, { claim: 'c', fn: [] }]),
  )

describe('definitions of transformed claims', () => {
  it.each<[string, unknown]>([
    ['P007201', 'x'],
    ['P007201', []],
    ['P007201', { x: null }],
    ['P007201', { x: 5 }],
    ['P007201', { x: { fn: [] } }],
    ['P007201', { x: { claim: '', fn: [] } }],
    ['P007201', { x: { claim: 'c' } }],
    ['P007201', { x: { claim: 'c', fn: 'years_ago' } }],
    ['P007201', { x: { claim: 'c', fn: [5] } }],
    ['P007201', { x: { claim: 'c', fn: [[]] } }],
    ['P007201', { x: { claim: 'c', fn: [['eq', {}]] } }],
    ['P007201', { ':x': { claim: 'c', fn: [] } }],
    ['P007201', { '': { claim: 'c', fn: [] } }],
    ['P007201', JSON.parse('{"__proto__":5}')],
    ['P007202', many(51)],
    ['P007202', { x: { claim: 'c', fn: Array(11).fill('any') } }],
    ['P007203', { x: { claim: 'c', fn: ['eval'] } }],
    ['P007203', { x: { claim: 'c', fn: ['toString'] } }],
    ['P007203', { x: { claim: 'c', fn: ['__proto__'] } }],
    ['P007203', { x: { claim: 'c', fn: ['eq'] } }],
    ['P007203', { x: { claim: 'c', fn: [['eq', 1, 2]] } }],
    ['P007203', { x: { claim: 'c', fn: [['any', 1]] } }],
    ['P007203', { x: { claim: 'c', fn: [['gte', 'x']] } }],
    ['P007203', { x: { claim: 'c', fn: [['years_ago', 5]] } }],
    ['P007203', { x: { claim: 'c', fn: [['contains', 5]] } }],
    ['P007203', { x: { claim: 'c', fn: [['hash', 'md5']] } }],
    ['P007203', { x: { claim: 'c', fn: [['hash', 'constructor']] } }],
    ['P007203', { x: { claim: 'c', fn: [['match', '(a)\\1']] } }],
  ])('are refused with %s: %j', (code, value) => {
    expect(() => parseTransformedClaims(value)).toThrow(code)
  })

  it('of the service have the prefix ::, and invalid ones are ignored', () => {
    const service = Service.parse({
      apiKey: 1,
      number: 1,
      createdAt: 0,
      modifiedAt: 0,
      predefinedTransformedClaims: JSON.stringify({
        adult: { claim: 'birthdate', fn: ['years_ago', ['gte', 18]] },
        broken: { claim: 'x', fn: ['eval'] },
        nothing: {},
      }),
    })
    const definitions = definitionsOf(service, '{"adult":{"claim":"other","fn":[]}}')
    expect([...definitions.keys()]).toEqual([':adult', '::adult'])
    expect(sourcesOf(['::adult', ':adult', '::adult', ':none', 'name'], definitions)).toEqual([
      'birthdate',
      'other',
    ])
    const listed = { ...service, predefinedTransformedClaims: '[]' }
    expect(definitionsOf(listed, undefined).size).toBe(0)
  })
})
