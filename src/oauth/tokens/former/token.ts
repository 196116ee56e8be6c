/**
 * Refresh tokens of a former system, found by what that system stored of them. Such a value is no
 * secret of the client, so it never is a token by itself: its key is a digest that no value has as
 * SHA-256, by which tokens of Postern are found.
 */
import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { serviceKeySet } from '../../../jose/service-key-set.ts'
import type { Service } from '../../../model/service/service.ts'
import type { Rule } from '../../../refusal.ts'
import { formerRules } from './rules.ts'
import { type DigestFormat, digests, type FormerFormat, formerEntries } from './setting.ts'

/** The key of a stored token by its identifier in the former system: 43 characters. */
export const formerKey = (format: FormerFormat, identifier: string): string =>
  hash('sha512-256', `${format} ${identifier}`, 'base64url')

/** What a presented token is in the formats of the service. */
export interface FormerToken {
  /** Keys of rows that may be its own, at most one for each format. */
  keys: string[]
  /** Whether a format proves that the former system issued the token. */
  isGenuine: boolean
  /** Why a token of a known form is refused. */
  failure?: Rule
}

type Reading = { identifier: string; isGenuine: boolean } | { failure: Rule } | undefined

/** Costs nothing where the service names no format. */
export function formerToken(service: Service, token: string): FormerToken {
  const found: FormerToken = { keys: [], isGenuine: false }
  for (const entry of formerEntries(service)) {
    const reading =
      entry.format === 'hydra'
        ? readHydra(token, secretsOf(service, entry.keys))
        : { identifier: digestOf(entry.format, token), isGenuine: false }
    if (!reading) continue
    if ('failure' in reading) {
      found.failure ??= reading.failure
    } else {
      found.keys.push(formerKey(entry.format, reading.identifier))
      found.isGenuine ||= reading.isGenuine
    }
  }
  return found
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
