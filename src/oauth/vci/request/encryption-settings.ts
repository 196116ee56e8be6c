/** Encryption of requests and responses by the metadata of the issuer, OpenID4VCI §12.2.4. */
import { jweAlgorithm, jweEncoding } from '../../../jose/encryption-algorithm.ts'
import type { JweAlg, JweEnc } from '../../../model/enums.ts'
import type { Service } from '../../../model/service/service.ts'

/** Names in JOSE; official clients send the names of their enumerations, `RSA_OAEP_256`. */
const algorithmsOf = (names: readonly string[] = []): string[] =>
  names.map((name) => jweAlgorithm(name as JweAlg))
const encodingsOf = (names: readonly string[] = []): string[] =>
  names.map((name) => jweEncoding(name as JweEnc))

export interface RequestEncryption {
  /** The private keys, as the text of a key set. */
  jwks: string | undefined
  encodings: readonly string[]
  compressions: readonly string[]
  isRequired: boolean
}

export function requestEncryptionOf({
  credentialIssuerMetadata: metadata,
}: Service): RequestEncryption {
  return {
    jwks: metadata?.credentialRequestEncryptionJwks,
    encodings: encodingsOf(metadata?.credentialRequestEncryptionEncValuesSupported),
    compressions: metadata?.credentialRequestEncryptionZipValuesSupported ?? [],
    isRequired: metadata?.requireCredentialRequestEncryption ?? false,
  }
}

export interface ResponseEncryptionOffer {
  algorithms: readonly string[]
  encodings: readonly string[]
  compressions: readonly string[]
  isRequired: boolean
}

export function responseEncryptionOf({
  credentialIssuerMetadata: metadata,
}: Service): ResponseEncryptionOffer {
  return {
    algorithms: algorithmsOf(metadata?.credentialResponseEncryptionAlgValuesSupported),
    encodings: encodingsOf(metadata?.credentialResponseEncryptionEncValuesSupported),
    compressions: metadata?.credentialResponseEncryptionZipValuesSupported ?? [],
    isRequired: metadata?.requireCredentialResponseEncryption ?? false,
  }
}
