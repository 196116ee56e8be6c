/** When tokens expire, in milliseconds since the epoch. */
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { defineAttribute, wholeNumber } from '../attribute.ts'

/** The stored expiry of a token that does not expire. */
export const never = Number.MAX_SAFE_INTEGER

/** The expiry in responses: 0 if the token does not expire. */
export const shownExpiry = (expiresAt: number): number => (expiresAt === never ? 0 : expiresAt)

/** The rest of the lifetime in seconds; 0 if the token does not expire. */
export const secondsLeft = (expiresAt: number, now: number): number =>
  expiresAt === never ? 0 : Math.floor((expiresAt - now) / 1000)

const longest = 315_360_000
const maximum = {
  name: 'ext.refresh.max_lifetime',
  form: wholeNumber(1, longest),
  fallback: undefined,
  spec: 'RFC 9700 §4.14.2',
} as const

const ofService = defineAttribute<number | undefined>({
  ...maximum,
  of: 'service',
  effect:
    'The maximum lifetime of refresh tokens in seconds, from the first refresh token of a grant: no ' +
    'use and no replacement extends it. Without the attribute, there is no maximum.',
})

const ofClient = defineAttribute<number | undefined>({
  ...maximum,
  of: 'client',
  effect:
    'The maximum lifetime of the refresh tokens of the client in seconds, from the first refresh ' +
    'token of a grant. The shorter one of service and client applies.',
})

/** The expiry of a refresh token whose grant got its first one at `createdAt`. */
export function refreshExpiry(
  service: Service,
  client: Client,
  { createdAt, expiresAt }: { createdAt: number; expiresAt: number },
): number {
  const seconds = [ofService.read(service), ofClient.read(client)]
  const limits = seconds.map((each) => (each === undefined ? never : createdAt + each * 1000))
  return Math.min(expiresAt, ...limits)
}
