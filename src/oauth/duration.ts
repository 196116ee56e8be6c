/**
 * Lifetimes. The default applies where the service has no number, or 0. Defaults are never stored
 * or returned, so that tools which compare written with read settings find no difference. The
 * durations of a client and of scopes can shorten the lifetime of tokens. `allowableClockSkew` has
 * such a default, too.
 */
import type { Client } from '../model/client/client.ts'
import type { Service } from '../model/service/service.ts'
import { scopeEntries } from './scope.ts'

const defaults = {
  accessTokenDuration: 86_400,
  refreshTokenDuration: 864_000,
  idTokenDuration: 86_400,
  authorizationCodeDuration: 600,
  authorizationResponseDuration: 600,
  pushedAuthReqDuration: 600,
  backchannelAuthReqIdDuration: 600,
  backchannelPollingInterval: 5,
  deviceFlowCodeDuration: 600,
  deviceFlowPollingInterval: 5,
  dpopNonceDuration: 300,
  attestationChallengeTimeWindow: 300,
  allowableClockSkew: 10,
} as const satisfies Partial<Record<keyof Service, number>>

/** Seconds: the setting of the service, or the default. */
export const effectiveSeconds = (service: Service, name: keyof typeof defaults): number =>
  service[name] || defaults[name]

const kinds = {
  accessToken: { property: 'accessTokenDuration', attribute: 'access_token.duration' },
  refreshToken: { property: 'refreshTokenDuration', attribute: 'refresh_token.duration' },
  idToken: { property: 'idTokenDuration', attribute: 'id_token.duration' },
} as const

/** Seconds: the minimum of the settings of service, client and scopes; 0 or less means not set. */
export function durationOf(
  kind: keyof typeof kinds,
  service: Service,
  client: Client,
  scopes: readonly string[],
): number {
  const { property, attribute } = kinds[kind]
  const ofScopes = scopeEntries(service, scopes)
    .flatMap(({ attributes }) => attributes ?? [])
    .filter(({ key, value }) => key === attribute && /^\d{1,10}$/.test(value ?? ''))
    .map(({ value }) => Number(value))
  const narrower = [client.extension?.[property] ?? 0, ...ofScopes].filter((each) => each > 0)
  return Math.min(effectiveSeconds(service, property), ...narrower)
}
