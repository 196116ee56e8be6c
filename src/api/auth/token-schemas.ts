/** What the token endpoint takes and answers. */
import { z } from 'zod'
import { ClientIdText } from '../../http/identifier.ts'
import { JsonObjectText, PropertiesText } from '../../http/json-text.ts'
import { AuthzDetails } from '../../model/authorization-details.ts'
import { CimdOptions } from '../../model/client/metadata-document.ts'
import { TokenType } from '../../model/enums.ts'
import { Property } from '../../model/grant.ts'
import { Pair } from '../../model/key-value.ts'
import { TokenInfo } from '../../model/token/info.ts'

export const TokenRequest = z
  .object({
    parameters: z
      .string()
      .max(65_536)
      .default('')
      .describe(
        'The request parameters as the client sent them: the query string, or the form body.',
      ),
    clientId: ClientIdText.optional().describe('Number of the client.'),
    clientSecret: z
      .string()
      .optional()
      .describe('The secret that the client presented in the Authorization header, or its own.'),
    clientCertificate: z
      .string()
      .optional()
      .describe('The client certificate of the TLS connection, in PEM.'),
    clientCertificatePath: z
      .array(z.string())
      .optional()
      .describe('The certificates that the client presented besides its own, each in PEM.'),
    properties: PropertiesText.optional().describe('Properties attached to the token.'),
    dpop: z.string().optional().describe('The DPoP header of the request.'),
    htm: z
      .string()
      .optional()
      .describe('HTTP method of the request, for the check of a DPoP proof.'),
    htu: z.string().optional().describe('URL of the endpoint, for the check of a DPoP proof.'),
    accessToken: z
      .string()
      .max(32_768)
      .optional()
      .describe('An access token: the one issued, or the value that the caller chooses for it.'),
    jwtAtClaims: JsonObjectText.optional().describe(
      'Claims to add to a JWT access token, as JSON text of an object.',
    ),
    oauthClientAttestation: z
      .string()
      .optional()
      .describe('The OAuth-Client-Attestation header of the request.'),
    oauthClientAttestationPop: z
      .string()
      .optional()
      .describe('The OAuth-Client-Attestation-PoP header of the request.'),
    accessTokenDuration: z.int().nonnegative().optional().describe('Seconds.'),
    refreshTokenDuration: z.int().nonnegative().optional().describe('Seconds.'),
    dpopNonceRequired: z
      .boolean()
      .optional()
      .describe('Whether DPoP proofs have to carry a nonce of the server, RFC 9449 §8.'),
    cimdOptions: CimdOptions.optional().describe('Options for client ID metadata documents.'),
  })
  .meta({ id: 'token_request' })

