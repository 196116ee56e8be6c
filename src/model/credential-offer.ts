/** A credential offer of OpenID for Verifiable Credential Issuance, in the format of this API. */
import { z } from 'zod'
import { Property } from './grant.ts'

export const CredentialOfferInfo = z
  .object({
    identifier: z.string().optional().describe('Identifier.'),
    credentialOffer: z.string().optional().describe('The credential offer, as JSON text.'),
    credentialIssuer: z.string().optional().describe('Identifier of the credential issuer.'),
    authorizationCodeGrantIncluded: z
      .boolean()
      .optional()
      .describe('Whether the offer has an authorization code grant.'),
    issuerStateIncluded: z.boolean().optional().describe('Whether the offer has an issuer state.'),
    issuerState: z.string().optional().describe('The issuer state.'),
    preAuthorizedCodeGrantIncluded: z
      .boolean()
      .optional()
      .describe('Whether the offer has a pre-authorized code grant.'),
    preAuthorizedCode: z.string().optional().describe('The pre-authorized code.'),
    subject: z.string().optional().describe('Unique identifier of the user at the service.'),
    expiresAt: z
      .int()
      .optional()
      .describe('Milliseconds since the epoch; 0 for a token that does not expire.'),
    context: z.string().optional().describe('Text that the caller keeps with the ticket.'),
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
    credentialConfigurationIds: z
      .array(z.string())
      .optional()
      .describe('Credentials that are offered.'),
    txCode: z.string().optional().describe('The transaction code.'),
    txCodeInputMode: z.string().optional().describe('What the transaction code is made of.'),
    txCodeDescription: z
      .string()
      .optional()
      .describe('What to tell the user of the transaction code.'),
  })
  .meta({ id: 'credential_offer_info' })
