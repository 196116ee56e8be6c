/** Options for client ID metadata documents that a request may set. */
import { z } from 'zod'

export const CimdOptions = z
  .object({
    alwaysRetrieved: z
      .boolean()
      .optional()
      .describe('Whether the metadata document is fetched even if it is cached.'),
    httpPermitted: z.boolean().optional().describe('Whether the URL may have the scheme `http`.'),
    queryPermitted: z.boolean().optional().describe('Whether the URL may have a query.'),
  })
  .meta({ id: 'cimd_options' })
