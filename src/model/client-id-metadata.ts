/** Options for client ID metadata documents that a request may set. */
import { z } from 'zod'

export const CimdOptions = z
  .object({
    alwaysRetrieved: z.boolean().optional(),
    httpPermitted: z.boolean().optional(),
    queryPermitted: z.boolean().optional(),
  })
  .meta({ id: 'cimd_options' })
