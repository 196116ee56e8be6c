/**
 * What is stored about the secrets of a client besides `clientSecret`. No response contains it.
 * `clientSecret` is absent if only the hash of the secret is stored.
 */
import { z } from 'zod'

export const SecretState = z.object({
  /** The keyed hash of the current secret. */
  hash: z.string().optional(),
  /** When the current secret expires, in milliseconds; it does not expire without. */
  expiresAt: z.int().optional(),
  /** The secret before the current one, which is accepted until its expiry. */
  former: z
    .object({
      secret: z.string().optional(),
      hash: z.string().optional(),
      expiresAt: z.int(),
    })
    .optional(),
})
export type SecretState = z.output<typeof SecretState>
