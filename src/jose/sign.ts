/** Signing what a service states, with the service's own key. RFC 7515 */

import { CompactSign, type JWK } from 'jose'
import { writeExact } from '../model/exact-json.ts'
import type { Service } from '../model/service.ts'
import { defineRules, refuse } from '../refusal.ts'
import { algorithmName, isSigningKey, keySetOf } from './key-set.ts'

const rules = defineRules('Signing', {
  keyMissing: {
    code: 'P008001',
    error: 'server_error',
    spec: 'RFC 7515 §4.1.1',
    says: 'The service has no private key for the signature algorithm that is needed.',
  },
  secretTooShort: {
    code: 'P008002',
    error: 'server_error',
    spec: 'RFC 7518 §3.2',
    says: 'The client secret is too short for the signature algorithm that the client registered.',
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
  const payload = new TextEncoder().encode(writeExact(claims))
  if (alg.startsWith('HS')) {
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
  return new CompactSign(payload)
    .setProtectedHeader(protectedHeader)
    .sign(await set.import(key, name))
}

/** A JWT without a signature, only for clients that registered `none`: OIDC Core §2. */
function unsecured(claims: Record<string, unknown>, header: Record<string, unknown>): string {
  const encode = (value: unknown) => Buffer.from(writeExact(value)).toString('base64url')
  return `${encode({ ...header, alg: 'none' })}.${encode(claims)}.`
}
