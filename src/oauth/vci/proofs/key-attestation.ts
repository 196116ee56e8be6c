/** Key attestations, OpenID4VCI §D.1: who attests which keys, and how well they are kept. */
import type { X509Certificate } from 'node:crypto'
import type { JWK } from 'jose'
import { includesAlgorithm } from '../../../jose/key-set.ts'
import { asymmetricAlgorithms } from '../../../jose/signature-algorithm.ts'
import { headerOf, type Unverified, type Verified, verifyWithKey } from '../../../jose/verify.ts'
import type { Service } from '../../../model/service/service.ts'
import { defineRules, refuse } from '../../../refusal.ts'
import { isSameCertificate, readCertificate } from '../../../x509/certificate.ts'
import { chainsToRoot, rootsOf } from '../../../x509/chain.ts'
import type { ProofType } from '../configuration.ts'
import { nameOfKey, readPublicKey } from '../public-key.ts'
import { isObject, type Members } from '../request/content.ts'

const error = 'invalid_proof'
const rules = defineRules('Key attestation', {
  malformed: {
    code: 'P127001',
    error,
    spec: 'OpenID4VCI §D.1',
    message: 'The key attestation is not a JWT of at most 32 KB with the typ key-attestation+jwt.',
    fix: 'Send a key attestation in compact form with `typ` `key-attestation+jwt`, at most 32 KB long.',
  },
  algorithm: {
    code: 'P127002',
    error,
    spec: 'OpenID4VCI §F.1',
    message:
      'The alg of the key attestation is not one that the credential configuration supports.',
    fix: 'Sign the key attestation with an `alg` of `proof_signing_alg_values_supported` of the configuration.',
    settings: ['service.credentialIssuerMetadata'],
  },
  certificates: {
    code: 'P127003',
    error,
    spec: 'RFC 7515 §4.1.6',
    message:
      'The x5c of the key attestation must have one to five certificates in base64, with keys of a supported size.',
    fix: 'Send 1 to 5 certificates in `x5c`, each as base64 of DER, with RSA or EC keys of usual size.',
  },
  certificatesMissing: {
    code: 'P127004',
    error,
    spec: 'HAIP §4.5.1',
    message: 'The key attestation must have x5c.',
    fix: 'Let the wallet provider put its certificates into `x5c`.',
    settings: ['service.haipVersion', 'service.keyAttesterRootsOnly'],
  },
  untrusted: {
    code: 'P127005',
    error,
    spec: 'OpenID4VCI §D.1',
    message: 'The x5c of the key attestation does not chain to a trusted key attester.',
    fix: 'Add the root certificate of the wallet provider to the key attesters of the service.',
    settings: ['service.keyAttesterRoots', 'service.keyAttesterRootsEnabled'],
  },
  anchorIncluded: {
    code: 'P127006',
    error,
    spec: 'HAIP §4.5.1',
    message:
      'The x5c of the key attestation must not have the trust anchor or begin with a self-signed certificate.',
    fix: 'Leave the trust anchor and self-signed certificates out of `x5c`.',
    settings: ['service.haipVersion'],
  },
  signature: {
    code: 'P127007',
    error,
    spec: 'OpenID4VCI §D.1',
    message: 'The signature of the key attestation is not valid, or is by an unknown key.',
    fix: 'Register the key of the wallet provider for the client, or sign with the key of the first certificate in `x5c`.',
    settings: ['client.jwks', 'client.jwksUri', 'service.keyAttesterRootsEnabled'],
  },
  issuedAt: {
    code: 'P127008',
    error,
    spec: 'OpenID4VCI §D.1',
    message: 'The iat of the key attestation is missing, or is in the future.',
    fix: 'Set `iat` of the key attestation to the time of its issue, and check the clock of the wallet provider.',
    settings: ['service.allowableClockSkew'],
  },
  expiryMissing: {
    code: 'P127009',
    error,
    spec: 'OpenID4VCI §D.1',
    message: 'The exp of the key attestation is missing, which the proof type jwt requires.',
    fix: 'Add `exp` to the key attestation.',
  },
  expired: {
    code: 'P127010',
    error,
    spec: 'OpenID4VCI §D.1',
    message: 'The key attestation has expired.',
    fix: 'Get a new key attestation.',
    settings: ['service.allowableClockSkew'],
  },
  noKeys: {
    code: 'P127011',
    error,
    spec: 'OpenID4VCI §D.1',
    message: 'The key attestation must have a non-empty array of attested_keys.',
    fix: 'Put the public keys into `attested_keys`, as a non-empty array of JWKs.',
  },
  tooManyKeys: {
    code: 'P127012',
    error,
    spec: 'OpenID4VCI §12.2.4',
    message: 'The key attestation has more keys than the batch size of the credential issuer.',
    fix: 'Send fewer keys, or raise the batch size of the issuer.',
    settings: ['service.credentialIssuerMetadata'],
  },
  key: {
    code: 'P127013',
    error,
    spec: 'OpenID4VCI §D.1',
    message: 'An attested key is not a public key of a supported type and size.',
    fix: 'Put only public EC, OKP or RSA keys of usual size into `attested_keys`.',
  },
  storage: {
    code: 'P127014',
    error,
    spec: 'OpenID4VCI §12.2.4',
    message: 'The key_storage of the key attestation is not one that the credential requires.',
    fix: 'Use a key storage that the configuration accepts, or accept more there.',
    settings: ['service.credentialIssuerMetadata'],
  },
  userAuthentication: {
    code: 'P127015',
    error,
    spec: 'OpenID4VCI §12.2.4',
    message:
      'The user_authentication of the key attestation is not one that the credential requires.',
    fix: 'Use a user authentication that the configuration accepts, or accept more there.',
    settings: ['service.credentialIssuerMetadata'],
  },
})

