/** How the wallet wants the response encrypted, OpenID4VCI §8.2 and §10. */
import type { JWK } from 'jose'
import { encryptWithKey } from '../../../jose/encrypt.ts'
import { importKey } from '../../../jose/key-set.ts'
import type { Client } from '../../../model/client/client.ts'
import type { ResponseEncryption } from '../../../model/credential/request.ts'
import { isStorable } from '../../../model/primitives.ts'
import type { Service } from '../../../model/service/service.ts'
import { defineRules, refuse } from '../../../refusal.ts'
import { responseEncryptionOf, type ResponseEncryption as Support } from '../encryption-support.ts'
import { readPublicKey } from '../public-key.ts'
import { isObject, type Members } from './content.ts'

const error = 'invalid_encryption_parameters'
const rules = defineRules('Credential response encryption', {
  required: {
    code: 'P125111',
    error,
    spec: 'OpenID4VCI §8.2',
    message: 'The response must be encrypted: credential_response_encryption is missing.',
    fix: 'Send `credential_response_encryption` with a public key, or do not require it.',
    settings: ['service.credentialIssuerMetadata', 'client.credentialResponseEncryptionRequired'],
  },
  plainRequest: {
    code: 'P125112',
    error,
    spec: 'OpenID4VCI §8.2',
    message: 'A request with credential_response_encryption must be encrypted.',
    fix: 'Encrypt the request, too: others could replace the key in it.',
  },
  unsupported: {
    code: 'P125113',
    error,
    spec: 'OpenID4VCI §12.2.4',
    message: 'The credential issuer does not support encrypted responses.',
    fix: 'Omit `credential_response_encryption`, or let the issuer support it.',
    settings: ['service.credentialIssuerMetadata'],
  },
  malformed: {
    code: 'P125114',
    error,
    spec: 'OpenID4VCI §8.2',
    message: 'credential_response_encryption must be an object with jwk and enc.',
    fix: 'Send `credential_response_encryption` with a `jwk` and an `enc`.',
  },
  algorithm: {
    code: 'P125115',
    error,
    spec: 'OpenID4VCI §10',
    message:
      'The alg of the jwk of credential_response_encryption is missing, or is not one that the credential issuer supports.',
    fix: 'Set `alg` of the `jwk` to one that the issuer metadata list.',
    settings: ['service.credentialIssuerMetadata'],
  },
  key: {
    code: 'P125116',
    error,
    spec: 'OpenID4VCI §10',
    message:
      'The jwk of credential_response_encryption is not a public key of a supported type and size that fits its alg.',
    fix: 'Send a public key with `use` enc or none, of the type and size that its `alg` needs.',
  },
  encoding: {
    code: 'P125117',
    error,
    spec: 'OpenID4VCI §8.2',
    message:
      'The enc of credential_response_encryption is not one that the credential issuer supports.',
    fix: 'Use an `enc` that the issuer metadata list, or add it there.',
    settings: ['service.credentialIssuerMetadata'],
  },
  compression: {
    code: 'P125118',
    error,
    spec: 'OpenID4VCI §8.2',
    message:
      'The zip of credential_response_encryption is not one that the credential issuer supports.',
    fix: 'Omit `zip`, or use DEF if the issuer metadata list it.',
    settings: ['service.credentialIssuerMetadata'],
  },
})

const longestKeyId = 500

/**
 * The encryption of the response; undefined if it is not encrypted. The key is tried, so that no
 * response fails because of it.
 */
export async function readResponseEncryption(
  service: Service,
  client: Pick<Client, 'credentialResponseEncryptionRequired'>,
  members: Members,
  isEncrypted: boolean,
): Promise<ResponseEncryption | undefined> {
  const { credential_response_encryption: given } = members
  const support = responseEncryptionOf(service)
  if (given === undefined) {
    if (support?.isRequired || client.credentialResponseEncryptionRequired) refuse(rules.required)
    return undefined
  }
  if (!support) refuse(rules.unsupported)
  if (!isEncrypted) refuse(rules.plainRequest)
  return checked(given, support)
}

async function checked(
  given: unknown,
  { algorithms, encodings, compressions }: Support,
): Promise<ResponseEncryption> {
  if (!isObject(given) || !isObject(given['jwk'])) refuse(rules.malformed)
  const { jwk, enc, zip } = given as { jwk: JWK; enc: unknown; zip: unknown }
  const alg = String(jwk.alg)
  if (!algorithms.includes(alg)) refuse(rules.algorithm)
  if (typeof enc !== 'string' || !encodings.includes(enc)) refuse(rules.encoding)
  if (zip !== undefined && !(zip === 'DEF' && compressions.includes(zip))) refuse(rules.compression)
  const key = await usableKey(jwk, { alg, enc })
  return { jwk: { ...key }, enc, ...(zip === undefined ? {} : { zip: 'DEF' as const }) }
}

/** The key with its `alg` and `kid`; refuses a key that cannot encrypt. */
async function usableKey(jwk: JWK, encryption: { alg: string; enc: string }): Promise<JWK> {
  const { alg } = encryption
  const { kid } = jwk as { kid: unknown }
  const key = readPublicKey(jwk, 'encryption') ?? refuse(rules.key)
  const isNamed = typeof kid === 'string' && kid.length <= longestKeyId && isStorable(kid)
  if (kid !== undefined && !isNamed) refuse(rules.key, 'kid')
  if (alg.startsWith('RSA') !== (key.kty === 'RSA')) refuse(rules.key, alg)
  if (jwk.use !== undefined && jwk.use !== 'enc') refuse(rules.key, 'use')
  try {
    await encryptWithKey('', encryption, await importKey(key, alg), {})
  } catch {
    refuse(rules.key, alg)
  }
  return { ...key, alg, ...(isNamed ? { kid } : {}) }
}
