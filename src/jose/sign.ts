/** Signing JWTs with the keys of a service, RFC 7515. */
import { CompactSign, type JWK } from 'jose'
import { writeExact } from '../model/exact-json.ts'
import { defineRules, refuse } from '../refusal.ts'
import { algorithmName, fitsSignatureAlgorithm } from './key-set.ts'
import type { SigningKey } from './keys.ts'

const rules = defineRules('Signing', {
  keyMissing: {
    code: 'P008001',
    error: 'server_error',
    spec: 'RFC 7515 §4.1.1',
    message: 'The service has no private key for the required signature algorithm.',
    fix: 'Add a private key for the algorithm and the key id to the service, or register another algorithm.',
    settings: [
      'service.jwks',
      'client.idTokenSignAlg',
      'client.userInfoSignAlg',
      'client.authorizationSignAlg',
    ],
  },
  secretTooShort: {
    code: 'P008002',
    error: 'server_error',
    spec: 'RFC 7518 §3.2',
    message:
      'The client secret is too short for the signature algorithm that the client registered.',
    fix: 'Give the client a secret of at least 32 bytes for HS256, 48 for HS384 or 64 for HS512, or register an asymmetric algorithm.',
    settings: [
      'client.clientSecret',
      'client.idTokenSignAlg',
      'client.userInfoSignAlg',
      'client.authorizationSignAlg',
    ],
  },
  secretUnknown: {
    code: 'P100004',
    error: 'server_error',
    spec: 'OIDC Core §10.1',
    message:
      'The client secret cannot sign: the client has none, or only its hash is stored. Register an asymmetric algorithm.',
    fix: 'Register an asymmetric algorithm such as ES256 for the client, or store secrets encrypted and set a new one.',
    settings: [
      'client.idTokenSignAlg',
      'client.userInfoSignAlg',
      'client.authorizationSignAlg',
      'service.ext.client_secret.storage',
    ],
  },
})

export interface Signing {
  /** JWS algorithm, RFC 7518 §3.1. */
  alg: string
  /** The kid of the key; without it, the first key for the algorithm. */
  keyId?: string | undefined
  /** The client secret, which is the key for HS256, HS384 and HS512: OIDC Core §10.1. */
  clientSecret?: string | undefined
  /** For HS256, HS384 and HS512: a symmetric key of the service signs, and not the secret. */
  isOfService?: boolean
}

/** A JWT before signing: claims, header, algorithm and key. */
export interface UnsignedJwt {
  signing: Signing
  claims: Record<string, unknown>
  /** Further header members; `alg`, `kid` and others about the verification are ignored. */
  header?: Record<string, unknown>
}

/** Header members about the verification, which only the engine sets. */
const reservedHeader = ['alg', 'kid', 'crit', 'b64', 'enc', 'zip', 'jwk', 'jku', 'x5u']

/** A JWT in compact form, signed with a key of the service or the client secret, or unsecured. */
export async function signJwt(
  keys: readonly SigningKey[],
  { signing, claims, header: given = {} }: UnsignedJwt,
): Promise<string> {
  const { alg, keyId } = signing
  const header = Object.fromEntries(
    Object.entries(given).filter(([name]) => !reservedHeader.includes(name)),
  )
  if (alg === 'none') return unsecured(claims, header)
  if (alg.startsWith('HS') && !signing.isOfService) return signWithSecret(signing, claims, header)
  const isNamed = ({ kid }: JWK) => keyId === undefined || kid === keyId
  const key = keys.find(({ jwk }) => isNamed(jwk) && fitsSignatureAlgorithm(jwk, alg, 'sign'))
  if (!key) refuse(rules.keyMissing, `alg ${alg}${keyId ? `, kid ${keyId}` : ''}`)
  const name = algorithmName(key.jwk, alg)
  const { kid } = key.jwk
  const protectedHeader = { ...header, alg: name, ...(kid === undefined ? {} : { kid }) }
  const signed = `${encode(protectedHeader)}.${encode(claims)}`
  const signature = await key.sign(name, Buffer.from(signed))
  return `${signed}.${Buffer.from(signature).toString('base64url')}`
}

const encode = (value: unknown): string => Buffer.from(writeExact(value)).toString('base64url')

async function signWithSecret(
  { alg, clientSecret }: Signing,
  claims: Record<string, unknown>,
  header: Record<string, unknown>,
): Promise<string> {
  if (!clientSecret) refuse(rules.secretUnknown, alg)
  const payload = new TextEncoder().encode(writeExact(claims))
  const secret = new TextEncoder().encode(clientSecret)
  if (secret.length * 8 < Number(alg.slice(2))) refuse(rules.secretTooShort, alg)
  return new CompactSign(payload).setProtectedHeader({ ...header, alg }).sign(secret)
}

/** An unsecured JWT, only for clients that registered `none`: OIDC Core §2. */
function unsecured(claims: Record<string, unknown>, header: Record<string, unknown>): string {
  return `${encode({ ...header, alg: 'none' })}.${encode(claims)}.`
}
