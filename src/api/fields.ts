/** Members that the schemas of several operations share, each described once. */
import { z } from 'zod'
import { JsonObjectText } from '../http/json-text.ts'
import { AuthzDetails } from '../model/authorization-details.ts'
import { CimdOptions } from '../model/client/metadata-document.ts'
import { DeliveryMode, GrantManagementAction, GrantType } from '../model/enums.ts'
import { Property } from '../model/grant.ts'
import { GrantView } from '../model/grant-management.ts'
import { HeaderField, Pair } from '../model/key-value.ts'
import { DynamicScope } from '../model/service/dynamic-scope.ts'
import { Scope } from '../model/service/scope.ts'

const accessTokenExpiresAt = z
  .int()
  .optional()
  .describe(
    'When the access token expires, in milliseconds since the epoch; 0 if it does not expire.',
  )

/** Members of requests and responses that several operations share. */
export const field = {
  accessToken: z
    .string()
    .optional()
    .describe(
      'The access token. In a request for new tokens, the value that the caller chooses for it.',
    ),
  accessTokenDuration: z
    .int()
    .nonnegative()
    .optional()
    .describe(
      'Lifetime of the access token in seconds; if absent or 0, the settings of service, client and scopes decide.',
    ),
  accessTokenExpiresAt,
  accessTokenHash: z.string().optional().describe('Hash of the access token.'),
  accessTokenPersistent: z
    .boolean()
    .optional()
    .describe('Whether the access token does not expire.'),
  accessTokenResources: z
    .array(z.string())
    .optional()
    .describe('Resources that the access token is for, RFC 8707.'),
  acr: z.string().optional().describe('Authentication context class of the user authentication.'),
  acrs: z
    .array(z.string())
    .optional()
    .describe('The requested authentication context classes, the preferred one first.'),
  attestationChallenge: z
    .string()
    .optional()
    .describe('A challenge for client attestation; absent if the client does not use attestation.'),
  authReqId: z.string().optional().describe('The identifier of the request: auth_req_id.'),
  authTime: z
    .int()
    .nonnegative()
    .optional()
    .describe('When the user authenticated, in seconds since the epoch.'),
  authorizationDetails: AuthzDetails.optional().describe('Authorization details, RFC 9396.'),
  cimdOptions: CimdOptions.optional().describe('Options for client ID metadata documents.'),
  claims: JsonObjectText.optional().describe('Claims for the ID Token, as JSON text.'),
  claimsForTx: JsonObjectText.optional().describe(
    'Claims that transformed claims are computed from, as JSON text.',
  ),
  claimNames: z
    .array(z.string())
    .optional()
    .describe('Names of the claims that the scopes and the claims parameter request.'),
  clientAttributes: z.array(Pair).optional().describe('Attributes of the client.'),
  clientAuthMethod: z.string().optional().describe('How the client authenticated.'),
  clientCertificate: z
    .string()
    .optional()
    .describe('The client certificate of the TLS connection, in PEM.'),
  clientCertificatePath: z
    .array(z.string())
    .optional()
    .describe('The other certificates of the chain that the client presented, each in PEM.'),
  clientEntityId: z.string().optional().describe('Entity identifier of the client.'),
  clientEntityIdUsed: z
    .boolean()
    .optional()
    .describe('Whether the request identified the client by its entity identifier.'),
  clientId: z.int().optional().describe('Number of the client.'),
  clientIdAlias: z.string().optional().describe('Alias of the client.'),
  clientIdAliasUsed: z.boolean().optional().describe('Whether the request has the client alias.'),
  clientName: z.string().optional().describe('Name of the client.'),
  clientNotificationToken: z
    .string()
    .optional()
    .describe('The bearer token for the notification endpoint of the client.'),
  clientResponse: z.string().optional().describe('The response for the client.'),
  clientSecret: z.string().optional().describe('The client secret of the Authorization header.'),
  cnonce: z.string().optional().describe('Nonce for credential requests.'),
  cnonceExpiresAt: z
    .int()
    .optional()
    .describe('When the nonce expires, in milliseconds since the epoch.'),
  consentedClaims: z
    .array(z.string())
    .optional()
    .describe('Names of claims that the user consented to.'),
  corsOrigins: z
    .array(z.string())
    .optional()
    .describe(
      'The web origins that may read the response for the client, `*` for all (`ext.cors_origins` ' +
        'of the client). Absent if the client is unknown or has no such attribute.',
    ),
  deliveryMode: DeliveryMode.optional().describe('The CIBA delivery mode of the client.'),
  developer: z.string().max(255).optional().describe('The developer of the listed clients.'),
  developerOfCall: z.string().optional().describe('The developer of the call.'),
  dpop: z.string().optional().describe('The DPoP header of the request.'),
  dpopNonce: z
    .string()
    .optional()
    .describe('A new nonce for DPoP proofs, for the header DPoP-Nonce.'),
  dpopNonceRequired: z
    .boolean()
    .optional()
    .describe('Whether a DPoP proof must contain a nonce from this service (RFC 9449 §8).'),
  dynamicScopes: z
    .array(DynamicScope)
    .optional()
    .describe('Requested scopes that contain a value, such as `payment:123`.'),
  end: z.int().describe('Index after the last requested client.'),
  errorDescription: z
    .string()
    .max(1_000)
    .optional()
    .describe('Replaces the error_description in the response for the client.'),
  errorResponse: z.string().optional().describe('The error response for the client.'),
  errorUri: z
    .string()
    .max(2_048)
    .optional()
    .describe('The error_uri in the response for the client: a page about the error.'),
  expiresAt: accessTokenExpiresAt,
  forExternalAttachment: z
    .boolean()
    .optional()
    .describe('Whether the token is for an external attachment.'),
  gmAction: GrantManagementAction.optional().describe('The requested grant management action.'),
  grant: GrantView.optional().describe('The grant.'),
  grantId: z.string().optional().describe('Identifier of the grant.'),
  grantSubject: z.string().optional().describe('Unique identifier of the user who granted it.'),
  grantType: GrantType.optional().describe('The grant type.'),
  headers: z
    .array(HeaderField)
    .optional()
    .describe('Header fields of the request, for HTTP message signatures.'),
  htm: z.string().optional().describe('HTTP method of the request, for the check of a DPoP proof.'),
  htu: z.string().optional().describe('URL of the endpoint, for the check of a DPoP proof.'),
  idToken: z.string().optional().describe('The ID Token.'),
  idTokenAudType: z
    .enum(['array', 'string'])
    .optional()
    .describe('Whether aud of the ID Token is an array or a string; an array if absent.'),
  idtHeaderParams: JsonObjectText.optional().describe(
    'Header parameters to add to the ID Token, as JSON text of an object.',
  ),
  issuableCredentials: z
    .string()
    .optional()
    .describe('Credentials that can be issued, as JSON text.'),
  issuedAccessTokenDuration: z
    .int()
    .optional()
    .describe('Lifetime of the access token in seconds; 0 if it does not expire.'),
  issuedRefreshTokenDuration: z
    .int()
    .optional()
    .describe('Lifetime of the refresh token in seconds.'),
  jwtAccessToken: z.string().optional().describe('The access token, if it is a JWT.'),
  jwtAtClaims: JsonObjectText.optional().describe(
    'Claims to add to a JWT access token, as JSON text of an object.',
  ),
  message: z.string().optional().describe('Body of the request, for HTTP message signatures.'),
  metadataDocumentLocation: z
    .string()
    .optional()
    .describe('URL of the metadata document of the client.'),
  metadataDocumentUsed: z
    .boolean()
    .optional()
    .describe('Whether the request identified the client by the URL of its metadata document.'),
  oauthClientAttestation: z
    .string()
    .optional()
    .describe('The OAuth-Client-Attestation header of the request.'),
  oauthClientAttestationPop: z
    .string()
    .optional()
    .describe('The OAuth-Client-Attestation-PoP header of the request.'),
  parameters: z
    .string()
    .max(65_536)
    .default('')
    .describe(
      'The request parameters as the client sent them: the query string, or the form body.',
    ),
  properties: z.array(Property).optional().describe('Properties attached to the token.'),
  refreshToken: z
    .string()
    .optional()
    .describe(
      'The refresh token. In a request for new tokens, the value that the caller chooses for it.',
    ),
  refreshTokenDuration: z
    .int()
    .nonnegative()
    .optional()
    .describe(
      'Lifetime of the refresh token in seconds; if absent or 0, the settings of service, client and scopes decide.',
    ),
  refreshTokenExpiresAt: z
    .int()
    .optional()
    .describe('When the refresh token expires, in milliseconds since the epoch.'),
  refreshTokenHash: z.string().optional().describe('Hash of the refresh token.'),
  refreshTokenScopes: z.array(z.string()).optional().describe('Scopes of the refresh token.'),
  requestBodyContained: z.boolean().optional().describe('Whether the request has a body.'),
  requestedClaims: z.array(z.string()).optional().describe('Names of the requested claims.'),
  requestedClaimsForTx: z
    .array(z.string())
    .optional()
    .describe('Claims that transformed claims are computed from.'),
  requestedScopes: z.array(Scope).optional().describe('The requested scopes.'),
  requestedVerifiedClaimsForTx: z
    .array(z.array(z.string()))
    .optional()
    .describe('Verified claims that transformed claims are computed from.'),
  resources: z.array(z.string()).optional().describe('The resource indicators (RFC 8707).'),
  responseContent: z
    .string()
    .optional()
    .describe('The response for the client; the action decides how to send it.'),
  scopes: z.array(z.string()).optional().describe('Names of the scopes.'),
  serviceAttributes: z.array(Pair).optional().describe('Attributes of the service.'),
  sessionId: z.string().optional().describe('Identifier of the user session at the frontend.'),
  start: z.int().describe('Index of the first client.'),
  sub: z
    .string()
    .max(255)
    .optional()
    .describe('The subject for the client, if it differs from the unique identifier of the user.'),
  subject: z.string().optional().describe('Unique identifier of the user at the service.'),
  targetUri: z.string().optional().describe('URL of the protected resource.'),
  test: z
    .boolean()
    .optional()
    .describe(
      'True if the redirect URI of the request is not registered, and the client is in test mode.',
    ),
  ticket: z.string().optional().describe('The ticket of the undecided request. Single use.'),
  token: z.string().max(32_768).optional().describe('The access token.'),
  tokenId: z.string().optional().describe('Identifier of the token: its hash.'),
  tokenType: z.string().optional().describe('Type of the token, RFC 6749 §7.1.'),
  transformedClaims: z
    .string()
    .optional()
    .describe('Definitions of the transformed claims of the request, as JSON text.'),
  uri: z.string().optional().describe('URL of the request, for HTTP message signatures.'),
  wwwAuthenticate: z
    .string()
    .optional()
    .describe('The value of the header WWW-Authenticate of the response for the client.'),
  userInfoClaims: z
    .string()
    .optional()
    .describe('The member userinfo of the claims parameter, as JSON text.'),
  verifiedClaimsForTx: z
    .array(JsonObjectText)
    .optional()
    .describe('Verified claims that transformed claims are computed from, each as JSON text.'),
}

/** What the caller must do next: one of the actions of the operation. */
export const action = <const T extends readonly string[]>(...actions: T) =>
  z.enum(actions).describe('The result of the call, which decides what the caller must do next.')

export const TicketInfo = z
  .object({
    context: z.string().max(65_536).optional().describe('The text stored with the ticket.'),
  })
  .meta({ id: 'authorization_ticket_info' })

/** The request to a protected resource, as HTTP message signatures cover it, RFC 9421. */
export const signedRequestMembers = {
  uri: field.uri,
  message: field.message,
  headers: field.headers,
  targetUri: field.targetUri,
  dpopNonceRequired: field.dpopNonceRequired,
  requestBodyContained: field.requestBodyContained,
}
