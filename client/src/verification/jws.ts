/** Signatures of JWTs by WebCrypto: RFC 7515, RFC 7518. */
import { type Bytes, bytesOf, decode, jsonIn, type Members } from '../bytes.ts'

/** Longer tokens are not read. */
const longest = 16_384

export interface Jwt {
  readonly header: Members
  readonly claims: Members
  /** What is signed. */
  readonly input: string
  readonly signature: Bytes
}

/** The parts of a JWT, unverified; undefined for another text. */
export function parse(token: string): Jwt | undefined {
  if (token.length > longest) return undefined
  const [first = '', second = '', third = '', ...rest] = token.split('.')
  if (rest.length > 0 || third === '') return undefined
  const [header, claims, signature] = [jsonIn(first), jsonIn(second), decode(third)]
  if (!header || !claims || !signature || typeof header['alg'] !== 'string') return undefined
  return { header, claims, input: `${first}.${second}`, signature }
}

interface Algorithm {
  readonly kty: string
  readonly crv?: string
  readonly imported: RsaHashedImportParams | EcKeyImportParams | { readonly name: string }
  readonly verified: RsaPssParams | EcdsaParams | { readonly name: string }
}

const rsa = (name: string, bits: number): Algorithm => ({
  kty: 'RSA',
  imported: { name, hash: `SHA-${bits}` },
  verified: name === 'RSA-PSS' ? { name, saltLength: bits / 8 } : { name },
})
const ec = (crv: string, bits: number): Algorithm => ({
  ...{ kty: 'EC', crv },
  imported: { name: 'ECDSA', namedCurve: crv },
  verified: { name: 'ECDSA', hash: `SHA-${bits}` },
})
const ed25519 = { kty: 'OKP', crv: 'Ed25519', imported: { name: 'Ed25519' } }

/** The algorithms that are accepted: all are asymmetric. */
const algorithms: Readonly<Record<string, Algorithm>> = {
  ES256: ec('P-256', 256),
  ES384: ec('P-384', 384),
  ES512: ec('P-521', 512),
  PS256: rsa('RSA-PSS', 256),
  PS384: rsa('RSA-PSS', 384),
  PS512: rsa('RSA-PSS', 512),
  RS256: rsa('RSASSA-PKCS1-v1_5', 256),
  RS384: rsa('RSASSA-PKCS1-v1_5', 384),
  RS512: rsa('RSASSA-PKCS1-v1_5', 512),
  EdDSA: { ...ed25519, verified: ed25519.imported },
  Ed25519: { ...ed25519, verified: ed25519.imported },
}

export const algorithmNames = Object.keys(algorithms)

const algorithmOf = (alg: unknown): Algorithm | undefined =>
  typeof alg === 'string' && Object.hasOwn(algorithms, alg) ? algorithms[alg] : undefined

/** Whether a key can have made signatures of the algorithm: RFC 7517 §4. */
export function fits(jwk: Members, alg: unknown): boolean {
  const algorithm = algorithmOf(alg)
  if (!algorithm || jwk['kty'] !== algorithm.kty) return false
  if (algorithm.crv !== undefined && jwk['crv'] !== algorithm.crv) return false
  if (algorithm.kty === 'RSA' && !isUsualRsa(jwk)) return false
  if (jwk['use'] !== undefined && jwk['use'] !== 'sig') return false
  return jwk['alg'] === undefined || jwk['alg'] === alg
}

/** From 2,048 to 8,192 bits, with a short exponent: others are weak, or cost much time. */
const isUsualRsa = ({ n, e }: Members): boolean =>
  typeof n === 'string' && n.length >= 342 && n.length <= 1_366 && String(e).length <= 6

const publicMembers = ['kty', 'crv', 'x', 'y', 'n', 'e'] as const

/** The public key of a JWK for the algorithm; undefined if it is none. */
export async function importKey(jwk: Members, alg: unknown): Promise<CryptoKey | undefined> {
  const algorithm = algorithmOf(alg)
  if (!algorithm || !fits(jwk, alg)) return undefined
  const given = Object.fromEntries(
    publicMembers.flatMap((name) => (typeof jwk[name] === 'string' ? [[name, jwk[name]]] : [])),
  )
  try {
    return await crypto.subtle.importKey('jwk', given, algorithm.imported, false, ['verify'])
  } catch {
    return undefined
  }
}

export async function isSignedBy(key: CryptoKey, jwt: Jwt): Promise<boolean> {
  const algorithm = algorithmOf(jwt.header['alg'])
  if (!algorithm) return false
  const { signature, input } = jwt
  try {
    return await crypto.subtle.verify(algorithm.verified, key, signature, bytesOf(input))
  } catch {
    return false
  }
}
