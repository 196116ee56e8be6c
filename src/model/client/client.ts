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
    clientName: Text.optional().describe('The name of the client, shown to users (RFC 7591 §2).'),
    clientNames: z
      .array(TaggedValue)
      .max(1000)
      .optional()
      .describe('The name of the client in several languages (RFC 7591 §2.2).'),
    description: LongText.optional().describe('A description of the client, for people.'),
    descriptions: z
      .array(TaggedValue)
      .max(1000)
      .optional()
      .describe('The description of the client in several languages.'),
    clientIdAlias: Text.optional().describe(
      'An alias that the client may use as `client_id`. It is unique within the service and does not consist of digits only.',
    ),
    clientIdAliasEnabled: z
      .boolean()
      .default(false)
      .describe(
        'Whether the client may be identified by its alias. The service must enable aliases too.',
      ),
    clientType: ClientType.default('PUBLIC').describe(
      'Whether the client can keep a secret: `CONFIDENTIAL` or `PUBLIC` (RFC 6749 §2.1).',
    ),
    applicationType: ApplicationType.optional().describe(
      'Whether the client is a web or a native application, which decides the permitted redirect URIs. If absent, a public client with a private-use scheme or a loopback redirect URI is `NATIVE`, and any other client is `WEB` (OIDC Registration §2).',
    ),
    logoUri: Text.optional().describe(
      "The URL of the client's logo, shown to users (RFC 7591 §2).",
    ),
    logoUris: z
      .array(TaggedValue)
      .max(1000)
      .optional()
      .describe("The URLs of the client's logo in several languages (RFC 7591 §2.2)."),
    contacts: Texts.optional().describe(
      'The e-mail addresses of the people responsible for the client (RFC 7591 §2).',
    ),
    tlsClientCertificateBoundAccessTokens: z
      .boolean()
      .default(false)
      .describe(
        'Whether access tokens of the client are bound to its certificate. The service must enable it too (RFC 8705 §3).',
      ),
    softwareId: Text.optional().describe(
      "The identifier of the client's software, the same for all its instances (RFC 7591 §2).",
    ),
    developer: Text.optional().describe(
      "The developer that the client belongs to, by the caller's identifier. `/client/get/list` can filter by it.",
    ),
    softwareVersion: Text.optional().describe(
      "The version of the client's software (RFC 7591 §2).",
    ),
    grantTypes: z
      .array(GrantType)
      .max(1000)
      .optional()
      .describe(
        'The grant types that the client may use. Without a list, all that the service supports (RFC 7591 §2).',
      ),
    responseTypes: z
      .array(ResponseType)
      .max(1000)
      .optional()
      .describe(
        'The response types that the client may use. Without a list, all that the service supports (RFC 7591 §2).',
      ),
    redirectUris: Texts.optional().describe(
      'The redirect URIs of the client. A request must use one of them, character by character (RFC 6749 §3.1.2).',
    ),
    authorizationSignAlg: JwsAlg.optional().describe(
      'The algorithm that signs JWT authorization responses. Without it, RS256 or the first algorithm that the service has a key for (JARM §3).',
    ),
    authorizationEncryptionAlg: JweAlg.optional().describe(
      'The key management algorithm that encrypts JWT authorization responses. Without it, they are not encrypted (JARM §3).',
    ),
    authorizationEncryptionEnc: JweEnc.optional().describe(
      'The content encryption algorithm of JWT authorization responses; A128CBC-HS256 if absent (JARM §3).',
    ),
    tokenAuthMethod: ClientAuthMethod.default('CLIENT_SECRET_BASIC').describe(
      'The method by which the client authenticates at every endpoint (OIDC Core §9).',
    ),
    tokenAuthSignAlg: JwsAlg.optional().describe(
      "The algorithm that must sign the client's assertions. Without it, any algorithm of its authentication method (OIDC Core §9).",
    ),
    selfSignedCertificateKeyId: Text.optional().describe(
      'The `kid` of the key that the self-signed client certificate must match. Without it, any key of the client (RFC 8705 §2.2).',
    ),
    tlsClientAuthSubjectDn: Text.optional().describe(
      'The subject distinguished name that the client certificate must have, in the order of RFC 4514 (RFC 8705 §2.1.2).',
    ),
    tlsClientAuthSanDns: Text.optional().describe(
      'The DNS name that the client certificate must contain (RFC 8705 §2.1.2).',
    ),
    tlsClientAuthSanUri: Text.optional().describe(
      'The URI that the client certificate must contain (RFC 8705 §2.1.2).',
    ),
    tlsClientAuthSanIp: Text.optional().describe(
      'The IP address that the client certificate must contain (RFC 8705 §2.1.2).',
    ),
    tlsClientAuthSanEmail: Text.optional().describe(
      'The e-mail address that the client certificate must contain (RFC 8705 §2.1.2).',
    ),
    parRequired: z
      .boolean()
      .default(false)
      .describe(
        'Whether every authorization request of the client must be pushed first (RFC 9126 §6).',
      ),
    requestObjectRequired: z
      .boolean()
      .default(false)
      .describe(
        'Whether every authorization request of the client must contain a signed request object (RFC 9101 §10.5).',
      ),
    requestSignAlg: JwsAlg.optional().describe(
      "The algorithm that must sign the client's request objects. Without it, any algorithm that the service accepts (OIDC Registration §2).",
    ),
    requestEncryptionAlg: JweAlg.optional().describe(
      "The key management algorithm of the client's encrypted request objects. The service enforces it with `requestObjectEncryptionAlgMatchRequired` (OIDC Registration §2).",
    ),
    requestEncryptionEnc: JweEnc.optional().describe(
      "The content encryption algorithm of the client's encrypted request objects; A128CBC-HS256 if absent (OIDC Registration §2).",
    ),
    requestUris: Texts.optional().describe(
      'The URLs from which request objects of the client may be fetched (OIDC Core §6.2).',
    ),
    defaultMaxAge: Count.optional().describe(
      'The `max_age` of requests that do not contain one, in seconds; 0 means no limit (OIDC Registration §2).',
    ),
    defaultAcrs: Texts.optional().describe(
      'The `acr_values` of requests that do not contain any (OIDC Registration §2).',
    ),
    idTokenSignAlg: JwsAlg.default('RS256').describe(
      "The algorithm that signs the client's ID Tokens (OIDC Registration §2).",
    ),
    idTokenEncryptionAlg: JweAlg.optional().describe(
      "The key management algorithm that encrypts the client's ID Tokens. Without it, they are not encrypted (OIDC Registration §2).",
    ),
    idTokenEncryptionEnc: JweEnc.optional().describe(
      "The content encryption algorithm of the client's ID Tokens; A128CBC-HS256 if absent (OIDC Registration §2).",
    ),
    authTimeRequired: z
      .boolean()
      .default(false)
      .describe(
        "Whether the client's ID Tokens must contain `auth_time`. The caller must then supply it (OIDC Registration §2).",
      ),
    subjectType: SubjectType.default('PUBLIC').describe(
      'Whether users have the same `sub` for all clients (`PUBLIC`) or one for each sector (`PAIRWISE`) (OIDC Core §8).',
    ),
    sectorIdentifierUri: Text.optional().describe(
      'The URL of a JSON list that contains all redirect URIs of the client. Its host is the sector of pairwise subjects (OIDC Core §8.1).',
    ),
    jwksUri: Text.optional().describe("The URL of the client's key set (RFC 7591 §2)."),
    jwks: LongText.optional().describe(
      "The client's key set as JSON text, stored sealed. Private keys are returned only to callers who may change the client, and are never used (RFC 7591 §2).",
    ),
    userInfoSignAlg: JwsAlg.optional().describe(
      'The algorithm that signs UserInfo responses for the client. Without it, they are plain JSON (OIDC Registration §2).',
    ),
    userInfoEncryptionAlg: JweAlg.optional().describe(
      'The key management algorithm that encrypts UserInfo responses for the client. Without it, they are not encrypted (OIDC Registration §2).',
    ),
    userInfoEncryptionEnc: JweEnc.optional().describe(
      'The content encryption algorithm of UserInfo responses; A128CBC-HS256 if absent (OIDC Registration §2).',
    ),
    loginUri: Text.optional().describe(
      'The URL at which a third party can initiate a login at the client (OIDC Core §4).',
    ),
    tosUri: Text.optional().describe("The URL of the client's terms of service (RFC 7591 §2)."),
    tosUris: z
      .array(TaggedValue)
      .max(1000)
      .optional()
      .describe("The URLs of the client's terms of service in several languages (RFC 7591 §2.2)."),
    policyUri: Text.optional().describe(
      "The URL of the client's page about the use of data (RFC 7591 §2).",
    ),
    policyUris: z
      .array(TaggedValue)
      .max(1000)
      .optional()
      .describe(
        "The URLs of the client's page about the use of data in several languages (RFC 7591 §2.2).",
      ),
    clientUri: Text.optional().describe("The URL of the client's home page (RFC 7591 §2)."),
    clientUris: z
      .array(TaggedValue)
      .max(1000)
      .optional()
      .describe("The URLs of the client's home page in several languages (RFC 7591 §2.2)."),
    bcDeliveryMode: Text.optional().describe(
      'The CIBA delivery mode of the client: `poll`, `ping` or `push`. It is required for CIBA (CIBA §4).',
    ),
    bcNotificationEndpoint: Text.optional().describe(
      'The URL that is notified in the modes `ping` and `push`, where it is required (CIBA §4).',
    ),
    bcRequestSignAlg: JwsAlg.optional().describe(
      "The algorithm that must sign the client's CIBA requests. With it, every CIBA request must be signed (CIBA §4).",
    ),
    bcUserCodeRequired: z
      .boolean()
      .default(false)
      .describe(
        "Whether the client's CIBA requests must contain a `user_code`. It applies with the service's `backchannelUserCodeParameterSupported` (CIBA §4).",
      ),
    attributes: z
      .array(Pair)
      .max(1000)
      .optional()
      .describe(
        'Key-value pairs. Keys that begin with `ext.` are settings of Postern, listed in `docs/attributes.md`; all others are notes of the caller.',
      ),
    extension: ClientExtension.optional().describe(
      'The permissions and limits that the service sets for this client: its scopes, token lifetimes and token exchange.',
    ),
    authorizationDetailsTypes: Texts.optional().describe(
      'The types of authorization details that the client may use. Without a list, all that the service supports (RFC 9396 §10).',
    ),
    customMetadata: LongText.optional().describe(
      'Additional client metadata, as JSON text (RFC 7591 §2).',
    ),
    frontChannelRequestObjectEncryptionRequired: z
      .boolean()
      .default(false)
      .describe(
        'Whether a request object of the client that was not pushed must be encrypted (RFC 9101 §6.1).',
      ),
    requestObjectEncryptionAlgMatchRequired: z
      .boolean()
      .default(false)
      .describe(
        'Whether the `alg` of an encrypted request object must be `requestEncryptionAlg` (OIDC Registration §2).',
      ),
    requestObjectEncryptionEncMatchRequired: z
      .boolean()
      .default(false)
      .describe(
        'Whether the `enc` of an encrypted request object must be `requestEncryptionEnc` (OIDC Registration §2).',
      ),
    digestAlgorithm: Text.optional().describe(
      'The digest algorithm that the client prefers for external attachments (OpenID Connect for Identity Assurance §7).',
    ),
    singleAccessTokenPerSubject: z
      .boolean()
      .default(false)
      .describe(
        'Whether issuing tokens to the client, except by a refresh, ends all its earlier access and refresh tokens of the same user.',
      ),
    pkceRequired: z
      .boolean()
      .default(false)
      .describe(
        'Whether an authorization request of the client for a code must contain a `code_challenge` (RFC 7636 §4.4.1).',
      ),
    pkceS256Required: z
      .boolean()
      .default(false)
      .describe(
        "Whether the client's `code_challenge_method` must be `S256`. It requires no challenge by itself: see `pkceRequired` (RFC 7636 §4.2).",
      ),
    dpopRequired: z
      .boolean()
      .default(false)
      .describe(
        'Whether token requests of the client must contain a DPoP proof, which binds its tokens (RFC 9449 §5.2).',
      ),
    automaticallyRegistered: z
      .boolean()
      .default(false)
      .describe('Whether the client was registered automatically by a federation.'),
    explicitlyRegistered: z
      .boolean()
      .default(false)
      .describe('Whether the client was registered explicitly by a federation.'),
    rsRequestSigned: z
      .boolean()
      .default(false)
      .describe(
        "Whether the client's requests to protected resources must have an HTTP message signature, which UserInfo and introspection verify (RFC 9421 §3.2).",
      ),
    rsSignedRequestKeyId: Text.optional().describe(
      "The `kid` of the client's key that must sign those requests. Without it, the key that the signature names (RFC 9421 §3.2).",
    ),
    clientRegistrationTypes: z
      .array(ClientRegistrationType)
      .max(1000)
      .optional()
      .describe('The ways in which the client registers in a federation.'),
    organizationName: Text.optional().describe(
      'The name of the organization that runs the client.',
    ),
    signedJwksUri: Text.optional().describe(
      "The URL of the client's signed key set. It is used instead of `jwks`, whose keys verify it if there is no trust chain (OpenID Federation §5.2.1).",
    ),
    entityId: Text.optional().describe(
      'The entity identifier of the client. The `iss` and `sub` of its signed key set must match it (OpenID Federation §5.2.1).',
    ),
    trustAnchorId: Text.optional().describe(
      "The entity identifier of the trust anchor of the client's trust chain.",
    ),
    trustChain: Texts.optional().describe(
      'The trust chain of the client, its own statement first. The keys of that statement verify `signedJwksUri` (OpenID Federation §5.2.1).',
    ),
    trustChainExpiresAt: Moment.optional().describe(
      'The time when the trust chain expires, in milliseconds since the Unix epoch.',
    ),
    trustChainUpdatedAt: Moment.optional().describe(
      'The time when the trust chain was updated, in milliseconds since the Unix epoch.',
    ),
    locked: z
      .boolean()
      .default(false)
      .describe(
        'Whether the client is locked. A locked client cannot authenticate and gets no tokens, and its tokens are not accepted (RFC 6749 §5.2).',
      ),
    credentialOfferEndpoint: Text.optional().describe('The URL that receives credential offers.'),
    fapiModes: z
      .array(FapiMode)
      .max(1000)
      .optional()
      .describe(
        'The FAPI profiles that requests of the client must comply with. The `fapiModes` of the service override them (FAPI 2.0 §5).',
      ),
    responseModes: z
      .array(ResponseMode)
      .max(20)
      .optional()
      .describe(
        'The response modes that the client may use. Without a list, all (OAuth 2.0 Multiple Response Types §2.1).',
      ),
    credentialResponseEncryptionRequired: z
      .boolean()
      .default(false)
      .describe('Whether credential responses to the client must be encrypted.'),
    mtlsEndpointAliasesUsed: z
      .boolean()
      .default(false)
      .describe(
        'Whether the client uses the endpoints for mutual TLS, as a note: Postern accepts it at all endpoints (RFC 8705 §5).',
      ),
    inScopeForTokenMigration: z
      .boolean()
      .default(false)
      .describe('Whether tokens of the client are to be migrated from another system.'),
    metadataDocumentLocation: Uri.optional().describe(
      "The URL of the client's metadata document (CIMD §4).",
    ),
    metadataDocumentExpiresAt: Moment.optional().describe(
      'The time until which the metadata document is used without being fetched again, in milliseconds since the Unix epoch (CIMD §4.3).',
    ),
    metadataDocumentUpdatedAt: Moment.optional().describe(
      'The time when the metadata document was fetched, in milliseconds since the Unix epoch.',
    ),
    discoveredByMetadataDocument: z
      .boolean()
      .default(false)
      .describe('Whether the client was created from its metadata document (CIMD §4).'),
    spiffeId: Text.optional().describe(
      'The SPIFFE ID of the client, which must be the `sub` of its JWT-SVIDs (SPIFFE-ID §2).',
    ),
    spiffeBundleEndpoint: Uri.optional().describe(
      "The URL of the SPIFFE bundle whose keys verify the client's JWT-SVIDs. `spiffe_jwt` requires it (SPIFFE Client Authentication §5.1).",
    ),
    haipVersion: Text.optional().describe(
      'The version of the High Assurance Interoperability Profile.',
    ),
    backchannelLogoutUri: Uri.optional().describe(
      "The URL that receives logout tokens. With it, the client's ID Tokens contain `sid`; logout tokens are not sent yet (OIDC Back-Channel Logout §2.1).",
    ),
    backchannelLogoutSessionRequired: z
      .boolean()
      .default(false)
      .describe("Whether the client's logout tokens must contain `sid`."),
    clientSource: ClientSource.optional().describe(
      'How the client was created, for example `STATIC_REGISTRATION` by this API or `DYNAMIC_REGISTRATION`.',
    ),
    registrationAccessTokenHash: Text.optional().describe(
      "The hash of the client's registration access token (RFC 7592 §3).",
    ),
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
  clientSecret: Text.optional().describe('The client secret. Stored sealed (RFC 6749 §2.3.1).'),
  dynamicallyRegistered: z
    .boolean()
    .default(false)
    .describe('Whether the client registered itself (RFC 7591 §3).'),
  derivedSectorIdentifier: Text.optional().describe(
    "The sector of the client's pairwise subjects: the host of `sectorIdentifierUri` or of its redirect URIs (OIDC Core §8.1).",
  ),
  createdAt: z
    .int()
    .describe('The time when the client was created, in milliseconds since the Unix epoch.'),
  modifiedAt: z
    .int()
    .describe('The time when the client was last changed, in milliseconds since the Unix epoch.'),
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
