/** Decoding and validating request bodies: JSON and forms, within limits. */
import { isUtf8 } from 'node:buffer'
import type { z } from 'zod'
import { printable, refuseInvalid } from '../caller.ts'
import { isWithin } from '../model/json.ts'
import { isStorable } from '../model/primitives.ts'
import { CallerError, defineCallerRules, refuseCaller } from '../refusal.ts'

export const bodyLimitBytes = 256 * 1024
/** The limit for documents of services and clients, which contain certificates. */
export const documentLimitBytes = 4 * 1024 * 1024
const depthLimit = 32
const valueLimit = 30_000
const listLimit = 2_000

const rules = defineCallerRules('Body', {
  tooLarge: {
    code: 'P000201',
    status: 413,
    message: 'The request body is too large: the limit is 256 KB, or 4 MB for a document.',
  },
  mediaType: {
    code: 'P000202',
    status: 415,
    message: 'The Content-Type of the request body is not supported by this operation.',
  },
  brokenJson: { code: 'P000203', status: 400, message: 'The request body is not valid JSON.' },
  notAnObject: { code: 'P000204', status: 400, message: 'The request body is not a JSON object.' },
  tooDeep: {
    code: 'P000205',
    status: 400,
    message: 'The request body is nested too deeply: the limit is 32 levels.',
  },
  notText: {
    code: 'P000208',
    status: 400,
    message: 'A string in the request contains a NUL or an unpaired surrogate.',
  },
  unknownMember: {
    code: 'P000209',
    status: 400,
    message: 'The request body contains a member that this operation does not know.',
  },
  tooMany: {
    code: 'P000210',
    status: 400,
    message:
      'The request body is too large: the limit is 30,000 values, and 2,000 elements in a list.',
  },
  notUtf8: { code: 'P000207', status: 400, message: 'The request body is not valid UTF-8.' },
})

/** For callers that request strict handling, RFC 7240 §4.4. */
export const refuseUnknown = (paths: readonly string[]): never =>
  refuseCaller(rules.unknownMember, `${paths.map(printable).join(', ')}.`)

export const tooLarge = () => new CallerError(rules.tooLarge)

/** The bytes of a body and its Content-Type. */
export interface RawBody {
  contentType: string | undefined
  bytes: Uint8Array
}

/**
 * Parses a body by its media type. Members with `null` count as absent, as official clients send
 * them.
 */
export function decodeBody(raw: RawBody, schema: z.ZodType, acceptsForm: boolean): unknown {
  const mediaType = raw.contentType?.split(';', 1)[0]?.trim().toLowerCase()
  const text = decodeUtf8(raw.bytes)
  if (mediaType === 'application/x-www-form-urlencoded' && acceptsForm) {
    return decodeForm(new URLSearchParams(text), schema)
  }
  if (mediaType !== undefined && !/^application\/(json|[\w.-]+\+json)$/.test(mediaType)) {
    refuseCaller(rules.mediaType)
  }
  if (text.trim() === '') return {}
  return withoutNulls(parseJson(text), 0)
}

/** The JSON of a body as it is: null is a value, RFC 7396 §2. */
export function readJson({ bytes }: RawBody): unknown {
  const value = parseJson(decodeUtf8(bytes))
  if (!isWithin(value, depthLimit)) refuseCaller(rules.tooDeep)
  return value
}

/** A document that a patch made, within the limits of a body. */
export const asBody = (document: unknown): unknown =>
  withoutNulls(parseJson(JSON.stringify(document)), 0)

/** Validates a decoded value; the refusal has the path of the first wrong value and the reason. */
export function validate<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  requireStorable(value)
  const parsed = schema.safeParse(value)
  return parsed.success ? parsed.data : refuseIssue(parsed.error)
}

/**
 * The same for a document of settings. Empty texts for enumerations count as absent, as Terraform
 * sends them to unset a property.
 */
export function validateDocument<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  requireStorable(value)
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const removed = parsed.error.issues.filter((issue) => removeEmptyChoice(value, issue))
  return removed.length > 0 ? validateDocument(schema, value) : refuseIssue(parsed.error)
}

function refuseIssue({ issues: [issue] }: z.ZodError): never {
  const where = issue?.path.length ? issue.path.join('.') : 'the body'
  return refuseInvalid(where, `${issue?.message ?? ''}.`)
}

/** Removes the member that an issue is about, if it is an empty text where a value is chosen. */
function removeEmptyChoice(value: unknown, { code, path }: z.core.$ZodIssue): boolean {
  const [name] = path.slice(-1)
  const owner = path.slice(0, -1).reduce<unknown>((of, key) => of?.[key as never], value)
  if (code !== 'invalid_value' || typeof name !== 'string') return false
  if (typeof owner !== 'object' || owner?.[name as never] !== '') return false
  return Reflect.deleteProperty(owner as object, name)
}

