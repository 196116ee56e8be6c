/** Whether and how responses to clients are encrypted, OIDC Core §10.2. */
import type { JWK } from 'jose'
import { encryptionKeys } from '../../jose/encrypt.ts'
import type { KeySet } from '../../jose/key-set.ts'
import type { Client } from '../../model/client/client.ts'
import type { JweAlg } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { defineAttribute, flag } from '../attribute.ts'

export const outgoingEncryption = defineAttribute({
  name: 'ext.encrypt_out',
  of: 'service',
  form: flag,
  fallback: true,
  effect:
    'With `false`, nothing that goes out is encrypted for clients or resource servers: ID Tokens, ' +
    'Logout Tokens, UserInfo, JWT-secured authorization responses, introspection responses, codes ' +
    'and tokens. Responses are signed only, also for clients that registered encryption.',
  spec: 'OIDC Core §10.2',
})

/** Whether the service encrypts what goes out. */
export const encryptsOutgoing = (service: Pick<Service, 'attributes'>): boolean =>
  outgoingEncryption.read(service)

export type Purpose = 'idToken' | 'userInfo' | 'authorization'

/** The key management algorithm for a purpose; undefined if the response is not encrypted. */
export function encryptionFor(
  service: Service,
  client: Client,
  purpose: Purpose,
): JweAlg | undefined {
  const registered = client[`${purpose}EncryptionAlg`]
  return registered && encryptsOutgoing(service) ? registered : undefined
}

const keyId = defineAttribute<string | undefined>({
  name: 'ext.enc.kid',
  of: 'client',
  form: {
    parse: (text) => (/^[\x20-\x7e]{1,256}$/.test(text) ? text : undefined),
    expected: 'a `kid` of 1 to 256 printable ASCII characters',
  },
  fallback: undefined,
  effect:
    'The `kid` of the key in the key set of the client that encrypts for it, among those that fit ' +
    'the algorithm; if there is none, nothing is issued. Without the attribute, the first key that ' +
    'fits. Encryption with the client secret has no such key.',
  spec: 'RFC 7517 §4.5',
})

/** The keys of a client that may encrypt for it, the preferred ones first. */
export function clientEncryptionKeys(
  client: Pick<Client, 'attributes'>,
  set: Pick<KeySet, 'keys'>,
  alg: string,
): JWK[] {
  const chosen = keyId.read(client)
  const keys = encryptionKeys(set, alg)
  return chosen === undefined ? keys : keys.filter(({ kid }) => kid === chosen)
}
