/**
 * Signatures over digests, as key services make them. Node signs messages only, so the encodings of
 * RFC 8017 and the arithmetic of ECDSA are written out here; private keys are from node:crypto.
 */
import { constants, createECDH, createHash, privateEncrypt, randomBytes } from 'node:crypto'
import type { Pair } from './stub.ts'

/** The head of a DigestInfo by the length of the digest: RFC 8017 §9.2, note 1. */
const digestInfo: Record<number, string> = {
  32: '3031300d060960864801650304020105000420',
  48: '3041300d060960864801650304020205000430',
  64: '3051300d060960864801650304020305000440',
}

/** RSASSA-PKCS1-v1_5: RFC 8017 §8.2.1. */
export function signPkcs1({ privateKey: key }: Pair, digest: Buffer): Buffer {
  const info = Buffer.concat([Buffer.from(digestInfo[digest.length] ?? '', 'hex'), digest])
  return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, info)
}

/** RSASSA-PSS with a salt as long as the digest: RFC 8017 §8.1.1 and §9.1.1. */
export function signPss({ privateKey: key }: Pair, digest: Buffer): Buffer {
  const hash = `sha${digest.length * 8}`
  const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {}
  const salt = randomBytes(digest.length)
  const hashed = createHash(hash)
    .update(Buffer.concat([Buffer.alloc(8), digest, salt]))
    .digest()
  const length = modulusLength / 8 - hashed.length - 1
  const block = Buffer.concat([Buffer.alloc(length - salt.length - 1), Buffer.from([1]), salt])
  const generated = mask(hash, hashed, length)
  const masked = block.map((byte, at) => byte ^ (generated[at] ?? 0))
  masked[0] = (masked[0] ?? 0) & 0x7f
  const encoded = Buffer.concat([masked, hashed, Buffer.from([0xbc])])
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded)
}

/** MGF1: RFC 8017 §B.2.1. */
function mask(hash: string, seed: Buffer, length: number): Buffer {
  const blocks: Buffer[] = []
  for (let counter = 0; blocks.length * seed.length < length; counter++) {
    const suffix = Buffer.alloc(4)
    suffix.writeUInt32BE(counter)
    blocks.push(createHash(hash).update(seed).update(suffix).digest())
  }
  return Buffer.concat(blocks).subarray(0, length)
}

/** The curves, with their orders. */
const curves: Record<string, { name: string; bytes: number; order: bigint }> = {
  'P-256': {
    ...{ name: 'prime256v1', bytes: 32 },
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  'P-384': {
    ...{ name: 'secp384r1', bytes: 48 },
    order:
      0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
  'P-521': {
    ...{ name: 'secp521r1', bytes: 66 },
    order:
      0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  },
}

const integer = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`)

function inverse(value: bigint, order: bigint): bigint {
  let [base, power, result] = [value, order - 2n, 1n]
  for (; power > 0n; power >>= 1n) {
    if (power & 1n) result = (result * base) % order
    base = (base * base) % order
  }
  return result
}

/** ECDSA: r and s, as octets of the length of the curve. */
export function signEcdsa({ privateKey }: Pair, digest: Buffer): { r: Buffer; s: Buffer } {
  const { crv = '', d = '' } = privateKey.export({ format: 'jwk' })
  const curve = curves[crv]
  if (!curve) throw new Error(`no curve ${crv}`)
  const { name, bytes, order } = curve
  const ephemeral = createECDH(name)
  const point = ephemeral.generateKeys()
  const nonce = integer(ephemeral.getPrivateKey())
  const r = integer(point.subarray(1, 1 + bytes)) % order
  const key = integer(Buffer.from(d, 'base64url'))
  const s = (inverse(nonce, order) * (integer(digest) + r * key)) % order
  const octets = (value: bigint) => Buffer.from(value.toString(16).padStart(bytes * 2, '0'), 'hex')
  return { r: octets(r), s: octets(s) }
}

/** SEQUENCE { INTEGER r, INTEGER s }, with the shortest forms that DER demands. */
export function der({ r, s }: { r: Buffer; s: Buffer }): Buffer {
  const encode = (tag: number, content: Buffer) => {
    const length = content.length < 128 ? [content.length] : [0x81, content.length]
    return Buffer.concat([Buffer.from([tag, ...length]), content])
  }
  const positive = (bytes: Buffer) => {
    const first = bytes.findIndex((byte) => byte !== 0)
    const shortest = bytes.subarray(Math.max(0, first))
    return (shortest[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), shortest]) : shortest
  }
  return encode(0x30, Buffer.concat([encode(2, positive(r)), encode(2, positive(s))]))
}
