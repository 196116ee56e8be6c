/** A credential offer of OpenID for Verifiable Credential Issuance, in the format of this API. */
import { z } from 'zod'
import { Property } from '../grant.ts'

export const CredentialOfferInfo = z
  .object({
    identifier: z.string().optional().describe('Identifier of the credential offer.'),
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
      .describe('When the offer expires, in milliseconds since the epoch.'),
    context: z.string().optional().describe('Text that the caller stored with the offer.'),
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
    credentialConfigurationIds: z.array(z.string()).optional().describe('The offered credentials.'),
    txCode: z.string().optional().describe('The transaction code.'),
    txCodeInputMode: z.string().optional().describe('The characters of the transaction code.'),
    txCodeDescription: z
      .string()
      .optional()
      .describe('Instructions for the user about the transaction code.'),
  })
  .meta({ id: 'credential_offer_info' })
