/** Lists that are searched page by page: the query, its cursor, and the link to the next page. */
import { z } from 'zod'
import { type Context, noteField } from '../../context.ts'
import { ConfigurationKey } from '../../model/configuration/parts.ts'
import { isStorable } from '../../model/primitives.ts'
import { isLabel, keyMark } from '../../model/summary.ts'
import type { SearchPlace } from '../../store/search/walk.ts'

const Place = z.tuple([
  z.int().min(0).max(9),
  z.string().max(1_000).refine(isStorable),
  z.int().min(0).max(Number.MAX_SAFE_INTEGER),
])

function placeIn(cursor: string): z.output<typeof Place> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Place.parse(value)
  } catch {
    return undefined
  }
}

const Cursor = z
  .string()
  .max(2_000)
  .transform((text, context): SearchPlace => {
    const place = placeIn(text)
    if (!place) {
      context.addIssue({ code: 'custom', message: 'Expected `next` of the previous response' })
      return z.NEVER
    }
    const [source, key, number] = place
    return { source, key, number }
  })

const cursorOf = ({ source, key, number }: SearchPlace): string =>
  Buffer.from(JSON.stringify([source, key, number])).toString('base64url')

export const searchQuery = (searched: string) =>
  z.object({
    query: z.string().max(1_000).optional().describe(searched),
    match: z
      .enum(['prefix', 'substring'])
      .default('prefix')
      .describe(
        'With `substring`, also what has the query anywhere within its name or URI, after the others.',
      ),
    label: z
      .string()
      .refine(isLabel, { message: 'Expected a label' })
      .optional()
      .describe('Only with the label: see the attribute `ext.labels`.'),
    key: ConfigurationKey.optional().describe(
      'Only what has this key: see the attribute `ext.config.key`.',
    ),
    after: Cursor.optional().describe('Where to continue: `next` of the previous response.'),
    limit: z.coerce.number().int().min(1).max(200).default(50).describe('At most so many.'),
  })
type SearchQuery = z.output<ReturnType<typeof searchQuery>>

/** What the store searches: a key is stored among the labels. */
export const searchOf = ({ query, label, key, match, after, limit }: SearchQuery) => ({
  query,
  inside: match === 'substring',
  label: key === undefined ? label : keyMark(key),
  after,
  limit,
})

export const nextField = z
  .string()
  .optional()
  .describe(
    'The `after` of the next call; absent if there are no more. A page may have fewer items than ' +
      '`limit`, or none, although there are more.',
  )

/** The cursor of the next page, which the header field Link has, too: RFC 8288 §3. */
export function linkNext(
  context: Context,
  path: string,
  given: object,
  place: SearchPlace | undefined,
): string | undefined {
  if (!place) return undefined
  const after = cursorOf(place)
  const pairs = Object.entries({ ...given, after }).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  )
  noteField(context, 'Link', `<${path}?${new URLSearchParams(pairs)}>; rel="next"`)
  return after
}
