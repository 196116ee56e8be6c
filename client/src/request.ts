/** The request of a call. */
import { etagOf } from './answers.ts'
import type { AnyOptions, ClientOptions } from './types.ts'

/** The URL of a path, with its parameters and its query. */
export function urlOf(
  { baseUrl, serviceId }: ClientOptions,
  path: string,
  { path: parameters = {}, query = {} }: AnyOptions,
): string {
  const base = String(baseUrl).replace(/\/+$/, '')
  const isOfService = !path.startsWith('/api/')
  if (isOfService && serviceId === undefined) throw new TypeError(`${path} requires a serviceId.`)
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    segment(name, Reflect.get(parameters, name)),
  )
  const root = isOfService ? `${base}/api/${segment('serviceId', serviceId)}` : base
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
  return `${root}${filled}${given.length > 0 ? `?${search}` : ''}`
}

/** An empty segment or a dot would make a URL of another operation. */
function segment(name: string, value: unknown): string {
  const text = value === undefined ? '' : String(value)
  if (/^\.{0,2}$/.test(text)) throw new TypeError(`${name} is required in the path: "${text}"`)
  return encodeURIComponent(text)
}

export async function headersOf(
  { token }: ClientOptions,
  method: string,
  body: unknown,
  options: AnyOptions,
): Promise<Headers> {
  const { prefer = [], ifMatch, ifNoneMatch, idempotencyKey } = options
  const headers = new Headers(options.headers)
  headers.set('Authorization', `Bearer ${typeof token === 'string' ? token : await token()}`)
  if (body !== undefined) headers.set('Content-Type', typeOf(method, body))
  if (prefer.length > 0) headers.set('Prefer', prefer.join(', '))
  if (ifMatch !== undefined) headers.set('If-Match', tagOf(ifMatch))
  if (ifNoneMatch !== undefined) headers.set('If-None-Match', tagOf(ifNoneMatch))
  if (idempotencyKey !== undefined) headers.set('Idempotency-Key', idempotencyKey)
  return headers
}

/** A list is a JSON Patch (RFC 6902), an object a JSON Merge Patch (RFC 7396). */
function typeOf(method: string, body: unknown): string {
  if (method !== 'PATCH') return 'application/json'
  return Array.isArray(body) ? 'application/json-patch+json' : 'application/merge-patch+json'
}

/** A change without the tag that its caller expects would be made unconditionally. */
function tagOf(document: object | string): string {
  const tag = typeof document === 'string' ? document : etagOf(document)
  if (tag === undefined) throw new TypeError('The document has no entity tag: pass the answer.')
  return tag
}

/** 128 random bits; `randomUUID` is missing where a page has no secure context. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