/** Checks all names and values recursively. */
function requireStorable(value: unknown): void {
  if (typeof value === 'string' && !isStorable(value)) refuseCaller(rules.notText)
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const item of value) requireStorable(item)
    return
  }
  for (const name in value) {
    if (!isStorable(name)) refuseCaller(rules.notText)
    requireStorable(value[name as never])
  }
}

const byteOrderMark = 0xfeff

function decodeUtf8(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) refuseCaller(rules.notUtf8)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  return text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text
}

function parseJson(text: string): unknown {
  // A shorter text cannot contain too many values.
  if (text.length > valueLimit) requireFewValues(text)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    refuseCaller(rules.brokenJson)
  }
  if (typeof value !== 'object' || value === null) refuseCaller(rules.notAnObject)
  return value
}

/** Counts the values before parsing, because each one costs memory and time. */
function requireFewValues(text: string): void {
  let values = 0
  let isText = false
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index)
    if (character === quote) isText = !isText
    else if (isText && character === backslash) index += 1
    else if (!isText && separators.has(character)) values += 1
  }
  if (values > valueLimit) refuseCaller(rules.tooMany)
}
const [quote, backslash] = [0x22, 0x5c]
/** The first value of a list or an object follows its bracket, all others follow a comma. */
const separators = new Set([...',[{'].map((character) => character.charCodeAt(0)))

function withoutNulls(value: unknown, depth: number): unknown {
  if (depth > depthLimit) refuseCaller(rules.tooDeep)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    if (value.length > listLimit) refuseCaller(rules.tooMany)
    return value.filter((item) => item !== null).map((item) => withoutNulls(item, depth + 1))
  }
  // Changed in place, because the result of JSON.parse is not shared.
  const members = value as Record<string, unknown>
  for (const [name, member] of Object.entries(members)) {
    if (member === null) delete members[name]
    else if (typeof member === 'object') members[name] = withoutNulls(member, depth + 1)
  }
  return members
}

/**
 * Converts the text values of a form to the types of the schema; leaves them unchanged if that is
 * not possible.
 */
function decodeForm(form: URLSearchParams, schema: z.ZodType): Record<string, unknown> {
  const shape = (schema as { shape?: Record<string, z.ZodType> }).shape ?? {}
  const texts = new Map<string, string[]>()
  for (const [name, text] of form) {
    const known = texts.get(name)
    if (known) known.push(text)
    else texts.set(name, [text])
  }
  return Object.fromEntries(
    [...texts].map(([name, values]) => {
      const property = Object.hasOwn(shape, name) ? shape[name] : undefined
      return [name, property ? coerce(values, property) : values[0]]
    }),
  )
}

function coerce(texts: string[], schema: z.ZodType): unknown {
  if (texts.length > listLimit) refuseCaller(rules.tooMany)
  const [text = ''] = texts
  const { type, element } = expected(schema)
  switch (type) {
    case 'boolean':
      return /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : text
    case 'number':
      return /^-?\d{1,16}$/.test(text) ? Number(text) : text
    case 'array':
      return coerceList(texts, element)
    case 'object':
    case 'record':
      return jsonOr(text)
    default:
      return text
  }
}

/** A list is a repeated parameter, a JSON array, or space-separated words. */
function coerceList(texts: string[], element: string | undefined): unknown {
  const [text = ''] = texts
  if (texts.length === 1 && text.trim().startsWith('[')) return jsonOr(text)
  if (element === 'object') return texts.map(jsonOr)
  if (texts.length === 1 && element !== 'array') return text.split(/ +/).filter((word) => word)
  return texts
}

function jsonOr(text: string): unknown {
  try {
    return withoutNulls(JSON.parse(text), 1)
  } catch {
    return text
  }
}

interface Definition {
  type: string
  innerType?: z.ZodType
  in?: z.ZodType
  out?: z.ZodType
  element?: z.ZodType
}

/** The input type of a schema, without its defaults, optionality and transformations. */
function expected(schema: z.ZodType): { type: string; element?: string } {
  const definition: Definition = schema._zod.def
  if (definition.innerType) return expected(definition.innerType)
  if (definition.type === 'pipe' && definition.in && definition.out) {
    const input = expected(definition.in)
    return input.type === 'transform' ? expected(definition.out) : input
  }
  if (!definition.element) return { type: definition.type }
  return { type: definition.type, element: expected(definition.element).type }
}
