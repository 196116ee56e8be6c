/** Services: each is an authorization server of its own, and these are its settings. */
import { z } from 'zod'
import {
  AttachmentType,
  ClaimType,
  ClientAuthMethod,
  ClientRegistrationType,
  DeliveryMode,
  Display,
  FapiMode,
  GrantType,
  JwsAlg,
  Prompt,
  ResponseType,
  ServiceProfile,
  Sns,
  UserCodeCharset,
  VerifiedClaimsValidationSchema,
} from '../enums.ts'
import { NamedUri, Pair } from '../key-value.ts'
import { Count, LongText, Text, Texts, Uri } from '../primitives.ts'
import { CredentialIssuerMetadata } from './credential-issuer.ts'
import { Hsk } from './hsk.ts'
import { Scope } from './scope.ts'
import { SnsCredentials } from './sns-credentials.ts'
import { TrustAnchor } from './trust-anchor.ts'

/** What a caller sets; the rest of a service is read-only. */
export const ServiceDocument = z
  .object({
    serviceName: Text.optional().describe('Name of the service, for people to read.'),
    issuer: Text.optional().describe(
      'Issuer identifier: an https URL without query and fragment, RFC 8414 §2.',
    ),
    description: LongText.optional().describe('What it is, for people to read.'),
    tokenBatchNotificationEndpoint: Uri.optional().describe(
      'Where to tell that a batch of tokens was created.',
    ),
    clientAssertionAudRestrictedToIssuer: z
      .boolean()
      .default(false)
      .describe('Whether a client assertion has to name the issuer, and only it, as its audience.'),
    clientsPerDeveloper: Count.default(0).describe(
      'How many clients one developer may have; 0 is unlimited.',
    ),
    developerAuthenticationCallbackEndpoint: Uri.optional().describe(
      'Where developers are authenticated.',
    ),
    developerAuthenticationCallbackApiKey: Text.optional().describe(
      'Key for the developer authentication endpoint.',
    ),
    developerAuthenticationCallbackApiSecret: Text.optional().describe(
      'Secret for the developer authentication endpoint.',
    ),
    supportedSnses: z.array(Sns).optional().describe('Social networks by which users may log in.'),
    snsCredentials: z
      .array(SnsCredentials)
      .max(1000)
      .optional()
      .describe('Credentials of the service at social networks.'),
    supportedDeveloperSnses: z
      .array(Sns)
      .optional()
      .describe('Social networks by which developers may log in.'),
    developerSnsCredentials: z
      .array(SnsCredentials)
      .max(1000)
      .optional()
      .describe('Credentials of the service for logins of developers at social networks.'),
    clientIdAliasEnabled: z
      .boolean()
      .default(false)
      .describe('Whether clients may be named by their alias in requests.'),
    metadata: z
      .array(Pair)
      .max(1000)
      .optional()
      .describe(
        'Further members of the discovery document; values that are JSON are taken as JSON. The issuer, the key set and the signature algorithms stay what they are.',
      ),
    authenticationCallbackEndpoint: Uri.optional().describe('Where users are authenticated.'),
    authenticationCallbackApiKey: Text.optional().describe(
      'Key for the user authentication endpoint.',
    ),
    authenticationCallbackApiSecret: Text.optional().describe(
      'Secret for the user authentication endpoint.',
    ),
    supportedAcrs: Texts.optional().describe(
      'Authentication context classes that the service knows.',
    ),
    supportedGrantTypes: z
      .array(GrantType)
      .max(1000)
      .optional()
      .describe('Grant types that the service supports; absent means all.'),
    supportedResponseTypes: z
      .array(ResponseType)
      .max(1000)
      .optional()
      .describe('Response types that the service supports; absent means all.'),
    supportedAuthorizationDetailsTypes: Texts.optional().describe(
      'Types of authorization details that the service knows, RFC 9396 §10.',
    ),
    supportedServiceProfiles: z
      .array(ServiceProfile)
      .max(1000)
      .optional()
      .describe('Profiles that the service conforms to.'),
    errorDescriptionOmitted: z
      .boolean()
      .default(false)
      .describe('Whether errors reach clients without a description.'),
    errorUriOmitted: z
      .boolean()
      .default(false)
      .describe('Whether errors reach clients without a URI.'),
    authorizationEndpoint: Uri.optional().describe(
      'URL of the authorization endpoint, RFC 6749 §3.1.',
    ),
    directAuthorizationEndpointEnabled: z
      .boolean()
      .default(false)
      .describe('Whether an authorization endpoint of the engine itself is open.'),
    supportedUiLocales: Texts.optional().describe('Languages of the pages, BCP 47.'),
    supportedDisplays: z
      .array(Display)
      .max(1000)
      .optional()
      .describe('Ways to show pages, OIDC Core §3.1.2.1.'),
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
    authorizationResponseDuration: Count.default(0).describe(
      'Lifetime of a JWT authorization response, in seconds; 0 means 600.',
    ),
    tokenEndpoint: Uri.optional().describe('URL of the token endpoint, RFC 6749 §3.2.'),
    directTokenEndpointEnabled: z
      .boolean()
      .default(false)
      .describe('Whether a token endpoint of the engine itself is open.'),
    supportedTokenAuthMethods: z
      .array(ClientAuthMethod)
      .max(1000)
      .optional()
      .describe('Client authentication methods at the token endpoint; absent means all.'),
    missingClientIdAllowed: z
      .boolean()
      .default(false)
      .describe(
        'Whether a public client may leave out its id where its code or refresh token tells it.',
      ),
    revocationEndpoint: Uri.optional().describe('URL of the revocation endpoint, RFC 7009.'),
    directRevocationEndpointEnabled: z
      .boolean()
      .default(false)
      .describe('Whether a revocation endpoint of the engine itself is open.'),
    supportedRevocationAuthMethods: z
      .array(ClientAuthMethod)
      .max(1000)
      .optional()
      .describe('Client authentication methods at the revocation endpoint; absent means all.'),
    introspectionEndpoint: Uri.optional().describe('URL of the introspection endpoint, RFC 7662.'),
    directIntrospectionEndpointEnabled: z
      .boolean()
      .default(false)
      .describe('Whether an introspection endpoint of the engine itself is open.'),
    supportedIntrospectionAuthMethods: z
      .array(ClientAuthMethod)
      .max(1000)
      .optional()
      .describe('Authentication methods at the introspection endpoint; absent means all.'),
    pushedAuthReqEndpoint: Uri.optional().describe(
      'URL of the pushed authorization request endpoint, RFC 9126.',
    ),
    pushedAuthReqDuration: Count.default(0).describe(
      'Lifetime of a pushed request, in seconds; 0 means 600.',
    ),
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
    traditionalRequestObjectProcessingApplied: z
      .boolean()
      .default(false)
      .describe('Whether parameters outside a request object count too, OIDC Core §6.1.'),
    mutualTlsValidatePkiCertChain: z
      .boolean()
      .default(false)
      .describe(
        'Whether client certificates have to chain to a trusted root of the service. False counts ' +
          'only where the attribute `ext.mtls.chain_verified_by_terminator` is `true`.',
      ),
    trustedRootCertificates: Texts.optional().describe(
      'Trusted root certificates, each in PEM: `tls_client_auth` needs them, RFC 8705 §2.1.',
    ),
    mtlsEndpointAliases: z
      .array(NamedUri)
      .max(1000)
      .optional()
      .describe(
        'Endpoints for mutual TLS, by the names of the ones that they stand for, RFC 8705 §5.',
      ),
    accessTokenType: Text.optional().describe(
      'Value of `token_type` in token responses; Bearer when absent.',
    ),
    tlsClientCertificateBoundAccessTokens: z
      .boolean()
      .default(false)
      .describe('Whether access tokens are bound to the client certificate, RFC 8705 §3.'),
    accessTokenDuration: Count.default(0).describe(
      'Lifetime of access tokens, in seconds; 0 means 86400.',
    ),
    singleAccessTokenPerSubject: z
      .boolean()
      .default(false)
      .describe('Whether a new access token ends the earlier ones of the same user and client.'),
    accessTokenSignAlg: JwsAlg.optional().describe(
      'Algorithm that access tokens are signed by; they are opaque when absent, RFC 9068.',
    ),
    accessTokenSignatureKeyId: Text.optional().describe(
      'Key that signs access tokens, by its kid; the first that fits when absent.',
    ),
    refreshTokenDuration: Count.default(0).describe(
      'Lifetime of refresh tokens, in seconds; 0 means 864000.',
    ),
    refreshTokenDurationKept: z
      .boolean()
      .default(false)
      .describe('Whether a new refresh token expires when the one that it replaces would have.'),
    refreshTokenDurationReset: z
      .boolean()
      .default(false)
      .describe('Whether a refresh token that is kept lives anew with every use.'),
    refreshTokenKept: z
      .boolean()
      .default(false)
      .describe('Whether a refresh token stays the same when it is used.'),
    supportedScopes: z
      .array(Scope)
      .max(1000)
      .optional()
      .describe('Scopes that the service supports; absent means those of OpenID Connect.'),
    scopeRequired: z
      .boolean()
      .default(false)
      .describe('Whether requests have to ask for at least one scope.'),
    idTokenDuration: Count.default(0).describe('Lifetime of ID Tokens, in seconds; 0 means 86400.'),
    allowableClockSkew: Count.default(0).describe(
      'How far the clocks of clients may be off, in seconds; 0 means 10.',
    ),
    supportedClaimTypes: z
      .array(ClaimType)
      .max(1000)
      .optional()
      .describe('Types of claims, OIDC Core §5.6.'),
    supportedClaimLocales: Texts.optional().describe('Languages of claims, BCP 47.'),
    supportedClaims: Texts.optional().describe(
      'Claims that the service can give; absent means that none is left out.',
    ),
    claimShortcutRestrictive: z
      .boolean()
      .default(false)
      .describe(
        'Whether claims that scopes stand for go into an ID Token only when no access token is issued.',
      ),
    jwksUri: Uri.optional().describe('URL of the key set, RFC 7517 §5.'),
    directJwksEndpointEnabled: z
      .boolean()
      .default(false)
      .describe('Whether a key set endpoint of the engine itself is open.'),
    jwks: LongText.optional().describe(
      'Key set as JSON text, RFC 7517 §5. Private keys of a service are sealed at rest.',
    ),
    idTokenSignatureKeyId: Text.optional().describe(
      'Key that signs ID Tokens, by its kid; the first that fits when absent.',
    ),
    userInfoSignatureKeyId: Text.optional().describe(
      'Key that signs UserInfo responses, by its kid.',
    ),
    authorizationSignatureKeyId: Text.optional().describe(
      'Key that signs JWT authorization responses, by its kid.',
    ),
    userInfoEndpoint: Uri.optional().describe('URL of the UserInfo endpoint, OIDC Core §5.3.'),
    directUserInfoEndpointEnabled: z
      .boolean()
      .default(false)
      .describe('Whether a UserInfo endpoint of the engine itself is open.'),
    dynamicRegistrationSupported: z
      .boolean()
      .default(false)
      .describe('Whether clients may register themselves, RFC 7591.'),
    registrationEndpoint: Uri.optional().describe('URL of the registration endpoint, RFC 7591 §3.'),
    registrationManagementEndpoint: Uri.optional().describe(
      'URL that client configuration endpoints begin with, RFC 7592 §2.',
    ),
    policyUri: Uri.optional().describe('Page with the policy on data.'),
    tosUri: Uri.optional().describe('Page with the terms of service.'),
    serviceDocumentation: Uri.optional().describe('Page with documentation for developers.'),
    backchannelAuthenticationEndpoint: Uri.optional().describe(
      'URL of the backchannel authentication endpoint, CIBA.',
    ),
    supportedBackchannelTokenDeliveryModes: z
      .array(DeliveryMode)
      .max(1000)
      .optional()
      .describe('Ways in which CIBA tokens are delivered.'),
    backchannelAuthReqIdDuration: Count.default(0).describe(
      'Lifetime of a CIBA request, in seconds; 0 means 600.',
    ),
    backchannelPollingInterval: Count.default(0).describe(
      'Seconds between two polls of a CIBA client; 0 means 5.',
    ),
    backchannelUserCodeParameterSupported: z
      .boolean()
      .default(false)
      .describe('Whether CIBA requests may carry a user code.'),
    backchannelBindingMessageRequiredInFapi: z
      .boolean()
      .default(false)
      .describe('Whether FAPI CIBA requests have to carry a binding message.'),
    deviceAuthorizationEndpoint: Uri.optional().describe(
      'URL of the device authorization endpoint, RFC 8628 §3.1.',
    ),
    deviceVerificationUri: Uri.optional().describe(
      'Page where users enter a user code, RFC 8628 §3.2.',
    ),
    deviceVerificationUriComplete: Uri.optional().describe(
      'The same page with a place for the user code.',
    ),
    deviceFlowCodeDuration: Count.default(0).describe(
      'Lifetime of device and user codes, in seconds; 0 means 600.',
    ),
    deviceFlowPollingInterval: Count.default(0).describe(
      'Seconds between two polls of a device; 0 means 5.',
    ),
    userCodeCharset: UserCodeCharset.optional().describe('Characters that user codes are made of.'),
    userCodeLength: Count.default(0).describe(
      'How many characters a user code has; 0 means eight letters or nine digits.',
    ),
    supportedTrustFrameworks: Texts.optional().describe('Trust frameworks of verified claims.'),
    supportedEvidence: Texts.optional().describe('Kinds of evidence of verified claims.'),
    supportedIdentityDocuments: Texts.optional().describe('Identity documents of verified claims.'),
    supportedVerificationMethods: Texts.optional().describe(
      'Verification methods of verified claims.',
    ),
    supportedVerifiedClaims: Texts.optional().describe('Claims that can be verified ones.'),
    verifiedClaimsValidationSchemaSet: VerifiedClaimsValidationSchema.optional().describe(
      'Schema that requests for verified claims are checked by.',
    ),
    attributes: z
      .array(Pair)
      .max(1000)
      .optional()
      .describe(
        'Settings and notes of the caller; those that begin with `ext.` are settings of the engine.',
      ),
    nbfOptional: z
      .boolean()
      .default(false)
      .describe('Whether a request object of FAPI may lack nbf.'),
    issSuppressed: z
      .boolean()
      .default(false)
      .describe('Whether authorization responses come without iss, RFC 9207.'),
    supportedCustomClientMetadata: Texts.optional().describe(
      'Names of further client metadata that registration keeps.',
    ),
    tokenExpirationLinked: z
      .boolean()
      .default(false)
      .describe('Whether an access token expires no later than its refresh token.'),
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
    hsmEnabled: z
      .boolean()
      .default(false)
      .describe('Whether keys of hardware security modules are used.'),
    hsks: z.array(Hsk).max(1000).optional().describe('Keys of hardware security modules.'),
    grantManagementEndpoint: Text.optional().describe('URL of the grant management endpoint.'),
    grantManagementActionRequired: z
      .boolean()
      .default(false)
      .describe('Whether requests have to carry a grant management action.'),
    unauthorizedOnClientConfigSupported: z
      .boolean()
      .default(false)
      .describe(
        'Whether an unknown client at the configuration endpoint is answered 401, RFC 7592 §2.',
      ),
    dcrScopeUsedAsRequestable: z
      .boolean()
      .default(false)
      .describe('Whether the scope that a client registers limits what it may request.'),
    endSessionEndpoint: Uri.optional().describe('URL of the logout endpoint.'),
    loopbackRedirectionUriVariable: z
      .boolean()
      .default(false)
      .describe('Whether the port of a loopback redirect URI may vary, RFC 8252 §7.3.'),
    requestObjectAudienceChecked: z
      .boolean()
      .default(false)
      .describe('Whether a request object has to name the issuer as its audience.'),
    accessTokenForExternalAttachmentEmbedded: z
      .boolean()
      .default(false)
      .describe('Whether external attachments come with access tokens.'),
    authorityHints: Texts.optional().describe(
      'Entity identifiers of the superiors in a federation.',
    ),
    federationEnabled: z
      .boolean()
      .default(false)
      .describe('Whether the service takes part in a federation.'),
    federationJwks: LongText.optional().describe(
      'Key set for the federation, as JSON text; sealed at rest.',
    ),
    federationSignatureKeyId: Text.optional().describe(
      'Key that signs entity configurations, by its kid.',
    ),
    federationConfigurationDuration: Count.default(0).describe(
      'Lifetime of entity configurations, in seconds; 0 means 86400.',
    ),
    federationRegistrationEndpoint: Text.optional().describe(
      'URL of the federation registration endpoint.',
    ),
    organizationName: Text.optional().describe('Name of the organization.'),
    predefinedTransformedClaims: LongText.optional().describe(
      'Transformed claims that requests may refer to, as JSON text.',
    ),
    refreshTokenIdempotent: z
      .boolean()
      .default(false)
      .describe(
        'Whether a retry with the refresh token just used gets the same answer for some seconds.',
      ),
    signedJwksUri: Text.optional().describe('URL of the signed key set.'),
    supportedAttachments: z
      .array(AttachmentType)
      .max(1000)
      .optional()
      .describe('Kinds of attachments of verified claims.'),
    supportedDigestAlgorithms: Texts.optional().describe(
      'Digest algorithms of external attachments.',
    ),
    supportedDocuments: Texts.optional().describe('Document types of verified claims.'),
    supportedDocumentsMethods: Texts.optional().describe('Methods of coercing evidence.'),
    supportedDocumentsValidationMethods: Texts.optional().describe(
      'Methods of validating documents.',
    ),
    supportedDocumentsVerificationMethods: Texts.optional().describe(
      "Methods of verifying that a document is the user's.",
    ),
    supportedElectronicRecords: Texts.optional().describe('Electronic records of verified claims.'),
    supportedClientRegistrationTypes: z
      .array(ClientRegistrationType)
      .max(1000)
      .optional()
      .describe('Ways in which clients of a federation register.'),
    tokenExchangeByIdentifiableClientsOnly: z
      .boolean()
      .default(false)
      .describe('Whether token exchange needs a client that is named.'),
    tokenExchangeByConfidentialClientsOnly: z
      .boolean()
      .default(false)
      .describe('Whether token exchange needs a confidential client.'),
    tokenExchangeByPermittedClientsOnly: z
      .boolean()
      .default(false)
      .describe('Whether token exchange needs a client that is permitted to.'),
    tokenExchangeEncryptedJwtRejected: z
      .boolean()
      .default(false)
      .describe('Whether encrypted JWTs are refused in token exchange.'),
    tokenExchangeUnsignedJwtRejected: z
      .boolean()
      .default(false)
      .describe('Whether unsigned JWTs are refused in token exchange.'),
    jwtGrantByIdentifiableClientsOnly: z
      .boolean()
      .default(false)
      .describe('Whether the JWT bearer grant needs a client that is named.'),
    jwtGrantEncryptedJwtRejected: z
      .boolean()
      .default(false)
      .describe('Whether encrypted assertions are refused.'),
    jwtGrantUnsignedJwtRejected: z
      .boolean()
      .default(false)
      .describe('Whether unsigned assertions are refused.'),
    dcrDuplicateSoftwareIdBlocked: z
      .boolean()
      .default(false)
      .describe('Whether one software id registers only once.'),
    trustAnchors: z
      .array(TrustAnchor)
      .max(1000)
      .optional()
      .describe('Trust anchors of the federation.'),
    openidDroppedOnRefreshWithoutOfflineAccess: z
      .boolean()
      .default(false)
      .describe('Whether a refresh loses openid unless offline_access was granted.'),
    supportedDocumentsCheckMethods: Texts.optional().describe('Methods of checking documents.'),
    rsResponseSigned: z
      .boolean()
      .default(false)
      .describe('Whether responses of protected resources are signed, RFC 9421.'),
    cnonceDuration: Count.default(0).describe(
      'Lifetime of nonces for credentials, in seconds; 0 means 300.',
    ),
    dpopNonceRequired: z
      .boolean()
      .default(false)
      .describe('Whether DPoP proofs have to carry a nonce of the server, RFC 9449 §8.'),
    verifiableCredentialsEnabled: z
      .boolean()
      .default(false)
      .describe('Whether the service issues credentials.'),
    credentialJwksUri: Text.optional().describe('URL of the key set for credentials.'),
    credentialOfferDuration: Count.default(0).describe(
      'Lifetime of credential offers, in seconds; 0 means 86400.',
    ),
    dpopNonceDuration: Count.default(0).describe(
      'Lifetime of DPoP nonces, in seconds; 0 means 300.',
    ),
    preAuthorizedGrantAnonymousAccessSupported: z
      .boolean()
      .default(false)
      .describe('Whether pre-authorized codes may be redeemed without a client.'),
    credentialTransactionDuration: Count.default(0).describe(
      'Lifetime of deferred credential transactions, in seconds; 0 means 86400.',
    ),
    introspectionSignatureKeyId: Text.optional().describe(
      'Key that signs introspection responses, by its kid, RFC 9701.',
    ),
    resourceSignatureKeyId: Text.optional().describe(
      'Key that signs responses of protected resources, by its kid.',
    ),
    userPinLength: Count.default(0).describe(
      'Length of the transaction codes of credential offers.',
    ),
    supportedPromptValues: z
      .array(Prompt)
      .max(1000)
      .optional()
      .describe('Values of prompt that the service supports; absent means all.'),
    idTokenReissuable: z
      .boolean()
      .default(false)
      .describe('Whether an ID Token can be issued anew on a refresh.'),
    credentialJwks: LongText.optional().describe(
      'Key set for credentials, as JSON text; sealed at rest.',
    ),
    fapiModes: z
      .array(FapiMode)
      .max(1000)
      .optional()
      .describe('FAPI profiles that requests are held to.'),
    credentialDuration: Count.default(0).describe(
      'Lifetime of credentials, in seconds; 0 means unlimited.',
    ),
    credentialIssuerMetadata: CredentialIssuerMetadata.optional().describe(
      'Metadata of the credential issuer.',
    ),
    idTokenAudType: Text.optional().describe(
      'Whether aud of an ID Token is an array or a string; an array when absent.',
    ),
    nativeSsoSupported: z.boolean().default(false).describe('Whether Native SSO is supported.'),
    oid4vciVersion: Text.optional().describe(
      'Version of OpenID for Verifiable Credential Issuance.',
    ),
    cimdMetadataPolicyEnabled: z
      .boolean()
      .default(false)
      .describe('Whether the policy applies to client ID metadata documents.'),
    clientIdMetadataDocumentSupported: z
      .boolean()
      .default(false)
      .describe('Whether a client may be named by the URL of its metadata.'),
    cimdAllowlistEnabled: z
      .boolean()
      .default(false)
      .describe('Whether only listed metadata URLs are accepted.'),
    cimdAllowlist: Texts.optional().describe('Metadata URLs that are accepted.'),
    cimdAlwaysRetrieved: z
      .boolean()
      .default(false)
      .describe('Whether metadata documents are fetched for every request.'),
    cimdHttpPermitted: z
      .boolean()
      .default(false)
      .describe('Whether metadata URLs may do without TLS.'),
    cimdQueryPermitted: z
      .boolean()
      .default(false)
      .describe('Whether metadata URLs may have a query.'),
    cimdMetadataPolicy: LongText.optional().describe(
      'Policy for client ID metadata documents, as JSON text.',
    ),
    httpAliasProhibited: z
      .boolean()
      .default(false)
      .describe('Whether client aliases may not begin with http.'),
    authorizationCodeDuration: Count.default(0).describe(
      'Lifetime of authorization codes, in seconds; 0 means 600.',
    ),
    challengeEndpoint: Uri.optional().describe('URL of the client attestation challenge endpoint.'),
    attestationChallengeTimeWindow: Count.default(0).describe(
      'Lifetime of client attestation challenges, in seconds; 0 means 300.',
    ),
    haipVersion: Text.optional().describe(
      'Version of the High Assurance Interoperability Profile.',
    ),
    clientAttesterRoots: Texts.optional().describe(
      'Root certificates of client attesters, each in PEM.',
    ),
    clientAttesterRootsEnabled: z
      .boolean()
      .default(false)
      .describe('Whether client attestations may chain to the roots.'),
    clientAttesterRootsOnly: z
      .boolean()
      .default(false)
      .describe('Whether client attestations have to chain to the roots.'),
    keyAttesterRoots: Texts.optional().describe('Root certificates of key attesters, each in PEM.'),
    keyAttesterRootsEnabled: z
      .boolean()
      .default(false)
      .describe('Whether key attestations may chain to the roots.'),
    keyAttesterRootsOnly: z
      .boolean()
      .default(false)
      .describe('Whether key attestations have to chain to the roots.'),
    backchannelLogoutSupported: z
      .boolean()
      .default(false)
      .describe('Whether clients are told of logouts by the back channel.'),
    backchannelLogoutSessionSupported: z
      .boolean()
      .default(false)
      .describe('Whether logout tokens carry the session.'),
    pairwiseSubjectSalt: Text.optional().describe(
      'What pairwise subjects are made with, OIDC Core §8.1. Chosen at random, and kept by updates that ' +
        'leave it out.',
    ),
  })
  .meta({ id: 'service_document' })
export type ServiceDocument = z.output<typeof ServiceDocument>

export const Service = ServiceDocument.extend({
  number: z.int().describe('Number of the service, below 2^31.'),
  apiKey: z.int().describe('Id of the service, by which paths name it, below 2^53.'),
  apiSecret: z
    .string()
    .optional()
    .describe('API token of the service, where it was created by way of Authlete 2.x.'),
  serviceOwnerNumber: z.int().default(0).describe('Always 0: services have no owner.'),
  createdAt: z.int().describe('When the service was created, in milliseconds since the epoch.'),
  modifiedAt: z.int().describe('When the service was last changed, in milliseconds.'),
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
