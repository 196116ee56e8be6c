/** Distinguished names: text, RFC 4514, compared with a certificate, RFC 5280 §7.1. */
import { describe, expect, it } from 'vitest'
import { readDer } from '../../../src/x509/der.ts'
import { isSameName, parseName, readName } from '../../../src/x509/distinguished-name.ts'
import { der, objectId, octets, sequence, set, utf8 } from '../../support/der.ts'

type Attribute = [type: string, value: string | Buffer]
const [cn, ou, dc, uid] = [
  '2.5.4.3',
  '2.5.4.11',
  '0.9.2342.19200300.100.1.25',
  '0.9.2342.19200300.100.1.1',
]

/** A name as a certificate contains it, from the root to the most specific relative name. */
function certified(...relative: Attribute[][]) {
  const sets = relative.map((attributes) =>
    set(
      ...attributes.map(([type, value]) =>
        sequence(objectId(type), typeof value === 'string' ? utf8(value) : value),
      ),
    ),
  )
  return readName(readDer(sequence(...sets))[0])
}
const isTextOf = (text: string, name: ReturnType<typeof certified>) => {
  const parsed = parseName(text)
  return parsed !== undefined && isSameName(parsed, name)
}

const net: Attribute[][] = [[[dc, 'net']], [[dc, 'example']]]

describe('distinguished name', () => {
  it.each<[string, Attribute[][]]>([
    ['UID=jsmith,DC=example,DC=net', [...net, [[uid, 'jsmith']]]],
    [
      'OU=Sales+CN=J.  Smith,DC=example,DC=net',
      [
        ...net,
        [
          [ou, 'Sales'],
          [cn, 'J.  Smith'],
        ],
      ],
    ],
    [
      'CN=James \\"Jim\\" Smith\\, III,DC=example,DC=net',
      [...net, [[cn, 'James "Jim" Smith, III']]],
    ],
    ['CN=Before\\0dAfter,DC=example,DC=net', [...net, [[cn, 'Before\rAfter']]]],
    ['1.3.6.1.4.1.1466.0=#04024869', [[['1.3.6.1.4.1.1466.0', octets(Buffer.from('Hi'))]]]],
    ['CN=Lu\\C4\\8Di\\C4\\87', [[[cn, 'Lučić']]]],
  ])('distinguished name: %s (RFC 4514 §4)', (text, relative) => {
    expect(isTextOf(text, certified(...relative))).toBe(true)
  })

  const subject = certified([['2.5.4.6', 'DE']], [['2.5.4.10', 'Bank, AG']], [[cn, 'client']])
  it.each<[string, string, boolean]>([
    ['in another case', 'cn=CLIENT,o=bank\\, ag,c=de', true],
    ['with object identifiers for types', '2.5.4.3=client,2.5.4.10=Bank\\, AG,2.5.4.6=DE', true],
    [
      'with full names of types',
      'commonName=client,organizationName=Bank\\, AG,countryName=DE',
      true,
    ],
    ['with a comma in hexadecimal', 'CN=client,O=Bank\\2C AG,C=DE', true],
    ['with the encoding of a value', 'CN=#0c06636c69656e74,O=Bank\\, AG,C=DE', true],
    ['with spaces around commas', 'CN=client , O=Bank\\, AG , C=DE', true],
    ['with several spaces in a value', 'CN=client,O=Bank\\,   AG,C=DE', true],
    ['with an escaped space at the end', 'CN=client\\ ,O=Bank\\, AG,C=DE', true],
    ['from the root on', 'C=DE,O=Bank\\, AG,CN=client', false],
    ['without the root', 'CN=client,O=Bank\\, AG', false],
    ['with one more', 'CN=client,OU=x,O=Bank\\, AG,C=DE', false],
    ['with another value', 'CN=client2,O=Bank\\, AG,C=DE', false],
    ['with a comma that separates', 'CN=client,O=Bank, AG,C=DE', false],
    ['as one relative name', 'CN=client+O=Bank\\, AG+C=DE', false],
    ['with another type', 'OU=client,O=Bank\\, AG,C=DE', false],
  ])('distinguished name: %s (RFC 5280 §7.1)', (_case, text, isSame) => {
    expect(isTextOf(text, subject)).toBe(isSame)
  })

  it.each<[string, Attribute[][], string, boolean]>([
    [
      'several values of one relative name in any order',
      [
        [
          [cn, 'b'],
          [ou, 'a'],
        ],
      ],
      'OU=a+CN=b',
      true,
    ],
    ['two relative names for one of two values', [[[cn, 'b']], [[ou, 'a']]], 'OU=a+CN=b', false],
    ['composed and decomposed letters', [[[cn, 'e\u0301']]], 'CN=é', true],
    [
      'PrintableString for UTF8String',
      [[[cn, der(0x13, Buffer.from('client'))]]],
      'CN=client',
      true,
    ],
    ['an octet string for its text', [[[cn, octets(Buffer.from('client'))]]], 'CN=client', false],
    ['a plus in a value', [[[cn, 'a+b']]], 'CN=a\\+b', true],
    ['a backslash in a value', [[[cn, 'a\\b']]], 'CN=a\\\\b', true],
    ['a value with type and comma for two names', [[[cn, 'a,OU=b']]], 'CN=a,OU=b', false],
    [
      'UTF-8 that is broken, for another',
      [[[cn, der(0x0c, Buffer.from('c3', 'hex'))]]],
      'CN=#0c01c4',
      false,
    ],
    [
      'UTF-8 that is broken, for itself',
      [[[cn, der(0x0c, Buffer.from('c3', 'hex'))]]],
      'CN=#0c01c3',
      true,
    ],
    [
      'UTF-8 that is broken, for U+FFFD',
      [[[cn, der(0x0c, Buffer.from('c3', 'hex'))]]],
      'CN=\ufffd',
      false,
    ],
    ['an empty name', [], '', false],
  ])('distinguished name: %s (RFC 4514 §2)', (_case, relative, text, isSame) => {
    expect(isTextOf(text, certified(...relative))).toBe(isSame)
  })
})

describe('malformed distinguished name', () => {
  it.each([
    ['nothing', ''],
    ['a value alone', 'client'],
    ['an unknown type', 'NICK=client'],
    ['a type of the prototype', 'constructor=client'],
    ['a type with one arc', '2=client'],
    ['a comma at the end', 'CN=client,'],
    ['a plus at the end', 'CN=client+'],
    ['a semicolon', 'CN=client;O=Bank'],
    ['an unescaped quotation mark', 'CN="client"'],
    ['an unescaped angle bracket', 'CN=<client>'],
    ['a NUL', 'CN=a\0b'],
    ['a backslash at the end', 'CN=client\\'],
    ['a backslash before a letter', 'CN=cl\\ient'],
    ['half an escape', 'CN=client\\0'],
    ['a number sign without digits', 'CN=#'],
    ['an odd number of digits', 'CN=#0c0'],
    ['digits that are no DER', 'CN=#0c05'],
    ['digits of two values', 'CN=#05000500'],
    ['escapes that are no UTF-8', 'CN=Lu\\C4'],
  ])('malformed distinguished name: %s (RFC 4514 §3)', (_case, text) => {
    expect(parseName(text)).toBeUndefined()
  })
})
