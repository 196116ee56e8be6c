/** Random values, all derived from one source of random bytes. */
import { randomBytes, randomUUID } from 'node:crypto'

export interface Random {
  bytes(count: number): Buffer
  /** Letters and digits with at least this many random bits; default: 256. */
  token(bits?: number): string
  /** A version 4 UUID (RFC 9562 §5.4). */
  uuid(): string
  /** An integer from 0 to below `limit`, which is at most 2^53. */
  integer(limit: number): number
}

/**
 * Only letters and digits, which form encoding does not change: some clients encode secrets for
 * Basic, and some frontends do not decode them (RFC 6749 §2.3.1).
 */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const bitsOfCharacter = Math.log2(alphabet.length)
/** Additional bytes, because some bytes map to no character. */
const spareBytes = 8

/** Random values from a source of bytes, which tests can replace. */
export function createRandom(bytes: (count: number) => Buffer): Random {
  function uuid(): string {
    const octets = bytes(16)
    octets.writeUInt8((octets.readUInt8(6) & 0x0f) | 0x40, 6)
    octets.writeUInt8((octets.readUInt8(8) & 0x3f) | 0x80, 8)
    const hex = octets.toString('hex')
    const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)]
    return `${groups.join('-')}-${hex.slice(20)}`
  }

  function token(bits = 256): string {
    const length = Math.ceil(bits / bitsOfCharacter)
    let text = ''
    while (text.length < length) {
      for (const byte of bytes(length - text.length + spareBytes)) {
        // Six bits have 64 values; the last two are skipped, because a remainder would be biased.
        if (text.length < length) text += alphabet[byte & 63] ?? ''
      }
    }
    return text
  }

  function integer(limit: number): number {
    if (!Number.isInteger(limit) || limit < 1 || limit > 2 ** 53) {
      throw new RangeError(`The limit of a random integer is from 1 to 2^53, not ${limit}.`)
    }
    // Values beyond the last multiple of the limit are drawn again, because a remainder would be
    // biased.
    const beyond = 2 ** 53 - (2 ** 53 % limit)
    for (;;) {
      const drawn = Number(bytes(8).readBigUInt64BE() >> BigInt(11))
      if (drawn < beyond) return drawn % limit
    }
  }

  return {
    bytes,
    token,
    uuid,
    integer,
  }
}

const poolBytes = 8_192

/** System random bytes from a pool, because fetching a few takes as long as fetching many. */
function pooled(): (count: number) => Buffer {
  let pool = Buffer.alloc(0)
  let used = 0
  return (count) => {
    if (count > poolBytes / 8) return randomBytes(count)
    if (used + count > pool.length) {
      pool = randomBytes(poolBytes)
      used = 0
    }
    const drawn = Buffer.from(pool.subarray(used, used + count))
    // Used bytes are erased from the pool.
    pool.fill(0, used, used + count)
    used += count
    return drawn
  }
}

/** `randomUUID` of Node is faster and random too. */
export const systemRandom: Random = { ...createRandom(pooled()), uuid: randomUUID }
