/** What an authorization answer shows of the service: what pages need, and nothing secret. */
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
