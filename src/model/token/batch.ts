/** The result of a batch of tokens. */
import { z } from 'zod'

export const TokenBatch = z.object({
  batchKind: z.enum(['CREATE']).describe('What the batch is for.'),
  result: z.enum(['SUCCEEDED', 'FAILED']).describe('Whether every token was created, or none.'),
  tokenCount: z
    .int()
    .min(0)
    .describe('How many access tokens were created; of a dry run, how many would have been.'),
  errorCode: z.string().optional().describe('Result code of the first token that is refused.'),
  errorDescription: z
    .string()
    .optional()
    .describe('Which tokens are refused, by their index from 0, and why.'),
})
export type TokenBatch = z.output<typeof TokenBatch>
