/** Client secrets: how they are stored, which are accepted, and for how long. RFC 6749 §2.3.1 */
import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { defineAttribute, oneOf } from '../attribute.ts'
import { authenticationFailed } from './method.ts'

const rules = defineRules('Client secret', {
  notInClear: {
    code: 'P100002',
    error: 'invalid_client',
    spec: 'OIDC Core §9',
    message:
      'client_secret_jwt cannot be used, because only hashes of client secrets are stored: use private_key_jwt.',
  },
  notInClearForRequest: {
    code: 'P100003',
    error: 'invalid_request_object',
    spec: 'OIDC Core §6.1',
    message:
      'The client secret cannot verify a request object, because only its hash is stored: use an asymmetric algorithm.',
  },
})

type Owner = Pick<Service, 'attributes'>

const storage = defineAttribute({
  name: 'ext.client_secret.storage',
  of: 'service',
  form: oneOf('encrypted', 'hashed'),
  fallback: 'encrypted',
  effect:
    'With `hashed`, only hashes of client secrets are stored, so that a secret is shown once and ' +
    'never again. Secrets that are encrypted already are hashed when their client authenticates or ' +
    'is changed. A client cannot use its secret as a key: `client_secret_jwt`, HS algorithms and ' +
    'symmetric encryption are refused.',
  spec: 'RFC 6749 §2.3.1',
})

/** Whether only hashes of client secrets are stored. */
export const isHashing = (service: Owner): boolean => storage.read(service) === 'hashed'

/** The secret of a client as it is stored. */
export type Secrets = Pick<Client, 'clientSecret' | 'secretState'>

export const secretsOf = ({ clientSecret, secretState }: Secrets): Secrets => ({
  clientSecret,
  secretState,
})

interface Kept {
  secret?: string | undefined
  hash?: string | undefined
}

/** As long as the longest key of a symmetric algorithm of JOSE, RFC 7518 §3.2. */
export const secretBits = 512
export const saltBits = 128

/** Salted, so that equal secrets of two clients have different hashes. */
function hashOf(secret: string, salt: string): string {
  return `${salt}.${createHmac('sha256', salt).update(secret).digest('base64url')}`
}

/** Compares in constant time. */
function isEqual({ secret, hash: kept }: Kept, presented: string): boolean {
  const digest = (text: string) => hash('sha256', text, 'buffer')
  const [salt = ''] = kept?.split('.', 1) ?? []
  const [own, given] = kept ? [kept, hashOf(presented, salt)] : [secret ?? '', presented]
  const equal = timingSafeEqual(digest(given), digest(own))
  return Boolean(secret || kept) && equal
}

const currentOf = ({ clientSecret: secret, secretState }: Secrets): Kept => ({
  secret,
  hash: secretState?.hash,
})

/** Whether it is the secret of the client. */
export const hasSecret = (client: Client, presented: string): boolean =>
  isEqual(currentOf(client), presented)

/** A wrong secret; it counts as a guess. */
export function verifySecret(client: Client, presented: string): void {
  if (hasSecret(client, presented)) return
  refuse(authenticationFailed, `wrong secret of ${client.clientId}`)
}

/** The secret as the key of a signature or an encryption to the client; undefined if unknown. */
export const signingSecret = (service: Owner, client: Client | undefined): string | undefined =>
  isHashing(service) ? undefined : client?.clientSecret

/** The secret as key of what the client signed or encrypted; none if it is unknown. */
export function secretKeys(service: Owner, client: Client | undefined): string[] {
  const secret = signingSecret(service, client)
  return secret ? [secret] : []
}

/** Refuses `client_secret_jwt` if the secret is not known in clear. */
export function requireSecretForAssertion(service: Owner, client: Client): void {
  if (isUnknown(service, client)) refuse(rules.notInClear, String(client.clientId))
}

/** Refuses an HMAC of a request if the secret is not known in clear. */
export function requireSecretForRequest(service: Owner, client: Client, alg: string): void {
  if (!alg.startsWith('HS') || !isUnknown(service, client)) return
  refuse(rules.notInClearForRequest, String(client.clientId))
}

const isUnknown = (service: Owner, { clientSecret, secretState }: Client): boolean =>
  isHashing(service) || (!clientSecret && secretState?.hash !== undefined)

/** A new secret of a client, until it is hashed. */
export const newSecret = (clientSecret: string): Secrets => ({
  clientSecret,
  secretState: undefined,
})

/** Whether the secret is stored as the service wants it. */
export const areSettled = (service: Owner, { clientSecret }: Secrets): boolean =>
  !clientSecret || !isHashing(service)

/** The secret as it is stored: as a hash if the service hashes. */
export function settledSecrets<T extends Secrets>(
  service: Owner,
  secrets: T,
  newSalt: () => string,
): T {
  const { clientSecret } = secrets
  if (!clientSecret || !isHashing(service)) return secrets
  const secretState = { hash: hashOf(clientSecret, newSalt()) }
  return { ...secrets, clientSecret: undefined, secretState }
}

/** The secret in responses: with hashes, only one that the client just got. */
export const visibleSecret = (
  service: Owner,
  { clientSecret }: Secrets,
  fresh: string | undefined,
): string | undefined => (isHashing(service) ? fresh : clientSecret)
