/** How the caller decides a credential request. */
import { z } from 'zod'

export const CredentialIssuanceOrder = z
  .object({
    requestIdentifier: z
      .string()
      .optional()
      .describe('The identifier of the credential request, from `info` of the parse operation.'),
    credentialPayload: z
      .string()
      .optional()
      .describe(
        'The content of the credential, as JSON text. For an SD-JWT VC, its claims. For an mdoc, ' +
          '`doctype` and `claims`, which has an object of data elements for each namespace; a text ' +
          'that begins with `cbor:` is CBOR in diagnostic notation.',
      ),
    issuanceDeferred: z
      .boolean()
      .optional()
      .describe('Whether the wallet must ask for the credential again later.'),
    credentialDuration: z
      .int()
      .optional()
      .describe(
        'The lifetime of the credential in seconds; 0: that of the service; negative: unlimited.',
      ),
    signingKeyId: z
      .string()
      .optional()
      .describe(
        'The key ID of the key that signs the credential; without it, the first key with an ' +
          'algorithm of the credential configuration.',
      ),
    denied: z
      .boolean()
      .optional()
      .describe(
        'Whether the credential request is denied: the wallet gets `credential_request_denied`.',
      ),
    interval: z
      .int()
      .max(86_400)
      .optional()
      .describe(
        'After how many seconds the wallet may ask for a deferred credential; if absent, 0 or ' +
          'negative, `ext.vci.deferred.interval` of the service.',
      ),
    disclosureFrame: z
      .string()
      .optional()
      .describe(
        'Which claims of an SD-JWT VC are disclosed by choice, as JSON text: `_sd` lists the names ' +
          'of claims, or the places of elements of an array, and other members are the frames of ' +
          'claims. Without it, each claim is disclosed by choice.',
      ),
  })
  .meta({ id: 'credential_issuance_order' })
export type CredentialIssuanceOrder = z.output<typeof CredentialIssuanceOrder>
