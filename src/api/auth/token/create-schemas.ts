/** What one token is created from: alone, and as one of a batch. */
import { z } from 'zod'
import { ClientIdText } from '../../../http/identifier.ts'
import { JsonObjectText } from '../../../http/json-text.ts'
import { AuthzDetails } from '../../../model/authorization-details.ts'
import { GrantType } from '../../../model/enums.ts'
import { GivenProperties } from '../../../model/grant.ts'

const Thumbprint = z.string().regex(/^[\w-]{43}$/, 'Expected base64url of a SHA-256')

export const TokenCreateRequest = z
  .object({
    grantType: GrantType.optional().describe('Grant type.'),
    clientId: z.int().nonnegative().optional().describe('Number of the client.'),
    subject: z
      .string()
      .max(255)
      .optional()
      .describe('Unique identifier of the user at the service.'),
    scopes: z.array(z.string()).optional().describe('Names of scopes.'),
    accessTokenDuration: z.int().nonnegative().optional().describe('Seconds.'),
    refreshTokenDuration: z.int().nonnegative().optional().describe('Seconds.'),
    properties: GivenProperties.optional().describe('Properties attached to the token.'),
    clientIdAliasUsed: z
      .boolean()
      .optional()
      .describe('Whether the client was named by its alias.'),
    accessToken: z
      .string()
      .max(32_768)
      .optional()
      .describe('An access token: the one issued, or the value that the caller chooses for it.'),
    refreshToken: z
      .string()
      .max(32_768)
      .optional()
      .describe('A refresh token: the one issued, or the value that the caller chooses for it.'),
    accessTokenPersistent: z
      .boolean()
      .optional()
      .describe('Whether the access token does not expire.'),
    certificateThumbprint: Thumbprint.optional().describe(
      'SHA-256 thumbprint of the certificate that the token is bound to, base64url.',
    ),
    dpopKeyThumbprint: Thumbprint.optional().describe(
      'JWK thumbprint of the DPoP key that the token is bound to.',
    ),
    authorizationDetails: AuthzDetails.optional().describe('Authorization details, RFC 9396.'),
    resources: z.array(z.string()).optional().describe('Resource indicators, RFC 8707.'),
    forExternalAttachment: z
      .boolean()
      .optional()
      .describe('Whether the token is for an external attachment.'),
    jwtAtClaims: JsonObjectText.optional().describe(
      'Claims to add to a JWT access token, as JSON text of an object.',
    ),
    acr: z.string().optional().describe('Authentication context class of the user authentication.'),
    authTime: z
      .int()
      .nonnegative()
      .optional()
      .describe('When the user authenticated, in seconds since the epoch.'),
    clientEntityIdUsed: z
      .boolean()
      .optional()
      .describe('Whether the client was named by its entity identifier.'),
    clientIdentifier: ClientIdText.optional().describe('Number or alias of the client.'),
    sessionId: z
      .string()
      .max(512)
      .optional()
      .describe('Identifier of the user session at the frontend.'),
    metadataDocumentUsed: z
      .boolean()
      .optional()
      .describe('Whether the client was named by the URL of its metadata.'),
  })
  .meta({ id: 'token_create_request' })
