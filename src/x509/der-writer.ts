/** Writing DER, X.690 §10. */
import { tags } from './der.ts'

/** A value with its tag and length. */
export function derValue(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content])
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const bytes = Buffer.alloc(3)
  bytes.writeUIntBE(length, 0, 3)
  const digits = bytes.subarray(length > 0xffff ? 0 : length > 0xff ? 1 : 2)
  return Buffer.concat([Buffer.from([0x80 | digits.length]), digits])
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer =>
  derValue(tags.sequence, ...parts)

/** A non-negative integer from its bytes, without leading zeros but for the sign: §8.3. */
export function unsignedInteger(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0)
  const digits = start < 0 ? Buffer.alloc(1) : bytes.subarray(start)
  const sign = ((digits[0] ?? 0) & 0x80) === 0 ? Buffer.alloc(0) : Buffer.alloc(1)
  return derValue(tags.integer, sign, digits)
}

/** An object identifier from its dotted decimals: §8.19. */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc & 0x7f]
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      digits.unshift((left & 0x7f) | 0x80)
    }
    return digits
  })
  return derValue(tags.objectId, Buffer.from(bytes))
}
