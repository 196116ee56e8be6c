/**
 * No RSA key of a stranger costs much to verify by, whatever its modulus and public exponent:
 * certificates of a chain, keys in the header of a proof, keys that a client registered.
 */
import {
  createPublicKey,
  generateKeyPairSync,
  hash,
  randomBytes,
  X509Certificate,
} from 'node:crypto'
import type { JWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { encryptionKeys } from '../../src/jose/encrypt.ts'
import { keySetFrom } from '../../src/jose/key-set.ts'
import { type SignatureInput, verifyMessageSignature } from '../../src/jose/message-signature.ts'
import { verifyJwt, verifyWithEmbeddedKey } from '../../src/jose/verify.ts'
import { readChain } from '../../src/x509/certified-key.ts'
import { chainsToRoot } from '../../src/x509/chain.ts'
import { authority, rsaCertificate } from '../support/certificates.ts'
import { holdLimit, holdOf } from '../support/event-loop.ts'

const now = Date.UTC(2026, 0, 1)

/** An odd number whose highest bits are set, as base64url. */
function oddNumber(bits: number): string {
  const bytes = randomBytes(bits / 8)
  bytes[0] = 0xc0
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 1
  return bytes.toString('base64url')
}

const rsaKey = (modulusBits: number, exponentBits: number): JWK => ({
  ...{ kty: 'RSA', n: oddNumber(modulusBits), e: oddNumber(exponentBits) },
})

/** Sizes beyond the limits. OpenSSL computes with the first two, whose exponents are the largest. */
const costly: [string, JWK][] = [
  ['2048 bits and an exponent of the same size', rsaKey(2_048, 2_040)],
  ['3072 bits and an exponent of the same size', rsaKey(3_072, 3_064)],
  ['4096 bits and an exponent of the same size', rsaKey(4_096, 4_088)],
  ['8192 bits and an exponent of the same size', rsaKey(8_192, 8_184)],
  ['16,384 bits and an exponent of 64 bits', rsaKey(16_384, 64)],
]

const segment = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const jwtBy = ({ n = '' }: JWK, header: object) => {
  const bytes = Buffer.from(n, 'base64url').length
  const signature = Buffer.concat([Buffer.alloc(1), randomBytes(bytes - 1)]).toString('base64url')
  return `${segment({ alg: 'RS256', ...header })}.${segment({ sub: 'x' })}.${signature}`
}

describe.each(costly)('an RSA key of %s', (_size, key) => {
  it('does not verify a proof that has it in the header (RFC 9449 §4.2)', async () => {
    const jwt = jwtBy(key, { typ: 'dpop+jwt', jwk: key })
    const hold = await holdOf(async () => {
      const outcome = await verifyWithEmbeddedKey(jwt, ['RS256'], 'dpop+jwt')
      expect(outcome).toEqual({ failure: 'key' })
    })
    expect(hold).toBeLessThanOrEqual(holdLimit)
  })

  it('does not verify a JWT of the client that registered it (RFC 7523 §3)', async () => {
    const keys = keySetFrom(Array.from({ length: 5 }, () => ({ ...key })))
    const hold = await holdOf(async () => {
      expect(await verifyJwt(jwtBy(key, {}), keys, ['RS256'])).toEqual({ failure: 'key' })
    })
    expect(hold).toBeLessThanOrEqual(holdLimit)
  })

  it('does not verify the signature of a message (RFC 9421 §3.2)', async () => {
    const keys = keySetFrom(Array.from({ length: 5 }, () => ({ ...key, alg: 'PS512' })))
    const input: SignatureInput = { label: 'sig', covered: ['"@method"'] } as SignatureInput
    const fields = {
      signature: [`sig=:${Buffer.from(key.n ?? '', 'base64url').toString('base64')}:`],
      'signature-input': ['sig=("@method");created=1;alg="rsa-pss-sha512"'],
    }
    const request = { method: 'GET', url: 'https://rs.example.com/', fields }
    const hold = await holdOf(async () => {
      const outcome = await verifyMessageSignature(request, input, keys, undefined)
      expect(outcome).toEqual({ failure: 'key' })
    })
    expect(hold).toBeLessThanOrEqual(holdLimit)
  })

  it('encrypts nothing for the client that registered it (RFC 7518 §4.3)', () => {
    expect(encryptionKeys({ keys: [key] }, 'RSA-OAEP-256')).toEqual([])
  })
})

const toNumber = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
const toBytes = (value: bigint) => {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let [square, left] = [base, exponent]; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

/** The inverse, by the extended algorithm of Euclid; undefined if there is none. */
function inverse(value: bigint, modulus: bigint): bigint | undefined {
  let [a, b, x, y] = [value, modulus, 1n, 0n]
  while (b > 0n) {
    const quotient = a / b
    ;[a, b, x, y] = [b, a - quotient * b, y, x - quotient * y]
  }
  return a === 1n ? ((x % modulus) + modulus) % modulus : undefined
}

/** Keys that sign with a small exponent and verify with a large one, all with one modulus. */
function upsideDown(count: number): { publicKey: JWK; sign: (body: Buffer) => Buffer }[] {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 3_072 })
  const { n = '', p = '', q = '' } = privateKey.export({ format: 'jwk' })
  const [modulus, first, second] = [n, p, q].map((each) => toNumber(Buffer.from(each, 'base64url')))
  const order = ((first ?? 2n) - 1n) * ((second ?? 2n) - 1n)
  const prefix = '3031300d060960864801650304020105000420'
  const found = []
  for (let exponent = 3n; found.length < count; exponent += 2n) {
    const large = inverse(exponent, order)
    if (large === undefined) continue
    const sign = (body: Buffer) => {
      const digest = `${prefix}${hash('sha256', body, 'hex')}`
      const encoded = `0001${'ff'.repeat(384 - 3 - digest.length / 2)}00${digest}`
      const signed = power(BigInt(`0x${encoded}`), exponent, modulus ?? 1n)
      return Buffer.from(signed.toString(16).padStart(768, '0'), 'hex')
    }
    found.push({ publicKey: { kty: 'RSA', n, e: toBytes(large).toString('base64url') }, sign })
  }
  return found
}

