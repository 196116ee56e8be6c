/** The credentials that a token may obtain: by its scopes, its details and its offer. */
import type { GrantedCredential } from '../../model/credential/granted.ts'
import { parseExact } from '../../model/exact-json.ts'
import type { Grant } from '../../model/grant.ts'
import type { Service } from '../../model/service/service.ts'
import { type CredentialConfiguration, credentialConfigurations } from './configuration.ts'

/** The type of authorization details about credentials, OpenID4VCI §5.1.1. */
export const credentialDetailType = 'openid_credential'

/** The part of a grant, or of a request for one, that is about credentials. */
export type CredentialGrant = Pick<Grant, 'scopes' | 'credentials' | 'authorizationDetails'>

/**
 * The granted configurations that the service still has, each with its datasets:
 * those of the offer, those that the authorization details name, and those whose scope the token
 * has. Details win for the same configuration, OpenID4VCI §5.1.2. Details and scopes that a token
 * request left out grant nothing, whatever datasets are stored for them.
 */
export function grantedCredentials(
  service: Service,
  { scopes, credentials = [], authorizationDetails }: CredentialGrant,
): readonly GrantedCredential[] {
  if (!service.verifiableCredentialsEnabled) return []
  const stored = new Map(credentials.map((each) => [each.configurationId, each]))
  const inDetails = configurationsIn(authorizationDetails)
  return [...credentialConfigurations(service).values()].flatMap(({ id, scope }) => {
    const kept = stored.get(id)
    const isOffered = kept !== undefined && !kept.detailed && !kept.scoped
    const detailed = inDetails.has(id)
    const hasScope = scope !== undefined && scopes.includes(scope)
    if (!isOffered && !detailed && !hasScope) return []
    return [{ configurationId: id, identifiers: kept?.identifiers ?? [id], detailed }]
  })
}

/** The offered credentials, or those that authorization details name of them. */
export function credentialsInDetails(
  offered: readonly GrantedCredential[],
  authorizationDetails: string | undefined,
): GrantedCredential[] {
  if (authorizationDetails === undefined) return [...offered]
  const named = configurationsIn(authorizationDetails)
  return offered
    .filter(({ configurationId }) => named.has(configurationId))
    .map((each) => ({ ...each, detailed: true }))
}

/** The configurations that authorization details name, OpenID4VCI §5.1.1. */
function configurationsIn(text: string | undefined): ReadonlySet<unknown> {
  if (text === undefined) return new Set()
  const details = parseExact(text) as Record<string, unknown>[]
  const ofCredentials = details.filter(({ type }) => type === credentialDetailType)
  return new Set(ofCredentials.map((detail) => detail['credential_configuration_id']))
}

/** `issuableCredentials`: each configuration as it was configured, with its datasets. */
export function issuableCredentials(service: Service, grant: CredentialGrant): string | undefined {
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
