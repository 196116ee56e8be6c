/**
 * How long tokens live: the service's duration, narrowed by the client's and by those of scopes.
 */
import type { Client } from '../model/client.ts'
import type { Service } from '../model/service.ts'
import { scopeEntries } from './scope.ts'

const kinds = {
  accessToken: { property: 'accessTokenDuration', attribute: 'access_token.duration', or: 86_400 },
  refreshToken: {
    property: 'refreshTokenDuration',
    attribute: 'refresh_token.duration',
    or: 864_000,
  },
  idToken: { property: 'idTokenDuration', attribute: 'id_token.duration', or: 86_400 },
} as const

/** Seconds: the least of what service, client and scopes allow; zero or less means not set. */
export function durationOf(
  kind: keyof typeof kinds,
  service: Service,
  client: Client,
  scopes: readonly string[],
): number {
  const { property, attribute, or } = kinds[kind]
  const ofScopes = scopeEntries(service, scopes)
    .flatMap(({ attributes }) => attributes ?? [])
    .filter(({ key, value }) => key === attribute && /^\d{1,10}$/.test(value ?? ''))
    .map(({ value }) => Number(value))
  const narrower = [client.extension?.[property] ?? 0, ...ofScopes].filter((each) => each > 0)
  return Math.min(service[property] > 0 ? service[property] : or, ...narrower)
}
