/** The request to create a token, alone or in a batch. */

import { z } from 'zod'
import { ClientIdText } from '../../../http/identifier.ts'
import { GivenProperties } from '../../../model/grant.ts'
import { field } from '../../fields.ts'

const Thumbprint = z.string().regex(/^[\w-]{43}$/, 'Expected base64url of a SHA-256')

export const TokenCreateRequest = z
  .object({
    grantType: field.grantType,
    clientId: z.int().nonnegative().optional().describe('Number of the client.'),
    subject: z
      .string()
      .max(255)
      .optional()
      .describe('Unique identifier of the user at the service.'),
    scopes: field.scopes,
    accessTokenDuration: field.accessTokenDuration,
    refreshTokenDuration: field.refreshTokenDuration,
    properties: GivenProperties.optional().describe('Properties attached to the token.'),
    clientIdAliasUsed: field.clientIdAliasUsed,
    accessToken: z
      .string()
      .max(32_768)
      .optional()
      .describe(
        'The access token. In a request for new tokens, the value that the caller chooses for it.',
      ),
    refreshToken: z
      .string()
      .max(32_768)
      .optional()
      .describe(
        'The refresh token. In a request for new tokens, the value that the caller chooses for it.',
      ),
    accessTokenPersistent: field.accessTokenPersistent,
    certificateThumbprint: Thumbprint.optional().describe(
      'SHA-256 thumbprint of the certificate that the token is bound to, base64url.',
    ),
    dpopKeyThumbprint: Thumbprint.optional().describe(
      'JWK thumbprint of the DPoP key that the token is bound to.',
    ),
    authorizationDetails: field.authorizationDetails,
    resources: field.resources,
    forExternalAttachment: field.forExternalAttachment,
    jwtAtClaims: field.jwtAtClaims,
    acr: field.acr,
    authTime: field.authTime,
    clientEntityIdUsed: field.clientEntityIdUsed,
    clientIdentifier: ClientIdText.optional().describe('Number or alias of the client.'),
    sessionId: z
      .string()
      .max(512)
      .optional()
      .describe('Identifier of the user session at the frontend.'),
    metadataDocumentUsed: field.metadataDocumentUsed,
  })
  .meta({ id: 'token_create_request' })
