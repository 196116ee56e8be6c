/** Schemas of the lint operations. */
import { z } from 'zod'
import { levels, profiles } from '../oauth/lint/lint.ts'

export const LintProfile = z.enum(profiles).meta({ id: 'lint_profile' })

export const asked = z
  .array(LintProfile)
  .min(1)
  .optional()
  .describe('The profiles to check; without, all.')

export const findings = z
  .array(
    z.object({
      code: z.string().describe('The code of the lint.'),
      profiles: z.array(LintProfile).describe('The checked profiles that it belongs to.'),
      level: z.enum(levels).describe('An `error` breaks the profile.'),
      path: z.string().describe('The property that it is about.'),
      spec: z.string().optional().describe('What demands or recommends it.'),
      says: z.string().describe('What is wrong, as a sentence.'),
      fix: z
        .record(z.string(), z.unknown())
        .optional()
        .describe('A JSON Merge Patch (RFC 7396) of the document that mends it.'),
    }),
  )
  .describe('What the lints found.')

export const LintReport = z
  .object({
    findings,
    conforms: z
      .partialRecord(LintProfile, z.boolean())
      .describe('By checked profile, whether the document satisfies it.'),
  })
  .meta({ id: 'lint_report' })
