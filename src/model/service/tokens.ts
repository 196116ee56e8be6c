/** Properties about tokens, their lifetimes and their endpoints. */
import { z } from 'zod'
import { JwsAlg } from '../enums.ts'
import { Count, Text, Uri } from '../primitives.ts'

export const tokensProperties = {
  tokenBatchNotificationEndpoint: Uri.optional()
    .describe(
      'The URL to which Postern posts the status of a finished batch of `/auth/token/create/batch`. Without it, no notification is sent.',
    )
    .meta({ family: 'endpoints' }),
  tokenEndpoint: Uri.optional()
    .describe(
      'The URL of the token endpoint, published in the discovery document and accepted as the `aud` of client assertions (RFC 6749 §3.2).',
    )
    .meta({ family: 'endpoints' }),
  directTokenEndpointEnabled: z
    .boolean()
    .default(false)
    .describe('Whether the engine serves a token endpoint itself.')
    .meta({ family: 'endpoints' }),
  revocationEndpoint: Uri.optional()
    .describe(
      'The URL of the revocation endpoint, published in the discovery document (RFC 7009 §2).',
    )
    .meta({ family: 'endpoints' }),
  directRevocationEndpointEnabled: z
    .boolean()
    .default(false)
    .describe('Whether the engine serves a revocation endpoint itself.')
    .meta({ family: 'endpoints' }),
  introspectionEndpoint: Uri.optional()
    .describe(
      'The URL of the introspection endpoint, published in the discovery document (RFC 7662 §2).',
    )
    .meta({ family: 'endpoints' }),
  directIntrospectionEndpointEnabled: z
    .boolean()
    .default(false)
    .describe('Whether the engine serves an introspection endpoint itself.')
    .meta({ family: 'endpoints' }),
  accessTokenType: Text.optional()
    .describe(
      'The `token_type` of an access token that is not bound to a DPoP key; `Bearer` if absent (RFC 6749 §7.1).',
    )
    .meta({ family: 'accessTokens' }),
  tlsClientCertificateBoundAccessTokens: z
    .boolean()
    .default(false)
    .describe(
      'Whether the service binds access tokens to the client certificate. The client must enable it too (RFC 8705 §3).',
    )
    .meta({ family: 'accessTokens' }),
  accessTokenDuration: Count.default(0)
    .describe(
      'The lifetime of an access token in seconds; 0 means 86400. A client or a scope can shorten it (RFC 6749 §5.1).',
    )
    .meta({ family: 'accessTokens' }),
  singleAccessTokenPerSubject: z
    .boolean()
    .default(false)
    .describe(
      'Whether issuing tokens, except by a refresh, ends all earlier access and refresh tokens of the same user and client.',
    )
    .meta({ family: 'accessTokens' }),
  accessTokenSignAlg: JwsAlg.optional()
    .describe(
      'The algorithm that signs access tokens as JWTs: an asymmetric one, or HS256, HS384 or HS512 with the attribute `ext.at.symmetric`. Without it, access tokens are opaque, except for clients with `ext.access_token.format` (RFC 9068 §2.1).',
    )
    .meta({ family: 'accessTokens' }),
  refreshTokenDuration: Count.default(0)
    .describe(
      'The lifetime of a refresh token in seconds; 0 means 864000. A client or a scope can shorten it (RFC 6749 §1.5).',
    )
    .meta({ family: 'refreshTokens' }),
  refreshTokenDurationKept: z
    .boolean()
    .default(false)
    .describe(
      'Whether a new refresh token keeps the expiry of the refresh token that it replaces. It applies if refresh tokens are replaced (RFC 9700 §4.14.2).',
    )
    .meta({ family: 'refreshTokens' }),
  refreshTokenDurationReset: z
    .boolean()
    .default(false)
    .describe(
      'Whether each use of a refresh token restarts its lifetime. It applies with `refreshTokenKept` (RFC 9700 §4.14.2).',
    )
    .meta({ family: 'refreshTokens' }),
  refreshTokenKept: z
    .boolean()
    .default(false)
    .describe(
      'Whether a refresh token stays the same when it is used. Otherwise each use replaces it (RFC 6749 §6).',
    )
    .meta({ family: 'refreshTokens' }),
  idTokenDuration: Count.default(0)
    .describe(
      'The lifetime of an ID Token in seconds; 0 means 86400. A client or a scope can shorten it (OIDC Core §2).',
    )
    .meta({ family: 'claims' }),
  allowableClockSkew: Count.default(0)
    .describe(
      'The tolerated clock difference in seconds when `exp`, `nbf` and `iat` of a received JWT are checked; 0 means 10 (RFC 7519 §4.1.4).',
    )
    .meta({ family: 'requests' }),
  userInfoEndpoint: Uri.optional()
    .describe(
      'The URL of the UserInfo endpoint, published in the discovery document and compared with the `htu` of DPoP proofs (OIDC Core §5.3).',
    )
    .meta({ family: 'endpoints' }),
  directUserInfoEndpointEnabled: z
    .boolean()
    .default(false)
    .describe('Whether the engine serves a UserInfo endpoint itself.')
    .meta({ family: 'endpoints' }),
  tokenExpirationLinked: z
    .boolean()
    .default(false)
    .describe(
      'Whether an access token expires no later than the refresh token that is issued with it.',
    )
    .meta({ family: 'accessTokens' }),
  grantManagementEndpoint: Text.optional()
    .describe(
      'The URL of the grant management endpoint, published in the discovery document (Grant Management §7.1).',
    )
    .meta({ family: 'grants' }),
  grantManagementActionRequired: z
    .boolean()
    .default(false)
    .describe(
      'Whether an authorization request must contain a `grant_management_action` (Grant Management §7.1).',
    )
    .meta({ family: 'grants' }),
  accessTokenForExternalAttachmentEmbedded: z
    .boolean()
    .default(false)
    .describe(
      'Whether external attachments of verified claims get an access token. The claims must not have one already (OpenID Connect for Identity Assurance §5).',
    )
    .meta({ family: 'accessTokens' }),
  refreshTokenIdempotent: z
    .boolean()
    .default(false)
    .describe(
      'Whether a retry with a refresh token that was just replaced gets the same response again. The attribute `ext.refresh.window` sets the number of seconds (RFC 9700 §4.14.2).',
    )
    .meta({ family: 'refreshTokens' }),
  tokenExchangeByIdentifiableClientsOnly: z
    .boolean()
    .default(false)
    .describe('Whether token exchange requires a `client_id` (RFC 8693 §2.1).')
    .meta({ family: 'exchange' }),
  tokenExchangeByConfidentialClientsOnly: z
    .boolean()
    .default(false)
    .describe('Whether token exchange requires a confidential client (RFC 8693 §2.1).')
    .meta({ family: 'exchange' }),
  tokenExchangeByPermittedClientsOnly: z
    .boolean()
    .default(false)
    .describe(
      'Whether token exchange requires a client with `extension.tokenExchangePermitted` (RFC 8693 §2.1).',
    )
    .meta({ family: 'exchange' }),
  tokenExchangeEncryptedJwtRejected: z
    .boolean()
    .default(false)
    .describe(
      'Whether token exchange refuses encrypted JWTs. Otherwise the caller must decrypt and check them (RFC 8693 §2.1).',
    )
    .meta({ family: 'exchange' }),
  tokenExchangeUnsignedJwtRejected: z
    .boolean()
    .default(false)
    .describe(
      'Whether token exchange refuses unsigned JWTs. Otherwise the caller must decide (RFC 8693 §2.1).',
    )
    .meta({ family: 'exchange' }),
  jwtGrantByIdentifiableClientsOnly: z
    .boolean()
    .default(false)
    .describe('Whether the JWT bearer grant requires a `client_id` (RFC 7523 §2.1).')
    .meta({ family: 'grants' }),
  jwtGrantEncryptedJwtRejected: z
    .boolean()
    .default(false)
    .describe(
      'Whether the JWT bearer grant refuses encrypted assertions. Otherwise the caller must decrypt and check them (RFC 7523 §2.1).',
    )
    .meta({ family: 'grants' }),
  jwtGrantUnsignedJwtRejected: z
    .boolean()
    .default(false)
    .describe(
      'Whether the JWT bearer grant refuses unsigned assertions. Otherwise the caller must decide (RFC 7523 §3).',
    )
    .meta({ family: 'grants' }),
  openidDroppedOnRefreshWithoutOfflineAccess: z
    .boolean()
    .default(false)
    .describe(
      'Whether a refresh drops the scope `openid` unless `offline_access` was granted (OIDC Core §11).',
    )
    .meta({ family: 'refreshTokens' }),
  rsResponseSigned: z
    .boolean()
    .default(false)
    .describe('Whether UserInfo responses get an HTTP message signature (RFC 9421 §3.1).')
    .meta({ family: 'accessTokens' }),
  dpopNonceRequired: z
    .boolean()
    .default(false)
    .describe(
      'Whether a DPoP proof must contain a nonce of this service. A request can require it too (RFC 9449 §8).',
    )
    .meta({ family: 'accessTokens' }),
  dpopNonceDuration: Count.default(0)
    .describe('The lifetime of a DPoP nonce in seconds; 0 means 300 (RFC 9449 §8).')
    .meta({ family: 'accessTokens' }),
  idTokenReissuable: z
    .boolean()
    .default(false)
    .describe(
      'Whether the action `ID_TOKEN_REISSUABLE` lets the caller issue a new ID Token by `/idtoken/reissue` after a refresh (OIDC Core §12.2).',
    )
    .meta({ family: 'refreshTokens' }),
  idTokenAudType: Text.optional()
    .describe(
      'The form of `aud` in ID Tokens: `array` (also if absent) or `string` (OIDC Core §2).',
    )
    .meta({ family: 'claims' }),
  nativeSsoSupported: z
    .boolean()
    .default(false)
    .describe(
      'Whether the service supports Native SSO: the scope `device_sso` yields a device secret, and `/nativesso` is available (OIDC Native SSO §3).',
    )
    .meta({ family: 'exchange' }),
  pairwiseSubjectSalt: Text.optional()
    .describe(
      'The salt of pairwise subjects. It is chosen at random when the service is created, stored sealed, and kept by updates that omit it (OIDC Core §8.1).',
    )
    .meta({ family: 'claims' }),
}
