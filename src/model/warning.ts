/** Warnings about accepted settings that do not work as expected. */
import { z } from 'zod'

export const Warning = z
  .object({
    code: z
      .enum([
        'signing-key-missing',
        'encryption-key-missing',
        'encryption-off',
        'unknown-attribute',
        'renamed-attribute',
        'unknown-member',
        'secret-hashed',
        'federation-key-shared',
        'federation-incomplete',
      ])
      .describe('Kind of the warning.'),
    property: z.string().describe('The property of the warning.'),
    message: z.string().describe('What does not work, and which value would be right.'),
  })
  .meta({ id: 'warning' })
export type Warning = z.output<typeof Warning>
