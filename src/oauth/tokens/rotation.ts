/** Whether a refresh token is kept or replaced when it is used, RFC 6749 §6. */
import type { Client } from '../../model/client/client.ts'
import type { Grant } from '../../model/grant.ts'
import type { Service } from '../../model/service/service.ts'
import { attributeOf, defineAttribute, oneOf, wholeNumber } from '../attribute.ts'
import { type Policy, policyOf } from '../policy.ts'
import { scopeEntries } from '../scope.ts'

const ofClient = defineAttribute<'always' | 'never' | undefined>({
  name: 'ext.refresh.rotation',
  of: 'client',
  form: oneOf('always', 'never'),
  fallback: undefined,
  effect:
    'With `always`, each use of a refresh token of the client replaces it; with `never`, it is ' +
    'kept. Without the attribute, scopes and the service decide. FAPI 2.0 and the rotation for ' +
    'public clients come first.',
  spec: 'RFC 9700 §4.14.2',
})

/** The values of the attribute `refresh_token.rolling` of the granted scopes. */
const rollingOf = (service: Service, scopes: readonly string[]): (string | undefined)[] =>
  scopeEntries(service, scopes).map((scope) => attributeOf(scope, 'refresh_token.rolling'))

/**
 * Whether a use gives the token its whole lifetime again. A granted scope whose tokens do not roll
 * prevents it, whatever the service and other scopes say.
 */
export function extendsRefreshToken(
  service: Service,
  isKept: boolean,
  scopes: readonly string[],
): boolean {
  if (rollingOf(service, scopes).includes('false')) return false
  return isKept ? service.refreshTokenDurationReset : !service.refreshTokenDurationKept
}

/**
 * The client decides first, then a granted scope with the attribute `refresh_token.rolling`, then
 * the service. A profile that keeps refresh tokens comes before all of them.
 */
export function keepsRefreshToken(
  service: Service,
  client: Client,
  { refreshTokenKept }: Pick<Policy, 'refreshTokenKept'>,
  scopes: readonly string[],
): boolean {
  const isDemanded = refreshTokenKept && !service.refreshTokenKept
  const rotation = ofClient.read(client)
  if (isDemanded || rotation === 'never') return true
  if (rotation === 'always') return false
  const rolling = rollingOf(service, scopes)
  if (rolling.includes('false')) return true
  return rolling.includes('true') ? false : refreshTokenKept
}

const retryWindow = defineAttribute({
  name: 'ext.refresh.window',
  of: 'service',
  form: wholeNumber(0, 60),
  fallback: 10,
  effect:
    'With `refreshTokenIdempotent`: the number of seconds in which a retry with the replaced refresh ' +
    'token gets the same tokens again.',
  spec: 'RFC 9700 §4.14.2',
})

/** How long a retry with a replaced refresh token gets the same response; 0 if it never does. */
export const retryMillisecondsOf = (service: Service): number =>
  service.refreshTokenIdempotent ? retryWindow.read(service) * 1000 : 0

/** Whether a use of the refresh token, as the client makes it, puts its expiry off. */
export function hasRollingExpiration(service: Service, client: Client, grant: Grant): boolean {
  const { scopes, dpopThumbprint } = grant
  const policy = policyOf(service, client, scopes)
  const isPublic = client.tokenAuthMethod === 'NONE' && dpopThumbprint === undefined
  const isReplaced = isPublic && policy.publicRefreshTokensRotated
  const isKept = !isReplaced && keepsRefreshToken(service, client, policy, scopes)
  return extendsRefreshToken(service, isKept, scopes)
}
