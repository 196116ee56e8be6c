/** Schemas of the lint operations. */
import { z } from 'zod'
import { findings, LintProfile } from '../oauth/lint/schemas.ts'

export const asked = z
  .array(LintProfile)
  .min(1)
  .optional()
  .describe('The profiles to check; without, all.')

export const LintReport = z
  .object({
    findings,
    conforms: z
      .partialRecord(LintProfile, z.boolean())
      .describe('By checked profile, whether the document satisfies it.'),
  })
  .meta({ id: 'lint_report' })
