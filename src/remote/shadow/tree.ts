/** Answers as trees: text that contains something, such as a JWT or a URL, becomes what it says. */

export type Kind = 'jwt' | 'jwe' | 'json' | 'url' | 'form' | 'challenge'

/** A text, and what it says. */
export class Parsed {
  readonly kind: Kind
  readonly raw: string
  readonly content: Tree

  constructor(kind: Kind, raw: string, content: Tree) {
    this.kind = kind
    this.raw = raw
    this.content = content
  }
}

export type Tree = string | number | boolean | null | undefined | Parsed | Branch | readonly Tree[]
export interface Branch {
  readonly [name: string]: Tree
}

export const isBranch = (tree: Tree): tree is Branch =>
  typeof tree === 'object' && tree !== null && !Array.isArray(tree) && !(tree instanceof Parsed)

/** Deeper than any answer; what is below is not compared. */
const maxDepth = 40

/** The tree of a value of JSON. */
export function treeOf(value: unknown, depth = 0): Tree {
  if (depth > maxDepth) return null
  if (typeof value === 'string') return textTree(value, depth)
  if (Array.isArray(value)) return value.map((each) => treeOf(each, depth + 1))
  if (typeof value !== 'object' || value === null) return value as Tree
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, treeOf(each, depth + 1)]),
  )
}

const jwtShape = /^[\w-]{10,}\.[\w-]*\.[\w-]*$/
const jweShape = /^[\w-]{10,}\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/
const urlShape = /^[a-z][a-z0-9+.-]*:\/{1,2}[^\s]*$/i
const challengeShape = /^(Bearer|DPoP|Basic|PoP|GNAP)(?:\s+[\w-]+\s*=|\s*$)/i

/** Longer texts of these kinds are compared as they are. */
const longest = 64 * 1_024

function textTree(text: string, depth: number): Tree {
  if (text.length < 4) return text
  const begin = text.trimStart()[0]
  if (begin === '{' || begin === '[') {
    const value = jsonOf(text)
    return value === undefined ? text : new Parsed('json', text, treeOf(value, depth + 1))
  }
  if (text.length > longest) return text
  if (begin === '<') return new Parsed('form', text, formTree(text, depth))
  if (jwtShape.test(text)) return jwtTree(text, depth)
  if (jweShape.test(text)) {
    const header = decoded(text)
    return header === undefined ? text : new Parsed('jwe', text, { header: treeOf(header) })
  }
  if (urlShape.test(text)) return urlTree(text, depth)
  return challengeShape.test(text) ? new Parsed('challenge', text, challengeTree(text)) : text
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The JSON of a part of a JWT: RFC 7515 §3.1. */
function decoded(token: string, part = 0): unknown {
  const text = Buffer.from(token.split('.')[part] ?? '', 'base64url').toString()
  return text.startsWith('{') ? jsonOf(text) : undefined
}

/** The claims of a JWT; undefined for another text. */
export const claimsOf = (text: string): object | undefined =>
  jwtShape.test(text) && decoded(text) !== undefined
    ? (decoded(text, 1) as object | undefined)
    : undefined

/** The header of a JWT; undefined for another text. */
export const headerOf = (text: string): { typ?: unknown } | undefined =>
  jwtShape.test(text) ? (decoded(text) as { typ?: unknown } | undefined) : undefined

function jwtTree(text: string, depth: number): Tree {
  const header = decoded(text)
  if (header === undefined) return text
  const claims = decoded(text, 1)
  return new Parsed('jwt', text, { header: treeOf(header), claims: treeOf(claims, depth + 1) })
}

function urlTree(text: string, depth: number): Tree {
  const [, rest = '', query, fragment] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/.exec(text) ?? []
  const segments = rest.split('/').map((segment, at) => [String(at), segment])
  return new Parsed('url', text, {
    path: Object.fromEntries(segments),
    ...(query ? { query: parametersTree(query, depth) } : {}),
    ...(fragment ? { fragment: parametersTree(fragment, depth) } : {}),
  })
}

function parametersTree(text: string, depth: number): Branch {
  const found = new Map<string, Tree[]>()
  for (const [name, value] of new URLSearchParams(text)) {
    found.set(name, [...(found.get(name) ?? []), treeOf(value, depth + 1)])
  }
  return Object.fromEntries(
    [...found].map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  )
}

/** The fields of a form that a page sends by itself: OAuth 2.0 Form Post Response Mode. */
function formTree(text: string, depth: number): Branch {
  const action = attributeOf(/<form\b[^>]*>/i.exec(text)?.[0] ?? '', 'action')
  const fields = [...text.matchAll(/<input\b[^>]*>/gi)].map(([tag]) => [
    attributeOf(tag, 'name') ?? '',
    treeOf(attributeOf(tag, 'value'), depth + 1),
  ])
  return { action: treeOf(action, depth + 1), fields: Object.fromEntries(fields) }
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

function attributeOf(tag: string, name: string): string | undefined {
  const [, double, single] =
    new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'i').exec(tag) ?? []
  return (double ?? single)?.replace(/&(#?\w+);/g, (all, entity) => entities[entity] ?? all)
}

/** Challenges by scheme, with their parameters: RFC 9110 §11.6.1. */
function challengeTree(text: string): Branch {
  const found = new Map<string, Map<string, string>>()
  let scheme = ''
  const part = /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|([\w-]+)(?=\s|,|$)/g
  for (const [, name = '', quoted, plain, word] of text.matchAll(part)) {
    if (word !== undefined) scheme = word
    const parameters = found.get(scheme) ?? new Map<string, string>()
    found.set(scheme, parameters)
    if (word === undefined) parameters.set(name, quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '')
  }
  return Object.fromEntries([...found].map(([name, each]) => [name, Object.fromEntries(each)]))
}
