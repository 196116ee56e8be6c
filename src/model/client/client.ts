/** Clients: the applications that a service knows, and their metadata. */
import { z } from 'zod'
import {
  ApplicationType,
  ClientAuthMethod,
  ClientRegistrationType,
  ClientSource,
  ClientType,
  FapiMode,
  GrantType,
  JweAlg,
  JweEnc,
  JwsAlg,
  ResponseMode,
  ResponseType,
  SubjectType,
} from '../enums.ts'
import { Pair, TaggedValue } from '../key-value.ts'
import { Count, LongText, Moment, Text, Texts, Uri } from '../primitives.ts'
import { ClientExtension } from './extension.ts'

/** What a caller sets; the rest of a client is read-only. */
export const ClientDocument = z
  .object({
    clientName: Text.optional().describe('Name of the client, for people to read.'),
    clientNames: z
      .array(TaggedValue)
      .max(1000)
      .optional()
      .describe('Names of the client by language.'),
    description: LongText.optional().describe('What it is, for people to read.'),
    descriptions: z
      .array(TaggedValue)
      .max(1000)
      .optional()
      .describe('The description by language.'),
    clientIdAlias: Text.optional().describe(
      'Another name for the client in requests, unique within the service; not only digits.',
    ),
    clientIdAliasEnabled: z
      .boolean()
      .default(false)
      .describe('Whether clients may be named by their alias in requests.'),
    clientType: ClientType.default('PUBLIC').describe(
      'Whether the client can keep a secret, RFC 6749 §2.1.',
    ),
    applicationType: ApplicationType.optional().describe(
      'Whether it is a web or a native application, OIDC Registration §2. Where it is left out, a public client with a redirect URI of a scheme of its own or on the loopback interface is `NATIVE`, and any other is `WEB`.',
    ),
    logoUri: Text.optional().describe('URL of the logo.'),
    logoUris: z.array(TaggedValue).max(1000).optional().describe('URLs of the logo by language.'),
    contacts: Texts.optional().describe('E-mail addresses of those responsible.'),
    tlsClientCertificateBoundAccessTokens: z
      .boolean()
      .default(false)
      .describe('Whether access tokens are bound to the client certificate, RFC 8705 §3.'),
    softwareId: Text.optional().describe('Identifier of the software, RFC 7591 §2.'),
    developer: Text.optional().describe(
      'Who the client belongs to, as the caller names developers.',
    ),
    softwareVersion: Text.optional().describe('Version of the software, RFC 7591 §2.'),
    grantTypes: z
      .array(GrantType)
      .max(1000)
      .optional()
      .describe('Grant types that the client may use; absent means all.'),
    responseTypes: z
      .array(ResponseType)
      .max(1000)
      .optional()
      .describe('Response types that the client may use; absent means all.'),
    redirectUris: Texts.optional().describe(
      'Redirect URIs, compared character by character, RFC 6749 §3.1.2.',
    ),
    authorizationSignAlg: JwsAlg.optional().describe(
      'Algorithm that JWT authorization responses are signed by; RS256 when absent.',
    ),
    authorizationEncryptionAlg: JweAlg.optional().describe(
      'Key management of encrypted authorization responses; not encrypted when absent.',
    ),
    authorizationEncryptionEnc: JweEnc.optional().describe(
      'Content encryption of authorization responses.',
    ),
    tokenAuthMethod: ClientAuthMethod.default('CLIENT_SECRET_BASIC').describe(
      'How the client authenticates, OIDC Core §9.',
    ),
    tokenAuthSignAlg: JwsAlg.optional().describe(
      'Algorithm of client assertions; any of its method when absent.',
    ),
    selfSignedCertificateKeyId: Text.optional().describe(
      'Key of the set that the self-signed certificate belongs to.',
    ),
    tlsClientAuthSubjectDn: Text.optional().describe(
      'Subject of the client certificate, RFC 8705 §2.1.2.',
    ),
    tlsClientAuthSanDns: Text.optional().describe('DNS name in the client certificate.'),
    tlsClientAuthSanUri: Text.optional().describe('URI in the client certificate.'),
    tlsClientAuthSanIp: Text.optional().describe('IP address in the client certificate.'),
    tlsClientAuthSanEmail: Text.optional().describe('E-mail address in the client certificate.'),
    parRequired: z
      .boolean()
      .default(false)
      .describe('Whether authorization requests have to be pushed first, RFC 9126 §5.'),
    requestObjectRequired: z
      .boolean()
      .default(false)
      .describe(
        'Whether authorization requests have to be made by a request object, RFC 9101 §10.5.',
      ),
    requestSignAlg: JwsAlg.optional().describe(
      'Algorithm of request objects; any but none when absent.',
    ),
    requestEncryptionAlg: JweAlg.optional().describe(
      'Key management of encrypted request objects.',
    ),
    requestEncryptionEnc: JweEnc.optional().describe('Content encryption of request objects.'),
    requestUris: Texts.optional().describe('URLs of request objects, OIDC Core §6.2.'),
    defaultMaxAge: Count.optional().describe(
      'Seconds since the last authentication that are allowed where a request names none; 0 is no limit.',
    ),
    defaultAcrs: Texts.optional().describe(
      'Authentication context classes where a request names none.',
    ),
    idTokenSignAlg: JwsAlg.default('RS256').describe(
      'Algorithm that ID Tokens are signed by; RS256 by default.',
    ),
    idTokenEncryptionAlg: JweAlg.optional().describe(
      'Key management of encrypted ID Tokens; not encrypted when absent.',
    ),
    idTokenEncryptionEnc: JweEnc.optional().describe('Content encryption of ID Tokens.'),
    authTimeRequired: z
      .boolean()
      .default(false)
      .describe('Whether ID Tokens have to carry auth_time.'),
    subjectType: SubjectType.default('PUBLIC').describe(
      'Whether subjects are the same for all clients, OIDC Core §8.',
    ),
    sectorIdentifierUri: Text.optional().describe(
      'Document that lists the redirect URIs of one sector, OIDC Core §8.1.',
    ),
    jwksUri: Text.optional().describe('URL of the key set, RFC 7517 §5.'),
    jwks: LongText.optional().describe(
      'Key set as JSON text, RFC 7517 §5. Sealed at rest; private members are shown to none but ' +
        'those who may change the client, and used by none.',
    ),
    userInfoSignAlg: JwsAlg.optional().describe(
      'Algorithm that UserInfo responses are signed by; plain JSON when absent.',
    ),
    userInfoEncryptionAlg: JweAlg.optional().describe(
      'Key management of encrypted UserInfo responses; not encrypted when absent.',
    ),
    userInfoEncryptionEnc: JweEnc.optional().describe('Content encryption of UserInfo responses.'),
    loginUri: Text.optional().describe('Where a third party may begin a login, OIDC Core §4.'),
    tosUri: Text.optional().describe('Page with the terms of service.'),
    tosUris: z
      .array(TaggedValue)
      .max(1000)
      .optional()
      .describe('Pages with the terms of service by language.'),
    policyUri: Text.optional().describe('Page with the policy on data.'),
    policyUris: z
      .array(TaggedValue)
      .max(1000)
      .optional()
      .describe('Pages with the policy on data by language.'),
    clientUri: Text.optional().describe('Home page of the client.'),
    clientUris: z
      .array(TaggedValue)
      .max(1000)
      .optional()
      .describe('Home pages of the client by language.'),
    bcDeliveryMode: Text.optional().describe('How CIBA tokens are delivered to the client.'),
    bcNotificationEndpoint: Text.optional().describe('Where a CIBA client is notified.'),
    bcRequestSignAlg: JwsAlg.optional().describe('Algorithm of signed CIBA requests.'),
    bcUserCodeRequired: z
      .boolean()
      .default(false)
      .describe('Whether CIBA requests of the client have to carry a user code.'),
    attributes: z
      .array(Pair)
      .max(1000)
      .optional()
      .describe(
        'Settings and notes of the caller; those that begin with `ext.` are settings of the engine.',
      ),
    extension: ClientExtension.optional().describe(
      'What the service grants or limits for the client.',
    ),
    authorizationDetailsTypes: Texts.optional().describe(
      'Types of authorization details that the client may use, RFC 9396 §10.',
    ),
    customMetadata: LongText.optional().describe('Further client metadata, as JSON text.'),
    frontChannelRequestObjectEncryptionRequired: z
      .boolean()
      .default(false)
      .describe('Whether request objects of the front channel have to be encrypted.'),
    requestObjectEncryptionAlgMatchRequired: z
      .boolean()
      .default(false)
      .describe('Whether the alg of an encrypted request object has to be the registered one.'),
    requestObjectEncryptionEncMatchRequired: z
      .boolean()
      .default(false)
      .describe('Whether the enc of an encrypted request object has to be the registered one.'),
    digestAlgorithm: Text.optional().describe('Digest algorithm for external attachments.'),
    singleAccessTokenPerSubject: z
      .boolean()
      .default(false)
      .describe('Whether a new access token ends the earlier ones of the same user and client.'),
    pkceRequired: z
      .boolean()
      .default(false)
      .describe(
        'Whether authorization requests for a code have to carry a code challenge, RFC 7636.',
      ),
    pkceS256Required: z
      .boolean()
      .default(false)
      .describe('Whether the challenge has to be a SHA-256 hash.'),
    dpopRequired: z
      .boolean()
      .default(false)
      .describe('Whether token requests of the client have to carry a DPoP proof, RFC 9449 §5.2.'),
    automaticallyRegistered: z
      .boolean()
      .default(false)
      .describe('Whether a federation registered the client automatically.'),
    explicitlyRegistered: z
      .boolean()
      .default(false)
      .describe('Whether a federation registered the client explicitly.'),
    rsRequestSigned: z
      .boolean()
      .default(false)
      .describe('Whether requests to protected resources are signed, RFC 9421.'),
    rsSignedRequestKeyId: Text.optional().describe(
      'Key that signs requests to protected resources, by its kid.',
    ),
    clientRegistrationTypes: z
      .array(ClientRegistrationType)
      .max(1000)
      .optional()
      .describe('Ways in which the client registers in a federation.'),
    organizationName: Text.optional().describe('Name of the organization.'),
    signedJwksUri: Text.optional().describe('URL of the signed key set.'),
    entityId: Text.optional().describe('Entity identifier in a federation.'),
    trustAnchorId: Text.optional().describe('Trust anchor that the client was found by.'),
    trustChain: Texts.optional().describe('Trust chain of the client.'),
    trustChainExpiresAt: Moment.optional().describe(
      'When the trust chain expires, in milliseconds since the epoch.',
    ),
    trustChainUpdatedAt: Moment.optional().describe(
      'When the trust chain was updated, in milliseconds since the epoch.',
    ),
    locked: z.boolean().default(false).describe('Whether everything is refused to the client.'),
    credentialOfferEndpoint: Text.optional().describe('Where credential offers are sent to.'),
    fapiModes: z
      .array(FapiMode)
      .max(1000)
      .optional()
      .describe('FAPI profiles that requests are held to.'),
    responseModes: z
      .array(ResponseMode)
      .max(20)
      .optional()
      .describe('Response modes that the client may use; absent means all.'),
    credentialResponseEncryptionRequired: z
      .boolean()
      .default(false)
      .describe('Whether credential responses have to be encrypted.'),
    mtlsEndpointAliasesUsed: z
      .boolean()
      .default(false)
      .describe('Whether the client uses the endpoints for mutual TLS.'),
    inScopeForTokenMigration: z
      .boolean()
      .default(false)
      .describe('Whether tokens of the client are to be migrated.'),
    metadataDocumentLocation: Uri.optional().describe(
      'URL of the metadata document of the client.',
    ),
    metadataDocumentExpiresAt: Moment.optional().describe(
      'When the metadata document expires, in milliseconds since the epoch.',
    ),
    metadataDocumentUpdatedAt: Moment.optional().describe(
      'When the metadata document was fetched, in milliseconds since the epoch.',
    ),
    discoveredByMetadataDocument: z
      .boolean()
      .default(false)
      .describe('Whether the client became known by its metadata document.'),
    spiffeId: Text.optional().describe('SPIFFE identifier of the client.'),
    spiffeBundleEndpoint: Uri.optional().describe('URL of the SPIFFE bundle.'),
    haipVersion: Text.optional().describe(
      'Version of the High Assurance Interoperability Profile.',
    ),
    backchannelLogoutUri: Uri.optional().describe('Where the client is told of logouts.'),
    backchannelLogoutSessionRequired: z
      .boolean()
      .default(false)
      .describe('Whether logout tokens have to carry the session.'),
    clientSource: ClientSource.optional().describe('How the client came to be.'),
    registrationAccessTokenHash: Text.optional().describe(
      'Hash of the registration access token, RFC 7592 §3.',
    ),
  })
  .meta({ id: 'client_document' })
export type ClientDocument = z.output<typeof ClientDocument>

export const Client = ClientDocument.extend({
  number: z.int().describe('Number of the client within its service, below 2^31.'),
  serviceNumber: z.int().optional().describe('Number of the service.'),
  clientId: z.int().describe('Id of the client, below 2^53.'),
  clientSecret: Text.optional().describe('Secret of the client.'),
  dynamicallyRegistered: z.boolean().default(false).describe('Whether it registered itself.'),
  derivedSectorIdentifier: Text.optional().describe('Host that pairwise subjects are made for.'),
  createdAt: z.int().describe('When the client was created, in milliseconds since the epoch.'),
  modifiedAt: z.int().describe('When the client was last changed, in milliseconds.'),
}).meta({ id: 'client' })
export type Client = z.output<typeof Client>

/** Properties that are sealed at rest. */
export const clientSecrets = ['clientSecret', 'jwks'] as const satisfies readonly (keyof Client)[]

/** What lists of authorizations show. */
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

/** What pages of the authorization endpoint may show. */
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
