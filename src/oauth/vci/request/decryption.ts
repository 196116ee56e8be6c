/** Encrypted requests for credentials, OpenID4VCI §10. */
import type { JWK } from 'jose'
import { decryptWithKey, encryptionHeaderOf } from '../../../jose/decrypt.ts'
import { encryptionKeys } from '../../../jose/encrypt.ts'
import type { KeySet } from '../../../jose/key-set.ts'
import type { Service } from '../../../model/service/service.ts'
import { defineRules, refuse } from '../../../refusal.ts'
import { type RequestEncryption, requestEncryptionOf } from '../encryption-support.ts'
import { requireShort } from './content.ts'

const error = 'invalid_encryption_parameters'
const rules = defineRules('Credential request encryption', {
  required: {
    code: 'P125101',
    error,
    spec: 'OpenID4VCI §10',
    message: 'The credential issuer requires encrypted requests.',
    fix: 'Encrypt the request to a key of `credential_request_encryption` in the metadata of the issuer.',
    settings: ['service.credentialIssuerMetadata'],
  },
  unsupported: {
    code: 'P125102',
    error,
    spec: 'OpenID4VCI §10',
    message: 'The credential issuer does not support encrypted requests.',
    fix: 'Send the request as plain JSON, or let the issuer support encrypted requests.',
    settings: ['service.credentialIssuerMetadata'],
  },
  malformed: {
    code: 'P125103',
    error,
    spec: 'OpenID4VCI §10',
    message: 'The encrypted request is not a well-formed compact JWE.',
    fix: 'Send the encrypted request as a JWE in compact form.',
  },
  unknownKey: {
    code: 'P125104',
    error,
    spec: 'OpenID4VCI §10',
    message:
      'The kid and alg of the encrypted request do not name a key in the metadata of the credential issuer.',
    fix: 'Name a current key of the issuer metadata by `kid` and `alg`.',
    settings: ['service.credentialIssuerMetadata'],
  },
  encoding: {
    code: 'P125105',
    error,
    spec: 'OpenID4VCI §12.2.4',
    message: 'The enc of the encrypted request is not one that the credential issuer supports.',
    fix: 'Use an `enc` that the issuer metadata list, or add it there.',
    settings: ['service.credentialIssuerMetadata'],
  },
  compression: {
    code: 'P125106',
    error,
    spec: 'OpenID4VCI §12.2.4',
    message: 'The zip of the encrypted request is not one that the credential issuer supports.',
    fix: 'Omit `zip`, or use one that the issuer metadata list.',
    settings: ['service.credentialIssuerMetadata'],
  },
  undecryptable: {
    code: 'P125107',
    error,
    spec: 'OpenID4VCI §10',
    message: 'The request cannot be decrypted, or is longer than 256 KB when it is inflated.',
    fix: 'Encrypt to a current key of the issuer metadata, at most 256 KB before compression.',
    settings: ['service.credentialIssuerMetadata'],
  },
})

const longestInflated = 256 * 1024

export interface PlainRequest {
  text: string
  /** Whether it came encrypted, so that its parameters cannot have been replaced on the way. */
  isEncrypted: boolean
}

/** The text of a request; a JWE is decrypted with the key that its header names. */
export async function plainRequest(service: Service, content: string): Promise<PlainRequest> {
  const text = requireShort(content).trim()
  const support = requestEncryptionOf(service)
  if (!isJwe(text)) {
    if (support?.isRequired) refuse(rules.required)
    return { text, isEncrypted: false }
  }
  return { text: await decrypted(text, support ?? refuse(rules.unsupported)), isEncrypted: true }
}

const isJwe = (text: string): boolean =>
  !text.startsWith('{') && /^[^.]*\.[^.]*\.[^.]*\.[^.]*\.[^.]*$/.test(text)

async function decrypted(
  jwe: string,
  { keys: set, encodings, compressions }: RequestEncryption,
): Promise<string> {
  const header = encryptionHeaderOf(jwe, Number.POSITIVE_INFINITY) ?? refuse(rules.malformed)
  const { alg, enc, zip } = header
  const key = namedKey(set, header) ?? refuse(rules.unknownKey)
  if (typeof enc !== 'string' || !encodings.includes(enc)) refuse(rules.encoding)
  if (zip !== undefined && !compressions.includes(String(zip))) refuse(rules.compression)
  const names = { alg: String(alg), enc }
  const text = await decryptWithKey(jwe, set, key, names, zip === undefined ? 0 : longestInflated)
  return text ?? refuse(rules.undecryptable)
}

/** OpenID4VCI §10: `alg` is that of the key, and `kid`, too, if it has one. */
function namedKey(set: KeySet, { alg, kid }: Record<string, unknown>): JWK | undefined {
  if (!/^(RSA-OAEP|ECDH-ES)/.test(String(alg))) return undefined
  const keys = set.keys.filter((key) => key.d !== undefined && key.kid === kid)
  return encryptionKeys({ keys }, String(alg), 'decrypt')[0]
}
