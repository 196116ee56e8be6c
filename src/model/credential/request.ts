/** A checked credential request, kept until the credential is issued: OpenID4VCI §8.2. */
import { z } from 'zod'

export type CredentialRequestStatus = 'PARSED' | 'DEFERRED' | 'ISSUED' | 'DENIED'

const PublicJwk = z.record(z.string(), z.unknown())

/** How the credential response is encrypted, OpenID4VCI §10. */
export const ResponseEncryption = z.object({
  /** The public key of the wallet, with its `alg`. */
  jwk: PublicJwk,
  enc: z.string(),
  zip: z.literal('DEF').optional(),
})
export type ResponseEncryption = z.output<typeof ResponseEncryption>

export const CredentialRequest = z.object({
  configurationId: z.string(),
  /** The dataset, if the request named one. */
  credentialIdentifier: z.string().optional(),
  format: z.string(),
  /** The public keys that the credentials are bound to, one for each credential. */
  keys: z.array(PublicJwk).default([]),
  encryption: ResponseEncryption.optional(),
  /** Of a request that came with others: all of them are decided together. */
  batch: z.object({ id: z.string(), size: z.number() }).optional(),
})
export type CredentialRequest = z.output<typeof CredentialRequest>
