/** The changes of an audit record: names and values, without secrets, and bounded. */
import { isDeepStrictEqual } from 'node:util'
import type { AuditChange } from '../model/audit/record.ts'

type Document = Readonly<Record<string, unknown>>

const mostChanges = 100
/** Characters of the JSON of one value, and of all values of a record. */
const longestValue = 1_000
const longestChanges = 16_000
/** Values within one value, such as those of a list. */
const mostValues = 500
/** A longer text is not searched for secrets, and not shown. */
const longestSearched = 100_000

/** Names of secrets within documents, and those of the private members of a JWK, RFC 7518 §6. */
const secretNames = [
  /(?:secret|password|passphrase|salt|private_?keys?|api_?key|token|hash)$/i,
  /^(?:d|p|q|dp|dq|qi|oth|k)$/,
]
const isSecretName = (name: string) => secretNames.some((pattern) => pattern.test(name))

/** Changes with every save, and says nothing. */
const unnamed = new Set(['createdAt', 'modifiedAt'])

/** The properties with different values; those of `secrets` without their values. */
export function changesOf(
  before: Document,
  after: Document,
  secrets: readonly string[] = [],
): AuditChange[] {
  const [was, is] = [flat(before), flat(after)]
  const names = new Set([...Object.keys(is), ...Object.keys(was)])
  const changes = [...names]
    .filter((name) => !unnamed.has(name) && !isDeepStrictEqual(was[name], is[name]))
    .map((property) =>
      secrets.includes(property) || isSecretAttribute(property)
        ? { property: cutTo(property, 200), changed: true }
        : described(property, was[property], is[property]),
    )
  return bounded(changes)
}

/** Attributes are settings of their own: `attributes.ext.session.registry`. */
function flat(document: Document): Record<string, unknown> {
  const { attributes, ...rest } = document
  if (!Array.isArray(attributes)) return { ...document }
  const pairs = attributes as { key?: unknown; value?: unknown }[]
  const named = pairs.map(({ key, value }) => [`attributes.${String(key)}`, value])
  return Object.assign(Object.create(null), rest, Object.fromEntries(named))
}

const isSecretAttribute = (property: string) =>
  property.startsWith('attributes.') && isSecretName(property)

function described(property: string, before: unknown, after: unknown): AuditChange {
  const [was, is] = [shown(before), shown(after)]
  return {
    property: cutTo(property, 200),
    ...(was.value === undefined ? {} : { before: was.value }),
    ...(is.value === undefined ? {} : { after: is.value }),
    ...(was.isCut || is.isCut ? { cut: true } : {}),
  }
}

/** A value without its secrets; the beginning of its JSON if it is long. */
function shown(given: unknown): { value: unknown; isCut?: boolean } {
  if (given === undefined || typeof given === 'boolean' || typeof given === 'number') {
    return { value: given }
  }
  const left = { values: mostValues }
  const value = withoutSecrets(given, left)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (text.length <= longestValue && left.values > 0) return { value }
  return { value: cutTo(text, longestValue), isCut: true }
}

const removed = '(secret)'

/** Looks at a limited number of values: no more would be shown. */
function withoutSecrets(value: unknown, left: { values: number }): unknown {
  left.values -= 1
  if (left.values <= 0) return '(more)'
  if (typeof value === 'string') return textWithoutSecrets(value, left)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    return value.slice(0, left.values).map((item) => withoutSecrets(item, left))
  }
  const kept = Object.entries(value)
    .slice(0, left.values)
    .map(([member, held]) => [
      member,
      isSecret(member, held) ? removed : withoutSecrets(held, left),
    ])
  return Object.fromEntries(kept)
}

const isSecret = (member: string, held: unknown) =>
  typeof held !== 'boolean' && isSecretName(member)

/** Texts may be JSON, such as a key set, or URLs with a password. */
function textWithoutSecrets(text: string, left: { values: number }): string {
  if (text.length > longestSearched) return '(long)'
  if (/^\s*[[{]/.test(text)) {
    try {
      return JSON.stringify(withoutSecrets(JSON.parse(text), left))
    } catch {
      // Not JSON, and shown as it is.
    }
  }
  return text.includes('@')
    ? text.replace(/(:\/\/[^\s/:@"]*:)[^\s/@"]+(?=@)/g, `$1${removed}`)
    : text
}

function cutTo(text: string, length: number): string {
  const kept = text.slice(0, length).replaceAll('\0', '')
  // The last character may be half of a pair, which no database stores.
  return /[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept
}

/** Names without values once the values are too many. */
export function bounded(changes: AuditChange[]): AuditChange[] {
  let length = 0
  const kept = changes.slice(0, mostChanges).map((change) => {
    length += JSON.stringify(change).length
    return length > longestChanges ? { property: change.property, changed: true } : change
  })
  const more = changes.length - kept.length
  return more > 0 ? [...kept, { property: `(${more} more)`, changed: true }] : kept
}
