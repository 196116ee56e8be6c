/** Whether a certificate chains to one that is trusted, RFC 5280 §6.1. */
import type { X509Certificate } from 'node:crypto'
import { factsOf, isInTime, isSameCertificate, readCertificates } from './certificate.ts'

/** Longer chains do not occur, and more certificates than this are not looked at. */
const longestChain = 8
const signaturesChecked = 40

interface Search {
  known: readonly X509Certificate[]
  roots: readonly X509Certificate[]
  now: number
  signaturesLeft: number
}

/**
 * Looks for a path by the given certificates to a root. Each of the path is valid now, each issuer
 * is an authority that signed the one below, and nothing that has to be understood is not.
 */
export function chainsToRoot(
  certificate: X509Certificate,
  given: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  now: number,
): boolean {
  return reaches([certificate], {
    known: [...roots, ...given],
    roots,
    now,
    signaturesLeft: signaturesChecked,
  })
}

/** `path` begins with the certificate that is to be trusted. */
function reaches(path: readonly X509Certificate[], search: Search): boolean {
  const last = path.at(-1)
  if (!last || path.length > longestChain) return false
  if (!isInTime(last, search.now) || (factsOf(last)?.hasUnknownDemand ?? true)) return false
  if (search.roots.some((root) => isSameCertificate(root, last))) return true
  return search.known.some(
    (issuer) =>
      !path.some((each) => isSameCertificate(each, issuer)) &&
      mayHaveIssued(issuer, last, path.length - 1) &&
      hasSigned(issuer, last, search) &&
      reaches([...path, issuer], search),
  )
}

/** RFC 5280 §4.2.1.9: an authority, with no more of them below it than it allows. */
const mayHaveIssued = (issuer: X509Certificate, issued: X509Certificate, authorities: number) =>
  issued.checkIssued(issuer) && issuer.ca && authorities <= (factsOf(issuer)?.pathLength ?? -1)

function hasSigned(issuer: X509Certificate, issued: X509Certificate, search: Search): boolean {
  search.signaturesLeft -= 1
  if (search.signaturesLeft < 0) return false
  try {
    return issued.verify(issuer.publicKey)
  } catch {
    return false
  }
}

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
