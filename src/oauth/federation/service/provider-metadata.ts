/** Metadata of a provider that takes part in a federation, OpenID Federation §5.1.3 and §5.2. */
import type { Service } from '../../../model/service/service.ts'
import { publishesKeys } from '../../discovery/published-keys.ts'

type RegistrationType = NonNullable<Service['supportedClientRegistrationTypes']>[number]

/** The ways in which clients register. Explicit registration requires its endpoint. */
export const registrationTypes = ({
  federationEnabled,
  supportedClientRegistrationTypes: listed = [],
  federationRegistrationEndpoint: endpoint,
}: Service): RegistrationType[] =>
  federationEnabled ? listed.filter((type) => type !== 'EXPLICIT' || Boolean(endpoint)) : []

/** What the discovery document has more while the service takes part in a federation. */
export function providerMetadata(service: Service): Record<string, unknown> {
  if (!service.federationEnabled) return {}
  const types = registrationTypes(service)
  const { federationRegistrationEndpoint, signedJwksUri, organizationName } = service
  return {
    client_registration_types_supported: types.map((type) => type.toLowerCase()),
    federation_registration_endpoint: types.includes('EXPLICIT')
      ? federationRegistrationEndpoint
      : undefined,
    signed_jwks_uri: publishesKeys(service) ? signedJwksUri || undefined : undefined,
    organization_name: organizationName || undefined,
  }
}
