/** Unpredictable values. All are made of bytes, so that one source of bytes decides them. */
import { randomBytes } from 'node:crypto'

export interface Random {
  bytes(count: number): Buffer
  /** Text in base64url that carries at least so many bits; 256 unless told. */
  token(bits?: number): string
  /** A version 4 UUID (RFC 9562 §5.4). */
  uuid(): string
  /** An integer from zero up to, and without, `limit`, which is at most 2^53. */
  integer(limit: number): number
}

export function createRandom(bytes: (count: number) => Buffer): Random {
  function uuid(): string {
    const octets = bytes(16)
    octets.writeUInt8((octets.readUInt8(6) & 0x0f) | 0x40, 6)
    octets.writeUInt8((octets.readUInt8(8) & 0x3f) | 0x80, 8)
    return octets.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  }

  function integer(limit: number): number {
    if (!Number.isInteger(limit) || limit < 1 || limit > 2 ** 53) {
      throw new RangeError(`The limit of a random integer is from 1 to 2^53, not ${limit}.`)
    }
    // Drawn again when beyond the last whole multiple of the limit: a remainder alone would favour
    // small numbers.
    const beyond = 2 ** 53 - (2 ** 53 % limit)
    for (;;) {
      const drawn = Number(bytes(8).readBigUInt64BE() >> 11n)
      if (drawn < beyond) return drawn % limit
    }
  }

  return {
    bytes,
    token: (bits = 256) => bytes(Math.ceil(bits / 8)).toString('base64url'),
    uuid,
    integer,
  }
}

export const systemRandom = createRandom((count) => randomBytes(count))
