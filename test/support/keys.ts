/**
 * Keys of tests: made once per process, the same for every service that does not ask for others.
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

/** A key set as the text that services and clients hold. */
export const jwksOf = (...keys: JWK[]): string => JSON.stringify({ keys })

export function publicKey(key: JWK): JWK {
  const { d: _, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...rest } = key
  return rest as JWK
}

/** A private key for encryption, of the kind that an algorithm needs. */
export async function encryptionPair(alg: string, kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), kid, use: 'enc' }
}
