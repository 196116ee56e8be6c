/** The request to create a token, alone or in a batch. */

import { z } from 'zod'
import { ClientIdText } from '../../../http/identifier.ts'
import { field } from '../../fields.ts'
import { given } from '../../request-fields.ts'

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
    properties: given.properties,
    clientIdAliasUsed: field.clientIdAliasUsed,
    accessToken: given.accessToken,
    refreshToken: z
      .string()
      .max(32_768)
      .optional()
      .describe(
        'The refresh token. In a request for new tokens, the value that the caller chooses for it.',
      ),
    accessTokenPersistent: field.accessTokenPersistent,
    certificateThumbprint: given.certificateThumbprint,
    dpopKeyThumbprint: given.dpopKeyThumbprint,
    authorizationDetails: field.authorizationDetails,
    resources: field.resources,
    forExternalAttachment: field.forExternalAttachment,
    jwtAtClaims: field.jwtAtClaims,
    acr: field.acr,
    authTime: field.authTime,
    clientEntityIdUsed: field.clientEntityIdUsed,
    clientIdentifier: ClientIdText.optional().describe('Number or alias of the client.'),
    sessionId: given.sessionId,
    userAttributes: given.userAttributes,
    clientIp: given.clientIp,
    userAgent: given.userAgent,
    metadataDocumentUsed: field.metadataDocumentUsed,
    credentialIdentifiers: given.credentialIdentifiers,
  })
  .meta({ id: 'token_create_request' })
