/** Writes CBOR, RFC 8949 §3. The engine never reads it: no request of a wallet has any. */

export type Cbor =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Uint8Array
  | CborFloat
  | CborTag
  | CborEncoded
  | readonly Cbor[]
  | ReadonlyMap<string | number | bigint, Cbor>

/** A number that is written as a float of 64 bits, even if it is whole. */
export class CborFloat {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

export class CborTag {
  readonly tag: number
  readonly value: Cbor

  constructor(tag: number, value: Cbor) {
    this.tag = tag
    this.value = value
  }
}

/** A data item that is encoded already. */
export class CborEncoded {
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}

/** RFC 8949 §3.4.5.1: a byte string that has a data item. */
export const embedded = (item: Uint8Array): CborTag => new CborTag(24, item)

const major = {
  unsigned: 0x00,
  negative: 0x20,
  bytes: 0x40,
  text: 0x60,
  array: 0x80,
  map: 0xa0,
  tag: 0xc0,
  simple: 0xe0,
} as const

interface Output {
  bytes: Buffer
  length: number
}

export function encodeCbor(value: Cbor): Buffer {
  const output = { bytes: Buffer.allocUnsafe(256), length: 0 }
  write(output, value)
  return output.bytes.subarray(0, output.length)
}

/** Whether an integer fits the 64 bits of its head, RFC 8949 §3.1. */
export const fitsInteger = (value: bigint): boolean =>
  value < BigInt(0) ? -(value + BigInt(1)) < limit : value < limit
const limit = BigInt(2) ** BigInt(64)

function write(output: Output, value: Cbor): void {
  if (typeof value === 'string') writeText(output, value)
  else if (typeof value === 'number') writeNumber(output, value)
  else if (typeof value === 'bigint') writeInteger(output, value)
  else if (value === false) writeHead(output, major.simple, 20)
  else if (value === true) writeHead(output, major.simple, 21)
  else if (value === null) writeHead(output, major.simple, 22)
  else if (value === undefined) writeHead(output, major.simple, 23)
  else if (value instanceof Uint8Array) writeBytes(output, value)
  else if (value instanceof CborFloat) writeFloat(output, value.value)
  else if (value instanceof CborTag) writeTag(output, value)
  else if (value instanceof CborEncoded) append(output, value.bytes)
  else if (value instanceof Map) writeMap(output, value)
  else writeArray(output, value as readonly Cbor[])
}

function writeText(output: Output, text: string): void {
  const length = Buffer.byteLength(text)
  writeHead(output, major.text, length)
  const at = reserve(output, length)
  output.bytes.write(text, at)
}

function writeNumber(output: Output, value: number): void {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) writeFloat(output, value)
  else if (value >= 0) writeHead(output, major.unsigned, value)
  else writeHead(output, major.negative, -1 - value)
}

function writeInteger(output: Output, value: bigint): void {
  if (value >= BigInt(0)) writeHead(output, major.unsigned, value)
  else writeHead(output, major.negative, -(value + BigInt(1)))
}

function writeFloat(output: Output, value: number): void {
  const at = reserve(output, 9)
  output.bytes.writeUInt8(0xfb, at)
  output.bytes.writeDoubleBE(value, at + 1)
}

function writeBytes(output: Output, bytes: Uint8Array): void {
  writeHead(output, major.bytes, bytes.length)
  append(output, bytes)
}

function writeTag(output: Output, { tag, value }: CborTag): void {
  writeHead(output, major.tag, tag)
  write(output, value)
}

function writeArray(output: Output, values: readonly Cbor[]): void {
  writeHead(output, major.array, values.length)
  for (const value of values) write(output, value)
}

function writeMap(output: Output, values: ReadonlyMap<string | number | bigint, Cbor>): void {
  writeHead(output, major.map, values.size)
  for (const [name, value] of values) {
    write(output, name)
    write(output, value)
  }
}

/** The first byte of a data item and its argument, in the fewest bytes. */
function writeHead(output: Output, type: number, argument: number | bigint): void {
  if (argument < 24) {
    const at = reserve(output, 1)
    output.bytes.writeUInt8(type | Number(argument), at)
    return
  }
  const [size, bytes] = sizeOf(argument)
  const at = reserve(output, 1 + bytes)
  output.bytes.writeUInt8(type | size, at)
  if (bytes === 8) output.bytes.writeBigUInt64BE(BigInt(argument), at + 1)
  else output.bytes.writeUIntBE(Number(argument), at + 1, bytes)
}

function sizeOf(argument: number | bigint): [size: number, bytes: number] {
  if (argument < 0x100) return [24, 1]
  if (argument < 0x10000) return [25, 2]
  return argument < 0x1_0000_0000 ? [26, 4] : [27, 8]
}

function append(output: Output, bytes: Uint8Array): void {
  const at = reserve(output, bytes.length)
  output.bytes.set(bytes, at)
}

/** The place of that many bytes at the end. */
function reserve(output: Output, count: number): number {
  const at = output.length
  output.length += count
  if (output.length > output.bytes.length) {
    const larger = Buffer.allocUnsafe(Math.max(output.length, output.bytes.length * 2))
    output.bytes.copy(larger, 0, 0, at)
    output.bytes = larger
  }
  return at
}
