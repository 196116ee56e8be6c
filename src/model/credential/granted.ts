/** What an access token may obtain at the credential endpoint, OpenID4VCI §6.2. */
import { z } from 'zod'

export const GrantedCredential = z.object({
  configurationId: z.string(),
  /** The datasets; the token response names them if the request had authorization details. */
  identifiers: z.array(z.string()),
  /** From `authorization_details`: the token response names the datasets. */
  detailed: z.boolean().default(false),
  /** Granted only while the token has the scope of the configuration. */
  scoped: z.boolean().optional(),
})
export type GrantedCredential = z.output<typeof GrantedCredential>
