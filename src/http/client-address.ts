/** Where a client's request came from, as the caller tells it in `X-Client-Address`. */
import { isIPv4, isIPv6 } from 'node:net'

/**
 * What counts as one sender: an IPv4 address, or the first 64 bits of an IPv6 address, for one
 * customer has all addresses that begin so (RFC 6177). A text that is no address counts as absent.
 */
export function networkOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  // RFC 4291 §2.5.5.2: a listener of both families sees IPv4 clients in this form.
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
