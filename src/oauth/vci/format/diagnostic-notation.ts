/**
 * CBOR in text: a subset of the diagnostic notation of RFC 8949 §8, read in one pass. It has byte
 * strings in hexadecimal, base64, base32 and text, text strings with the escapes of JSON, integers,
 * floats, simple values, arrays, maps and tags.
 */
import { type Cbor, CborFloat, CborTag, fitsInteger } from './cbor.ts'

/** The text does not have the notation. */
export class DiagnosticError extends Error {
  override readonly name = 'DiagnosticError'
}

const longest = 65_536
const deepest = 16
const largestTag = 0xffff_ffff

interface Reader {
  readonly text: string
  at: number
}

/** The value of a text in the notation; throws a `DiagnosticError` if it has another form. */
export function parseDiagnostic(text: string): Cbor {
  if (text.length > longest) throw new DiagnosticError(`longer than ${longest} characters`)
  const reader = { text, at: 0 }
  const value = readValue(reader, deepest)
  skipSpace(reader)
  if (reader.at < text.length) fail(reader)
  return value
}

function fail(reader: Reader, what = 'unexpected'): never {
  throw new DiagnosticError(`${what} at character ${reader.at + 1}`)
}

function skipSpace(reader: Reader): void {
  while (/[ \t\r\n]/.test(reader.text.charAt(reader.at))) reader.at += 1
}

/** Whether a text is next, which is consumed then. */
function take(reader: Reader, expected: string): boolean {
  if (!reader.text.startsWith(expected, reader.at)) return false
  reader.at += expected.length
  return true
}

function readValue(reader: Reader, depth: number): Cbor {
  if (depth === 0) fail(reader, 'too deep')
  skipSpace(reader)
  const next = reader.text.charAt(reader.at)
  if (next === '"') return readText(reader)
  if (next === '-' || isDigit(next)) return readNumber(reader, depth)
  if (take(reader, '[')) return readArray(reader, depth)
  if (take(reader, '{')) return readMap(reader, depth)
  for (const [word, value] of simple) if (take(reader, word)) return value
  for (const [prefix, decode] of byteStrings) {
    if (take(reader, `${prefix}'`)) return readBytes(reader, decode)
  }
  return fail(reader)
}

const simple: readonly (readonly [string, Cbor])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
  ['undefined', undefined],
]

/** UTF-8 has no half of a surrogate pair, RFC 3629 §3. */
export const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text)

const isDigit = (character: string): boolean => character >= '0' && character <= '9'

/** From where the reader is to the first quotation mark that no backslash precedes. */
function readQuoted(reader: Reader, mark: '"' | "'"): string {
  const start = reader.at
  while (reader.at < reader.text.length) {
    const next = reader.text.charAt(reader.at)
    reader.at += next === '\\' ? 2 : 1
    if (next === mark) return reader.text.slice(start, reader.at - 1)
  }
  return fail(reader, 'unterminated string')
}

function readText(reader: Reader): string {
  reader.at += 1
  const quoted = readQuoted(reader, '"')
  try {
    const text: unknown = JSON.parse(`"${quoted}"`)
    if (typeof text === 'string' && isWellFormed(text)) return text
  } catch {
    // An escape or a control character that JSON strings do not have.
  }
  return fail(reader, 'malformed string')
}

type Decode = (text: string) => Buffer | undefined

function readBytes(reader: Reader, decode: Decode): Buffer {
  return decode(readQuoted(reader, "'")) ?? fail(reader, 'malformed byte string')
}

const hexadecimal: Decode = (text) =>
  text.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(text) ? Buffer.from(text, 'hex') : undefined

const base64: Decode = (text) =>
  /^[\w+/-]*={0,2}$/.test(text) && text.replaceAll('=', '').length % 4 !== 1
    ? Buffer.from(text, 'base64')
    : undefined

