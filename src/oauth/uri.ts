/**
 * URIs as text, by the grammar of RFC 3986. The URL parser of browsers repairs its input (it drops
 * line breaks, turns `\` into `/` and `127.1` into an address), so its result cannot be used to
 * compare the text that is sent.
 */
import { isUrl } from '../model/url.ts'

export interface UriParts {
  scheme: string
  userinfo: string | undefined
  /** An IPv6 address keeps its brackets; empty without an authority. */
  host: string
  port: string | undefined
  /** Path, query and fragment, as written. */
  rest: string
}

const one = (more: string) => `(?:[A-Za-z\\d._~!$&'()*+,;=${more}-]|%[A-Fa-f\\d]{2})`
const authority = `//(?:(${one(':')}*)@)?(\\[[A-Fa-f\\d:.]+\\]|${one('')}*)(?::(\\d*))?(?=[/?#]|$)`
const rest = `${one(':@/')}*(?:\\?${one(':@/?')}*)?(?:#${one(':@/?')}*)?`
const grammar = new RegExp(`^([A-Za-z][A-Za-z\\d+.-]*):(?:${authority}|(?!//))(${rest})$`)

/** The parts of a URI, RFC 3986 §3; undefined if the text does not match the grammar. */
export function splitUri(text: string): UriParts | undefined {
  const found = grammar.exec(text)
  if (!found) return undefined
  const [, scheme = '', userinfo, host = '', port, tail = ''] = found
  // RFC 9110 §4.2: http and https require a host; browsers would take it from the path.
  if (host === '' && /^https?$/i.test(scheme)) return undefined
  return { scheme, userinfo, host, port, rest: tail }
}

/** Whether a text is an absolute URI, RFC 3986 §4.3; a fragment is allowed. */
export const isUri = (text: string): boolean => isUrl(text) && splitUri(text) !== undefined

/** Whether two URLs have the same scheme, host and port, RFC 6454 §4. */
export const isSameOrigin = (one: string, another: string): boolean => {
  if (!isUrl(one) || !isUrl(another)) return false
  const { origin } = new URL(one)
  return origin !== 'null' && origin === new URL(another).origin
}

/** Hosts of the loopback interface, RFC 8252 §7.3 and §8.3. */
export const isLoopback = ({ host }: UriParts): boolean =>
  host === '127.0.0.1' || host === '[::1]' || host === 'localhost'

/** Hosts of the loopback interface in a parsed URL: where settings allow http. */
export const isLoopbackHost = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)

/** Schemes that a browser executes or renders instead of navigating to a server. */
export const dangerousSchemes = ['javascript:', 'data:', 'vbscript:', 'file:', 'about:', 'blob:']

/** A port number from 1 to 65535 without leading zeros. */
export const isPort = (port: string): boolean => /^[1-9]\d{0,4}$/.test(port) && +port <= 65_535

const defaultPorts: Record<string, string> = { http: '80', https: '443' }

/** The port with its colon; empty for the default of the scheme. */
export const portOf = ({ scheme, port }: UriParts): string =>
  port && port !== defaultPorts[scheme.toLowerCase()] ? `:${port}` : ''

/**
 * A URI normalized by RFC 3986 §6.2.2 and §6.2.3: case, percent-encoding, dot segments and default
 * port. Undefined if the text is not a URI or contains user information.
 */
export function normalizedUri(text: string): string | undefined {
  const parts = splitUri(text)
  if (!parts || parts.userinfo !== undefined) return undefined
  const scheme = parts.scheme.toLowerCase()
  const host = withEscapes(parts.host).toLowerCase()
  const port = portOf(parts)
  const [, path = '', tail = ''] = /^([^?#]*)(.*)$/.exec(withEscapes(parts.rest)) ?? []
  if (host === '') return `${scheme}:${path}${tail}`
  return `${scheme}://${host}${port}${withoutDots(path) || '/'}${tail}`
}

/** Decodes escapes of unreserved characters and writes the others in upper case. */
const withEscapes = (text: string): string =>
  text.replace(/%[A-Fa-f\d]{2}/g, (triplet) => {
    const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16))
    return /[\w.~-]/.test(character) ? character : triplet.toUpperCase()
  })

/** RFC 3986 §5.2.4. */
function withoutDots(path: string): string {
  const kept: string[] = []
  const segments = path.split('/')
  for (const segment of segments) {
    if (segment === '..') {
      if (kept.length > 1) kept.pop()
    } else if (segment !== '.') kept.push(segment)
  }
  const last = segments.at(-1)
  if (last === '.' || last === '..') kept.push('')
  return kept.join('/')
}
