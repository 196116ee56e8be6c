/** Public keys as a JWK Set, such as a client has in `jwks`: RFC 7517 §5. */
import { calculateJwkThumbprint, type JWK } from 'jose'
import { hasPrivateKey } from '../../jose/pem.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { inBase64, requireChain } from './chains.ts'
import { supportedKey } from './key-limits.ts'
import { readMaterial } from './material.ts'

const rules = defineRules('Key material', {
  source: {
    code: 'P114027',
    error: 'invalid_request',
    spec: 'RFC 7517 §5',
    message: 'Exactly one of pem and x5c is required.',
    fix: 'Pass either `pem` or `x5c`.',
  },
  privateKey: {
    code: 'P114028',
    error: 'invalid_request',
    spec: 'RFC 7517 §9.3',
    message:
      'The PEM has a private key, which is not converted: send the public key that ' +
      '`openssl pkey -in key.pem -pubout` writes, or a certificate.',
    fix: 'Pass the public key that `openssl pkey -pubout` writes, or a certificate.',
  },
})

/** The keys with their thumbprints as `kid` (RFC 7638), and with their certificates. */
export async function publicKeySetFrom({
  pem,
  x5c,
}: {
  pem?: string | undefined
  x5c?: readonly string[] | undefined
}): Promise<{ keys: JWK[] }> {
  if ((pem === undefined) === (x5c === undefined)) refuse(rules.source)
  if (pem !== undefined && hasPrivateKey(pem)) refuse(rules.privateKey)
  const found = pem === undefined ? certified(x5c) : await readMaterial({ pem })
  const keys: JWK[] = []
  for (const { jwk, chain } of found) {
    const kid = await calculateJwkThumbprint(jwk, 'sha256')
    keys.push({ kid, ...jwk, ...(chain.length > 0 ? { x5c: inBase64(chain) } : {}) })
  }
  return { keys }
}

function certified(x5c: unknown) {
  const chain = requireChain(x5c)
  return chain
    .slice(0, 1)
    .map(({ publicKey }) => ({ jwk: supportedKey(publicKey, 'the first certificate'), chain }))
}
