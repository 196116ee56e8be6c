/** The certificates of a signing key as credentials, lists and metadata present them. */
import { readCertificate } from '../../x509/certificate.ts'

/** Without the trust anchor, which verifiers have: HAIP §6.1.1. */
export function publishedChain(x5c: readonly string[] | undefined): string[] | undefined {
  if (!x5c || x5c.length === 0) return undefined
  const last = x5c.length > 1 ? readCertificate(x5c.at(-1) ?? '') : undefined
  return last?.checkIssued(last) ? x5c.slice(0, -1) : [...x5c]
}
