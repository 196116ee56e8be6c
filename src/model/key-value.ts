/** Small shapes that documents are made of. */
import { z } from 'zod'
import { Text, Uri } from './primitives.ts'

export const Pair = z
  .object({ key: Text.describe('Name.'), value: Text.optional().describe('Value.') })
  .meta({ id: 'pair' })

/** A header field of an HTTP message, as long as it came. */
export const HeaderField = z.object({
  key: z.string().max(1_000).describe('Name of the field.'),
  value: z.string().max(65_536).optional().describe('Value of the field.'),
})

export const TaggedValue = z
  .object({
    tag: Text.optional().describe('Language tag, BCP 47.'),
    value: Text.optional().describe('The text in that language.'),
  })
  .meta({ id: 'tagged_value' })

export const NamedUri = z
  .object({ name: Text.optional().describe('Name.'), uri: Uri.optional().describe('URI.') })
  .meta({ id: 'named_uri' })
