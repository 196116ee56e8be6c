/** Management of a registration by the client itself, RFC 7592. */
import type { Client, ClientDocument } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, type Rule, refuse } from '../../refusal.ts'
import { acceptedMethods } from '../client-authentication/accepted-methods.ts'
import { hasSecret, isCurrentSecret, isSecretExpired } from '../client-authentication/secret.ts'
import { tokenHash } from '../tokens/access-token.ts'
import { presentationChallenge } from '../tokens/presentation.ts'
import { registrationAction } from './dynamic.ts'
import { managesBySecret, registrationSettings } from './registration-settings.ts'

const rules = defineRules('Dynamic registration', {
  tokenUnknown: {
    code: 'P085001',
    error: 'invalid_token',
    spec: 'RFC 7592 §3',
    message: 'The registration access token is not valid.',
    fix: 'Send the registration access token of the last registration response.',
    settings: ['service.ext.dcr.rat.ttl', 'service.ext.dcr.rat.rotate_on_use'],
  },
  secretRefused: {
    code: 'P085002',
    error: 'invalid_client',
    spec: 'RFC 6749 §5.2',
    message:
      'The client is unknown, or its authentication failed, or its method is not accepted here.',
    fix: 'Send the current secret of the client by a method that is accepted here.',
    settings: ['service.ext.dcr.client_auth', 'client.clientSecret', 'client.locked'],
  },
  otherClientId: {
    code: 'P086001',
    error: 'invalid_client_metadata',
    spec: 'RFC 7592 §2.2',
    message: 'The client_id does not match the client.',
    fix: 'Send the `client_id` of the registration, or omit it.',
  },
  otherSecret: {
    code: 'P086002',
    error: 'invalid_client_metadata',
    spec: 'RFC 7592 §2.2',
    message: 'The client_secret does not match the client: a client cannot choose its secret.',
    fix: 'Send the current `client_secret`, or omit it.',
    settings: ['service.ext.dcr.secret_settable'],
  },
  secretTooWeak: {
    code: 'P086003',
    error: 'invalid_client_metadata',
    spec: 'RFC 7518 §3.2',
    message:
      'The client_secret is not strong enough: choose 32 to 86 visible ASCII characters, at least ' +
      '48 for HS384 and 64 for HS512, at random.',
    fix: 'Choose 32 to 86 visible ASCII characters at random, or omit `client_secret` to keep the current one.',
    settings: ['service.ext.dcr.secret_settable'],
  },
})

/** The time at the end of a token that expires, in seconds. Its hash covers the time. */
const expiryOfToken = /^[A-Za-z0-9]{43}~(\d{1,12})$/

/** A new token from a random text, with its expiry if the service limits its lifetime. */
export function registrationToken(random: string, service: Service, now: number): string {
  const seconds = registrationSettings.tokenSeconds.read(service)
  return seconds === 0 ? random : `${random}~${Math.floor(now / 1000) + seconds}`
}

/** Whether a registration access token is replaced when it is used, RFC 7592 §3. */
export const isRotated = (service: Service): boolean =>
  registrationSettings.tokenRotated.read(service)

/** What a client presents in order to manage its registration. */
export interface Presented {
  token?: string | undefined
  clientSecret?: string | undefined
}

/** The action for a refusal. The contract has no action for status 403. */
export function registrationRefusal(rule: Rule, service: Service) {
  const action = registrationAction(rule, service)
  return action === 'UNAUTHORIZED'
    ? { action, wwwAuthenticate: challengeFor(rule, service) }
    : { action }
}

/**
 * The challenge of a 401: for the secret, where one was refused, and otherwise for a token. Where a
 * registration access token was expected, it also names the secret, if the service accepts that.
 */
function challengeFor(rule: Rule, service: Service): string {
  const basic = 'Basic realm="registration"'
  if (rule.error === 'invalid_client') return basic
  const bearer = presentationChallenge(rule, service)
  const offers = rule === rules.tokenUnknown && managesBySecret(service, 'CLIENT_SECRET_BASIC')
  return offers ? `${bearer}, ${basic}` : bearer
}

/** Whether the secret counts: without a token, and with `ext.dcr.client_auth`. */
export const isBySecret = ({ token, clientSecret }: Presented, service: Service): boolean =>
  !token && Boolean(clientSecret) && registrationSettings.clientAuth.read(service) !== undefined

/** The client, if it registered itself and presented a token or a secret that is valid. */
export function requireManager(
  client: Client | undefined,
  presented: Presented,
  service: Service,
  now: number,
): Client {
  if (!isBySecret(presented, service)) {
    return requireRegistrationToken(client, presented.token, now)
  }
  const isGood =
    client?.dynamicallyRegistered &&
    acceptedMethods(client).some((method) => managesBySecret(service, method)) &&
    hasSecret(client, presented.clientSecret ?? '', now) &&
    !isSecretExpired(client, now)
  if (!isGood || client.locked) refuse(rules.secretRefused)
  return client
}

/** RFC 7592 §3. Only the hash of a registration access token is stored. */
function requireRegistrationToken(
  client: Client | undefined,
  token: string | undefined,
  now: number,
): Client {
  const isGood = token && client?.registrationAccessTokenHash === tokenHash(token)
  const expiry = expiryOfToken.exec(token ?? '')?.[1]
  const isExpired = expiry !== undefined && Number(expiry) * 1000 <= now
  if (!isGood || isExpired || client.locked) refuse(rules.tokenUnknown)
  return client
}

/**
 * RFC 7592 §2.2: an update must have the right client_id. It changes the secret only with
 * `ext.dcr.secret_settable`.
 */
export function requireSameClient(
  metadata: Record<string, unknown>,
  client: Client,
  service: Service,
): void {
  const { client_id: id, client_secret: secret } = metadata
  const ids = [String(client.clientId), client.clientIdAlias]
  const named = typeof id === 'number' ? String(id) : id
  if (!isAbsent(id) && !ids.some((each) => each === named)) refuse(rules.otherClientId)
  if (registrationSettings.secretSettable.read(service)) return
  if (!isAbsent(secret) && !isCurrent(client, secret)) refuse(rules.otherSecret)
}

/** Bytes of a secret that is the key of an algorithm, RFC 7518 §3.2; of all others, 32. */
const keyBytes: Readonly<Record<string, number>> = { HS384: 48, HS512: 64 }
const algorithms = [
  'authorizationSignAlg',
  'requestSignAlg',
  'idTokenSignAlg',
  'userInfoSignAlg',
  'tokenAuthSignAlg',
] as const
/** 32 random hexadecimal digits have fewer different ones with a probability below 10^-7. */
const leastDifferent = 8

/**
 * The secret that an update chose, which `requireSameClient` allowed; undefined if it keeps the
 * present one. It must resist guessing, and be long enough for the algorithms of the client.
 */
export function chosenSecret(
  { client_secret: chosen }: Record<string, unknown>,
  document: ClientDocument,
  client: Client,
): string | undefined {
  if (isAbsent(chosen) || isCurrent(client, chosen)) return undefined
  const least = Math.max(32, ...algorithms.map((name) => keyBytes[document[name] ?? ''] ?? 0))
  const isStrong =
    typeof chosen === 'string' &&
    /^[\x21-\x7e]{32,86}$/.test(chosen) &&
    chosen.length >= least &&
    new Set(chosen).size >= leastDifferent
  return isStrong ? chosen : refuse(rules.secretTooWeak)
}

const isCurrent = (client: Client, secret: unknown) =>
  typeof secret === 'string' && isCurrentSecret(client, secret)
const isAbsent = (value: unknown) => value === undefined || value === null
