/** Services. Each is a separate authorization server with its settings. */
import { z } from 'zod'
import { authorizationProperties } from './authorization.ts'
import { claimsProperties } from './claims.ts'
import { clientAuthenticationProperties } from './client-authentication.ts'
import { credentialsProperties } from './credentials.ts'
import { federationProperties } from './federation.ts'
import { generalProperties } from './general.ts'
import { interactionProperties } from './interaction.ts'
import { keysProperties } from './keys.ts'
import { logoutProperties } from './logout.ts'
import { registrationProperties } from './registration.ts'
import { tokensProperties } from './tokens.ts'

/** The properties that a caller can set. All others are read-only. */
export const ServiceDocument = z
  .object({
    ...generalProperties,
    ...authorizationProperties,
    ...clientAuthenticationProperties,
    ...tokensProperties,
    ...keysProperties,
    ...claimsProperties,
    ...interactionProperties,
    ...logoutProperties,
    ...registrationProperties,
    ...federationProperties,
    ...credentialsProperties,
  })
  .meta({ id: 'service_document' })
export type ServiceDocument = z.output<typeof ServiceDocument>

export const Service = ServiceDocument.extend({
  number: z.int().describe('The number of the service, below 2^31.'),
  apiKey: z.int().describe('The ID of the service in the paths of this API, below 2^53.'),
  apiSecret: z
    .string()
    .optional()
    .describe('The API token of the service, if a client of Authlete 2.x created the service.'),
  serviceOwnerNumber: z.int().default(0).describe('Always 0: services have no owner.'),
  createdAt: z
    .int()
    .describe('The time when the service was created, in milliseconds since the Unix epoch.'),
  modifiedAt: z
    .int()
    .describe('The time when the service was last changed, in milliseconds since the Unix epoch.'),
}).meta({ id: 'service' })
export type Service = z.output<typeof Service>

/** Properties that are sealed at rest. */
export const serviceSecrets = [
  'jwks',
  'federationJwks',
  'credentialJwks',
  'snsCredentials',
  'developerSnsCredentials',
  'developerAuthenticationCallbackApiKey',
  'developerAuthenticationCallbackApiSecret',
  'authenticationCallbackApiKey',
  'authenticationCallbackApiSecret',
  'pairwiseSubjectSalt',
  'apiSecret',
] as const satisfies readonly (keyof Service)[]
