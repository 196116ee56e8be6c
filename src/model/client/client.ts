/** Clients: the applications that a service knows, and their metadata. */
import { z } from 'zod'
import { ClientAuthMethod } from '../enums.ts'
import { Text } from '../primitives.ts'
import { authenticationProperties } from './authentication.ts'
import { authorizationProperties } from './authorization.ts'
import { federationProperties } from './federation.ts'
import { generalProperties } from './general.ts'
import { keysProperties } from './keys.ts'
import { logoutProperties } from './logout.ts'
import { SecretState } from './secret-state.ts'

/** The properties that a caller can set. All others are read-only. */
export const ClientDocument = z
  .object({
    ...generalProperties,
    ...authenticationProperties,
    ...authorizationProperties,
    ...logoutProperties,
    ...keysProperties,
    ...federationProperties,
  })
  .meta({ id: 'client_document' })
export type ClientDocument = z.output<typeof ClientDocument>

export const Client = ClientDocument.extend({
  number: z.int().describe('The number of the client within its service, below 2^31.'),
  serviceNumber: z
    .int()
    .optional()
    .describe('The number of the service that the client belongs to.'),
  clientId: z.int().describe('The client ID, below 2^53.'),
  clientSecret: Text.optional().describe(
    'The client secret. Stored sealed, or as a hash with `ext.client_secret.storage`; it is shown only once then (RFC 6749 §2.3.1).',
  ),
  dynamicallyRegistered: z
    .boolean()
    .default(false)
    .describe('Whether the client registered itself (RFC 7591 §3).'),
  derivedSectorIdentifier: Text.optional().describe(
    "The sector of the client's pairwise subjects: the host of `sectorIdentifierUri` or of its redirect URIs (OIDC Core §8.1).",
  ),
  clientSecretExpiresAt: z
    .int()
    .optional()
    .describe(
      'The time when the client secret expires, in milliseconds since the Unix epoch; absent if it does not expire (RFC 7591 §3.2.1).',
    ),
  rotatedClientSecretExpiresAt: z
    .int()
    .optional()
    .describe(
      'Until when the former client secret is accepted too, in milliseconds since the Unix epoch; absent if only one is accepted.',
    ),
  createdAt: z
    .int()
    .describe('The time when the client was created, in milliseconds since the Unix epoch.'),
  modifiedAt: z
    .int()
    .describe('The time when the client was last changed, in milliseconds since the Unix epoch.'),
  lastUsedAt: z
    .int()
    .optional()
    .describe(
      'The time of the last request in the name of the client, in milliseconds since the Unix ' +
        'epoch, exact to an hour. Only when clients are read and listed; absent if there was none.',
    ),
}).meta({ id: 'client' })

/** A client as it is stored. Responses contain a `Client` only. */
export const StoredClient = Client.extend({
  secretState: SecretState.optional(),
  /** The methods of a client of a federation, one of which it uses: OpenID Federation §12.1.4. */
  authMethodsAllowed: z.array(ClientAuthMethod).optional(),
})
export type Client = z.output<typeof StoredClient>

/** Properties that are sealed at rest. */
export const clientSecrets = [
  'clientSecret',
  'secretState',
  'jwks',
] as const satisfies readonly (keyof Client)[]

/** The properties in lists of authorizations. */
export const ClientLimited = Client.pick({
  number: true,
  clientId: true,
  clientName: true,
  clientNames: true,
  description: true,
  descriptions: true,
  clientIdAlias: true,
  clientIdAliasEnabled: true,
  clientType: true,
}).meta({ id: 'client_limited' })

/** The properties that pages of the authorization endpoint may show. */
export const ClientLimitedAuthorization = Client.pick({
  number: true,
  clientName: true,
  clientNames: true,
  description: true,
  descriptions: true,
  clientId: true,
  clientIdAlias: true,
  clientIdAliasEnabled: true,
  clientType: true,
  logoUri: true,
  logoUris: true,
  tosUri: true,
  tosUris: true,
  policyUri: true,
  policyUris: true,
  serviceNumber: true,
  defaultMaxAge: true,
  authTimeRequired: true,
  createdAt: true,
  modifiedAt: true,
  tlsClientCertificateBoundAccessTokens: true,
  bcUserCodeRequired: true,
  dynamicallyRegistered: true,
  parRequired: true,
  requestObjectRequired: true,
  frontChannelRequestObjectEncryptionRequired: true,
  requestObjectEncryptionAlgMatchRequired: true,
  requestObjectEncryptionEncMatchRequired: true,
  singleAccessTokenPerSubject: true,
  pkceRequired: true,
  pkceS256Required: true,
  rsRequestSigned: true,
  dpopRequired: true,
  locked: true,
  mtlsEndpointAliasesUsed: true,
  inScopeForTokenMigration: true,
  trustChainExpiresAt: true,
  trustChainUpdatedAt: true,
  automaticallyRegistered: true,
  explicitlyRegistered: true,
  credentialResponseEncryptionRequired: true,
  metadataDocumentLocation: true,
  metadataDocumentExpiresAt: true,
  metadataDocumentUpdatedAt: true,
  discoveredByMetadataDocument: true,
  clientSource: true,
  entityId: true,
}).meta({ id: 'client_limited_authorization' })