const attestationType = 'key-attestation+jwt'
const longestChain = 5
/** Verifying by a longer key, or by a larger exponent, takes milliseconds. */
const longestModulus = 4_096
const largestExponent = 2 ** 32

export interface KeyAttestation {
  keys: readonly JWK[]
  /** What tells the keys from others. */
  names: ReadonlySet<string>
  /** The `kid` of each key, if it has one. */
  keyIds: readonly unknown[]
  nonce: unknown
  /** For the caller, which may know more of attesters. */
  about: Members
}

/**
 * The `x5c` of an attestation that must chain to the attester roots of the service; undefined if it
 * must be signed with a key that the client registered.
 */
export function keyAttesterChain(
  jwt: string,
  type: ProofType,
  service: Service,
  strict: boolean,
): unknown[] | undefined {
  const header = headerOf(jwt)
  if (header?.['typ'] !== attestationType) refuse(rules.malformed)
  const { alg, x5c } = header
  const isListed = typeof alg === 'string' && includesAlgorithm(type.algorithms, alg)
  if (!isListed || !includesAlgorithm(asymmetricAlgorithms, alg)) refuse(rules.algorithm)
  const { keyAttesterRootsEnabled, keyAttesterRootsOnly } = service
  const isChained = strict || keyAttesterRootsEnabled || keyAttesterRootsOnly
  if (Array.isArray(x5c) && isChained) return x5c
  if (strict || keyAttesterRootsOnly) refuse(rules.certificatesMissing)
  return undefined
}