/** RFC 4648 §6 and §7: five bits a character. */
const base32 =
  (alphabet: string): Decode =>
  (text) => {
    const bytes: number[] = []
    let bits = 0
    let held = 0
    for (const character of text.replace(/={1,6}$/, '')) {
      const value = alphabet.indexOf(character)
      if (value < 0) return undefined
      held = ((held << 5) | value) & 0xfff
      bits += 5
      if (bits < 8) continue
      bits -= 8
      bytes.push((held >> bits) & 0xff)
    }
    return bits < 5 ? Buffer.from(bytes) : undefined
  }

/** The text of a byte string may escape its quotation mark. */
const plain: Decode = (text) =>
  isWellFormed(text) && !/\\[^'\\]/.test(text)
    ? Buffer.from(text.replace(/\\(['\\])/g, '$1'))
    : undefined

const byteStrings: readonly (readonly [string, Decode])[] = [
  ['h', hexadecimal],
  ['b64', base64],
  ['b32', base32('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')],
  ['h32', base32('0123456789ABCDEFGHIJKLMNOPQRSTUV')],
  ['', plain],
]

const hexNumber = /-?0x[0-9a-fA-F]{1,16}/y
const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y

/** A number, or the number of a tag and its value. */
function readNumber(reader: Reader, depth: number): Cbor {
  const [text, fraction, exponent] = match(reader, hexNumber) ?? match(reader, number) ?? ['']
  if (text === '') fail(reader)
  if (fraction !== undefined || exponent !== undefined) return readFloat(reader, text)
  if (take(reader, '(')) return readTag(reader, text, depth)
  // Longer texts are no integers of 64 bits, and take long to convert.
  if (text.length > 24) fail(reader, 'integer out of range')
  const value = text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text)
  return fitsInteger(value) ? value : fail(reader, 'integer out of range')
}

function match(reader: Reader, form: RegExp): RegExpExecArray | undefined {
  form.lastIndex = reader.at
  const found = form.exec(reader.text) ?? undefined
  if (found) reader.at += found[0].length
  return found
}

function readFloat(reader: Reader, text: string): CborFloat {
  const value = Number(text)
  return Number.isFinite(value) ? new CborFloat(value) : fail(reader, 'number out of range')
}

function readTag(reader: Reader, text: string, depth: number): CborTag {
  const tag = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (!(tag <= largestTag)) fail(reader, 'tag out of range')
  const value = readValue(reader, depth - 1)
  requireFit(reader, tag, value)
  requireNext(reader, ')')
  return new CborTag(tag, value)
}

/** RFC 8949 §3.4.1, §3.4.2 and RFC 8943 §2: dates are texts, and times are numbers. */
function requireFit(reader: Reader, tag: number, value: Cbor): void {
  const isText = typeof value === 'string'
  const isNumber = typeof value === 'bigint' || value instanceof CborFloat
  if ((tag === 0 || tag === 1004) && !isText) fail(reader, 'a date must be a text')
  if (tag === 1 && !isNumber) fail(reader, 'a time must be a number')
}

function requireNext(reader: Reader, expected: string): void {
  skipSpace(reader)
  if (!take(reader, expected)) fail(reader, `missing ${expected}`)
}

function readArray(reader: Reader, depth: number): Cbor[] {
  const values: Cbor[] = []
  skipSpace(reader)
  if (take(reader, ']')) return values
  for (;;) {
    values.push(readValue(reader, depth - 1))
    skipSpace(reader)
    if (take(reader, ']')) return values
    requireNext(reader, ',')
  }
}

function readMap(reader: Reader, depth: number): Map<string | bigint, Cbor> {
  const values = new Map<string | bigint, Cbor>()
  skipSpace(reader)
  if (take(reader, '}')) return values
  for (;;) {
    const name = readValue(reader, depth - 1)
    if (typeof name !== 'string' && typeof name !== 'bigint') fail(reader, 'not a name')
    if (values.has(name)) fail(reader, 'repeated name')
    requireNext(reader, ':')
    values.set(name, readValue(reader, depth - 1))
    skipSpace(reader)
    if (take(reader, '}')) return values
    requireNext(reader, ',')
  }
}
