/**
 * What is stored about the secrets of a client besides `clientSecret`. No response contains it.
 * `clientSecret` is absent if only the hash of the secret is stored.
 */
import { z } from 'zod'

export const SecretState = z.object({
  /** The keyed hash of the secret. */
  hash: z.string().optional(),
})
