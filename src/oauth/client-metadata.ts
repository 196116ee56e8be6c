/**
 * Client metadata out of a document that is written for every server, not for this one: what is not
 * known here is left out, RFC 7591 §2. Read by: client ID metadata documents.
 */

import { ClientDocument } from '../model/client.ts'
import { parseExact, writeExact } from '../model/exact-json.ts'
import { isStorable } from '../model/primitives.ts'
import { parseWords } from './parameters.ts'
import type { Problem } from './problem.ts'
import { isClientMetadata, memberOf, readClientMetadata } from './registered-metadata.ts'

export type Metadata = Readonly<Record<string, unknown>>

/** RFC 7591 §2: what a member means that is left out. */
export const metadataDefaults: Metadata = {
  grant_types: ['authorization_code'],
  response_types: ['code'],
}

const depthLimit = 16

/** The text of a JSON object, without members that are null; undefined where it is no such text. */
export function parseMetadata(json: string): Metadata | undefined {
  try {
    const value: unknown = parseExact(json)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    if (!isAcceptable(value, 0)) return undefined
    return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null))
  } catch {
    return undefined
  }
}

/** Not too deep, and with nothing that a database cannot hold. */
function isAcceptable(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return isStorable(value)
  if (typeof value !== 'object' || value === null) return true
  return (
    depth < depthLimit &&
    Object.entries(value).every(
      ([name, member]) => isStorable(name) && isAcceptable(member, depth + 1),
    )
  )
}

export type Reading = { document: ClientDocument } | { problem: Problem }

/**
 * Metadata as the settings of a client. What is not known is ignored, or kept as custom metadata
 * where it is one of `customNames`. Whether the settings make sense is for `registration.ts`.
 */
export function readMetadata(metadata: Metadata, customNames: readonly string[] = []): Reading {
  const { scope } = metadata
  const { properties, wrong } = readClientMetadata(withoutUnknown(metadata))
  const member = wrong ?? (scope === undefined || typeof scope === 'string' ? undefined : 'scope')
  if (member) return { problem: { path: member, message: 'Not a value of its kind.' } }
  const parsed = ClientDocument.safeParse({
    ...properties,
    clientType: properties['tokenAuthMethod'] === 'NONE' ? 'PUBLIC' : 'CONFIDENTIAL',
    customMetadata: customMetadata(metadata, customNames),
    extension: requestable(scope),
  })
  if (parsed.success) return { document: parsed.data }
  const [issue] = parsed.error.issues
  const path = String(issue?.path[0])
  return { problem: { path: memberOf(path) ?? path, message: issue?.message ?? '' } }
}

/** Lists of what a client can do anywhere: what this server cannot do does not concern it. */
const openLists = ['grant_types', 'response_types', 'response_modes', 'client_registration_types']

function withoutUnknown(metadata: Metadata): Record<string, unknown> {
  const isKnown = (name: string, value: unknown) =>
    typeof value !== 'string' || readClientMetadata({ [name]: [value] }).wrong === undefined
  const lists = openLists.flatMap((name): [string, unknown][] => {
    const values = Object.hasOwn(metadata, name) ? metadata[name] : undefined
    return Array.isArray(values) ? [[name, values.filter((value) => isKnown(name, value))]] : []
  })
  return { ...metadata, ...Object.fromEntries(lists) }
}

/** The scopes that a client names are those that it may ask for, RFC 7591 §2. */
const requestable = (scope: unknown) =>
  typeof scope === 'string'
    ? { requestableScopesEnabled: true, requestableScopes: parseWords(scope) }
    : undefined

function customMetadata(metadata: Metadata, names: readonly string[]): string | undefined {
  const kept = names.filter(
    (name) => name !== 'client_id' && !isClientMetadata(name) && Object.hasOwn(metadata, name),
  )
  const pairs = kept.map((name): [string, unknown] => [name, metadata[name]])
  return kept.length > 0 ? writeExact(Object.fromEntries(pairs)) : undefined
}
