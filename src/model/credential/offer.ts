/** A stored credential offer, OpenID4VCI §4.1.1. It is sealed, because it has secrets. */
import { z } from 'zod'
import { Property } from '../grant.ts'
import { GrantedCredential } from './granted.ts'

export const CredentialOffer = z.object({
  identifier: z.string(),
  credentialConfigurationIds: z.array(z.string()),
  authorizationCodeGrantIncluded: z.boolean().default(false),
  issuerState: z.string().optional(),
  preAuthorizedCode: z.string().optional(),
  txCode: z.string().optional(),
  txCodeInputMode: z.enum(['numeric', 'text']).optional(),
  txCodeDescription: z.string().optional(),
  subject: z.string().optional(),
  context: z.string().optional(),
  properties: z.array(Property).default([]),
  jwtAtClaims: z.string().optional(),
  authTime: z.number().optional(),
  acr: z.string().optional(),
  /** Whether the issuer state can be used again until the offer expires. */
  reusable: z.boolean().default(false),
  /** The datasets of each configuration, where the caller named any. */
  credentials: z.array(GrantedCredential).default([]),
  createdAt: z.number(),
  expiresAt: z.number(),
})
export type CredentialOffer = z.output<typeof CredentialOffer>
