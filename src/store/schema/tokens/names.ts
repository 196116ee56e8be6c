/**
 * Hashes of tokens and ids of families as bytes in the tables: the base64url text that they are
 * outside of the store takes a third more, in every row and index.
 */

/** Base64url of the 32 bytes of a hash, or of the 22 of a family, as encoders write it. */
const encoded = /^(?:[\w-]{42}[AEIMQUYcgkosw048]|[\w-]{29}[AQgw])$/
/** In no UTF-8. */
const filling = 0xff

/** Other text is its UTF-8, filled up to an odd length, which none of the above have. */
export function bytesOf(name: string): Buffer {
  if (encoded.test(name)) return Buffer.from(name, 'base64url')
  const text = Buffer.from(name)
  return Buffer.concat([text, Buffer.alloc(1 + (text.length % 2), filling)])
}

/** A row that a thread has read comes with plain bytes. */
export function nameOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (buffer.length % 2 === 0) return buffer.toString('base64url')
  const end = buffer.indexOf(filling)
  return buffer.toString('utf8', 0, end === -1 ? buffer.length : end)
}

/**
 * What the keys have of hashes. Within a service two tokens with the same would be one too
 * many: of ten million, one new token in 10^12 is refused.
 */
const tailBytes = 8
export const tailOf = (hash: string): Buffer => bytesOf(hash).subarray(-tailBytes)
