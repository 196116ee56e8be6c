/** The request of a caller as the secondary takes it: what the primary issued becomes its own. */
import type { Memory } from './memory.ts'
import { isPresented, namesClient } from './names.ts'
import { claimsOf, jsonOf } from './tree.ts'

export interface Request {
  readonly method: string
  /** The path with its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
  /** Present if the call was recorded, and the primary has answered long ago. */
  readonly past?: Past
}

export interface Past {
  /** Seconds since the call. */
  readonly laterBy: number
  /** A JWT of the client names what the primary issued. */
  readonly isBound: boolean
  /** A JWT of the client is too old for a server to accept it now. */
  readonly isOutdated: boolean
}

export interface Translated {
  readonly path: string
  readonly body: string | undefined
  /** The flows that values of the request belong to. */
  readonly flows: ReadonlySet<number>
  /** A value that the secondary did not issue, because an earlier call differed or was left out. */
  readonly isLost: boolean
  /** A JWT of the client names a value of the primary, so that the secondary would refuse it. */
  readonly isBound: boolean
  /** A credential that the primary did not issue since the proxy started. */
  readonly isUnknown: boolean
}

interface Walk {
  readonly memory: Memory
  readonly flows: Set<number>
  lost: boolean
  bound: boolean
  unknown: boolean
  /** How many more texts are looked up; the rest of a large request is sent as it is. */
  left: number
}

const most = 2_000

export function translate({ path, headers, body }: Request, memory: Memory): Translated {
  const found = { lost: false, bound: false, unknown: false }
  const walk: Walk = { memory, flows: new Set(), left: most, ...found }
  const type = String(headers['content-type'] ?? '')
  const translated = {
    path: pathAt(path, walk),
    body: body.length === 0 ? undefined : bodyText(body.toString(), type, walk),
  }
  const { flows, lost: isLost, bound: isBound, unknown: isUnknown } = walk
  return { ...translated, flows, isLost, isBound, isUnknown }
}

function bodyText(text: string, type: string, walk: Walk): string {
  if (type.startsWith('application/x-www-form-urlencoded')) return formText(text, walk)
  const value = jsonOf(text)
  return typeof value === 'object' && value !== null
    ? (written(valueAt('', value, walk, 0)) ?? text)
    : text
}

/** Undefined for a value that is too deep. */
function written(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

/** Deeper than any request; what is below is sent as it is. */
const maxDepth = 40

function valueAt(name: string, value: unknown, walk: Walk, depth: number): unknown {
  if (depth > maxDepth) return value
  if (typeof value === 'string') return textAt(name, value, walk)
  if (typeof value === 'number') {
    const id = namesClient(name) ? walk.memory.client(String(value)) : undefined
    return id === undefined ? value : Number(id)
  }
  if (Array.isArray(value)) return value.map((each) => valueAt(name, each, walk, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([member, each]) => [member, valueAt(member, each, walk, depth + 1)]),
  )
}

const shortest = 6

function textAt(name: string, text: string, walk: Walk): string {
  if (namesClient(name)) return walk.memory.client(text) ?? text
  walk.left -= 1
  if (text.length < shortest || walk.left < 0) return text
  const known = knownAt(text, walk)
  if (known !== undefined) return known
  const [, scheme, credentials] = /^(Bearer|DPoP|Basic) (\S+)$/i.exec(text) ?? []
  if (scheme !== undefined && credentials !== undefined) {
    const isBasic = scheme.toLowerCase() === 'basic'
    return `${scheme} ${isBasic ? basic(credentials, walk) : textAt('token', credentials, walk)}`
  }
  const claims = claimsOf(text)
  if (claims !== undefined) {
    if (namesKnown(claims, walk.memory)) walk.bound = true
  } else if (text.startsWith('{') || text.startsWith('[')) {
    const value = jsonOf(text)
    if (value !== undefined) return written(valueAt(name, value, walk, 1)) ?? text
  } else if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) && /[?#]/.test(text)) {
    return text.replace(/(?<=[?#])[^?#]+/g, (form) => formText(form, walk))
  } else if (/^[^=&\s]+=[^\s]*$/.test(text)) return formText(text, walk)
  if (isPresented(name)) walk.unknown = true
  return text
}

function knownAt(text: string, walk: Walk): string | undefined {
  const known = walk.memory.get(text)
  if (known === undefined) return undefined
  walk.flows.add(known.flow)
  if (known.secondary === undefined) walk.lost = true
  return known.secondary ?? text
}

/** Whether claims have a value that the primary issued, or the hash of one. */
function namesKnown(claims: object, memory: Memory): boolean {
  return Object.entries(claims).some(
    ([name, value]) =>
      typeof value === 'string' &&
      value.length >= shortest &&
      (name === 'ath' ? memory.getByHash(value) : memory.get(value)) !== undefined,
  )
}

/** The identifier and the secret of a client: RFC 6749 §2.3.1. */
function basic(credentials: string, walk: Walk): string {
  const [id = '', ...rest] = Buffer.from(credentials, 'base64').toString().split(':')
  const secret = rest.join(':')
  const translated = `${walk.memory.client(id) ?? id}:${knownAt(secret, walk) ?? secret}`
  return translated === `${id}:${secret}` ? credentials : Buffer.from(translated).toString('base64')
}

/** A form with what it had, byte for byte, apart from the values that are known. */
function formText(text: string, walk: Walk): string {
  return text
    .split('&')
    .map((pair) => {
      const at = pair.indexOf('=')
      if (at < 0) return pair
      const [name, value] = [formPart(pair.slice(0, at)), formPart(pair.slice(at + 1))]
      const translated = textAt(name, value, walk)
      return translated === value ? pair : `${pair.slice(0, at)}=${encodeURIComponent(translated)}`
    })
    .join('&')
}

function formPart(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** The path at the secondary: its service, its clients, and what it issued. */
function pathAt(path: string, walk: Walk): string {
  const [plain = '', ...query] = path.split('?')
  const segments = plain.split('/')
  const translated = segments.map((segment, at) => {
    const before = segments[at - 1]
    const text = formPart(segment)
    if (before === 'api') return walk.memory.service(text) ?? segment
    const client = segments.some((each) => /^clients?$/.test(each)) && walk.memory.client(text)
    const other = client || (text.length >= shortest ? knownAt(text, walk) : undefined)
    return other === undefined || other === text ? segment : encodeURIComponent(other)
  })
  const rest = query.join('?')
  return `${translated.join('/')}${rest === '' ? '' : `?${formText(rest, walk)}`}`
}
