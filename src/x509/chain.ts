/** Certification path validation, RFC 5280 §6.1. */
import { X509Certificate } from 'node:crypto'
import type { Certificate } from 'pkijs'
import { factsOf, isSameCertificate, readCertificates } from './certificate.ts'

/** The limit of intermediate certificates in a request. */
const longestChain = 8
/** Limits of the search for a path, because certificates can certify each other in circles. */
const signaturesTried = 24
const pathsTried = 3
/** Verifying by a longer RSA key, or by a larger public exponent, takes milliseconds. */
const longestModulus = 8_192
const largestExponent = 2 ** 32

type Path = readonly X509Certificate[]

/**
 * Whether a valid path leads from the certificate over the given ones to a root at the time `now`
 * (milliseconds).
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
    // A certificate that cannot be parsed or verified ends the search.
  }
  return false
}

const mayEndAt = (certificate: X509Certificate, root: X509Certificate): boolean =>
  isSameCertificate(certificate, root) || certificate.checkIssued(root)

/** Paths to a root by names and signatures, in which no authority occurs twice. */
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

/** Whether the issuer signed the certificate; false if no signature is left to try. */
export function isSignedBy(
  certificate: X509Certificate,
  issuer: X509Certificate,
  signatures: { left: number },
): boolean {
  if (!certificate.checkIssued(issuer) || signatures.left === 0) return false
  const { modulusLength = 0, publicExponent = 0 } = issuer.publicKey.asymmetricKeyDetails ?? {}
  if (modulusLength > longestModulus || publicExponent > largestExponent) return false
  signatures.left -= 1
  return certificate.verify(issuer.publicKey)
}

/**
 * RFC 5280 §6.1. The library gets a single path, because it would never leave a circle. Few
 * services verify chains, so it is loaded when it is needed first.
 */
async function isValid(path: Path, now: number): Promise<boolean> {
  const { Certificate, CertificateChainValidationEngine } = await import('pkijs')
  const parsed = (certificate: X509Certificate) => Certificate.fromBER(certificate.raw)
  const engine = new CertificateChainValidationEngine({
    trustedCerts: path.slice(-1).map(parsed),
    certs: (path.length > 1 ? path.slice(0, -1) : path).toReversed().map(parsed),
    checkDate: new Date(now),
  })
  const { result, certificatePath = [] } = await engine.verify()
  return result && [...path.slice(0, 1), ...certificatePath.slice(1).map(read)].every(isUnderstood)
}

/**
 * Checks that the library lacks: unknown critical extensions and the path length (RFC 5280 §4.2,
 * §4.2.1.9). Position 0 is the client certificate.
 */
function isUnderstood(certificate: X509Certificate, position: number): boolean {
  const facts = factsOf(certificate)
  const authoritiesBelow = Math.max(position - 1, 0)
  return facts !== undefined && !facts.hasUnknownCritical && authoritiesBelow <= facts.pathLength
}

const read = (certificate: Certificate) =>
  new X509Certificate(Buffer.from(certificate.toSchema().toBER(false)))

const cache = new WeakMap<readonly string[], X509Certificate[]>()

/** The root certificates in the settings of a service, cached by the list of texts. */
export function rootsOf(texts: readonly string[] | undefined): X509Certificate[] {
  if (!texts) return []
  const known = cache.get(texts)
  if (known) return known
  const roots = texts.flatMap((text) => readCertificates(text))
  cache.set(texts, roots)
  return roots
}
