/** Encryption of responses for clients that registered it, OIDC Core §10.2. */

import { keysOfClient } from '../clients/keys.ts'
import { withFreshKeys } from '../clients/signature.ts'
import type { ServiceContext } from '../context.ts'
import {
  encryptWithKey,
  encryptWithOneOf,
  isSymmetricEncryption,
  type NestedHeader,
  secretKey,
} from '../jose/encrypt.ts'
import { jweAlgorithm, jweEncoding } from '../jose/encryption-algorithm.ts'
import { headerOf } from '../jose/verify.ts'
import type { Client } from '../model/client/client.ts'
import { signingSecret } from '../oauth/client-authentication/secret.ts'
import {
  clientEncryptionKeys,
  encryptionFor,
  encryptsOutgoing,
  type Purpose,
} from '../oauth/encryption/settings.ts'
import {
  algorithmByKey,
  type EncryptedValue,
  encryptedAmong,
  valueEncryption,
} from '../oauth/encryption/values.ts'
import { defineRules, refuse } from '../refusal.ts'

const rules = defineRules('Encryption', {
  keyMissing: {
    code: 'P015001',
    error: 'server_error',
    spec: 'OIDC Core §10.2',
    message: 'The client has no key for the encryption that it registered.',
    fix: 'Add a public encryption key for the registered algorithm to the key set of the client, or register no encryption.',
    settings: [
      'client.jwks',
      'client.jwksUri',
      'client.idTokenEncryptionAlg',
      'client.userInfoEncryptionAlg',
      'client.authorizationEncryptionAlg',
      'service.ext.encrypt_out',
    ],
  },
  valueKeyMissing: {
    code: 'P102001',
    error: 'server_error',
    spec: 'RFC 7516 §5.1',
    message: 'The client has no key for the encryption of its codes or tokens.',
    fix: 'Add a public encryption key to the key set of the client, or let its codes and tokens be plain.',
    settings: [
      'client.jwks',
      'client.jwksUri',
      'client.ext.encrypt.code',
      'client.ext.encrypt.access_token',
      'client.ext.encrypt.refresh_token',
      'client.ext.encrypt.alg',
      'client.ext.enc.kid',
    ],
  },
  secretHashed: {
    code: 'P100005',
    error: 'server_error',
    spec: 'OIDC Core §10.2',
    message:
      'The client secret cannot encrypt, because only its hash is stored: register an asymmetric algorithm.',
    fix: 'Register an asymmetric encryption algorithm such as ECDH-ES, or store secrets encrypted and set a new one.',
    settings: [
      'client.idTokenEncryptionAlg',
      'client.userInfoEncryptionAlg',
      'client.authorizationEncryptionAlg',
      'service.ext.client_secret.storage',
    ],
  },
})

type EncryptionContext = Pick<ServiceContext, 'keySets' | 'service' | 'now'>

/**
 * Encrypts by the client's metadata for a purpose; returns the text unchanged if it has none, or if
 * the service does not encrypt.
 */
export async function encryptFor(
  context: EncryptionContext,
  client: Client,
  purpose: Purpose,
  text: string,
  header: NestedHeader = {},
): Promise<string> {
  const registered = encryptionFor(context.service, client, purpose)
  if (!registered) return text
  const alg = jweAlgorithm(registered)
  const encryption = { alg, enc: jweEncoding(client[`${purpose}EncryptionEnc`]) }
  const encrypted = await encryptForClient(context, client, encryption, text, header)
  return encrypted ?? refuse(rules.keyMissing, alg)
}

type Values = Partial<Record<EncryptedValue, string | undefined>>

/** Those of the values that the client gets encrypted, each in a JWE. */
export async function encryptedValues(
  context: EncryptionContext,
  client: Client,
  { code, accessToken, refreshToken }: Values,
): Promise<Partial<Record<EncryptedValue, string>>> {
  const values = { code, accessToken, refreshToken }
  const names = encryptedAmong(client, values)
  if (names.length === 0 || !encryptsOutgoing(context.service)) return {}
  const encryption = valueEncryption(client)
  const encrypted: Partial<Record<EncryptedValue, string>> = {}
  for (const name of names) {
    const value = values[name] ?? ''
    const header = headerOf(value) ? { cty: 'JWT' as const } : {}
    const jwe = await encryptForClient(context, client, encryption, value, header)
    encrypted[name] = jwe ?? refuse(rules.valueKeyMissing, encryption.alg)
  }
  return encrypted
}

/** A JWE for a client; undefined if it has no usable key. */
async function encryptForClient(
  context: EncryptionContext,
  client: Client,
  { alg, enc }: { alg: string | undefined; enc: string },
  text: string,
  header: NestedHeader,
): Promise<string | undefined> {
  if (alg && isSymmetricEncryption(alg)) {
    const secret = signingSecret(context.service, client)
    const isHashed = client.secretState?.hash !== undefined || Boolean(client.clientSecret)
    if (!secret && isHashed) refuse(rules.secretHashed, alg)
    const encryption = { alg, enc }
    return secret
      ? encryptWithKey(text, encryption, secretKey(secret, encryption), header)
      : undefined
  }
  return withFreshKeys(
    (newerThan) => keysOfClient(context, client, newerThan),
    async (set) => {
      const chosen = alg ?? algorithmByKey(client, set)
      if (chosen === undefined) return undefined
      const keys = clientEncryptionKeys(client, set, chosen)
      return encryptWithOneOf(text, { alg: chosen, enc }, keys, set, header)
    },
    (outcome) => outcome === undefined,
  )
}
