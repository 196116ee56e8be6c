/** Distinguished names, as text (RFC 4514) and in certificates (X.501). */
import { isUtf8 } from 'node:buffer'
import { type DerValue, membersOf, readDer, readObjectId, readText, tags } from './der.ts'

/** The attributes of one relative name as `type=value`, sorted. */
type RelativeName = readonly string[]

/** Relative names from the most specific one to the root, RFC 4514 §2.1. */
export type DistinguishedName = readonly RelativeName[]

/** Attribute types of RFC 4514 §3 and RFC 4519, and of extended validation certificates. */
const types: Record<string, string> = {
  cn: '2.5.4.3',
  commonname: '2.5.4.3',
  sn: '2.5.4.4',
  surname: '2.5.4.4',
  serialnumber: '2.5.4.5',
  c: '2.5.4.6',
  countryname: '2.5.4.6',
  l: '2.5.4.7',
  localityname: '2.5.4.7',
  st: '2.5.4.8',
  s: '2.5.4.8',
  stateorprovincename: '2.5.4.8',
  street: '2.5.4.9',
  streetaddress: '2.5.4.9',
  o: '2.5.4.10',
  organizationname: '2.5.4.10',
  ou: '2.5.4.11',
  organizationalunitname: '2.5.4.11',
  title: '2.5.4.12',
  t: '2.5.4.12',
  description: '2.5.4.13',
  businesscategory: '2.5.4.15',
  postaladdress: '2.5.4.16',
  postalcode: '2.5.4.17',
  name: '2.5.4.41',
  givenname: '2.5.4.42',
  gn: '2.5.4.42',
  initials: '2.5.4.43',
  generationqualifier: '2.5.4.44',
  dnqualifier: '2.5.4.46',
  pseudonym: '2.5.4.65',
  organizationidentifier: '2.5.4.97',
  uid: '0.9.2342.19200300.100.1.1',
  userid: '0.9.2342.19200300.100.1.1',
  dc: '0.9.2342.19200300.100.1.25',
  domaincomponent: '0.9.2342.19200300.100.1.25',
  e: '1.2.840.113549.1.9.1',
  email: '1.2.840.113549.1.9.1',
  emailaddress: '1.2.840.113549.1.9.1',
  jurisdictionl: '1.3.6.1.4.1.311.60.2.1.1',
  jurisdictionlocalityname: '1.3.6.1.4.1.311.60.2.1.1',
  jurisdictionst: '1.3.6.1.4.1.311.60.2.1.2',
  jurisdictionstateorprovincename: '1.3.6.1.4.1.311.60.2.1.2',
  jurisdictionc: '1.3.6.1.4.1.311.60.2.1.3',
  jurisdictioncountryname: '1.3.6.1.4.1.311.60.2.1.3',
}

/** Ignores case and repeated spaces, RFC 5280 §7.1 and RFC 4517 §4.2.15. */
const attribute = (type: string, value: string): string =>
  `${type}=${value.normalize('NFC').toLowerCase().replace(/\s+/gu, ' ').trim()}`

/** The text of a value. Other values are compared by their bytes and never match text. */
const textOf = (value: DerValue): string =>
  readText(value) ?? `\0${value.tag} ${value.content.toString('hex')}`

/** Parses the `Name` of a certificate, in which the root comes first; throws DerError. */
export function readName(name: DerValue | undefined): DistinguishedName {
  const relative = membersOf(name).map((set) =>
    membersOf(set, tags.set)
      .map((each) => {
        const [type, value] = membersOf(each)
        if (!type || !value) return ''
        return attribute(readObjectId(type), textOf(value))
      })
      .sort(),
  )
  return relative.reverse()
}

/** Whether all relative names match in the same order, RFC 5280 §7.1; false for empty names. */
export const isSameName = (one: DistinguishedName, other: DistinguishedName): boolean =>
  one.length > 0 && JSON.stringify(one) === JSON.stringify(other)

/** Parses the text of a name, RFC 4514 §3; undefined if it is not valid. */
export const parseName = (text: string): DistinguishedName | undefined =>
  parseAttributes(text)?.map((each) => each.map(({ id, value }) => attribute(id, value)).sort())

/** An attribute with the object identifier of its type. */
export interface NameAttribute {
  readonly id: string
  readonly value: string
}

/** The attributes of each relative name, as they are written: RFC 4514 §3. */
export function parseAttributes(text: string): NameAttribute[][] | undefined {
  const relative: NameAttribute[][] = []
  for (const part of splitAt(text, ',')) {
    const attributes = splitAt(part, '+').map(parseAttribute)
    if (attributes.includes(undefined)) return undefined
    relative.push(attributes.filter((each) => each !== undefined))
  }
  return relative
}

/** Splits at separators that are not escaped. */
function splitAt(text: string, separator: ',' | '+'): string[] {
  const parts: string[] = []
  let part = ''
  for (const [token] of text.matchAll(/\\[\s\S]|[\s\S]/gu)) {
    if (token === separator) {
      parts.push(part)
      part = ''
    } else {
      part += token
    }
  }
  return [...parts, part]
}

function parseAttribute(text: string): NameAttribute | undefined {
  const [, named = '', raw = ''] =
    /^\s*([A-Za-z][\w-]*|\d+(?:\.\d+)+)\s*=([\s\S]*)$/u.exec(text) ?? []
  const lower = named.toLowerCase()
  const type = /^\d/.test(named) ? named : Object.hasOwn(types, lower) ? types[lower] : undefined
  const value = raw.trimStart().startsWith('#') ? parseHex(raw.trim()) : unescaped(raw)
  return type && value !== undefined ? { id: type, value } : undefined
}

/** RFC 4514 §2.4: `#` and the DER encoding of the value in hexadecimal. */
function parseHex(text: string): string | undefined {
  if (!/^#([0-9a-f]{2})+$/i.test(text)) return undefined
  try {
    const [value, ...more] = readDer(Buffer.from(text.slice(1), 'hex'))
    if (!value || more.length > 0) return undefined
    return textOf(value)
  } catch {
    return undefined
  }
}

/** RFC 4514 §3: decodes backslash escapes of special characters and of bytes in hexadecimal. */
function unescaped(text: string): string | undefined {
  const tokens = [...text.matchAll(/\\([0-9a-f]{2})|\\([ "#+,;<=>\\])|([^"\\;<>\0])/giu)]
  const isWhole = tokens.reduce((length, [token]) => length + token.length, 0) === text.length
  const parts = tokens.map(([, hex, special, character]) =>
    hex ? Buffer.from(hex, 'hex') : Buffer.from(special ?? character ?? '', 'utf8'),
  )
  const bytes = Buffer.concat(parts)
  return isWhole && isUtf8(bytes) ? bytes.toString('utf8') : undefined
}
