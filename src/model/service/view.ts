/** The properties of the service in authorization responses: those for pages, without secrets. */
import { Service } from './service.ts'

export const ServiceView = Service.pick({
  number: true,
  serviceName: true,
  description: true,
  apiKey: true,
  issuer: true,
  metadata: true,
  attributes: true,
  clientIdAliasEnabled: true,
  supportedAcrs: true,
  supportedClaims: true,
  supportedClaimLocales: true,
  supportedDisplays: true,
  supportedScopes: true,
  supportedUiLocales: true,
  policyUri: true,
  tosUri: true,
  serviceDocumentation: true,
  createdAt: true,
  modifiedAt: true,
})
  .partial()
  .meta({ id: 'service_view' })
