/** Datasets that the caller names for the configurations of a grant, OpenID4VCI §6.2. */
import { z } from 'zod'

export const CredentialIdentifiers = z
  .object({
    credentialConfigurationId: z
      .string()
      .max(1_000)
      .describe('Identifier of the credential configuration.'),
    identifiers: z
      .array(z.string().min(1).max(1_000))
      .min(1)
      .max(100)
      .describe('Identifiers of the datasets of the user for this configuration.'),
  })
  .meta({ id: 'credential_identifiers' })
export type CredentialIdentifiers = z.output<typeof CredentialIdentifiers>
