/**
 * URIs as text, by the grammar of RFC 3986. A browser's parser repairs what it reads (line breaks
 * vanish, `\` becomes `/`, `127.1` an address), so that comparing its result says nothing of the
 * text that is used.
 */

export interface UriParts {
  scheme: string
  userinfo: string | undefined
  /** With its brackets where it is an IPv6 address; empty without an authority. */
  host: string
  port: string | undefined
  /** Path, query and fragment, as they are written. */
  rest: string
}

const one = (more: string) => `(?:[A-Za-z\\d._~!$&'()*+,;=${more}-]|%[A-Fa-f\\d]{2})`
const authority = `//(?:(${one(':')}*)@)?(\\[[A-Fa-f\\d:.]+\\]|${one('')}*)(?::(\\d*))?(?=[/?#]|$)`
const rest = `${one(':@/')}*(?:\\?${one(':@/?')}*)?(?:#${one(':@/?')}*)?`
const grammar = new RegExp(`^([A-Za-z][A-Za-z\\d+.-]*):(?:${authority}|(?!//))(${rest})$`)

/** The parts of a URI, RFC 3986 §3; undefined for a text with any character that a URI lacks. */
export function splitUri(text: string): UriParts | undefined {
  const found = grammar.exec(text)
  if (!found) return undefined
  const [, scheme = '', userinfo, host = '', port, tail = ''] = found
  // RFC 9110 §4.2: http and https have a host; browsers would take one from the path.
  if (host === '' && /^https?$/i.test(scheme)) return undefined
  return { scheme, userinfo, host, port, rest: tail }
}

/** An absolute URI that no reader could take for another: RFC 3986 §4.3, with a fragment or not. */
export const isUri = (text: string): boolean => URL.canParse(text) && splitUri(text) !== undefined

/** Hosts that only this machine answers for, RFC 8252 §7.3 and §8.3. */
export const isLoopback = ({ host }: UriParts): boolean =>
  host === '127.0.0.1' || host === '[::1]' || host === 'localhost'

/** A number that a port may have, written in one way. */
export const isPort = (port: string): boolean => /^[1-9]\d{0,4}$/.test(port) && +port <= 65_535

const defaultPorts: Record<string, string> = { http: '80', https: '443' }

/** The port with its colon; empty for the default of the scheme. */
export const portOf = ({ scheme, port }: UriParts): string =>
  port && port !== defaultPorts[scheme.toLowerCase()] ? `:${port}` : ''

/**
 * RFC 3986 §6.2.2 and §6.2.3: case, percent-encoding and dots in the path are as they should be,
 * and what is there by default is left out, such as the port. Undefined for a text that is no URI,
 * and for one with an authority that names a user.
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

/** An escape of a character that needs none is the character; the others are in upper case. */
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