/** A chain from a leaf to a root, of authorities with one name: each is tried as each's issuer. */
describe('a chain of certificates whose public exponents have 3072 bits', () => {
  const name: [string, string][] = [['CN', 'Authority']]
  let chain: X509Certificate[]
  let bases: string[]
  beforeAll(() => {
    const keys = upsideDown(9).map(({ publicKey, sign }) => ({
      publicKey: createPublicKey({ key: publicKey, format: 'jwk' }),
      sign,
    }))
    bases = keys.map((key, index) => {
      const issuer = { subject: name, sign: (keys[index + 1] ?? key).sign }
      return rsaCertificate(key.publicKey, issuer, { subject: name, authority: true })
    })
    chain = bases.map((each) => new X509Certificate(Buffer.from(each, 'base64')))
  })

  it('is properly signed', () => {
    for (const [index, each] of chain.entries()) {
      expect(each.verify((chain[index + 1] ?? each).publicKey)).toBe(true)
    }
  })

  it('leads to no root (RFC 5280 §6.1)', async () => {
    const [leaf, ...others] = chain as [X509Certificate, ...X509Certificate[]]
    const roots = [new X509Certificate(authority('Authority').pem), ...others.slice(-1)]
    const hold = await holdOf(async () => {
      expect(await chainsToRoot(leaf, others.toReversed(), roots, now)).toBe(false)
    })
    expect(hold).toBeLessThanOrEqual(holdLimit)
  })

  it('certifies no key (RFC 7517 §4.7)', async () => {
    const hold = await holdOf(async () => {
      expect(Array.isArray(readChain(bases.slice(0, 8)))).toBe(false)
    })
    expect(hold).toBeLessThanOrEqual(holdLimit)
  })
})
