/** The datasets of granted configurations: `credential_identifiers`, OpenID4VCI §6.2. */
import type { GrantedCredential } from '../../model/credential/granted.ts'
import type { CredentialIdentifiers } from '../../model/credential/identifiers.ts'
import type { Service } from '../../model/service/service.ts'
import { defineCallerRules, refuseCaller } from '../../refusal.ts'
import { type CredentialGrant, grantedCredentials } from './granted.ts'

const rules = defineCallerRules('Credential datasets', {
  notGranted: {
    code: 'P123101',
    status: 400,
    message:
      'The credentialIdentifiers must name configurations that the grant has, each of them once.',
  },
  repeated: {
    code: 'P123102',
    status: 400,
    message: 'The credentialIdentifiers must name each dataset once.',
  },
})

/** An offered configuration with the only dataset that it has if the caller names none. */
export const withOwnDataset = (configurationId: string): GrantedCredential => ({
  configurationId,
  identifiers: [configurationId],
  detailed: false,
})

/**
 * The granted configurations with the datasets that the caller names. A dataset is named once in
 * all of them, because a credential request may name nothing else.
 */
export function nameDatasets(
  granted: readonly GrantedCredential[],
  named: readonly CredentialIdentifiers[] = [],
): GrantedCredential[] {
  const byId = new Map(
    named.map(({ credentialConfigurationId: id, identifiers }) => [id, identifiers]),
  )
  const known = new Set(granted.map(({ configurationId }) => configurationId))
  const isGranted = [...byId.keys()].every((id) => known.has(id))
  if (byId.size < named.length || !isGranted) refuseCaller(rules.notGranted)
  const result = granted.map((each) => ({
    ...each,
    identifiers: byId.get(each.configurationId) ?? each.identifiers,
  }))
  const all = result.flatMap(({ identifiers }) => identifiers)
  if (new Set(all).size < all.length) refuseCaller(rules.repeated)
  return result
}

/**
 * What a grant stores of its credentials: its offer, and the datasets that the caller names. Those
 * of details and scopes are stored as such, so that they are gone with these.
 */
export function credentialsToStore(
  service: Service,
  grant: CredentialGrant,
  named: readonly CredentialIdentifiers[] | undefined,
): GrantedCredential[] | undefined {
  if (!named || named.length === 0) return grant.credentials
  const offered = new Set(grant.credentials?.map(({ configurationId }) => configurationId))
  return nameDatasets(grantedCredentials(service, grant), named).map((each) => {
    if (offered.has(each.configurationId)) return { ...each, detailed: false }
    return each.detailed ? each : { ...each, scoped: true }
  })
}
