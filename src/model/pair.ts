/** Small shapes that documents are made of. */
import { z } from 'zod'
import { Text, Uri } from './primitives.ts'

export const Pair = z
  .object({ key: Text.describe('Name.'), value: Text.optional().describe('Value.') })
  .meta({ id: 'pair' })

export const TaggedValue = z
  .object({
    tag: Text.optional().describe('Language tag, BCP 47.'),
    value: Text.optional().describe('The text in that language.'),
  })
  .meta({ id: 'tagged_value' })

export const NamedUri = z
  .object({ name: Text.optional().describe('Name.'), uri: Uri.optional().describe('URI.') })
  .meta({ id: 'named_uri' })
