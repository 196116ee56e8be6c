/** Whether a certificate chains to one that is trusted, RFC 5280 §6.1, by the library for it. */
import { X509Certificate } from 'node:crypto'
import { Certificate, CertificateChainValidationEngine } from 'pkijs'
import { factsOf, isSameCertificate, readCertificates } from './certificate.ts'

/** More certificates than this do not come with one, and are not looked at. */
const longestChain = 8
/** Certificates can certify each other in circles: both are limits of the search for a path. */
const signaturesTried = 24
const pathsTried = 3
/** Verifying by a longer RSA key takes milliseconds. */
const longestModulus = 8_192

type Path = readonly X509Certificate[]

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
  let tried = 0
  try {
    const all = [certificate, ...given]
    const ends = roots.filter((root) => all.some((each) => mayEndAt(each, root)))
    for (const path of pathsFrom([certificate], given, ends, { left: signaturesTried })) {
      if (await isValid(path, now)) return true
      tried += 1
      if (tried === pathsTried) break
    }
  } catch {
    // What cannot be read or verified leads nowhere.
  }
  return false
}

const mayEndAt = (certificate: X509Certificate, root: X509Certificate): boolean =>
  isSameCertificate(certificate, root) || certificate.checkIssued(root)

/** Paths to a root by names and signatures, on which no authority stands twice. */
function* pathsFrom(
  below: Path,
  given: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  signatures: { left: number },
): Generator<Path> {
  const last = below.at(-1)
  if (!last) return
  for (const root of roots) {
    if (isSameCertificate(last, root)) yield below
    else if (isSignedBy(last, root, signatures)) yield [...below, root]
  }
  for (const next of given) {
    const isNew = !below.some((each) => isSameAuthority(each, next))
    if (isNew && isSignedBy(last, next, signatures)) {
      yield* pathsFrom([...below, next], given, roots, signatures)
    }
  }
}

const isSameAuthority = (one: X509Certificate, other: X509Certificate): boolean =>
  one.subject === other.subject && one.publicKey.equals(other.publicKey)

function isSignedBy(
  certificate: X509Certificate,
  issuer: X509Certificate,
  signatures: { left: number },
): boolean {
  if (!certificate.checkIssued(issuer) || signatures.left === 0) return false
  const { modulusLength = 0 } = issuer.publicKey.asymmetricKeyDetails ?? {}
  if (modulusLength > longestModulus) return false
  signatures.left -= 1
  return certificate.verify(issuer.publicKey)
}

/** RFC 5280 §6.1. The library is given one path and no choice: it would search circles for ever. */
async function isValid(path: Path, now: number): Promise<boolean> {
  const engine = new CertificateChainValidationEngine({
    trustedCerts: path.slice(-1).map(parsed),
    certs: (path.length > 1 ? path.slice(0, -1) : path).toReversed().map(parsed),
    checkDate: new Date(now),
  })
  const { result, certificatePath = [] } = await engine.verify()
  return result && [...path.slice(0, 1), ...certificatePath.slice(1).map(read)].every(isUnderstood)
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
