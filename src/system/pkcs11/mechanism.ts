/** The mechanisms of PKCS#11 2.40 for JOSE algorithms, and public keys from objects of a token. */
import { createHash, type JsonWebKey } from 'node:crypto'
import { KeyProviderError } from '../key-provider.ts'

/** Numbers of PKCS#11 that are used here. */
export const ckm = {
  rsaKeyPairGen: 0x0000,
  rsaPkcs: 0x0001,
  rsaOaep: 0x0009,
  rsaPss: 0x000d,
  ecKeyPairGen: 0x1040,
  ecdsa: 0x1041,
  ecdhDerive: 0x1050,
  sha1: 0x0220,
  sha256: 0x0250,
  sha384: 0x0260,
  sha512: 0x0270,
}

type Hash = 'sha1' | 'sha256' | 'sha384' | 'sha512'

/** Mask generation functions by hash. */
export const mgf: Record<Hash, number> = { sha1: 1, sha256: 2, sha384: 3, sha512: 4 }

/** The DER of an AlgorithmIdentifier and the head of the digest: RFC 8017 §9.2, note 1. */
const digestInfo: Record<Exclude<Hash, 'sha1'>, string> = {
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
}

interface Curve {
  crv: string
  /** The DER of the OID of the curve. */
  oid: string
  /** The length of a coordinate in bytes. */
  length: number
}

const p256: Curve = { crv: 'P-256', oid: '06082a8648ce3d030107', length: 32 }
const p384: Curve = { crv: 'P-384', oid: '06052b81040022', length: 48 }
const p521: Curve = { crv: 'P-521', oid: '06052b81040023', length: 66 }
const curves = [p256, p384, p521]

interface Algorithm {
  kind: 'sign' | 'decrypt' | 'agree'
  /** The mechanism that a module must have. */
  mechanism: number
  hash?: Hash
  curve?: Curve
}

const algorithms: Record<string, Algorithm> = {
  ES256: { kind: 'sign', mechanism: ckm.ecdsa, hash: 'sha256', curve: p256 },
  ES384: { kind: 'sign', mechanism: ckm.ecdsa, hash: 'sha384', curve: p384 },
  ES512: { kind: 'sign', mechanism: ckm.ecdsa, hash: 'sha512', curve: p521 },
  RS256: { kind: 'sign', mechanism: ckm.rsaPkcs, hash: 'sha256' },
  RS384: { kind: 'sign', mechanism: ckm.rsaPkcs, hash: 'sha384' },
  RS512: { kind: 'sign', mechanism: ckm.rsaPkcs, hash: 'sha512' },
  PS256: { kind: 'sign', mechanism: ckm.rsaPss, hash: 'sha256' },
  PS384: { kind: 'sign', mechanism: ckm.rsaPss, hash: 'sha384' },
  PS512: { kind: 'sign', mechanism: ckm.rsaPss, hash: 'sha512' },
  'RSA-OAEP': { kind: 'decrypt', mechanism: ckm.rsaOaep, hash: 'sha1' },
  'RSA-OAEP-256': { kind: 'decrypt', mechanism: ckm.rsaOaep, hash: 'sha256' },
  'ECDH-ES': { kind: 'agree', mechanism: ckm.ecdhDerive, curve: p256 },
  'ECDH-ES+A128KW': { kind: 'agree', mechanism: ckm.ecdhDerive, curve: p256 },
  'ECDH-ES+A192KW': { kind: 'agree', mechanism: ckm.ecdhDerive, curve: p256 },
  'ECDH-ES+A256KW': { kind: 'agree', mechanism: ckm.ecdhDerive, curve: p256 },
}

export function algorithmOf(alg: string): Algorithm {
  const found = Object.hasOwn(algorithms, alg) ? algorithms[alg] : undefined
  if (!found) throw new KeyProviderError('refused', `PKCS#11 has no mechanism for ${alg}.`)
  return found
}

/** What a module with these mechanisms can do. SoftHSM has OAEP with SHA-1 only. */
export const algorithmsOf = (mechanisms: readonly number[], manufacturer: string): string[] =>
  Object.entries(algorithms)
    .filter(([, { mechanism }]) => mechanisms.includes(mechanism))
    .map(([alg]) => alg)
    .filter((alg) => alg !== 'RSA-OAEP-256' || !/softhsm/i.test(manufacturer))

/** What the module signs: a digest, with its identifier for PKCS#1 v1.5. */
export function signingInput({ mechanism, hash = 'sha256' }: Algorithm, data: Uint8Array): Buffer {
  const digest = createHash(hash).update(data).digest()
  if (mechanism !== ckm.rsaPkcs || hash === 'sha1') return digest
  return Buffer.concat([Buffer.from(digestInfo[hash], 'hex'), digest])
}

/** The public key of an RSA object. */
export const rsaPublicKey = (modulus: Buffer, exponent: Buffer): JsonWebKey => ({
  kty: 'RSA',
  n: withoutLeadingZeros(modulus).toString('base64url'),
  e: withoutLeadingZeros(exponent).toString('base64url'),
})

function withoutLeadingZeros(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0)
  return first <= 0 ? bytes : bytes.subarray(first)
}

/** The public key of an elliptic curve object; some modules wrap the point into a DER string. */
export function ecPublicKey(parameters: Buffer, point: Buffer): JsonWebKey {
  const curve = curves.find(({ oid }) => oid === parameters.toString('hex'))
  if (!curve) throw new KeyProviderError('refused', 'The key is on another curve.')
  const { crv, length } = curve
  const raw = point.subarray(point.length - (2 * length + 1))
  if (point.length < 2 * length + 1 || raw[0] !== 4) {
    throw new KeyProviderError('refused', 'The module returned a malformed point.')
  }
  const x = raw.subarray(1, length + 1).toString('base64url')
  const y = raw.subarray(length + 1).toString('base64url')
  return { kty: 'EC', crv, x, y }
}

/** The uncompressed point of a public key, as octets of SEC 1. */
export function pointOf({ crv, x = '', y = '' }: JsonWebKey): Buffer {
  const curve = curves.find((each) => each.crv === crv)
  const coordinates = [x, y].map((each) => Buffer.from(each, 'base64url'))
  if (!curve || coordinates.some(({ length }) => length !== curve.length)) {
    throw new KeyProviderError('refused', 'The public key is not on the curve of the key.')
  }
  return Buffer.concat([Buffer.from([4]), ...coordinates])
}
