/** Information about a subject or actor token of a token exchange, RFC 8693 §2.1. */
import { z } from 'zod'
import { AuthorizationDetailsElement, AuthzDetails } from '../authorization-details.ts'
import { Property } from '../grant.ts'
import { Scope } from '../service/scope.ts'

/** If the list has one element, its members are repeated beside the list. */
export const TokenDetails = AuthzDetails.extend({
  ...AuthorizationDetailsElement.shape,
  type: z.string().describe('Type of the only element; empty if there are several.'),
}).meta({ id: 'token_info_authorization_details' })
export type TokenDetails = z.output<typeof TokenDetails>

/** The key that a token is bound to, RFC 7800: members of its `cnf`. */
const Confirmation = z
  .object({
    jkt: z.string().optional().describe('Thumbprint of a DPoP key, RFC 9449 §6.1.'),
    'x5t#S256': z
      .string()
      .optional()
      .describe('SHA-256 thumbprint of a client certificate, RFC 8705 §3.1.'),
  })
  .meta({ id: 'token_confirmation' })

export const TokenInfo = z
  .object({
    clientId: z.int().optional().describe('Number of the client.'),
    clientIdAlias: z.string().optional().describe('Alias of the client.'),
    clientIdAliasUsed: z
      .boolean()
      .optional()
      .describe('Whether the request identified the client by its alias.'),
    subject: z.string().optional().describe('Unique identifier of the user at the service.'),
    scopes: z.array(Scope).optional().describe('Scopes of the token.'),
    expiresAt: z
      .int()
      .optional()
      .describe(
        'When the token expires, in milliseconds since the epoch; 0 if it does not expire.',
      ),
    properties: z.array(Property).optional().describe('Properties attached to the token.'),
    cnf: Confirmation.optional().describe(
      'The key that the token is bound to; the request proved possession of it. A token that is ' +
        'issued for this one must be bound to the same key.',
    ),
    resources: z
      .array(z.string())
      .optional()
      .describe('The resource indicators of the token (RFC 8707).'),
    authorizationDetails: TokenDetails.optional().describe('Authorization details, RFC 9396.'),
    clientEntityId: z.string().optional().describe('Entity identifier of the client.'),
    clientEntityIdUsed: z
      .boolean()
      .optional()
      .describe('Whether the request identified the client by its entity identifier.'),
    metadataDocumentLocation: z
      .string()
      .optional()
      .describe('URL of the metadata document of the client.'),
    metadataDocumentUsed: z
      .boolean()
      .optional()
      .describe('Whether the request identified the client by the URL of its metadata document.'),
    test: z.boolean().optional().describe('True if the token is of a client in test mode.'),
  })
  .meta({ id: 'token_info' })
export type TokenInfo = z.output<typeof TokenInfo>
