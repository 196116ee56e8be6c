/**
 * Keys of tests, generated once per process and shared by all services without their own keys.
 */
import { exportJWK, generateKeyPair, type JWK } from 'jose'

async function generate(alg: string, kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' }
}

export const serviceKeys: JWK[] = await Promise.all([
  generate('RS256', 'rs256'),
  generate('ES256', 'es256'),
  generate('PS256', 'ps256'),
])

export const clientKey: JWK = await generate('ES256', 'client-es256')

/** A key set as text, the value of `jwks` of services and clients. */
export const jwksOf = (...keys: JWK[]): string => JSON.stringify({ keys })

export function publicKey(key: JWK): JWK {
  const { d: _, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...rest } = key
  return rest as JWK
}

/** A private key for encryption, of the type that the algorithm requires. */
export async function encryptionPair(alg: string, kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), kid, use: 'enc' }
}
