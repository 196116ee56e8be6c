/** For whom and why a caller says it acts. Recorded as the caller claims it, and not verified. */
import { z } from 'zod'
import { validate } from '../body.ts'

const longest = 255

/** The member that every audited operation with a body accepts beside its own. */
export const Acting = z
  .object({
    actingSubject: z
      .string()
      .min(1)
      .max(longest)
      .optional()
      .describe(
        'For whom the caller makes the call, for the audit log: a claim, which is not verified. It ' +
          'precedes the header field `Postern-Actor`.',
      ),
  })
  .meta({ id: 'acting' })

/** The same for calls without a body. */
export const ActingField = z.object({
  'Postern-Actor': z
    .string()
    .optional()
    .describe('For whom the caller makes the call, for the audit log: at most 255 characters.'),
  'Postern-Reason': z
    .string()
    .optional()
    .describe('Why the caller makes the call, for the audit log: at most 255 characters.'),
})

/** Takes the member from a decoded body, so that the schema of the operation does not see it. */
export function takeActingSubject(decoded: unknown): string | undefined {
  const isObject = typeof decoded === 'object' && decoded !== null && !Array.isArray(decoded)
  if (!isObject || !Object.hasOwn(decoded, 'actingSubject')) return undefined
  const { actingSubject } = validate(Acting, decoded)
  delete (decoded as { actingSubject?: unknown }).actingSubject
  return actingSubject
}

/** Node reads header fields as Latin-1, and clients send UTF-8. */
export function noteIn(field: string | undefined): string | undefined {
  if (!field) return undefined
  const text = Buffer.from(field.slice(0, 4 * longest), 'latin1').toString('utf8')
  const shown = [...text.replace(/\p{Cc}/gu, ' ').trim()]
  return shown.slice(0, longest).join('') || undefined
}
