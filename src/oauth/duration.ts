/**
 * Lifetimes. The default applies where the service has no number, or 0. Defaults are never stored
 * or returned, so that tools which compare written with read settings find no difference. The
 * durations of a client and of scopes can shorten the lifetime of tokens; the lifespan of a client
 * for one grant can lengthen it, too. `allowableClockSkew` has such a default, too.
 */
import type { Client } from '../model/client/client.ts'
import type { GrantType } from '../model/enums.ts'
import type { Service } from '../model/service/service.ts'
import { type Attribute, defineAttribute, wholeNumber } from './attribute.ts'
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
  cnonceDuration: 300,
  allowableClockSkew: 10,
} as const satisfies Partial<Record<keyof Service, number>>

/** Seconds: the setting of the service, or the default. */
export const effectiveSeconds = (service: Service, name: keyof typeof defaults): number =>
  service[name] || defaults[name]

const kinds = {
  accessToken: {
    property: 'accessTokenDuration',
    attribute: 'access_token.duration',
    token: 'access_token',
  },
  refreshToken: {
    property: 'refreshTokenDuration',
    attribute: 'refresh_token.duration',
    token: 'refresh_token',
  },
  idToken: { property: 'idTokenDuration', attribute: 'id_token.duration', token: 'id_token' },
} as const

type TokenName = (typeof kinds)[keyof typeof kinds]['token']

const longest = 315_360_000
const [access, refresh, id] = ['access_token', 'refresh_token', 'id_token'] as const

/** The tokens that a grant issues. Those of the authorization endpoint are of `implicit`. */
const issuedBy: Partial<Record<GrantType, [string, ...TokenName[]]>> = {
  AUTHORIZATION_CODE: ['authorization_code', access, id, refresh],
  IMPLICIT: ['implicit', access, id],
  PASSWORD: ['password', access, id, refresh],
  CLIENT_CREDENTIALS: ['client_credentials', access],
  REFRESH_TOKEN: ['refresh_token', access, id, refresh],
  CIBA: ['ciba', access, id, refresh],
  DEVICE_CODE: ['device_code', access, id, refresh],
  TOKEN_EXCHANGE: ['token_exchange', access, id, refresh],
  JWT_BEARER: ['jwt_bearer', access, refresh],
  PRE_AUTHORIZED_CODE: ['pre_authorized_code', access, refresh],
}

const described: Record<TokenName, string> = {
  access_token: 'access tokens',
  refresh_token: 'refresh tokens',
  id_token: 'ID Tokens',
}

/** The lifespans of a client for one grant each, `ext.lifespan.<grant>.<token>`. */
const lifespans: ReadonlyMap<string, Attribute<number | undefined>> = new Map(
  Object.entries(issuedBy).flatMap(([type, [grant, ...tokens]]) =>
    tokens.map((token) => [
      `${type} ${token}`,
      defineAttribute<number | undefined>({
        name: `ext.lifespan.${grant}.${token}`,
        of: 'client',
        form: wholeNumber(1, longest),
        fallback: undefined,
        effect:
          `The lifetime in seconds of ${described[token]} of the grant \`${grant}\`. It replaces ` +
          'the durations of service and client, and may be longer. A shorter duration of a ' +
          'granted scope comes first.',
        spec: token === id ? 'OIDC Core §2' : 'RFC 6749 §5.1',
      }),
    ]),
  ),
)

/**
 * Seconds. The lifespan of the client for the grant replaces the minimum of service and client, and
 * a lifetime of the resource replaces both; the minimum of this and of the scopes applies. In
 * properties and scopes, 0 or less means not set.
 */
export function durationOf(
  kind: keyof typeof kinds,
  service: Service,
  client: Client,
  grantType: GrantType | undefined,
  scopes: readonly string[],
  ofResource?: number,
): number {
  const { property, attribute, token } = kinds[kind]
  const ofGrant = client.attributes?.length
    ? lifespans.get(`${grantType} ${token}`)?.read(client)
    : undefined
  const ofScopes = scopeEntries(service, scopes)
    .flatMap(({ attributes }) => attributes ?? [])
    .filter(({ key, value }) => key === attribute && /^\d{1,10}$/.test(value ?? ''))
    .map(({ value }) => Number(value))
  const ofClient = client.extension?.[property] ?? 0
  const longer =
    ofResource ?? ofGrant ?? Math.min(effectiveSeconds(service, property), ...positive([ofClient]))
  return Math.min(longer, ...positive(ofScopes))
}

const positive = (seconds: readonly number[]) => seconds.filter((each) => each > 0)
