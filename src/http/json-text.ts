/** Properties that contain JSON as text. */

import { z } from 'zod'
import { GivenProperties, Property } from '../model/grant.ts'
import { parseJson } from '../model/json.ts'

/** The nesting limit: enough for claims and headers, and safe for recursion. */
const depthLimit = 64

/** The text of a JSON object. */
export const JsonObjectText = z.string().max(65_536).refine(isJsonObject, {
  message: 'Expected the text of a JSON object',
})

/** A JSON object, or its text; always read as text. */
export const JsonObject = z
  .union([JsonObjectText, z.record(z.string(), z.unknown())], {
    error: 'Expected a JSON object, or its text',
  })
  .transform((given, context) => {
    const text = typeof given === 'string' ? given : JSON.stringify(given)
    if (typeof given === 'string' || JsonObjectText.safeParse(text).success) return text || '{}'
    context.addIssue({ code: 'custom', message: 'Expected a smaller JSON object' })
    return z.NEVER
  })

function isJsonObject(text: string): boolean {
  if (text === '') return true
  try {
    const value: unknown = parseJson(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) && isFlat(value, 0)
  } catch {
    return false
  }
}

const isFlat = (value: unknown, depth: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (depth < depthLimit && Object.values(value).every((member) => isFlat(member, depth + 1)))

/** Properties as JSON text, as in the contract, or as a list, as most official clients send. */
export const PropertiesText = z
  .union([z.string().max(65_536), z.array(Property)])
  .transform((given, context) => {
    const parsed = GivenProperties.safeParse(typeof given === 'string' ? listIn(given) : given)
    if (parsed.success) return parsed.data
    const reserved = parsed.error.issues.find(({ code }) => code === 'custom')
    const message = reserved?.message ?? 'Expected the text of a JSON array of properties'
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })

/** The list in a text; empty for an empty text, undefined if the text is not JSON. */
function listIn(text: string): unknown {
  try {
    return text === '' ? [] : parseJson(text)
  } catch {
    return undefined
  }
}
