/** DPoP keys and proofs of tests, RFC 9449 §4.2. */
import { createHash } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

export interface DpopKey {
  privateKey: CryptoKey
  publicJwk: JWK
}

export async function dpopKey(alg = 'ES256'): Promise<DpopKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { privateKey, publicJwk: await exportJWK(publicKey) }
}

let made = 0

export interface ProofOptions {
  htm?: string
  htu: string
  now: number
  accessToken?: string
  claims?: Record<string, unknown>
  header?: Record<string, unknown>
  alg?: string
}

export function proof(key: DpopKey, options: ProofOptions): Promise<string> {
  const { htm = 'POST', htu, now, accessToken, claims = {}, header = {}, alg = 'ES256' } = options
  made += 1
  const ath = accessToken && createHash('sha256').update(accessToken).digest('base64url')
  return new SignJWT({
    jti: `proof-${made}`,
    htm,
    htu,
    iat: Math.floor(now / 1000),
    ...(ath ? { ath } : {}),
    ...claims,
  })
    .setProtectedHeader({ typ: 'dpop+jwt', alg, jwk: key.publicJwk, ...header })
    .sign(key.privateKey)
}
