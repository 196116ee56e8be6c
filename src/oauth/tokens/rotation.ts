/** Whether a refresh token is kept or replaced when it is used, RFC 6749 §6. */
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { attributeOf, defineAttribute, oneOf } from '../attribute.ts'
import type { Policy } from '../policy.ts'
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
  const rolling = scopeEntries(service, scopes).map((scope) =>
    attributeOf(scope, 'refresh_token.rolling'),
  )
  if (rolling.includes('false')) return true
  return rolling.includes('true') ? false : refreshTokenKept
}
