/** Whether and how responses to clients are encrypted, OIDC Core §10.2. */
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
    'Logout Tokens, UserInfo, JWT-secured authorization responses and introspection responses. They ' +
    'are signed only, also for clients that registered encryption.',
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
