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
    serviceName: Text.optional().describe('The display name of the service, for people.'),
    issuer: Text.optional().describe(
      'The issuer identifier of the authorization server: an https URL without query and fragment. It is the `iss` of everything that the service signs (RFC 8414 §2).',
    ),
    description: LongText.optional().describe('A description of the service, for people.'),
    tokenBatchNotificationEndpoint: Uri.optional().describe(
      'The URL to which Postern posts the status of a finished batch of `/auth/token/create/batch`. Without it, no notification is sent.',
    ),
    clientAssertionAudRestrictedToIssuer: z
      .boolean()
      .default(false)
      .describe(
        'Whether the `aud` of a client assertion must be the issuer and nothing else. Otherwise the URL of the endpoint is accepted too (RFC 7523 §3).',
      ),
    clientsPerDeveloper: Count.default(0).describe(
      'The number of clients that one developer may have; 0 means unlimited.',
    ),
    developerAuthenticationCallbackEndpoint: Uri.optional().describe(
      'The URL that authenticates developers.',
    ),
    developerAuthenticationCallbackApiKey: Text.optional().describe(
      'The API key for `developerAuthenticationCallbackEndpoint`. Stored sealed.',
    ),
    developerAuthenticationCallbackApiSecret: Text.optional().describe(
      'The API secret for `developerAuthenticationCallbackEndpoint`. Stored sealed.',
    ),
    supportedSnses: z
      .array(Sns)
      .optional()
      .describe('The social networks with which users may log in.'),
    snsCredentials: z
      .array(SnsCredentials)
      .max(1000)
      .optional()
      .describe(
        'The credentials of the service at the social networks of `supportedSnses`. Stored sealed.',
      ),
    supportedDeveloperSnses: z
      .array(Sns)
      .optional()
      .describe('The social networks with which developers may log in.'),
    developerSnsCredentials: z
      .array(SnsCredentials)
      .max(1000)
      .optional()
      .describe(
        'The credentials of the service at the social networks of `supportedDeveloperSnses`. Stored sealed.',
      ),
    clientIdAliasEnabled: z
      .boolean()
      .default(false)
      .describe(
        "Whether the service accepts a client's alias as `client_id`. The client must enable its alias too.",
      ),
    metadata: z
      .array(Pair)
      .max(1000)
      .optional()
      .describe(
        'Additional members of the discovery document. A value that is JSON is published as JSON. The issuer, `jwks_uri` and the lists of signing algorithms cannot be replaced (RFC 8414 §2).',
      ),
    authenticationCallbackEndpoint: Uri.optional().describe('The URL that authenticates users.'),
    authenticationCallbackApiKey: Text.optional().describe(
      'The API key for `authenticationCallbackEndpoint`. Stored sealed.',
    ),
    authenticationCallbackApiSecret: Text.optional().describe(
      'The API secret for `authenticationCallbackEndpoint`. Stored sealed.',
    ),
    supportedAcrs: Texts.optional().describe(
      'The authentication context classes that the service supports, published in the discovery document. Other classes in a CIBA or device request are ignored (OpenID Connect Discovery §3).',
    ),
    supportedGrantTypes: z
      .array(GrantType)
      .max(1000)
      .optional()
      .describe(
        'The grant types that the service supports. Without a list, all are supported, but CIBA also needs `supportedBackchannelTokenDeliveryModes` (RFC 8414 §2).',
      ),
    supportedResponseTypes: z
      .array(ResponseType)
      .max(1000)
      .optional()
      .describe(
        'The response types that the service supports. Without a list, all are supported (RFC 8414 §2).',
      ),
    supportedAuthorizationDetailsTypes: Texts.optional().describe(
      'The types of authorization details that the service supports. Without a list, none is supported and requests with `authorization_details` are refused (RFC 9396 §10).',
    ),
    supportedServiceProfiles: z
      .array(ServiceProfile)
      .max(1000)
      .optional()
      .describe(
        'The profiles that the service supports. With `FAPI`, the scope attributes `fapi` and `fapi2` put a request under a FAPI profile.',
      ),
    errorDescriptionOmitted: z
      .boolean()
      .default(false)
      .describe('Whether error responses to clients omit `error_description` (RFC 6749 §5.2).'),
    errorUriOmitted: z
      .boolean()
      .default(false)
      .describe(
        'Whether error responses to clients omit an `error_uri` that the caller supplied (RFC 6749 §5.2).',
      ),
    authorizationEndpoint: Uri.optional().describe(
      'The URL of the authorization endpoint, published in the discovery document (RFC 6749 §3.1).',
    ),
    directAuthorizationEndpointEnabled: z
      .boolean()
      .default(false)
      .describe('Whether the engine serves an authorization endpoint itself.'),
    supportedUiLocales: Texts.optional().describe(
      'The languages of the login pages as BCP 47 tags, published in the discovery document (OpenID Connect Discovery §3).',
    ),
    supportedDisplays: z
      .array(Display)
      .max(1000)
      .optional()
      .describe(
        'The values of `display` that the login pages support, published in the discovery document (OIDC Core §3.1.2.1).',
      ),
    pkceRequired: z
      .boolean()
      .default(false)
      .describe(
        'Whether an authorization request for a code must contain a `code_challenge` (RFC 7636 §4.4.1).',
      ),
    pkceS256Required: z
      .boolean()
      .default(false)
      .describe(
        'Whether the `code_challenge_method` must be `S256`. It requires no challenge by itself: see `pkceRequired` (RFC 7636 §4.2).',
      ),
    authorizationResponseDuration: Count.default(0).describe(
      'The lifetime of a JWT authorization response in seconds; 0 means 600 (JARM §2.1).',
    ),
    tokenEndpoint: Uri.optional().describe(
      'The URL of the token endpoint, published in the discovery document and accepted as the `aud` of client assertions (RFC 6749 §3.2).',
    ),
    directTokenEndpointEnabled: z
      .boolean()
      .default(false)
      .describe('Whether the engine serves a token endpoint itself.'),
    supportedTokenAuthMethods: z
      .array(ClientAuthMethod)
      .max(1000)
      .optional()
      .describe(
        'The client authentication methods that the token endpoint accepts. Without a list, all are accepted (RFC 8414 §2).',
      ),
    missingClientIdAllowed: z
      .boolean()
      .default(false)
      .describe(
        'Whether a token request of a public client may omit `client_id` if the code, refresh token or device code identifies the client (RFC 6749 §4.1.3).',
      ),
    revocationEndpoint: Uri.optional().describe(
      'The URL of the revocation endpoint, published in the discovery document (RFC 7009 §2).',
    ),
    directRevocationEndpointEnabled: z
      .boolean()
      .default(false)
      .describe('Whether the engine serves a revocation endpoint itself.'),
    supportedRevocationAuthMethods: z
      .array(ClientAuthMethod)
      .max(1000)
      .optional()
      .describe(
        'The client authentication methods that the revocation endpoint accepts. Without a list, all are accepted (RFC 8414 §2).',
      ),
    introspectionEndpoint: Uri.optional().describe(
      'The URL of the introspection endpoint, published in the discovery document (RFC 7662 §2).',
    ),
    directIntrospectionEndpointEnabled: z
      .boolean()
      .default(false)
      .describe('Whether the engine serves an introspection endpoint itself.'),
    supportedIntrospectionAuthMethods: z
      .array(ClientAuthMethod)
      .max(1000)
      .optional()
      .describe(
        'The authentication methods of the introspection endpoint, published in the discovery document. The frontend enforces them. Without a list, all are published (RFC 8414 §2).',
      ),
    pushedAuthReqEndpoint: Uri.optional().describe(
      'The URL of the pushed authorization request endpoint, published in the discovery document (RFC 9126 §5).',
    ),
    pushedAuthReqDuration: Count.default(0).describe(
      'The lifetime of a pushed authorization request in seconds; 0 means 600. FAPI 2.0 limits it to 599 (RFC 9126 §2.2).',
    ),
    parRequired: z
      .boolean()
      .default(false)
      .describe('Whether every authorization request must be pushed first (RFC 9126 §5).'),
    requestObjectRequired: z
      .boolean()
      .default(false)
      .describe(
        'Whether every authorization request must contain a signed request object (RFC 9101 §10.5).',
      ),
    traditionalRequestObjectProcessingApplied: z
      .boolean()
      .default(false)
      .describe(
        'Whether request parameters outside the request object count too. Otherwise only those inside count (OIDC Core §6.1 and RFC 9101 §6.3).',
      ),
    mutualTlsValidatePkiCertChain: z
      .boolean()
      .default(false)
      .describe(
        'Whether Postern itself validates the certificate chain for `tls_client_auth`. With `false`, it still does so if `trustedRootCertificates` are set, unless the attribute `ext.mtls.chain_verified_by_terminator` is `true` (RFC 8705 §2.1).',
      ),
    trustedRootCertificates: Texts.optional().describe(
      'The root certificates, each in PEM, to which client certificates of `tls_client_auth` must chain (RFC 8705 §2.1).',
    ),
    mtlsEndpointAliases: z
      .array(NamedUri)
      .max(1000)
      .optional()
      .describe(
        'The URLs of the endpoints for mutual TLS, published in the discovery document. Each has the name of its discovery member, for example `token_endpoint` (RFC 8705 §5).',
      ),
    accessTokenType: Text.optional().describe(
      'The `token_type` of an access token that is not bound to a DPoP key; `Bearer` if absent (RFC 6749 §7.1).',
    ),
    tlsClientCertificateBoundAccessTokens: z
      .boolean()
      .default(false)
      .describe(
        'Whether the service binds access tokens to the client certificate. The client must enable it too (RFC 8705 §3).',
      ),
    accessTokenDuration: Count.default(0).describe(
      'The lifetime of an access token in seconds; 0 means 86400. A client or a scope can shorten it (RFC 6749 §5.1).',
    ),
    singleAccessTokenPerSubject: z
      .boolean()
      .default(false)
      .describe(
        'Whether issuing tokens, except by a refresh, ends all earlier access and refresh tokens of the same user and client.',
      ),
    accessTokenSignAlg: JwsAlg.optional().describe(
      'The asymmetric algorithm that signs access tokens as JWTs. Without it, access tokens are opaque (RFC 9068 §2.1).',
    ),
    accessTokenSignatureKeyId: Text.optional().describe(
      'The `kid` of the key that signs access tokens. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4).',
    ),
    refreshTokenDuration: Count.default(0).describe(
      'The lifetime of a refresh token in seconds; 0 means 864000. A client or a scope can shorten it (RFC 6749 §1.5).',
    ),
    refreshTokenDurationKept: z
      .boolean()
      .default(false)
      .describe(
        'Whether a new refresh token keeps the expiry of the refresh token that it replaces. It applies if refresh tokens are replaced (RFC 9700 §4.14.2).',
      ),
    refreshTokenDurationReset: z
      .boolean()
      .default(false)
      .describe(
        'Whether each use of a refresh token restarts its lifetime. It applies with `refreshTokenKept` (RFC 9700 §4.14.2).',
      ),
    refreshTokenKept: z
      .boolean()
      .default(false)
      .describe(
        'Whether a refresh token stays the same when it is used. Otherwise each use replaces it (RFC 6749 §6).',
      ),
    supportedScopes: z
      .array(Scope)
      .max(1000)
      .optional()
      .describe(
        'The scopes that the service supports; other scopes in a request are ignored. Without a list, they are `openid`, `profile`, `email`, `address`, `phone` and `offline_access` (RFC 6749 §3.3).',
      ),
    scopeRequired: z
      .boolean()
      .default(false)
      .describe('Whether a request without any supported scope is refused (RFC 6749 §3.3).'),
    idTokenDuration: Count.default(0).describe(
      'The lifetime of an ID Token in seconds; 0 means 86400. A client or a scope can shorten it (OIDC Core §2).',
    ),
    allowableClockSkew: Count.default(0).describe(
      'The tolerated clock difference in seconds when `exp`, `nbf` and `iat` of a received JWT are checked; 0 means 10 (RFC 7519 §4.1.4).',
    ),
    supportedClaimTypes: z
      .array(ClaimType)
      .max(1000)
      .optional()
      .describe(
        'The types of claims that the service supports, published in the discovery document (OIDC Core §5.6).',
      ),
    supportedClaimLocales: Texts.optional().describe(
      'The languages of claims as BCP 47 tags, published in the discovery document (OIDC Core §5.2).',
    ),
    supportedClaims: Texts.optional().describe(
      'The claims that the service supports, published in the discovery document. Other claims are not asked of the caller. Without a list, all are (OpenID Connect Discovery §3).',
    ),
    claimShortcutRestrictive: z
      .boolean()
      .default(false)
      .describe(
        'Whether claims that are requested by scopes (such as `profile`) are put into an ID Token only if no access token is issued. Otherwise they are put into every ID Token (OIDC Core §5.4).',
      ),
    jwksUri: Uri.optional().describe(
      "The URL of the service's key set, published in the discovery document (RFC 8414 §2).",
    ),
    directJwksEndpointEnabled: z
      .boolean()
      .default(false)
      .describe('Whether the engine serves the key set itself.'),
    jwks: LongText.optional().describe(
      'The key set of the service as JSON text, with its private keys. Stored sealed; only public keys are published (RFC 7517 §5).',
    ),
    idTokenSignatureKeyId: Text.optional().describe(
      'The `kid` of the key that signs ID Tokens. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4).',
    ),
    userInfoSignatureKeyId: Text.optional().describe(
      'The `kid` of the key that signs UserInfo responses. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4).',
    ),
    authorizationSignatureKeyId: Text.optional().describe(
      'The `kid` of the key that signs JWT authorization responses. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4).',
    ),
    userInfoEndpoint: Uri.optional().describe(
      'The URL of the UserInfo endpoint, published in the discovery document and compared with the `htu` of DPoP proofs (OIDC Core §5.3).',
    ),
    directUserInfoEndpointEnabled: z
      .boolean()
      .default(false)
      .describe('Whether the engine serves a UserInfo endpoint itself.'),
    dynamicRegistrationSupported: z
      .boolean()
      .default(false)
      .describe(
        'Whether `/client/registration` and its management operations are available (RFC 7591 §3).',
      ),
    registrationEndpoint: Uri.optional().describe(
      'The URL of the client registration endpoint, published in the discovery document (RFC 7591 §3).',
    ),
    registrationManagementEndpoint: Uri.optional().describe(
      'The URL to which the client ID is appended to form a `registration_client_uri`. Without it, `registrationEndpoint` is used (RFC 7592 §3).',
    ),
    policyUri: Uri.optional().describe(
      'The URL of the page about the use of data, published in the discovery document as `op_policy_uri` (RFC 8414 §2).',
    ),
    tosUri: Uri.optional().describe(
      'The URL of the terms of service, published in the discovery document as `op_tos_uri` (RFC 8414 §2).',
    ),
    serviceDocumentation: Uri.optional().describe(
      'The URL of the documentation for developers, published in the discovery document (RFC 8414 §2).',
    ),
    backchannelAuthenticationEndpoint: Uri.optional().describe(
      'The URL of the backchannel authentication endpoint, published in the discovery document (CIBA §4).',
    ),
    supportedBackchannelTokenDeliveryModes: z
      .array(DeliveryMode)
      .max(1000)
      .optional()
      .describe(
        'The CIBA delivery modes that the service supports. Without a list, CIBA is off (CIBA §5).',
      ),
    backchannelAuthReqIdDuration: Count.default(0).describe(
      'The lifetime of an `auth_req_id` in seconds; 0 means 600. A `requested_expiry` can shorten it (CIBA §7.3).',
    ),
    backchannelPollingInterval: Count.default(0).describe(
      'The minimum number of seconds between two polls of a CIBA client; 0 means 5 (CIBA §7.3).',
    ),
    backchannelUserCodeParameterSupported: z
      .boolean()
      .default(false)
      .describe(
        'Whether CIBA requests may contain a `user_code`. Clients with `bcUserCodeRequired` must then send it (CIBA §7.1).',
      ),
    backchannelBindingMessageRequiredInFapi: z
      .boolean()
      .default(false)
      .describe(
        'Whether a CIBA request under a FAPI profile must contain a `binding_message` (FAPI-CIBA §5.2.2).',
      ),
    deviceAuthorizationEndpoint: Uri.optional().describe(
      'The URL of the device authorization endpoint, published in the discovery document (RFC 8628 §4).',
    ),
    deviceVerificationUri: Uri.optional().describe(
      'The URL of the page on which users enter a user code. The device flow is refused without it (RFC 8628 §3.2).',
    ),
    deviceVerificationUriComplete: Uri.optional().describe(
      'The URL of the same page with `USER_CODE` as the placeholder of the user code (RFC 8628 §3.2).',
    ),
    deviceFlowCodeDuration: Count.default(0).describe(
      'The lifetime of device and user codes in seconds; 0 means 600 (RFC 8628 §3.2).',
    ),
    deviceFlowPollingInterval: Count.default(0).describe(
      'The minimum number of seconds between two polls of a device; 0 means 5 (RFC 8628 §3.2).',
    ),
    userCodeCharset: UserCodeCharset.optional().describe(
      'The characters of user codes: `BASE20` (20 consonants, also if absent) or `NUMERIC` (digits) (RFC 8628 §6.1).',
    ),
    userCodeLength: Count.default(0).describe(
      'The length of a user code in characters; 0 means 8 for `BASE20` and 9 for `NUMERIC`. At most 255 are used (RFC 8628 §6.1).',
    ),
    supportedTrustFrameworks: Texts.optional().describe(
      'The trust frameworks of verified claims. Elements of other frameworks are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7).',
    ),
    supportedEvidence: Texts.optional().describe(
      'The types of evidence of verified claims. Other evidence is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7).',
    ),
    supportedIdentityDocuments: Texts.optional().describe(
      'The types of identity documents in evidence, by their former name; see `supportedDocuments`. Evidence of other types is left out of responses (OpenID Connect for Identity Assurance §7).',
    ),
    supportedVerificationMethods: Texts.optional().describe(
      'The verification methods of identity documents, by their former name; see `supportedDocumentsMethods`. Evidence of other methods is left out of responses (OpenID Connect for Identity Assurance §7).',
    ),
    supportedVerifiedClaims: Texts.optional().describe(
      'The claims that can be part of verified claims. Other claims are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7).',
    ),
    verifiedClaimsValidationSchemaSet: VerifiedClaimsValidationSchema.optional().describe(
      'The schema that checks requests for verified claims: `standard` (also if absent), or `standard+id_document`, which accepts the former evidence type `id_document` too (OpenID Connect for Identity Assurance §5).',
    ),
    attributes: z
      .array(Pair)
      .max(1000)
      .optional()
      .describe(
        'Key-value pairs. Keys that begin with `ext.` are settings of Postern, listed in `docs/attributes.md`; all others are notes of the caller.',
      ),
    nbfOptional: z
      .boolean()
      .default(false)
      .describe(
        'Whether a request object under FAPI 1.0 Advanced may lack `nbf` (FAPI 1.0 Advanced §5.2.2).',
      ),
    issSuppressed: z
      .boolean()
      .default(false)
      .describe(
        'Whether authorization responses omit `iss`. FAPI 2.0 and `ext.profile` ignore this setting (RFC 9207 §2).',
      ),
    supportedCustomClientMetadata: Texts.optional().describe(
      'The names of additional client metadata that dynamic registration stores. Other unknown members are dropped (RFC 7591 §2).',
    ),
    tokenExpirationLinked: z
      .boolean()
      .default(false)
      .describe(
        'Whether an access token expires no later than the refresh token that is issued with it.',
      ),
    frontChannelRequestObjectEncryptionRequired: z
      .boolean()
      .default(false)
      .describe('Whether a request object that was not pushed must be encrypted (RFC 9101 §6.1).'),
    requestObjectEncryptionAlgMatchRequired: z
      .boolean()
      .default(false)
      .describe(
        "Whether the `alg` of an encrypted request object must be the client's `requestEncryptionAlg` (OIDC Registration §2).",
      ),
    requestObjectEncryptionEncMatchRequired: z
      .boolean()
      .default(false)
      .describe(
        "Whether the `enc` of an encrypted request object must be the client's `requestEncryptionEnc` (OIDC Registration §2).",
      ),
    hsmEnabled: z
      .boolean()
      .default(false)
      .describe('Whether the service uses keys of hardware security modules.'),
    hsks: z
      .array(Hsk)
      .max(1000)
      .optional()
      .describe('The keys of the service in hardware security modules.'),
    grantManagementEndpoint: Text.optional().describe(
      'The URL of the grant management endpoint, published in the discovery document (Grant Management §7.1).',
    ),
    grantManagementActionRequired: z
      .boolean()
      .default(false)
      .describe(
        'Whether an authorization request must contain a `grant_management_action` (Grant Management §7.1).',
      ),
    unauthorizedOnClientConfigSupported: z
      .boolean()
      .default(false)
      .describe(
        'Whether the client configuration endpoint answers an invalid registration access token with HTTP 401 instead of 400 (RFC 7592 §2).',
      ),
    dcrScopeUsedAsRequestable: z
      .boolean()
      .default(false)
      .describe(
        'Whether the `scope` of a dynamic registration limits the scopes that the client may request (RFC 7591 §2).',
      ),
    endSessionEndpoint: Uri.optional().describe(
      'The URL of the logout endpoint, published in the discovery document as `end_session_endpoint`.',
    ),
    loopbackRedirectionUriVariable: z
      .boolean()
      .default(false)
      .describe(
        'Whether the port of a loopback redirect URI may differ from the registered port (RFC 8252 §7.3).',
      ),
    requestObjectAudienceChecked: z
      .boolean()
      .default(false)
      .describe(
        'Whether a request object must have an `aud`. An `aud` that is present must always contain the issuer (RFC 9101 §4).',
      ),
    accessTokenForExternalAttachmentEmbedded: z
      .boolean()
      .default(false)
      .describe(
        'Whether external attachments of verified claims get an access token. The claims must not have one already (OpenID Connect for Identity Assurance §5).',
      ),
    authorityHints: Texts.optional().describe(
      'The entity identifiers of the immediate superiors in a federation.',
    ),
    federationEnabled: z
      .boolean()
      .default(false)
      .describe('Whether the service takes part in a federation.'),
    federationJwks: LongText.optional().describe(
      'The key set that signs entity statements, as JSON text. Stored sealed.',
    ),
    federationSignatureKeyId: Text.optional().describe(
      'The `kid` of the key that signs the entity configuration.',
    ),
    federationConfigurationDuration: Count.default(0).describe(
      'The lifetime of the entity configuration in seconds; 0 means 86400.',
    ),
    federationRegistrationEndpoint: Text.optional().describe(
      'The URL of the federation registration endpoint.',
    ),
    organizationName: Text.optional().describe(
      'The name of the organization that runs the service.',
    ),
    predefinedTransformedClaims: LongText.optional().describe(
      'The transformed claims that requests may use by name, as JSON text; published in the discovery document (OIDC ASC §8).',
    ),
    refreshTokenIdempotent: z
      .boolean()
      .default(false)
      .describe(
        'Whether a retry with a refresh token that was just replaced gets the same response again. The attribute `ext.refresh.window` sets the number of seconds (RFC 9700 §4.14.2).',
      ),
    signedJwksUri: Text.optional().describe("The URL of the service's signed key set."),
    supportedAttachments: z
      .array(AttachmentType)
      .max(1000)
      .optional()
      .describe(
        'The kinds of attachments of verified claims. Other attachments are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7).',
      ),
    supportedDigestAlgorithms: Texts.optional().describe(
      'The digest algorithms of external attachments. Attachments with another algorithm are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7).',
    ),
    supportedDocuments: Texts.optional().describe(
      'The types of documents in evidence. Evidence of other types is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7).',
    ),
    supportedDocumentsMethods: Texts.optional().describe(
      'The methods of document evidence. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7).',
    ),
    supportedDocumentsValidationMethods: Texts.optional().describe(
      'The validation methods of documents. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7).',
    ),
    supportedDocumentsVerificationMethods: Texts.optional().describe(
      'The methods of verifying that the user owns a document. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7).',
    ),
    supportedElectronicRecords: Texts.optional().describe(
      'The types of electronic records in evidence. Evidence of other types is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7).',
    ),
    supportedClientRegistrationTypes: z
      .array(ClientRegistrationType)
      .max(1000)
      .optional()
      .describe('The ways in which clients register in a federation.'),
    tokenExchangeByIdentifiableClientsOnly: z
      .boolean()
      .default(false)
      .describe('Whether token exchange requires a `client_id` (RFC 8693 §2.1).'),
    tokenExchangeByConfidentialClientsOnly: z
      .boolean()
      .default(false)
      .describe('Whether token exchange requires a confidential client (RFC 8693 §2.1).'),
    tokenExchangeByPermittedClientsOnly: z
      .boolean()
      .default(false)
      .describe(
        'Whether token exchange requires a client with `extension.tokenExchangePermitted` (RFC 8693 §2.1).',
      ),
    tokenExchangeEncryptedJwtRejected: z
      .boolean()
      .default(false)
      .describe(
        'Whether token exchange refuses encrypted JWTs. Otherwise the caller must decrypt and check them (RFC 8693 §2.1).',
      ),
    tokenExchangeUnsignedJwtRejected: z
      .boolean()
      .default(false)
      .describe(
        'Whether token exchange refuses unsigned JWTs. Otherwise the caller must decide (RFC 8693 §2.1).',
      ),
    jwtGrantByIdentifiableClientsOnly: z
      .boolean()
      .default(false)
      .describe('Whether the JWT bearer grant requires a `client_id` (RFC 7523 §2.1).'),
    jwtGrantEncryptedJwtRejected: z
      .boolean()
      .default(false)
      .describe(
        'Whether the JWT bearer grant refuses encrypted assertions. Otherwise the caller must decrypt and check them (RFC 7523 §2.1).',
      ),
    jwtGrantUnsignedJwtRejected: z
      .boolean()
      .default(false)
      .describe(
        'Whether the JWT bearer grant refuses unsigned assertions. Otherwise the caller must decide (RFC 7523 §3).',
      ),
    dcrDuplicateSoftwareIdBlocked: z
      .boolean()
      .default(false)
      .describe(
        'Whether dynamic registration refuses a `software_id` that another client has (RFC 7591 §2).',
      ),
    trustAnchors: z
      .array(TrustAnchor)
      .max(1000)
      .optional()
      .describe(
        'The trust anchors of the federation. Their keys also verify software statements that they issued (RFC 7591 §2.3).',
      ),
    openidDroppedOnRefreshWithoutOfflineAccess: z
      .boolean()
      .default(false)
      .describe(
        'Whether a refresh drops the scope `openid` unless `offline_access` was granted (OIDC Core §11).',
      ),
    supportedDocumentsCheckMethods: Texts.optional().describe(
      'The methods of checking documents. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7).',
    ),
    rsResponseSigned: z
      .boolean()
      .default(false)
      .describe('Whether UserInfo responses get an HTTP message signature (RFC 9421 §3.1).'),
    cnonceDuration: Count.default(0).describe(
      'The lifetime of a `c_nonce` in seconds; 0 means 300.',
    ),
    dpopNonceRequired: z
      .boolean()
      .default(false)
      .describe(
        'Whether a DPoP proof must contain a nonce of this service. A request can require it too (RFC 9449 §8).',
      ),
    verifiableCredentialsEnabled: z
      .boolean()
      .default(false)
      .describe('Whether the service issues verifiable credentials.'),
    credentialJwksUri: Text.optional().describe('The URL of the key set for credentials.'),
    credentialOfferDuration: Count.default(0).describe(
      'The lifetime of a credential offer in seconds; 0 means 86400.',
    ),
    dpopNonceDuration: Count.default(0).describe(
      'The lifetime of a DPoP nonce in seconds; 0 means 300 (RFC 9449 §8).',
    ),
    preAuthorizedGrantAnonymousAccessSupported: z
      .boolean()
      .default(false)
      .describe('Whether a pre-authorized code can be redeemed without a `client_id`.'),
    credentialTransactionDuration: Count.default(0).describe(
      'The lifetime of a deferred credential transaction in seconds; 0 means 86400.',
    ),
    introspectionSignatureKeyId: Text.optional().describe(
      'The `kid` of the key that signs introspection responses. Without it, the first key for the algorithm signs (RFC 9701 §5).',
    ),
    resourceSignatureKeyId: Text.optional().describe(
      'The `kid` of the key that makes HTTP message signatures of UserInfo responses. Without it, the first suitable key signs (RFC 9421 §3.1).',
    ),
    userPinLength: Count.default(0).describe(
      'The length of the transaction code of a credential offer in characters.',
    ),
    supportedPromptValues: z
      .array(Prompt)
      .max(1000)
      .optional()
      .describe(
        'The values of `prompt` that the service supports. A request with another value is refused. Without a list, all are supported (OIDC Core §3.1.2.1).',
      ),
    idTokenReissuable: z
      .boolean()
      .default(false)
      .describe(
        'Whether the action `ID_TOKEN_REISSUABLE` lets the caller issue a new ID Token by `/idtoken/reissue` after a refresh (OIDC Core §12.2).',
      ),
    credentialJwks: LongText.optional().describe(
      'The key set for credentials, as JSON text. Stored sealed.',
    ),
    fapiModes: z
      .array(FapiMode)
      .max(1000)
      .optional()
      .describe(
        "The FAPI profiles that all requests must comply with. They override the client's `fapiModes` (FAPI 2.0 §5).",
      ),
    credentialDuration: Count.default(0).describe(
      'The lifetime of a credential in seconds; 0 means unlimited.',
    ),
    credentialIssuerMetadata: CredentialIssuerMetadata.optional().describe(
      'The metadata of the credential issuer.',
    ),
    idTokenAudType: Text.optional().describe(
      'The form of `aud` in ID Tokens: `array` (also if absent) or `string` (OIDC Core §2).',
    ),
    nativeSsoSupported: z
      .boolean()
      .default(false)
      .describe(
        'Whether the service supports Native SSO: the scope `device_sso` yields a device secret, and `/nativesso` is available (OIDC Native SSO §3).',
      ),
    oid4vciVersion: Text.optional().describe(
      'The version of OpenID for Verifiable Credential Issuance.',
    ),
    cimdMetadataPolicyEnabled: z
      .boolean()
      .default(false)
      .describe(
        'Whether `cimdMetadataPolicy` is applied to client ID metadata documents (CIMD §4).',
      ),
    clientIdMetadataDocumentSupported: z
      .boolean()
      .default(false)
      .describe(
        'Whether a client may use the URL of its metadata document as `client_id` (CIMD §3).',
      ),
    cimdAllowlistEnabled: z
      .boolean()
      .default(false)
      .describe('Whether only URLs that `cimdAllowlist` covers are accepted (CIMD §6.8).'),
    cimdAllowlist: Texts.optional().describe(
      'The accepted metadata documents: each entry is a host with its port, a URL, or the beginning of URLs that ends with a slash (CIMD §6.8).',
    ),
    cimdAlwaysRetrieved: z
      .boolean()
      .default(false)
      .describe(
        'Whether a metadata document is fetched for every request that begins a flow. Otherwise it is cached as long as its HTTP headers permit (CIMD §4.3).',
      ),
    cimdHttpPermitted: z
      .boolean()
      .default(false)
      .describe(
        'Whether the URL of a metadata document may have the scheme `http`, for development (CIMD §3).',
      ),
    cimdQueryPermitted: z
      .boolean()
      .default(false)
      .describe('Whether the URL of a metadata document may have a query (CIMD §3).'),
    cimdMetadataPolicy: LongText.optional().describe(
      'The metadata policy for client ID metadata documents, as JSON text (OpenID Federation §6.1).',
    ),
    httpAliasProhibited: z
      .boolean()
      .default(false)
      .describe(
        'Whether a `client_id` that looks like a URL never means an alias, so that it can only mean a metadata document (CIMD §3).',
      ),
    authorizationCodeDuration: Count.default(0).describe(
      'The lifetime of an authorization code in seconds; 0 means 600. FAPI 2.0 limits it to 60 (RFC 6749 §4.1.2).',
    ),
    challengeEndpoint: Uri.optional().describe(
      'The URL of the client attestation challenge endpoint, published in the discovery document. With it, attestation proofs must contain a challenge (Client Attestation §8).',
    ),
    attestationChallengeTimeWindow: Count.default(0).describe(
      'The lifetime of a client attestation challenge in seconds; 0 means 300 (Client Attestation §8).',
    ),
    haipVersion: Text.optional().describe(
      'The version of the High Assurance Interoperability Profile.',
    ),
    clientAttesterRoots: Texts.optional().describe(
      'The root certificates of client attesters, each in PEM (Client Attestation §6).',
    ),
    clientAttesterRootsEnabled: z
      .boolean()
      .default(false)
      .describe(
        "Whether a client attestation with a certificate chain (`x5c`) is verified by `clientAttesterRoots` instead of the client's registered keys (Client Attestation §6).",
      ),
    clientAttesterRootsOnly: z
      .boolean()
      .default(false)
      .describe(
        'Whether every client attestation must have a certificate chain (`x5c`) to one of `clientAttesterRoots` (Client Attestation §6).',
      ),
    keyAttesterRoots: Texts.optional().describe(
      'The root certificates of key attesters, each in PEM.',
    ),
    keyAttesterRootsEnabled: z
      .boolean()
      .default(false)
      .describe('Whether a key attestation may chain to one of `keyAttesterRoots`.'),
    keyAttesterRootsOnly: z
      .boolean()
      .default(false)
      .describe('Whether a key attestation must chain to one of `keyAttesterRoots`.'),
    backchannelLogoutSupported: z
      .boolean()
      .default(false)
      .describe('Whether clients are notified of logouts through the back channel.'),
    backchannelLogoutSessionSupported: z
      .boolean()
      .default(false)
      .describe('Whether logout tokens contain `sid`.'),
    pairwiseSubjectSalt: Text.optional().describe(
      'The salt of pairwise subjects. It is chosen at random when the service is created, stored sealed, and kept by updates that omit it (OIDC Core §8.1).',
    ),
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
