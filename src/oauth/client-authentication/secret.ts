/** Client secrets: how they are stored, which are accepted, and for how long. RFC 6749 §2.3.1 */
import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import type { Client } from '../../model/client/client.ts'
import type { SecretState } from '../../model/client/secret-state.ts'
import type { Service } from '../../model/service/service.ts'
import { check, defineRules, presence } from '../../refusal.ts'
import { defineAttribute, oneOf, wholeNumber } from '../attribute.ts'
import { authenticationFailed } from './method.ts'

const rules = defineRules('Client secret', {
  expired: {
    code: 'P100001',
    error: 'invalid_client',
    spec: 'RFC 7591 §3.2.1',
    message: 'The client secret has expired: the client needs a new one.',
    fix: 'Give the client a new secret.',
    settings: ['client.clientSecret', 'service.ext.dcr.secret_days'],
  },
  notInClear: {
    code: 'P100002',
    error: 'invalid_client',
    spec: 'OIDC Core §9',
    message:
      'client_secret_jwt cannot be used, because only hashes of client secrets are stored: use private_key_jwt.',
    fix: 'Register `private_key_jwt` for the client, or store secrets encrypted and set a new one.',
    settings: ['service.ext.client_secret.storage', 'client.tokenAuthMethod'],
  },
  notInClearForRequest: {
    code: 'P100003',
    error: 'invalid_request_object',
    spec: 'OIDC Core §6.1',
    message:
      'The client secret cannot verify a request object, because only its hash is stored: use an asymmetric algorithm.',
    fix: 'Sign the request object with an asymmetric algorithm, or store secrets encrypted and set a new one.',
    settings: ['service.ext.client_secret.storage', 'client.requestSignAlg'],
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

const secretDays = defineAttribute({
  name: 'ext.dcr.secret_days',
  of: 'service',
  form: wholeNumber(0, 3_650),
  fallback: 0,
  effect:
    'The lifetime in days of new secrets of dynamically registered clients; 0 for secrets that do ' +
    'not expire. `client_secret_expires_at` tells the clients. When a client with an expired secret ' +
    'updates its registration, it gets a new one.',
  spec: 'RFC 7591 §3.2.1',
})

/** Whether only hashes of client secrets are stored. */
export const isHashing = (service: Owner): boolean => storage.read(service) === 'hashed'

/** The secrets of a client, current and former. */
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
export const longestGraceSeconds = 30 * 86_400

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

/** The former secret while it is accepted besides the current one. */
const formerOf = ({ secretState }: Secrets, now: number): SecretState['former'] =>
  secretState?.former && now < secretState.former.expiresAt ? secretState.former : undefined

/** Whether it is the current secret. */
export const isCurrentSecret = (client: Client, presented: string): boolean =>
  isEqual(currentOf(client), presented)

/** Whether it is the current secret or the former one. Compares with both in any case. */
export function hasSecret(client: Client, presented: string, now: number): boolean {
  const former = formerOf(client, now)
  const found = [currentOf(client), ...(former ? [former] : [])].map((kept) =>
    isEqual(kept, presented),
  )
  return found.includes(true)
}

/** A wrong secret; it counts as a guess. */
export function verifySecret(client: Client, presented: string, now: number): void {
  check(hasSecret(client, presented, now), authenticationFailed, () => ({
    parameter: 'client_secret',
    given: presence(presented),
    setting: 'client.clientSecret',
    expected: client.secretState?.hash ? { present: true } : presence(client.clientSecret),
    note: presented === presented.trim() ? 'The secret is wrong.' : 'It has spaces at its ends.',
  }))
}

export const isSecretExpired = ({ secretState }: Secrets, now: number): boolean =>
  secretState?.expiresAt !== undefined && secretState.expiresAt <= now

/** RFC 7591 §3.2.1: an expired secret is refused, also if it is right. */
export function requireUnexpiredSecret(client: Client, now: number): void {
  check(!isSecretExpired(client, now), rules.expired, () => ({
    setting: 'service.ext.dcr.secret_days',
    note: `The secret expired at ${client.secretState?.expiresAt}; it is ${now} now.`,
  }))
}

/** The secret as the key of a signature or an encryption to the client; undefined if unknown. */
export const signingSecret = (service: Owner, client: Client | undefined): string | undefined =>
  isHashing(service) ? undefined : client?.clientSecret

/** The secrets as keys of what the client signed or encrypted: the current one comes first. */
export function secretKeys(service: Owner, client: Client | undefined, now: number): string[] {
  if (!client || isHashing(service)) return []
  return [client.clientSecret, formerOf(client, now)?.secret].filter(
    (secret) => !!secret,
  ) as string[]
}

/** Refuses `client_secret_jwt` if the secret is not known in clear. */
export function requireSecretForAssertion(service: Owner, client: Client): void {
  check(!isUnknown(service, client), rules.notInClear, {
    setting: 'service.ext.client_secret.storage',
    expected: 'encrypted',
  })
}

/** Refuses an HMAC of a request if the secret is not known in clear. */
export function requireSecretForRequest(service: Owner, client: Client, alg: string): void {
  const isUsable = !alg.startsWith('HS') || !isUnknown(service, client)
  check(isUsable, rules.notInClearForRequest, () => ({
    parameter: 'request.alg',
    given: alg,
    setting: 'service.ext.client_secret.storage',
    expected: 'encrypted',
  }))
}

const isUnknown = (service: Owner, { clientSecret, secretState }: Client): boolean =>
  isHashing(service) || (!clientSecret && secretState?.hash !== undefined)

/** The expiry of a secret that the client gets now. */
function expiryOfNew(service: Owner, isRegistered: boolean, now: number): number | undefined {
  const days = isRegistered ? secretDays.read(service) : 0
  return days === 0 ? undefined : now + days * 86_400_000
}

/** The first secret of a client. */
export const firstSecret = (
  service: Owner,
  clientSecret: string,
  { isRegistered, now }: { isRegistered: boolean; now: number },
): Secrets => {
  const expiresAt = expiryOfNew(service, isRegistered, now)
  return { clientSecret, secretState: expiresAt === undefined ? undefined : { expiresAt } }
}

/**
 * A new secret of a client. With a grace period, the secret before it is accepted until the end of
 * the period; an older one is not. Without, only the new one is accepted.
 */
export function replaceSecret(
  service: Owner,
  client: Client,
  clientSecret: string,
  { graceSeconds, now }: { graceSeconds: number; now: number },
): Secrets {
  const { dynamicallyRegistered: isRegistered, secretState } = client
  const former = currentOf(client)
  const end = Math.min(now + graceSeconds * 1000, secretState?.expiresAt ?? Number.MAX_SAFE_INTEGER)
  const isKept = end > now && Boolean(former.secret || former.hash)
  const expiresAt = expiryOfNew(service, isRegistered, now)
  const isPlain = expiresAt === undefined && !isKept
  return {
    clientSecret,
    secretState: isPlain
      ? undefined
      : { expiresAt, former: isKept ? { ...former, expiresAt: end } : undefined },
  }
}

/**
 * The secret after an update of a registration: one that the client chose, or a new one in place of
 * one that has expired; `fresh` is the one that the client must be told.
 */
export function updatedSecret(
  service: Owner,
  client: Client,
  { chosen, newSecret, now }: { chosen: string | undefined; newSecret: string; now: number },
): { secrets: Secrets; fresh: string | undefined } {
  const fresh = chosen ?? (isSecretExpired(client, now) ? newSecret : undefined)
  if (fresh === undefined) return { secrets: secretsOf(client), fresh }
  return { secrets: replaceSecret(service, client, fresh, { graceSeconds: 0, now }), fresh }
}

/** The secrets without the former one. */
export const withoutFormerSecret = ({ clientSecret, secretState }: Secrets): Secrets => ({
  clientSecret,
  secretState: secretState && { ...secretState, former: undefined },
})

/** Whether the secrets are stored as the service wants them, without an expired one. */
export function areSettled(service: Owner, secrets: Secrets, now: number): boolean {
  const former = secrets.secretState?.former
  const isOver = former !== undefined && former.expiresAt <= now
  const isInClear = Boolean(secrets.clientSecret || former?.secret)
  return !isOver && !(isInClear && isHashing(service))
}

/** The secrets as they are stored: without an expired one, and as hashes if the service hashes. */
export function settledSecrets<T extends Secrets>(
  service: Owner,
  secrets: T,
  now: number,
  newSalt: () => string,
): T {
  if (areSettled(service, secrets, now)) return secrets
  const hashed = ({ secret, hash: kept }: Kept): Kept =>
    secret && isHashing(service) ? { hash: hashOf(secret, newSalt()) } : { secret, hash: kept }
  const current = hashed(currentOf(secrets))
  const former = formerOf(secrets, now)
  return {
    ...secrets,
    clientSecret: current.secret,
    secretState: {
      ...secrets.secretState,
      hash: current.hash,
      former: former && { ...hashed(former), expiresAt: former.expiresAt },
    },
  }
}

/** The secret in responses: with hashes, only one that the client just got. */
export const visibleSecret = (
  service: Owner,
  { clientSecret }: Secrets,
  fresh: string | undefined,
): string | undefined => (isHashing(service) ? fresh : clientSecret)

/** Until when the secrets are accepted, for management responses. */
export const secretExpiries = (client: Secrets, now: number) => ({
  clientSecretExpiresAt: client.secretState?.expiresAt,
  rotatedClientSecretExpiresAt: formerOf(client, now)?.expiresAt,
})
