/** Whether a certificate chains to one that is trusted, RFC 5280 §6.1, by the library for it. */
import { X509Certificate } from 'node:crypto'
import { Certificate, CertificateChainValidationEngine } from 'pkijs'
import { factsOf, isSameCertificate, readCertificates } from './certificate.ts'

/** More certificates than this do not come with one, and are not looked at. */
const longestChain = 8

/**
 * Looks for a path by the given certificates to a root. Each of the path is valid now, each issuer
 * is an authority that signed the one below within its constraints.
 */
export async function chainsToRoot(
  certificate: X509Certificate,
  given: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  now: number,
): Promise<boolean> {
  if (roots.length === 0 || given.length > longestChain) return false
  const others = given.filter((each) => !isSameCertificate(each, certificate))
  try {
    const engine = new CertificateChainValidationEngine({
      trustedCerts: roots.map(parsed),
      certs: [...others, certificate].map(parsed),
      checkDate: new Date(now),
    })
    const { result, certificatePath = [] } = await engine.verify()
    return result && [certificate, ...certificatePath.slice(1).map(read)].every(isUnderstood)
  } catch {
    // What the library cannot read or verify leads nowhere.
    return false
  }
}

/**
 * What the library lets pass: an extension that has to be understood and is not, and more
 * authorities below one than it allows (RFC 5280 §4.2, §4.2.1.9). Paths begin with the certificate.
 */
function isUnderstood(certificate: X509Certificate, position: number): boolean {
  const facts = factsOf(certificate)
  const authoritiesBelow = Math.max(position - 1, 0)
  return facts !== undefined && !facts.hasUnknownDemand && authoritiesBelow <= facts.pathLength
}

const read = (certificate: Certificate) =>
  new X509Certificate(Buffer.from(certificate.toSchema().toBER(false)))

const parsed = (certificate: X509Certificate) => Certificate.fromBER(certificate.raw)

const kept = new WeakMap<readonly string[], X509Certificate[]>()

/** The roots in a service's settings, read once for as long as the settings live. */
export function rootsOf(texts: readonly string[] | undefined): X509Certificate[] {
  if (!texts) return []
  const known = kept.get(texts)
  if (known) return known
  const roots = texts.flatMap((text) => readCertificates(text))
  kept.set(texts, roots)
  return roots
}
