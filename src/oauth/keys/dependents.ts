/** Which settings of a client name the algorithm of a key of its service. */
import type { Client } from '../../model/client/client.ts'

const named = [
  'idTokenSignAlg',
  'userInfoSignAlg',
  'authorizationSignAlg',
  'requestEncryptionAlg',
] as const

/** A client that is on its own gets no ID Token, although the property has a default. */
const getsIdTokens = ({ grantTypes }: Pick<Client, 'grantTypes'>): boolean =>
  (grantTypes ?? []).some((type) => type !== 'CLIENT_CREDENTIALS')

/** `alg` as keys have it, such as `RSA-OAEP-256`; properties have underscores. */
export function dependingSettings(client: Client, alg: string): string[] {
  const value = alg.toUpperCase().replace(/[-+]/g, '_')
  return named.filter(
    (name) => client[name] === value && (name !== 'idTokenSignAlg' || getsIdTokens(client)),
  )
}
