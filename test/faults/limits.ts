/** Requests at the limits of what is read: long, deep, wide and many. */
import { z } from 'zod'

const long = 60_000
const repeat = (text: string) => text.repeat(Math.floor(long / text.length))
export const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

/** Texts as long as a parameter may be. */
export const texts: Record<string, string> = {
  'one word': repeat('x'),
  'many words': many(8_000, (index) => `w${index}`).join(' '),
  'a wide object': JSON.stringify(Object.fromEntries(many(1_800, (index) => [`c${index}`, null]))),
  'a wide list': JSON.stringify(many(1_500, (index) => ({ type: `t${index}` }))),
  'a deep list': '['.repeat(9_000) + ']'.repeat(9_000),
  separators: repeat(',;= "'),
}

/** Values of a member of a body: as many as a body may hold. */
const values: Record<string, unknown> = {
  numbers: many(2_000, () => 1),
  'lists of numbers': many(14, () => many(2_000, () => 1)),
  'empty objects': many(2_000, () => ({})),
  members: Object.fromEntries(many(15_000, (index) => [`m${index}`, 1])),
}

/** Parameters that some operation reads as more than a name. */
export const readParameters = [
  ...[
    'scope',
    'claims',
    'request',
    'id_token_hint',
    'prompt',
    'acr_values',
    'resource',
    'audience',
  ],
  ...['redirect_uri', 'authorization_details', 'response_type', 'subject_token', 'actor_token'],
  ...['assertion', 'client_assertion', 'login_hint_token', 'binding_message', 'ui_locales'],
]

interface Definition {
  type: string
  innerType?: z.ZodType
  element?: z.ZodType
}
const definitionOf = (schema: z.ZodType): Definition => schema._zod.def

/** A schema without what makes it optional. */
const bare = (schema: z.ZodType): z.ZodType => {
  const { innerType } = definitionOf(schema)
  return innerType ? bare(innerType) : schema
}

const simple = ['string', 'number', 'int', 'boolean', 'enum']

/**
 * Bodies of an operation, each with one member that holds very many values. A schema that several
 * operations use is tried once: `tried` remembers it.
 */
export function wideBodies(
  body: z.ZodType,
  base: Record<string, unknown>,
  tried: Set<z.ZodType>,
): { name: string; body: string }[] {
  const whole = bare(body)
  const members =
    whole instanceof z.ZodObject ? Object.entries<z.ZodType>(whole.shape) : [['', whole] as const]
  return members.flatMap(([member, schema]) => {
    const kind = bare(schema)
    const { type, element } = definitionOf(kind)
    const key = element ?? kind
    if (simple.includes(type) || tried.has(key)) return []
    tried.add(key)
    return Object.entries(values).map(([name, value]) => ({
      name: `${name} as ${member || 'the body'}`,
      body: JSON.stringify(member === '' ? value : { ...base, [member]: value }),
    }))
  })
}
