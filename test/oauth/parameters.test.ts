/** Request parameters: form encoding, repetition and numbers, RFC 6749 §3.1 and appendix B. */
import { describe, expect, it } from 'vitest'
import {
  formOf,
  parametersOf,
  parseParameters,
  parseSeconds,
  parseWords,
  requireEachOnce,
} from '../../src/oauth/parameters.ts'
import { outcomeOf } from '../support/rules.ts'

const duplicate = 'invalid_request (P001001)'
const notText = 'invalid_request (P001004)'

describe('parameter', () => {
  it.each<[string, string, unknown]>([
    ['plain', 'a=1', '1'],
    ['a plus is a space', 'a=x+y', 'x y'],
    ['a percent-encoded plus', 'a=x%2By', 'x+y'],
    ['UTF-8', 'a=%C3%A9%E2%82%AC', 'é€'],
    ['UTF-8 that is broken', 'a=%C3', '\ufffd'],
    ['a percent sign that encodes nothing', 'a=100%', '100%'],
    ['an equals sign in the value', 'a=b=c', 'b=c'],
    ['an encoded name', '%61=1', '1'],
    ['a space before the name', '+a=1', undefined],
    ['another case', 'A=1', undefined],
    ['empty', 'a=', undefined],
    ['a name alone', 'a', undefined],
    ['absent', 'b=1', undefined],
    ['empty, then with a value', 'a=&a=1', '1'],
    ['twice', 'a=1&a=2', duplicate],
    ['twice with the same value', 'a=1&a=1', duplicate],
    ['twice, once with an encoded name', 'a=1&%61=1', duplicate],
    ['a NUL', 'a=x%00', notText],
    ['a NUL in the name of another', 'a=1&b%00=1', notText],
    ['a name of the prototype', 'a=1&__proto__=2&constructor=3', '1'],
  ])('parameter: %s (RFC 6749 §B)', (_case, text, expected) => {
    expect(outcomeOf(() => parseParameters(text).get('a'))).toBe(expected)
  })

  it('parameter: a repeated one counts as absent until it is rejected (RFC 6749 §3.1)', () => {
    const parameters = parseParameters('a=1&a=2&b=3')
    expect(parameters.peek('a')).toBeUndefined()
    expect(parameters.peek('b')).toBe('3')
    expect(parameters.getAll('a')).toEqual(['1', '2'])
  })
})

describe('request with many parameters', () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => `p${at}=1`).join('&')
  it.each<[string, string, unknown]>([
    ['resource twice (RFC 8707 §2)', 'resource=a&resource=b', undefined],
    ['audience twice (RFC 8693 §2.1)', 'audience=a&audience=b', undefined],
    ['an unknown one twice (RFC 6749 §3.1)', 'x=a&x=b', duplicate],
    ['200 of them', many(200), undefined],
    ['201 of them', many(201), 'invalid_request (P001002)'],
  ])('request parameters: %s', (_case, text, expected) => {
    expect(outcomeOf(() => requireEachOnce(parseParameters(text)))).toBe(expected)
  })
})

describe('members of a request object', () => {
  it.each<[string, unknown, string[]]>([
    ['text', 'a', ['a']],
    ['a number', 5, ['5']],
    ['an object', { b: [1] }, ['{"b":[1]}']],
    ['false', false, ['false']],
    ['null', null, []],
    ['a list', ['a', 'b'], ['["a","b"]']],
  ])('member of a request object: %s (RFC 9101 §4)', (_case, value, expected) => {
    expect(parametersOf({ a: value }).getAll('a')).toEqual(expected)
  })

  it('member of a request object: a list of resources is several parameters (RFC 8707 §2)', () => {
    expect(parametersOf({ resource: ['a', 'b'] }).getAll('resource')).toEqual(['a', 'b'])
  })

  it.each(['\u0000', '\ud800', 'a\udc00'])(
    'member of a request object: %j is rejected as text (RFC 6749 §A)',
    (text) => {
      expect(outcomeOf(() => parametersOf({ a: text }))).toBe(notText)
    },
  )
})

describe('form encoding', () => {
  it('form encoding: parameters keep their order, without the excluded ones (RFC 6749 §B)', () => {
    const parameters = parseParameters('b=x+y&a=%26&resource=1&resource=2&request=z')
    expect(formOf(parameters, ['request'])).toBe('b=x+y&a=%26&resource=1&resource=2')
  })
})

describe('number of seconds', () => {
  it.each<[string, unknown]>([
    ['0', 0],
    ['007', 7],
    ['2147483647', 2_147_483_647],
    ['2147483648', 'invalid_request (P001003)'],
    ['00000000001', 'invalid_request (P001003)'],
    ['-1', 'invalid_request (P001003)'],
    ['%2B1', 'invalid_request (P001003)'],
    ['1.0', 'invalid_request (P001003)'],
    ['0x10', 'invalid_request (P001003)'],
    ['1+', 'invalid_request (P001003)'],
    ['%D9%A1', 'invalid_request (P001003)'],
  ])('number of seconds: %s (OIDC Core §3.1.2.1)', (text, expected) => {
    expect(outcomeOf(() => parseSeconds(parseParameters(`a=${text}`), 'a'))).toBe(expected)
  })
})

describe('space-separated words', () => {
  it.each<[string, string | undefined, string[]]>([
    ['between spaces', 'b a', ['b', 'a']],
    ['between several spaces', '  b   a ', ['b', 'a']],
    ['each once', 'a b a', ['a', 'b']],
    ['in another case', 'a A', ['a', 'A']],
    ['with a tab', 'a\tb', ['a\tb']],
    ['none', undefined, []],
  ])('space-separated words: %s (RFC 6749 §3.3)', (_case, text, expected) => {
    expect(parseWords(text)).toEqual(expected)
  })
})
