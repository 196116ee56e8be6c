/** BER (X.690 §8) in the definite form that the DER parser reads, within limits. */
import { DerError } from './der.ts'
import { derValue } from './der-writer.ts'

/** Containers of keys need less. */
const depthLimit = 32
const valueLimit = 4_000

const constructed = 0x20
const octetString = 0x04

interface Reader {
  readonly bytes: Buffer
  left: number
}

/** The tag, content and end of a value; `content` has definite lengths only. */
interface Read {
  tag: number
  content: Buffer
  end: number
}

/**
 * The value at the start of the bytes, in which all lengths are definite and all octet strings are
 * in one piece; throws DerError if it is malformed or beyond the limits.
 */
export function definiteForm(bytes: Buffer): Buffer {
  const { tag, content, end } = readValue({ bytes, left: valueLimit }, 0, bytes.length, 0)
  if (end !== bytes.length) throw new DerError('A value is followed by other bytes.')
  return derValue(tag, content)
}

function readValue(reader: Reader, start: number, limit: number, depth: number): Read {
  reader.left -= 1
  if (reader.left < 0 || depth > depthLimit) throw new DerError('A value is too large or too deep.')
  const { bytes } = reader
  const tag = byteAt(bytes, start, limit)
  if ((tag & 0x1f) === 0x1f) throw new DerError('Tags of several bytes are not supported.')
  const first = byteAt(bytes, start + 1, limit)
  if (first === 0x80) {
    if ((tag & constructed) === 0) throw new DerError('A length is not valid BER.')
    return constructedValue(reader, tag, { start: start + 2, end: undefined, limit }, depth)
  }
  const count = first < 0x80 ? 0 : first & 0x7f
  if (count > 3) throw new DerError('A length is not valid BER.')
  const from = start + 2 + count
  if (from > limit) throw new DerError('A value is truncated.')
  const end = from + (count === 0 ? first : bytes.readUIntBE(start + 2, count))
  if (end > limit) throw new DerError('A value is truncated.')
  if ((tag & constructed) !== 0) {
    return constructedValue(reader, tag, { start: from, end, limit: end }, depth)
  }
  return { tag, content: bytes.subarray(from, end), end }
}

/** The members of a value. Without a known end, the end is marked by two zero bytes. */
function constructedValue(
  reader: Reader,
  tag: number,
  { start, end, limit }: { start: number; end: number | undefined; limit: number },
  depth: number,
): Read {
  const members: Read[] = []
  let offset = start
  while (end === undefined ? !isEnd(reader.bytes, offset, limit) : offset < end) {
    const member = readValue(reader, offset, limit, depth + 1)
    members.push(member)
    offset = member.end
  }
  const after = end ?? offset + 2
  // X.690 §8.7.3: the pieces of an octet string, which DER has in one.
  if (tag === (octetString | constructed)) {
    if (members.some((member) => member.tag !== octetString)) {
      throw new DerError('A piece of an octet string has another type.')
    }
    return {
      tag: octetString,
      content: Buffer.concat(members.map(({ content }) => content)),
      end: after,
    }
  }
  const content = Buffer.concat(members.map((member) => derValue(member.tag, member.content)))
  return { tag, content, end: after }
}

const isEnd = (bytes: Buffer, offset: number, limit: number): boolean =>
  byteAt(bytes, offset, limit) === 0 && byteAt(bytes, offset + 1, limit) === 0

function byteAt(bytes: Buffer, offset: number, limit: number): number {
  const byte = offset < limit ? bytes[offset] : undefined
  if (byte === undefined) throw new DerError('A value is truncated.')
  return byte
}
