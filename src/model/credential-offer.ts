/**
 * A credential offer as OpenID for Verifiable Credential Issuance has it, in the words of this API.
 */
import { z } from 'zod'
import { Property } from './grant.ts'

export const CredentialOfferInfo = z
  .object({
    identifier: z.string().optional(),
    credentialOffer: z.string().optional(),
    credentialIssuer: z.string().optional(),
    authorizationCodeGrantIncluded: z.boolean().optional(),
    issuerStateIncluded: z.boolean().optional(),
    issuerState: z.string().optional(),
    preAuthorizedCodeGrantIncluded: z.boolean().optional(),
    preAuthorizedCode: z.string().optional(),
    subject: z.string().optional().describe('Unique identifier of the user at the service.'),
    expiresAt: z
      .int()
      .optional()
      .describe('Milliseconds since the epoch; 0 for a token that does not expire.'),
    context: z.string().optional(),
    properties: z.array(Property).optional().describe('Properties attached to the token.'),
    jwtAtClaims: z
      .string()
      .optional()
      .describe('Claims to add to a JWT access token, as JSON text of an object.'),
    authTime: z
      .int()
      .optional()
      .describe('When the user authenticated, in seconds since the epoch.'),
    acr: z.string().optional().describe('Authentication context class of the user authentication.'),
    credentialConfigurationIds: z.array(z.string()).optional(),
    txCode: z.string().optional(),
    txCodeInputMode: z.string().optional(),
    txCodeDescription: z.string().optional(),
  })
  .meta({ id: 'credential_offer_info' })
