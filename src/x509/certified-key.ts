/** Certificate chains as they stand in keys, RFC 7517 §4.7: each certifies the one before. */
import { X509Certificate } from 'node:crypto'
import { isSignedBy } from './chain.ts'

/** The limit of certificates in a chain, and of the characters of each. */
const longestChain = 8
const longestCertificate = 32_768

export type ChainFault = 'pem' | 'malformed' | 'too-long' | 'unlinked'

/** The certificates of a chain in base64 DER, or what is wrong with it. */
export function readChain(values: unknown): X509Certificate[] | ChainFault {
  if (!Array.isArray(values) || values.length === 0) return 'malformed'
  if (values.length > longestChain) return 'too-long'
  const certificates: X509Certificate[] = []
  for (const value of values) {
    const read = readElement(value)
    if (typeof read === 'string') return read
    certificates.push(read)
  }
  return isLinked(certificates) ? certificates : 'unlinked'
}

/** Whether each certificate is signed by the key of the next one. Validity is not checked. */
export function isLinked(certificates: readonly X509Certificate[]): boolean {
  const signatures = { left: certificates.length }
  return certificates.every((certificate, index) => {
    const issuer = certificates[index + 1]
    return issuer === undefined || isSignedBy(certificate, issuer, signatures)
  })
}

/** RFC 7517 §4.7: base64 as in RFC 4648 §4, not base64url. */
function readElement(value: unknown): X509Certificate | ChainFault {
  if (typeof value !== 'string' || value.length > longestCertificate) return 'malformed'
  if (/^\s*(-----BEGIN|LS0tLS1CRUdJTi)/.test(value)) return 'pem'
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return 'malformed'
  const der = Buffer.from(value, 'base64')
  try {
    const certificate = new X509Certificate(der)
    return certificate.raw.equals(der) ? certificate : 'malformed'
  } catch {
    return 'malformed'
  }
}
