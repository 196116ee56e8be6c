/** How a person edits a value, by its JSON Schema. */

export interface JsonSchema {
  $ref?: string
  $defs?: Record<string, JsonSchema>
  type?: string
  enum?: string[]
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
  required?: string[]
  maxLength?: number
  default?: unknown
  description?: string
  anyOf?: JsonSchema[]
}

export type Control =
  | { type: 'flag' | 'text' | 'longText' | 'uri' | 'keys' | 'json' | 'pairs' }
  /** `zero`: what 0 means, in the same unit. */
  | { type: 'number'; unit?: 'seconds' | 'time'; zero?: number }
  | { type: 'choice' | 'choices'; options: string[] }
  | { type: 'texts' | 'uris' | 'pems' }
  | { type: 'object' | 'objects'; fields: Part[] }

/** A member of an object within a setting. */
export interface Part {
  name: string
  control: Control
  says: string
  fallback?: unknown
}

const longest = 200_000
/** Settings of JSON text, which are edited as such. */
const jsonTexts = /^(predefinedTransformedClaims|cimdMetadataPolicy|customMetadata)$/
const keyTexts = /jwks$/i
const uriNames = /(uri|url|endpoint)$/i
const pemLists = /(Roots|Certificates)$/
const uriLists = /(Uris|authorityHints|cimdAllowlist)$/

export function controlOf(
  name: string,
  schema: JsonSchema,
  says: string,
  defs = schema.$defs ?? {},
): Control {
  const { type, enum: options, items } = resolved(schema, defs)
  if (options) return { type: 'choice', options }
  if (type === 'boolean') return { type: 'flag' }
  if (type === 'integer' || type === 'number') return numberOf(name, says)
  if (type === 'string') return { type: textOf(name, resolved(schema, defs)) }
  if (type === 'array' && items) return listOf(name, resolved(items, defs), defs)
  if (type === 'object') return objectOf(resolved(schema, defs), 'object', defs)
  return { type: 'json' }
}

function resolved(schema: JsonSchema, defs: Record<string, JsonSchema>): JsonSchema {
  const name = schema.$ref?.split('/').at(-1)
  return name === undefined ? schema : (defs[name] ?? {})
}

function numberOf(name: string, says: string): Control {
  if (/At$/.test(name)) return { type: 'number', unit: 'time' }
  const zero = /\b0 means (\d+)/.exec(says)?.[1]
  return {
    type: 'number',
    ...(/\bseconds\b/.test(says) ? { unit: 'seconds' } : {}),
    ...(zero === undefined ? {} : { zero: Number(zero) }),
  }
}

function textOf(name: string, { maxLength = 0 }: JsonSchema) {
  if (jsonTexts.test(name)) return 'json'
  if (maxLength >= longest) return keyTexts.test(name) ? 'keys' : 'longText'
  return uriNames.test(name) ? 'uri' : 'text'
}

function listOf(name: string, items: JsonSchema, defs: Record<string, JsonSchema>): Control {
  if (items.enum) return { type: 'choices', options: items.enum }
  if (items.type === 'string' && pemLists.test(name)) return { type: 'pems' }
  if (items.type === 'string') return { type: uriLists.test(name) ? 'uris' : 'texts' }
  if (items.type !== 'object') return { type: 'json' }
  const names = Object.keys(items.properties ?? {})
  if (names.join() === 'key,value') return { type: 'pairs' }
  return objectOf(items, 'objects', defs)
}

function objectOf(
  { properties = {} }: JsonSchema,
  type: 'object' | 'objects',
  defs: Record<string, JsonSchema>,
): Control {
  const fields = Object.entries(properties).map(([name, schema]): Part => {
    const says = schema.description ?? resolved(schema, defs).description ?? ''
    const { default: fallback } = schema
    return { name, control: controlOf(name, schema, says, defs), says, fallback }
  })
  return { type, fields }
}
