/** Findings of lints in responses. */
import { z } from 'zod'
import { type Finding, levels, profiles } from './lint.ts'

export const LintProfile = z.enum(profiles).meta({ id: 'lint_profile' })

const Found = z.object({
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
})

export const findings = z.array(Found).describe('What the lints found.')

/** What a change means for the lints of all profiles. */
export const LintChanges = z
  .object({
    appear: z.array(Found).describe('Findings that there were not before.'),
    vanish: z.array(Found).describe('Findings that the change mends.'),
  })
  .meta({ id: 'lint_changes' })

export function lintChanges(before: readonly Finding[], after: readonly Finding[]) {
  const missingIn = (others: readonly Finding[]) => {
    const codes = new Set(others.map(({ code }) => code))
    return ({ code }: Finding) => !codes.has(code)
  }
  return { appear: after.filter(missingIn(before)), vanish: before.filter(missingIn(after)) }
}