/** RFC 7515 §4.1.6: verifies with the first certificate, which must chain to a root. */
export async function verifyAttestationByChain(
  jwt: string,
  x5c: readonly unknown[],
  service: Service,
  { strict, now }: { strict: boolean; now: number },
): Promise<Verified | Unverified> {
  const [leaf, ...others] = readChain(x5c)
  if (!leaf) refuse(rules.certificates)
  const roots = rootsOf(service.keyAttesterRoots)
  const isAnchor = (each: X509Certificate) => roots.some((root) => isSameCertificate(each, root))
  if (strict && (leaf.checkIssued(leaf) || [leaf, ...others].some(isAnchor))) {
    refuse(rules.anchorIncluded)
  }
  if (!(await chainsToRoot(leaf, others, roots, now))) refuse(rules.untrusted)
  const key = readPublicKey(jwkOf(leaf), 'signature')
  return key ? verifyWithKey(jwt, key, asymmetricAlgorithms) : { failure: 'key' }
}

/** Undefined if the type of the key is not supported. */
function jwkOf({ publicKey }: X509Certificate): unknown {
  try {
    return publicKey.export({ format: 'jwk' })
  } catch {
    return undefined
  }
}

function readChain(x5c: readonly unknown[]): X509Certificate[] {
  if (x5c.length > longestChain) refuse(rules.certificates)
  return x5c.map((text) => {
    const certificate = typeof text === 'string' ? readCertificate(text) : undefined
    return certificate && hasFitKey(certificate) ? certificate : refuse(rules.certificates)
  })
}

function hasFitKey(certificate: X509Certificate): boolean {
  try {
    const { asymmetricKeyDetails } = certificate.publicKey
    const { modulusLength = 0, publicExponent = 0 } = asymmetricKeyDetails ?? {}
    return modulusLength <= longestModulus && publicExponent <= largestExponent
  } catch {
    return false
  }
}

/** OpenID4VCI §D.1: all claims but the nonce, which is returned. */
export function readKeyAttestation(
  verified: Verified | Unverified,
  type: ProofType,
  limits: { batchSize: number; needsExpiry: boolean; skew: number; now: number },
): KeyAttestation {
  if ('failure' in verified) refuse(rules.signature, verified.failure)
  const { claims } = verified
  requireTimes(claims, limits)
  requireResistance(claims, type)
  const { attested_keys: given, nonce } = claims
  if (!Array.isArray(given) || given.length === 0) refuse(rules.noKeys)
  if (given.length > limits.batchSize) refuse(rules.tooManyKeys, `${given.length}`)
  const keys = given.map((each) => readPublicKey(each, 'signature') ?? refuse(rules.key))
  const keyIds = given.map((each: unknown) => (isObject(each) ? each['kid'] : undefined))
  const names = new Set(keys.map(nameOfKey))
  return { keys, names, keyIds, nonce, about: aboutOf(claims) }
}

function requireTimes(
  { iat, exp }: Members,
  { needsExpiry, skew, now }: { needsExpiry: boolean; skew: number; now: number },
): void {
  const seconds = now / 1000
  if (typeof iat !== 'number' || !(iat <= seconds + skew)) refuse(rules.issuedAt)
  if (exp === undefined && needsExpiry) refuse(rules.expiryMissing)
  if (exp !== undefined && !(typeof exp === 'number' && exp + skew > seconds)) refuse(rules.expired)
}

/** Each list of the configuration must have one of the values of the attestation. */
function requireResistance(
  { key_storage: storage, user_authentication: authentication }: Members,
  { attestation }: ProofType,
): void {
  const { keyStorage = [], userAuthentication = [] } = attestation ?? {}
  if (!sharesValue(keyStorage, storage)) refuse(rules.storage)
  if (!sharesValue(userAuthentication, authentication)) refuse(rules.userAuthentication)
}

const sharesValue = (accepted: readonly string[], stated: unknown): boolean =>
  accepted.length === 0 ||
  (Array.isArray(stated) && stated.some((each) => accepted.includes(String(each))))

const aboutNames = ['iss', 'key_storage', 'user_authentication', 'certification', 'status']

const aboutOf = (claims: Members): Members =>
  Object.fromEntries(
    aboutNames.filter((name) => name in claims).map((name) => [name, claims[name]]),
  )
