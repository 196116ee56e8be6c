/** Schemas of keys with values. */
import { z } from 'zod'
import { Text, Uri } from './primitives.ts'

export const Pair = z
  .object({
    key: Text.describe('The key.'),
    value: z.string().max(65_536).optional().describe('The value.'),
  })
  .meta({ id: 'pair' })

/** A header field of an HTTP message, of any length. */
export const HeaderField = z.object({
  key: z.string().max(1_000).describe('The name of the header field or component.'),
  value: z.string().max(65_536).optional().describe('The value of the header field or component.'),
})

export const TaggedValue = z
  .object({
    tag: Text.optional().describe('The language as a BCP 47 tag.'),
    value: Text.optional().describe('The text in that language.'),
  })
  .meta({ id: 'tagged_value' })

export const NamedUri = z
  .object({ name: Text.optional().describe('The name.'), uri: Uri.optional().describe('The URI.') })
  .meta({ id: 'named_uri' })
