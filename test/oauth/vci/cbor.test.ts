/** CBOR and its diagnostic notation: examples of RFC 8949 Appendix A, and hostile texts. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CborTag, encodeCbor } from '../../../src/oauth/vci/format/cbor.ts'
import {
  DiagnosticError,
  parseDiagnostic,
} from '../../../src/oauth/vci/format/diagnostic-notation.ts'
import { computed } from '../../support/pace.ts'

const hexOf = (notation: string) => encodeCbor(parseDiagnostic(notation)).toString('hex')

describe('CBOR of a diagnostic notation', () => {
  it.each([
    ['0', '00'],
    ['23', '17'],
    ['24', '1818'],
    ['255', '18ff'],
    ['256', '190100'],
    ['1000', '1903e8'],
    ['1000000', '1a000f4240'],
    ['0x10000', '1a00010000'],
    ['1000000000000', '1b000000e8d4a51000'],
    ['18446744073709551615', '1bffffffffffffffff'],
    ['-1', '20'],
    ['-10', '29'],
    ['-100', '3863'],
    ['-1000', '3903e7'],
    ['-18446744073709551616', '3bffffffffffffffff'],
    ['1.1', 'fb3ff199999999999a'],
    ['-4.1', 'fbc010666666666666'],
    ['1.0e+300', 'fb7e37e43c8800759c'],
    ['false', 'f4'],
    ['true', 'f5'],
    ['null', 'f6'],
    ['undefined', 'f7'],
    ['0("2013-03-21T20:04:00Z")', 'c074323031332d30332d32315432303a30343a30305a'],
    ['1(1363896240)', 'c11a514b67b0'],
    ['1(1363896240.5)', 'c1fb41d452d9ec200000'],
    ["23(h'01020304')", 'd74401020304'],
    ["24(h'6449455446')", 'd818456449455446'],
    ['32("http://www.example.com")', 'd82076687474703a2f2f7777772e6578616d706c652e636f6d'],
    ['1004("2019-10-20")', 'd903ec6a323031392d31302d3230'],
    ["h''", '40'],
    ["h'01020304'", '4401020304'],
    ["b64'AQIDBA'", '4401020304'],
    ["b64'AQIDBA=='", '4401020304'],
    ["b32'AEBAGBA'", '4401020304'],
    ["h32'0410610='", '4401020304'],
    ["'IETF'", '4449455446'],
    ['""', '60'],
    ['"IETF"', '6449455446'],
    ['"\\"\\\\"', '62225c'],
    ['"\\u00fc"', '62c3bc'],
    ['"水"', '63e6b0b4'],
    ['"\\ud800\\udd51"', '64f0908591'],
    ['[]', '80'],
    ['[1, [2, 3], [4, 5]]', '8301820203820405'],
    [
      `[${Array.from({ length: 25 }, (_, at) => at + 1)}]`,
      '98190102030405060708090a0b0c0d0e0f101112131415161718181819',
    ],
    ['{}', 'a0'],
    ['{1: 2, 3: 4}', 'a201020304'],
    ['{"a": 1, "b": [2, 3]}', 'a26161016162820203'],
    ['["a", {"b": "c"}]', '826161a161626163'],
  ])('of %s is %s (RFC 8949 Appendix A)', (notation, hex) => {
    expect(hexOf(notation)).toBe(hex)
  })
})

describe('diagnostic notation', () => {
  it.each([
    '',
    ' ',
    '01',
    '1.',
    '.5',
    '1e999',
    '18446744073709551616',
    '-18446744073709551617',
    '4294967296(1)',
    '1(1',
    '1(1))',
    '1()',
    '-1(1)',
    '1("2013")',
    '0(1)',
    '1004(20191020)',
    '"unterminated',
    '"\\x"',
    '"\\ud800"',
    '"line\nbreak"',
    "h'0'",
    "h'0g'",
    "b64'A'",
    "b64'A*B'",
    "b32'1'",
    "b32'A'",
    "'a\\n'",
    "x'00'",
    '[1,]',
    '[1 2]',
    '[1',
    '{1}',
    '{1: 2, 1: 3}',
    '{[1]: 2}',
    '{"a": 1',
    'nulls',
    'NaN',
    '_ h',
    '(_ h)',
    '/comment/ 1',
    '[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]',
  ])('refuses %j with its own error', (notation) => {
    expect(() => parseDiagnostic(notation)).toThrow(DiagnosticError)
  })

  it.each([
    ['a long integer', `1${'0'.repeat(50_000)}`],
    ['tags in each other', '1('.repeat(30_000)],
    ['arrays in each other', '['.repeat(65_536)],
    ['more than 65,536 characters', `"${'a'.repeat(65_536)}"`],
  ])('refuses %s with its own error', (_what, notation) => {
    expect(() => parseDiagnostic(notation)).toThrow(DiagnosticError)
  })

  it('names the character that it does not expect', () => {
    expect(() => parseDiagnostic('[1, ?]')).toThrow('unexpected at character 5')
  })

  it('reads tags in each other up to the limit of levels', () => {
    const notation = `${'1000('.repeat(15)}"a"${')'.repeat(15)}`
    expect(parseDiagnostic(notation)).toBeInstanceOf(CborTag)
  })

  it('throws nothing but its own error for any text', () => {
    const tokens = ['"', "'", '\\', '(', ')', '[', ']', '{', '}', ':', ',', 'h', 'b64', '0x', '-']
    const words = [...tokens, 'true', 'null', '1004', '24', 'e9', '.', ' ', 'ü', '\ud800', '=']
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((each) => each.join('')),
    )
    fc.assert(
      fc.property(text, (notation) => {
        try {
          encodeCbor(parseDiagnostic(notation))
        } catch (error) {
          expect(error).toBeInstanceOf(DiagnosticError)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('takes as long as the text is', async () => {
    const texts = [
      `[${'1,'.repeat(32_000)}1]`,
      `"${'\\u0041'.repeat(10_900)}"`,
      `h'${'00'.repeat(32_000)}'`,
      `b32'${'='.repeat(65_000)}'`,
      `b64'${'A'.repeat(65_000)}!'`,
      `'${"\\'".repeat(32_000)}'`,
      ' '.repeat(65_536),
      `{${Array.from({ length: 9_000 }, (_, at) => `${at}:0`)}}`,
    ]
    for (const text of texts) {
      const milliseconds = await computed(() => {
        try {
          parseDiagnostic(text)
        } catch (error) {
          expect(error).toBeInstanceOf(DiagnosticError)
        }
      }, 100)
      expect(milliseconds, text.slice(0, 10)).toBeLessThan(100)
    }
  })
})
