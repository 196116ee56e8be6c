/** The changes of an update of a document, for requests with `Prefer: return=changes`. */
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'

export const Change = z
  .object({
    property: z.string().describe('Name of the property.'),
    before: z.unknown().optional().describe('The value before the update; secrets are omitted.'),
    after: z.unknown().optional().describe('The value after the update; secrets are omitted.'),
    reset: z
      .boolean()
      .describe('Whether the property was reset to its default because the call omitted it.'),
  })
  .meta({ id: 'change' })
export type Change = z.output<typeof Change>

type Document = Readonly<Record<string, unknown>>

/**
 * The properties of `names` with different values, in the order of the names. A property was reset
 * if its new value is its value in `defaults`.
 */
export function changesBetween(
  before: Document,
  after: Document,
  { names, defaults, secrets }: { names: string[]; defaults: Document; secrets: readonly string[] },
): Change[] {
  return names
    .filter((property) => !isDeepStrictEqual(before[property], after[property]))
    .map((property) => ({
      property,
      ...(secrets.includes(property) ? {} : { before: before[property], after: after[property] }),
      reset: isDeepStrictEqual(after[property], defaults[property]),
    }))
}
