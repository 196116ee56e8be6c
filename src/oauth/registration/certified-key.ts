/** Certificates of keys in saved key sets: x5c, x5t and x5t#S256, RFC 7517 §4.7 to §4.9. */
import { createPublicKey, hash, type JsonWebKey, type X509Certificate } from 'node:crypto'
import type { JWK } from 'jose'
import { withoutPrivateMembers } from '../../jose/key-set.ts'
import { type ChainFault, readChain } from '../../x509/certified-key.ts'

const messages: Record<ChainFault, string> = {
  pem:
    'The x5c of the key contains PEM: each element must be the base64 of a DER certificate, ' +
    'without BEGIN and END lines (RFC 7517 §4.7).',
  malformed:
    'The x5c of the key must be a list of certificates, each as the base64 of its DER, not as ' +
    'base64url and without line breaks (RFC 7517 §4.7).',
  'too-long': 'The x5c of the key must have at most 8 certificates.',
  unlinked:
    'The x5c of the key is not a chain: each certificate must certify the previous one ' +
    '(RFC 7517 §4.7).',
}

/** What is wrong with the certificates of a valid key; undefined if nothing is. */
export function certificateProblem(key: JWK): string | undefined {
  if (key.x5c === undefined) return undefined
  const chain = readChain(key.x5c)
  if (typeof chain === 'string') return messages[chain]
  const [first] = chain
  if (!first || !certifies(first, key)) {
    return 'The first certificate in x5c must certify the key itself (RFC 7517 §4.7).'
  }
  if (key.x5t !== undefined && key.x5t !== hash('sha1', first.raw, 'base64url')) {
    return 'The x5t of the key must be the SHA-1 thumbprint of its certificate (RFC 7517 §4.8).'
  }
  const thumbprint = key['x5t#S256']
  return thumbprint === undefined || thumbprint === hash('sha256', first.raw, 'base64url')
    ? undefined
    : 'The x5t#S256 of the key must be the SHA-256 thumbprint of its certificate (RFC 7517 §4.9).'
}

function certifies(certificate: X509Certificate, key: JWK): boolean {
  try {
    const own = withoutPrivateMembers(key) as JsonWebKey
    return createPublicKey({ key: own, format: 'jwk' }).equals(certificate.publicKey)
  } catch {
    return false
  }
}
