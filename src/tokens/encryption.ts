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
import type { Client } from '../model/client/client.ts'
import { clientEncryptionKeys, encryptionFor, type Purpose } from '../oauth/encryption/settings.ts'
import { defineRules, refuse } from '../refusal.ts'

const rules = defineRules('Encryption', {
  keyMissing: {
    code: 'P015001',
    error: 'server_error',
    spec: 'OIDC Core §10.2',
    message: 'The client has no key for the encryption that it registered.',
  },
})

/**
 * Encrypts by the client's metadata for a purpose; returns the text unchanged if it has none, or if
 * the service does not encrypt.
 */
export async function encryptFor(
  context: Pick<ServiceContext, 'keySets' | 'service' | 'now'>,
  client: Client,
  purpose: Purpose,
  text: string,
  header: NestedHeader = {},
): Promise<string> {
  const registered = encryptionFor(context.service, client, purpose)
  if (!registered) return text
  const alg = jweAlgorithm(registered)
  const encryption = { alg, enc: jweEncoding(client[`${purpose}EncryptionEnc`]) }
  if (isSymmetricEncryption(alg)) {
    if (!client.clientSecret) refuse(rules.keyMissing, alg)
    return encryptWithKey(text, encryption, secretKey(client.clientSecret, encryption), header)
  }
  const encrypted = await withFreshKeys(
    (newerThan) => keysOfClient(context, client, newerThan),
    (set) => {
      const keys = clientEncryptionKeys(client, set, alg)
      return encryptWithOneOf(text, encryption, keys, set, header)
    },
    (outcome) => outcome === undefined,
  )
  return encrypted ?? refuse(rules.keyMissing, alg)
}