export const TokenResponse = z
  .object({
    action: z
      .enum([
        'INTERNAL_SERVER_ERROR',
        'INVALID_CLIENT',
        'BAD_REQUEST',
        'PASSWORD',
        'OK',
        'TOKEN_EXCHANGE',
        'JWT_BEARER',
        'NATIVE_SSO',
        'ID_TOKEN_REISSUABLE',
      ])
      .describe('What to do next.'),
    responseContent: z
      .string()
      .optional()
      .describe('What to send to the client; where it goes depends on the action.'),
    username: z.string().optional().describe('User name of the request.'),
    password: z.string().optional().describe('Password of the request, which is not kept.'),
    ticket: z
      .string()
      .optional()
      .describe('Stands for the request until it is decided. Single use.'),
    accessToken: z
      .string()
      .optional()
      .describe('An access token: the one issued, or the value that the caller chooses for it.'),
    accessTokenExpiresAt: z
      .int()
      .optional()
      .describe('Milliseconds since the epoch; 0 for a token that does not expire.'),
    accessTokenDuration: z.int().optional().describe('Seconds.'),
    refreshToken: z
      .string()
      .optional()
      .describe('A refresh token: the one issued, or the value that the caller chooses for it.'),
    refreshTokenExpiresAt: z.int().optional().describe('Milliseconds since the epoch.'),
    refreshTokenDuration: z.int().optional().describe('Seconds.'),
    idToken: z.string().optional().describe('The ID Token.'),
    grantType: z.string().optional().describe('Grant type.'),
    clientId: z.int().optional().describe('Number of the client.'),
    clientIdAlias: z.string().optional().describe('Alias of the client.'),
    clientIdAliasUsed: z
      .boolean()
      .optional()
      .describe('Whether the client was named by its alias.'),
    subject: z.string().optional().describe('Unique identifier of the user at the service.'),
    scopes: z.array(z.string()).optional().describe('Names of scopes.'),
    properties: z.array(Property).optional().describe('Properties attached to the token.'),
    jwtAccessToken: z.string().optional().describe('The access token, where it is a JWT.'),
    resources: z.array(z.string()).optional().describe('Resource indicators, RFC 8707.'),
    accessTokenResources: z
      .array(z.string())
      .optional()
      .describe('Resources that the access token is for, RFC 8707.'),
    authorizationDetails: AuthzDetails.optional().describe('Authorization details, RFC 9396.'),
    serviceAttributes: z.array(Pair).optional().describe('Attributes of the service.'),
    clientAttributes: z.array(Pair).optional().describe('Attributes of the client.'),
    clientAuthMethod: z.string().optional().describe('How the client authenticated.'),
    grantId: z.string().optional().describe('Identifier of the grant.'),
    audiences: z
      .array(z.string())
      .optional()
      .describe('Audiences of a token exchange, RFC 8693 §2.1.'),
    requestedTokenType: TokenType.optional().describe(
      'Type of token that is asked for, RFC 8693 §2.1.',
    ),
    subjectToken: z.string().optional().describe('The subject token, RFC 8693 §2.1.'),
    subjectTokenType: TokenType.optional().describe('Type of the subject token.'),
    subjectTokenInfo: TokenInfo.optional().describe('What is known of the subject token.'),
    actorToken: z.string().optional().describe('The actor token, RFC 8693 §2.1.'),
    actorTokenType: TokenType.optional().describe('Type of the actor token.'),
    actorTokenInfo: TokenInfo.optional().describe('What is known of the actor token.'),
    assertion: z.string().optional().describe('The assertion, RFC 7523 §2.1.'),
    previousRefreshTokenUsed: z
      .boolean()
      .optional()
      .describe('Whether this answers a retry with the refresh token that was just replaced.'),
    clientEntityId: z.string().optional().describe('Entity identifier of the client.'),
    clientEntityIdUsed: z
      .boolean()
      .optional()
      .describe('Whether the client was named by its entity identifier.'),
    cnonceDuration: z.int().optional().describe('Lifetime of nonces for credentials, in seconds.'),
    dpopNonce: z
      .string()
      .optional()
      .describe('A new nonce for DPoP proofs, for the header DPoP-Nonce.'),
    cnonce: z.string().optional().describe('Nonce for credential requests.'),
    cnonceExpiresAt: z
      .int()
      .optional()
      .describe('When the nonce expires, in milliseconds since the epoch.'),
    requestedIdTokenClaims: z
      .array(z.string())
      .optional()
      .describe('Names of the claims that the ID Token was asked for.'),
    refreshTokenScopes: z.array(z.string()).optional().describe('Scopes of the refresh token.'),
    sessionId: z.string().optional().describe('Identifier of the user session at the frontend.'),
    deviceSecret: z.string().optional().describe('Device secret of Native SSO.'),
    deviceSecretHash: z.string().optional().describe('Hash of the device secret.'),
    metadataDocumentLocation: z
      .string()
      .optional()
      .describe('URL of the metadata document of the client.'),
    metadataDocumentUsed: z
      .boolean()
      .optional()
      .describe('Whether the client was named by the URL of its metadata.'),
    attestationChallenge: z
      .string()
      .optional()
      .describe('A challenge for client attestation; absent where attestation is not used.'),
  })
  .meta({ id: 'token_response' })
