/** Reading DER, X.690: lengths, object identifiers and the string types of names. */
import { describe, expect, it } from 'vitest'
import { DerError, membersOf, readDer, readObjectId, readText } from '../../../src/x509/der.ts'

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const contentsOf = (hex: string) =>
  readDer(bytes(hex)).map(({ tag, content }) => [tag, content.toString('hex')])
const long = 'ab'.repeat(200)

describe('DER value', () => {
  it.each<[string, string, [number, string][]]>([
    ['nothing', '', []],
    ['an empty value', '05 00', [[0x05, '']]],
    [
      'two values',
      '02 01 05 01 01 ff',
      [
        [0x02, '05'],
        [0x01, 'ff'],
      ],
    ],
    ['a length of one byte more', `04 81 c8 ${long}`, [[0x04, long]]],
    ['a length of two bytes more', `04 82 0190 ${long}${long}`, [[0x04, long + long]]],
  ])('DER value: %s (X.690 §8.1.3)', (_case, hex, expected) => {
    expect(contentsOf(hex)).toEqual(expected)
  })

  it.each<[string, string]>([
    ['a tag alone', '04'],
    ['a value that is cut off', '04 02 61'],
    ['a length that is cut off', '04 82 01'],
    ['an indefinite length', '30 80 00 00'],
    ['a length of four bytes', '04 84 00 00 00 01 61'],
    ['a length beyond the end', '04 83 ff ff ff 61'],
    ['a tag of several bytes', '1f 81 01 00'],
  ])('DER value: %s is refused (X.690 §10.1)', (_case, hex) => {
    expect(() => readDer(bytes(hex))).toThrow(DerError)
  })

  it('DER value: members must have the expected type (X.690 §8.9)', () => {
    const [sequence] = readDer(bytes('30 03 02 01 05'))
    expect(membersOf(sequence).map(({ tag }) => tag)).toEqual([0x02])
    expect(() => membersOf(sequence, 0x31)).toThrow(DerError)
    expect(() => membersOf(undefined)).toThrow(DerError)
  })
})

describe('object identifier', () => {
  it.each([
    ['55 04 03', '2.5.4.3'],
    ['2a 86 48 86 f7 0d 01 09 01', '1.2.840.113549.1.9.1'],
    ['09 92 26 89 93 f2 2c 64 01 19', '0.9.2342.19200300.100.1.25'],
    ['88 37 03', '2.999.3'],
    ['00', '0.0'],
    ['4f', '1.39'],
    ['50', '2.0'],
  ])('object identifier: %s is %s (X.690 §8.19)', (hex, expected) => {
    expect(readObjectId({ tag: 0x06, content: bytes(hex) })).toBe(expected)
  })
})

describe('DER text', () => {
  it.each<[string, number, string, string | undefined]>([
    ['UTF8String', 0x0c, 'c3 a9', 'é'],
    ['UTF8String that is no UTF-8', 0x0c, 'c3', undefined],
    ['UTF8String that begins with a byte order mark', 0x0c, 'ef bb bf 61', '\ufeffa'],
    ['PrintableString', 0x13, '61 62', 'ab'],
    ['IA5String', 0x16, '61 40', 'a@'],
    ['TeletexString', 0x14, 'e9', 'é'],
    ['BMPString', 0x1e, '20 ac', '€'],
    ['BMPString of an odd length', 0x1e, '20 ac 00', undefined],
    ['UniversalString', 0x1c, '00 01 f6 00', '😀'],
    ['UniversalString beyond Unicode', 0x1c, '00 11 00 00', undefined],
    ['OCTET STRING is no text', 0x04, '61', undefined],
  ])('DER text: %s (X.690 §8.23)', (_case, tag, hex, expected) => {
    expect(readText({ tag, content: bytes(hex) })).toBe(expected)
  })
})
