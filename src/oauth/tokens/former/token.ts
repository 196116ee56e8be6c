/**
 * Refresh tokens of a former system, found by what that system stored of them. Such a value is no
 * secret of the client, so it never is a token by itself: its key is a digest that no value has as
 * SHA-256, by which tokens of Postern are found.
 */
import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { serviceKeySet } from '../../../jose/service-key-set.ts'
import { unverifiedClaims, verifyJwt } from '../../../jose/verify.ts'
import type { Service } from '../../../model/service/service.ts'
import type { Rule } from '../../../refusal.ts'
import { formerRules } from './rules.ts'
import {
  type DigestFormat,
  digests,
  type FormerEntry,
  type FormerFormat,
  formerEntries,
} from './setting.ts'

/** The key of a stored token by its identifier in the former system: 43 characters. */
export const formerKey = (format: FormerFormat, identifier: string): string =>
  hash('sha512-256', `${format} ${identifier}`, 'base64url')

interface FormerKey {
  key: string
  /** Whether several tokens have the row: each of them may be used once. */
  isShared: boolean
}

/** What a presented token is in the formats of the service. */
export interface FormerToken {
  /** Keys of rows that may be its own, at most one for each format. */
  keys: FormerKey[]
  /** Whether a format proves that the former system issued the token. */
  isGenuine: boolean
  /** Why a token of a known form is refused. */
  failure?: Rule
}

type Reading = { identifier: string; isGenuine: boolean } | { failure: Rule } | undefined

/** Costs nothing where the service names no format. `now` is in milliseconds. */
export async function formerToken(
  service: Service,
  token: string,
  now: number,
): Promise<FormerToken> {
  const found: FormerToken = { keys: [], isGenuine: false }
  for (const entry of formerEntries(service)) {
    const reading = await readAs(entry, service, token, now)
    if (!reading) continue
    if ('failure' in reading) {
      found.failure ??= reading.failure
    } else {
      const isShared = entry.format === 'keycloak' && !entry.oncePerSession
      found.keys.push({ key: formerKey(entry.format, reading.identifier), isShared })
      found.isGenuine ||= reading.isGenuine
    }
  }
  return found
}

function readAs(
  entry: FormerEntry,
  service: Service,
  token: string,
  now: number,
): Reading | Promise<Reading> {
  if (entry.format === 'hydra') return readHydra(token, secretsOf(service, entry.keys))
  if (entry.format === 'keycloak') return readKeycloak(token, entry, service, now)
  return { identifier: digestOf(entry.format, token), isGenuine: false }
}

const digestOf = (format: DigestFormat, token: string): string =>
  hash(digests[format], token, 'base64url')

/** The symmetric keys of the service with these names, unless they have ended. */
const secretsOf = (service: Service, kids: readonly string[]): Buffer[] =>
  serviceKeySet(service).keys.flatMap(({ kty, kid, k }) =>
    kty === 'oct' && k !== undefined && kid !== undefined && kids.includes(kid)
      ? [Buffer.from(k, 'base64url')]
      : [],
  )

/**
 * Ory Hydra: random bytes, a dot, and their HMAC by SHA-512/256. Its database has the HMAC in the
 * clear. The random bytes and the secret are what proves the token.
 */
function readHydra(token: string, secrets: readonly Buffer[]): Reading {
  const [, random = '', signature = ''] = /^(?:ory_rt_)?([\w-]+)\.([\w-]{43})$/.exec(token) ?? []
  if (signature === '') return undefined
  const bytes = Buffer.from(random, 'base64url')
  const given = Buffer.from(signature, 'base64url')
  // RFC 4648 §3.5: unused bits would give one token several texts.
  if (given.toString('base64url') !== signature) return { failure: formerRules.unverified }
  const isVerified = secrets.some((secret) =>
    timingSafeEqual(createHmac('sha512-256', secret).update(bytes).digest(), given),
  )
  return isVerified
    ? { identifier: signature, isGenuine: true }
    : { failure: formerRules.unverified }
}

const symmetric = ['HS256', 'HS384', 'HS512']

/**
 * Keycloak: a JWT by a symmetric key of the realm. Its database has no tokens, but the sessions
 * that they are of, which end when users log out. So the session of the token names its row: with
 * its kind, as an offline session may have the name of the session that it began in.
 */
async function readKeycloak(
  token: string,
  { issuer, keys }: Extract<FormerEntry, { format: 'keycloak' }>,
  service: Service,
  now: number,
): Promise<Reading> {
  const { iss, typ } = unverifiedClaims(token) ?? {}
  if (iss !== issuer || (typ !== 'Refresh' && typ !== 'Offline')) return undefined
  for (const secret of secretsOf(service, keys)) {
    const verified = await verifyJwt(token, secret, symmetric)
    if (!('failure' in verified)) return sessionOf(verified.claims, now)
  }
  return { failure: formerRules.unverified }
}

function sessionOf(claims: Record<string, unknown>, now: number): Reading {
  const { typ, azp, sid, session_state: formerly, exp } = claims
  // 0 is the expiry of an offline token that does not expire.
  if (exp !== undefined && exp !== 0 && !(Number(exp) * 1000 > now)) {
    return { failure: formerRules.expired }
  }
  const session = typeof sid === 'string' ? sid : formerly
  if (typeof session !== 'string' || typeof azp !== 'string') {
    return { failure: formerRules.notImported }
  }
  return { identifier: keycloakSession(typ === 'Offline', session, azp), isGenuine: true }
}

/** What names the refresh tokens of a session and a client. */
export const keycloakSession = (isOffline: boolean, session: string, client: string): string =>
  JSON.stringify([isOffline ? 'Offline' : 'Refresh', session, client])
