/** A DER parser (X.690) for the names and constraints of certificates. */
import { isUtf8 } from 'node:buffer'

export interface DerValue {
  tag: number
  content: Buffer
}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  sequence: 0x30,
  set: 0x31,
} as const

/** Thrown for bytes that are not DER, or not of the expected type. */
export class DerError extends Error {
  override readonly name = 'DerError'
}

/** The values in a sequence of bytes; throws DerError if the bytes end too early. */
export function readDer(bytes: Buffer): DerValue[] {
  const values: DerValue[] = []
  for (let offset = 0; offset < bytes.length; ) {
    const { value, end } = readValue(bytes, offset)
    values.push(value)
    offset = end
  }
  return values
}

/** The members of a value; throws DerError if the value has another tag. */
export function membersOf(value: DerValue | undefined, tag: number = tags.sequence): DerValue[] {
  if (value?.tag !== tag) throw new DerError('A value has an unexpected type.')
  return readDer(value.content)
}

function readValue(bytes: Buffer, offset: number): { value: DerValue; end: number } {
  const tag = byteAt(bytes, offset)
  if ((tag & 0x1f) === 0x1f) throw new DerError('Tags of several bytes are not supported.')
  const first = byteAt(bytes, offset + 1)
  const count = first < 0x80 ? 0 : first & 0x7f
  if (first === 0x80 || count > 3) throw new DerError('A length is not valid DER.')
  const start = offset + 2 + count
  const length = count === 0 ? first : lengthAt(bytes, offset + 2, count)
  const end = start + length
  if (end > bytes.length) throw new DerError('A value is truncated.')
  return { value: { tag, content: bytes.subarray(start, end) }, end }
}

function lengthAt(bytes: Buffer, offset: number, count: number): number {
  let length = 0
  for (let index = 0; index < count; index++) length = length * 256 + byteAt(bytes, offset + index)
  return length
}

const byteAt = (bytes: Buffer, offset: number): number => {
  const byte = bytes[offset]
  if (byte === undefined) throw new DerError('A value is truncated.')
  return byte
}

/** An object identifier in dotted decimals, X.690 §8.19. */
export function readObjectId({ content }: DerValue): string {
  const arcs: number[] = []
  let arc = 0
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f)
    if (byte < 0x80) {
      arcs.push(arc)
      arc = 0
    }
  }
  const [first = 0, ...rest] = arcs
  const root = Math.min(Math.floor(first / 40), 2)
  return [root, first - root * 40, ...rest].join('.')
}

/** The text of a string value; undefined for a value of another type. */
export function readText({ tag, content }: DerValue): string | undefined {
  const utf8 = 0x0c
  const universal = 0x1c
  const wide = 0x1e
  const ofBytes = [0x12, 0x13, 0x14, 0x16, 0x1a]
  if (tag === utf8) return isUtf8(content) ? content.toString('utf8') : undefined
  if (ofBytes.includes(tag)) return content.toString('latin1')
  if (tag === wide) return readUnits(content, 2)
  return tag === universal ? readUnits(content, 4) : undefined
}

function readUnits(content: Buffer, width: number): string | undefined {
  const points: number[] = []
  for (let offset = 0; offset + width <= content.length; offset += width) {
    points.push(content.readUIntBE(offset, width))
  }
  const isText = content.length % width === 0 && points.every((point) => point <= 0x10ffff)
  return isText ? String.fromCodePoint(...points) : undefined
}
