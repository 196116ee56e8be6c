/** A checked credential request, in the format of this API. */
import { z } from 'zod'

export const CredentialRequestInfo = z
  .object({
    identifier: z
      .string()
      .optional()
      .describe(
        'The identifier of the request, for issuing. It becomes the transaction ID if the issuance is deferred.',
      ),
    format: z.string().optional().describe('The format of the requested credential.'),
    bindingKey: z
      .string()
      .optional()
      .describe('The first of `bindingKeys`. Absent if the credential is not bound to a key.'),
    bindingKeys: z
      .array(z.string())
      .optional()
      .describe(
        'The public keys of the wallet, each a JWK as JSON text: one for each credential to issue.',
      ),
    details: z
      .string()
      .optional()
      .describe('The parameters of the request without the proofs, as JSON text.'),
    credentialConfigurationId: z
      .string()
      .optional()
      .describe('The credential configuration that the request selects.'),
    credentialIdentifier: z
      .string()
      .optional()
      .describe('The dataset that the request names, or the only one that the token may obtain.'),
    keyAttestation: z
      .string()
      .optional()
      .describe(
        'What the key attestation says of the keys, as JSON text: `iss`, `key_storage`, `user_authentication`, `certification` and `status`. The status is not looked up.',
      ),
    subject: z.string().optional().describe('Unique identifier of the user at the service.'),
  })
  .meta({ id: 'credential_request_info' })
export type CredentialRequestInfo = z.output<typeof CredentialRequestInfo>
