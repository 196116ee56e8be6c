/** The source address of a client's request, from the header field `X-Client-Address`. */
import { isIPv4, isIPv6 } from 'node:net'

/**
 * The network of one sender: an IPv4 address, or the first 64 bits of an IPv6 address, because a
 * customer gets at least a /64 (RFC 6177). Undefined if the text is not an address.
 */
export function networkOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  // RFC 4291 §2.5.5.2: dual-stack listeners see IPv4 clients in this form.
  const mapped = text.replace(/^::ffff:(?=\d+\.)/i, '')
  if (isIPv4(mapped)) return mapped
  if (!isIPv6(text) || text.includes('%')) return undefined
  const { hostname } = new URL(`http://[${text}]`)
  const [head = '', tail = ''] = hostname.slice(1, -1).split('::')
  const [first, last] = [head, tail].map((part) => part.split(':').filter(Boolean)) as [
    string[],
    string[],
  ]
  const zeros = Array(Math.max(0, 8 - first.length - last.length)).fill('0')
  return [...first, ...zeros, ...last].slice(0, 4).join(':')
}
