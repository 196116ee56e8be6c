/** The credentials that a token may obtain: by its scopes, its details and its offer. */
import type { GrantedCredential } from '../../model/credential/granted.ts'
import type { Grant } from '../../model/grant.ts'
import type { Service } from '../../model/service/service.ts'
import { type CredentialConfiguration, credentialConfigurations } from './configuration.ts'

/**
 * OpenID4VCI §5.1.2: a scope of the token that equals the scope of a configuration grants it. What
 * the grant itself has for the same configuration wins. Configurations that the service has no
 * more are left out.
 */
export function grantedCredentials(
  service: Service,
  { scopes, credentials = [] }: Pick<Grant, 'scopes' | 'credentials'>,
): readonly GrantedCredential[] {
  if (!service.verifiableCredentialsEnabled) return []
  const configurations = credentialConfigurations(service)
  const explicit = credentials.filter(({ configurationId }) => configurations.has(configurationId))
  const named = new Set(explicit.map(({ configurationId }) => configurationId))
  const byScope = [...configurations.values()]
    .filter(({ id, scope }) => scope !== undefined && scopes.includes(scope) && !named.has(id))
    .map(({ id }) => ({ configurationId: id, identifiers: [id], detailed: false }))
  return [...explicit, ...byScope]
}

/** `issuableCredentials`: each configuration as it was configured, with its datasets. */
export function issuableCredentials(
  service: Service,
  grant: Pick<Grant, 'scopes' | 'credentials'>,
): string | undefined {
  const granted = grantedCredentials(service, grant)
  if (granted.length === 0) return undefined
  const configurations = credentialConfigurations(service)
  const elements = granted.map(({ configurationId, identifiers }) =>
    elementOf(configurations.get(configurationId), configurationId, identifiers),
  )
  return JSON.stringify(elements)
}

const elementOf = (
  configuration: CredentialConfiguration | undefined,
  id: string,
  identifiers: readonly string[],
) => ({
  ...configuration?.document,
  credential_configuration_id: id,
  credential_identifiers: identifiers,
})
