/** Scopes that a service supports. */
import { z } from 'zod'
import { Pair, TaggedValue } from '../key-value.ts'
import { Text } from '../primitives.ts'

export const Scope = z
  .object({
    name: z.string().min(1).max(255).describe('Name of the scope, RFC 6749 §3.3.'),
    defaultEntry: z
      .boolean()
      .default(false)
      .describe('Whether a request that names no scope is given this one.'),
    description: Text.optional().describe('What the scope permits, for people to read.'),
    descriptions: z.array(TaggedValue).max(100).optional().describe('The same by language.'),
    attributes: z
      .array(Pair)
      .max(100)
      .optional()
      .describe('Settings such as `access_token.duration` in seconds.'),
  })
  .meta({ id: 'scope' })
export type Scope = z.output<typeof Scope>
