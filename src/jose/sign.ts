/** Signing what a service states, with the service's own key. RFC 7515 */
import { constants, createPrivateKey, type KeyObject, sign as signBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { CompactSign, type JWK } from 'jose'
import { writeExact } from '../model/exact-json.ts'
import type { Service } from '../model/service/service.ts'
import { defineRules, refuse } from '../refusal.ts'
import { algorithmName, isSigningKey, keySetOf } from './key-set.ts'

const rules = defineRules('Signing', {
  keyMissing: {
    code: 'P008001',
    error: 'server_error',
    spec: 'RFC 7515 §4.1.1',
    message: 'The service has no private key for the signature algorithm that is needed.',
  },
  secretTooShort: {
    code: 'P008002',
    error: 'server_error',
    spec: 'RFC 7518 §3.2',
    message:
      'The client secret is too short for the signature algorithm that the client registered.',
  },
})

export interface Signing {
  /** JWS algorithm as RFC 7518 writes it. */
  alg: string
  /** Key to use; the first that fits when absent. */
  keyId?: string | undefined
  /** The client's secret, which HS256, HS384 and HS512 sign with: OIDC Core §10.1. */
  clientSecret?: string | undefined
}

/** Header members that say how to verify: only the engine sets them. */
const reservedHeader = ['alg', 'kid', 'crit', 'b64', 'enc', 'zip', 'jwk', 'jku', 'x5u']

/** A signed JWT in compact form; header members given here yield to `alg` and `kid`. */
export async function signClaims(
  service: Service,
  signing: Signing,
  claims: Record<string, unknown>,
  given: Record<string, unknown> = {},
): Promise<string> {
  const { alg, keyId } = signing
  const header = Object.fromEntries(
    Object.entries(given).filter(([name]) => !reservedHeader.includes(name)),
  )
  if (alg === 'none') return unsecured(claims, header)
  if (alg.startsWith('HS')) {
    const payload = new TextEncoder().encode(writeExact(claims))
    const secret = new TextEncoder().encode(signing.clientSecret ?? '')
    if (secret.length * 8 < Number(alg.slice(2))) refuse(rules.secretTooShort, alg)
    return new CompactSign(payload).setProtectedHeader({ ...header, alg }).sign(secret)
  }
  const set = keySetOf(service, service.jwks)
  const isNamed = ({ kid }: JWK) => keyId === undefined || kid === keyId
  const key = set.keys.find((each) => isNamed(each) && isSigningKey(each, alg))
  if (!key) refuse(rules.keyMissing, `alg ${alg}${keyId ? `, kid ${keyId}` : ''}`)
  const name = algorithmName(key, alg)
  const protectedHeader = {
    ...header,
    alg: name,
    ...(key.kid === undefined ? {} : { kid: key.kid }),
  }
  const signed = `${encode(protectedHeader)}.${encode(claims)}`
  const signature = await signatureOf(Buffer.from(signed), privateKeyOf(key), name)
  return `${signed}.${signature.toString('base64url')}`
}

const encode = (value: unknown): string => Buffer.from(writeExact(value)).toString('base64url')

const privateKeys = new WeakMap<JWK, KeyObject>()

/** Read once: the keys of a set live as long as the document of its service does. */
function privateKeyOf(key: JWK): KeyObject {
  const known = privateKeys.get(key)
  if (known) return known
  const read = createPrivateKey({ key, format: 'jwk' })
  privateKeys.set(key, read)
  return read
}

const signElsewhere = promisify(signBytes)

/**
 * A signature by a curve takes less time than to hand it to another thread; one by RSA takes so
 * long that it is handed over. RFC 7518 §3.1, RFC 8037 §3.1
 */
async function signatureOf(bytes: Buffer, key: KeyObject, alg: string): Promise<Buffer> {
  if (key.asymmetricKeyType === 'ed25519') return signBytes(undefined, bytes, key)
  const digest = `sha${alg.slice(2, 5)}`
  if (alg.startsWith('ES')) return signBytes(digest, bytes, { key, dsaEncoding: 'ieee-p1363' })
  const isPss = alg.startsWith('PS')
  const padding = isPss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST
  return signElsewhere(digest, bytes, { key, padding, ...(isPss ? { saltLength } : {}) })
}

/** A JWT without a signature, only for clients that registered `none`: OIDC Core §2. */
function unsecured(claims: Record<string, unknown>, header: Record<string, unknown>): string {
  return `${encode({ ...header, alg: 'none' })}.${encode(claims)}.`
}
