/** Scopes that a service supports. */
import { z } from 'zod'
import { Pair, TaggedValue } from '../key-value.ts'
import { Text } from '../primitives.ts'

export const Scope = z
  .object({
    name: z.string().min(1).max(255).describe('The name of the scope (RFC 6749 §3.3).'),
    defaultEntry: z
      .boolean()
      .default(false)
      .describe('Whether a request without the parameter `scope` gets this scope (RFC 6749 §3.3).'),
    description: Text.optional().describe('A description of what the scope permits, for people.'),
    descriptions: z
      .array(TaggedValue)
      .max(100)
      .optional()
      .describe('The description in several languages.'),
    attributes: z
      .array(Pair)
      .max(100)
      .optional()
      .describe(
        'Key-value pairs: settings such as `access_token.duration` (in seconds), `fapi`, `fapi2` and `regex`, and notes of the caller.',
      ),
  })
  .meta({ id: 'scope' })
export type Scope = z.output<typeof Scope>
