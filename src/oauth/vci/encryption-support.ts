/** Which encryption of credential requests and responses an issuer supports: OpenID4VCI §10. */
import type { JWK } from 'jose'
import { isSymmetricEncryption } from '../../jose/encrypt.ts'
import {
  contentEncryptions,
  encryptionAlgorithms,
  jweAlgorithm,
  jweEncoding,
} from '../../jose/encryption-algorithm.ts'
import { type KeySet, keySetOf, permits } from '../../jose/key-set.ts'
import type { JweAlg, JweEnc } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'

interface Support {
  /** Content encryption algorithms, RFC 7518 §5.1. */
  readonly encodings: readonly string[]
  /** Compression algorithms, RFC 7518 §7.3; empty if none is supported. */
  readonly compressions: readonly string[]
  readonly isRequired: boolean
}

export interface RequestEncryption extends Support {
  /** The private keys, each with kid and alg. */
  readonly keys: KeySet
}

export interface ResponseEncryption extends Support {
  /** Key management algorithms, RFC 7518 §4.1. */
  readonly algorithms: readonly string[]
}

interface Known {
  request?: RequestEncryption | undefined
  response?: ResponseEncryption | undefined
}

/** Kept for as long as the document of the service lives. */
const known = new WeakMap<Service, Known>()

function supportOf(service: Service): Known {
  const kept = known.get(service)
  if (kept) return kept
  const support = { request: readRequests(service), response: readResponses(service) }
  known.set(service, support)
  return support
}

/** How wallets can encrypt credential requests; undefined if they cannot. */
export const requestEncryptionOf = (service: Service): RequestEncryption | undefined =>
  supportOf(service).request

/** How credential responses can be encrypted; undefined if they cannot. */
export const responseEncryptionOf = (service: Service): ResponseEncryption | undefined =>
  supportOf(service).response

function readRequests(service: Service): RequestEncryption | undefined {
  const metadata = service.credentialIssuerMetadata
  if (!metadata?.credentialRequestEncryptionJwks) return undefined
  const {
    credentialRequestEncryptionJwks: text,
    credentialRequestEncryptionEncValuesSupported: encodings,
    credentialRequestEncryptionZipValuesSupported: compressions,
    requireCredentialRequestEncryption: isRequired,
  } = metadata
  const keys = keySetOf(service, text)
  const support = {
    keys,
    encodings: wireEncodings(encodings),
    compressions: compressions ?? [],
    isRequired,
  }
  return keys.keys.some(isRequestKey) && support.encodings.length > 0 ? support : undefined
}

function readResponses({ credentialIssuerMetadata }: Service): ResponseEncryption | undefined {
  if (!credentialIssuerMetadata) return undefined
  const {
    credentialResponseEncryptionAlgValuesSupported: names = [],
    credentialResponseEncryptionEncValuesSupported: encodings,
    credentialResponseEncryptionZipValuesSupported: compressions,
    requireCredentialResponseEncryption: isRequired,
  } = credentialIssuerMetadata
  const algorithms = names.map(wireAlgorithm).filter(isResponseAlgorithm)
  const support = {
    algorithms,
    encodings: wireEncodings(encodings),
    compressions: compressions ?? [],
    isRequired,
  }
  return algorithms.length > 0 && support.encodings.length > 0 ? support : undefined
}

/** Lists have names of this API (`RSA_OAEP_256`), or those of JOSE (`RSA-OAEP-256`). */
export const wireAlgorithm = (name: string): string =>
  encryptionAlgorithms.includes(name) ? name : jweAlgorithm(name as JweAlg)

export const wireEncoding = (name: string): string =>
  contentEncryptions.includes(name) ? name : jweEncoding(name as JweEnc)

const wireEncodings = (names: readonly string[] | undefined): string[] =>
  (names ?? []).map(wireEncoding).filter((name) => contentEncryptions.includes(name))

/** The wallet has a public key only. */
export const isResponseAlgorithm = (alg: string): boolean =>
  encryptionAlgorithms.includes(alg) && !isSymmetricEncryption(alg)

/** Whether wallets can encrypt requests with the public half: OpenID4VCI §12.2.4. */
export const isRequestKey = (key: JWK): boolean =>
  typeof key.kid === 'string' &&
  isResponseAlgorithm(key.alg ?? '') &&
  key.kty !== 'oct' &&
  permits(key, 'decrypt')
