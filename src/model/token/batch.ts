/** The result of a batch of tokens. */
import { z } from 'zod'

export const TokenBatch = z.object({
  batchKind: z.enum(['CREATE']).describe('Kind of the batch.'),
  result: z.enum(['SUCCEEDED', 'FAILED']).describe('Whether all tokens were created, or none.'),
  tokenCount: z
    .int()
    .min(0)
    .describe('Number of created access tokens; for a dry run, the number that would be created.'),
  errorCode: z.string().optional().describe('Result code of the first refused token.'),
  errorDescription: z
    .string()
    .optional()
    .describe('The refused tokens, by their index from 0, with the reasons.'),
})
export type TokenBatch = z.output<typeof TokenBatch>
