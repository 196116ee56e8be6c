/**
 * Client metadata from a document that is written for all servers: unknown members and values are
 * ignored, RFC 7591 §2.
 */

import { ClientDocument } from '../../model/client/client.ts'
import { parseExact, writeExact } from '../../model/exact-json.ts'
import { isStorable } from '../../model/primitives.ts'
import type { Service } from '../../model/service/service.ts'
import { isLogoutMember } from '../logout/kept-properties.ts'
import { parseWords } from '../parameters.ts'
import type { Problem } from '../property-problem.ts'
import { isClientMetadata, memberOf, readClientMetadata } from './metadata-names.ts'

export type Metadata = Readonly<Record<string, unknown>>

/** RFC 7591 §2: defaults of absent members. */
export const metadataDefaults: Metadata = {
  grant_types: ['authorization_code'],
  response_types: ['code'],
}

const depthLimit = 32

/** Parses a JSON object and drops null members; undefined if the text is not acceptable. */
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

/** Whether a value is not nested too deeply and contains only text that databases can store. */
export function isAcceptable(value: unknown, depth: number): boolean {
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
 * Reads metadata as the settings of a client. Unknown members are ignored, or kept as custom
 * metadata if `customNames` lists them. The rules of the settings are in `client-rules.ts`.
 */
export function readMetadata(metadata: Metadata, customNames: readonly string[] = []): Reading {
  const { scope } = metadata
  const { properties, wrong } = readClientMetadata(metadata)
  const member = wrong ?? (scope === undefined || typeof scope === 'string' ? undefined : 'scope')
  if (member) return { problem: { path: member, message: 'The value has the wrong type.' } }
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

/** The member `scope` lists the scopes that the client may request, RFC 7591 §2. */
const requestable = (scope: unknown) =>
  typeof scope === 'string'
    ? { requestableScopesEnabled: true, requestableScopes: parseWords(scope) }
    : undefined

/**
 * Custom metadata from a caller without members that the service does not list, if it has a list.
 * The text is unchanged if all members are supported.
 */
export function supportedMetadata(text: string | undefined, service: Service): string | undefined {
  const names = service.supportedCustomClientMetadata
  const metadata = text && names ? parseObject(text) : undefined
  if (!metadata) return text
  const isSupported = (name: string) =>
    name === 'software_statement' || isLogoutMember(name) || names?.includes(name)
  const members = Object.entries(metadata)
  const kept = members.filter(([name]) => isSupported(name))
  if (kept.length === members.length) return text
  return kept.length > 0 ? writeExact(Object.fromEntries(kept)) : undefined
}

/** Undefined if the text is not an object: the check of the property reports that. */
function parseObject(text: string): Metadata | undefined {
  try {
    const value = parseExact(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Metadata) : undefined
  } catch {
    return undefined
  }
}

/** Members that a client can never set as custom metadata, even if the service lists them. */
const reserved = new Set([
  ...['client_id', 'client_secret', 'client_id_issued_at', 'client_secret_expires_at'],
  ...['registration_access_token', 'registration_client_uri', 'scope'],
  ...['metadata', 'skip_consent', 'skip_logout_consent'],
])

/** The listed custom members as JSON text, RFC 7591 §3.2.1; undefined if there are none. */
export function customMetadata(
  metadata: Metadata,
  names: readonly string[] = [],
): string | undefined {
  const kept = names
    .filter((name) => !reserved.has(name) && !isClientMetadata(name))
    .filter((name) => (Object.hasOwn(metadata, name) ? metadata[name] : null) !== null)
  const pairs = kept.map((name): [string, unknown] => [name, metadata[name]])
  return kept.length > 0 ? writeExact(Object.fromEntries(pairs)) : undefined
}
