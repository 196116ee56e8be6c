/** The names that a certificate for a key is to have, RFC 2986 and RFC 5280 §4.2.1.6. */
import { isIP } from 'node:net'
import { parseUrl } from '../../model/url.ts'
import { defineRules, refuse } from '../../refusal.ts'
import type { AlternativeName } from '../../x509/certificate-request.ts'
import { type NameAttribute, parseAttributes } from '../../x509/distinguished-name.ts'

const rules = defineRules('Certificate requests', {
  subject: {
    code: 'P115001',
    error: 'invalid_request',
    spec: 'RFC 4514 §3',
    message:
      'The subject must be a distinguished name with known attributes, such as ' +
      '`CN=as.example.com, O=Example, C=DE`, with one attribute in each part.',
    fix: 'Write the subject like `CN=as.example.com, O=Example, C=DE`, with one known attribute in each part.',
  },
  country: {
    code: 'P115002',
    error: 'invalid_request',
    spec: 'RFC 5280 §A.1',
    message:
      'A country in the subject has two letters; serial numbers, domain components and e-mail ' +
      'addresses have printable ASCII characters; each value has at most 256 characters.',
    fix: 'Write the country with two letters, and other values within their character sets, at most 256 characters long.',
  },
  names: {
    code: 'P115003',
    error: 'invalid_request',
    spec: 'RFC 5280 §4.2.1.6',
    message:
      'Each name must be a host name in ASCII, an IP address, an e-mail address or a URI; there ' +
      'are at most 20.',
    fix: 'Pass at most 20 names: host names, IP addresses, e-mail addresses or URIs in ASCII.',
  },
  nameless: {
    code: 'P115004',
    error: 'invalid_request',
    spec: 'RFC 5280 §4.1.2.6',
    message: 'A subject or a name is required.',
    fix: 'Pass a `subject` or at least one name.',
  },
})

const namesLimit = 20
const partsLimit = 20

export interface CertifiedNames {
  readonly subject: NameAttribute[]
  readonly names: AlternativeName[]
}

/** The subject, from the root on as in certificates, and the alternative names. */
export function certifiedNames(subject = '', names: readonly string[] = []): CertifiedNames {
  if (subject.trim() === '' && names.length === 0) refuse(rules.nameless)
  if (names.length > namesLimit) refuse(rules.names)
  return {
    subject: subject.trim() === '' ? [] : subjectOf(subject),
    names: names.map((name) => alternativeName(name) ?? refuse(rules.names, name.slice(0, 100))),
  }
}

function subjectOf(text: string): NameAttribute[] {
  const parts = text.length > 4_096 ? undefined : parseAttributes(text)
  if (!parts || parts.length > partsLimit) refuse(rules.subject)
  // RFC 4514 §2.1: the text begins with the most specific part, and a certificate ends with it.
  return parts.toReversed().map(([attribute, ...more]) => {
    if (!attribute || more.length > 0) refuse(rules.subject)
    if (!isEncodable(attribute)) refuse(rules.country)
    return attribute
  })
}

const country = '2.5.4.6'
/** Attributes in PrintableString or IA5String. */
const ascii = ['2.5.4.5', '2.5.4.46', '0.9.2342.19200300.100.1.25', '1.2.840.113549.1.9.1']

function isEncodable({ id, value }: NameAttribute): boolean {
  if (id === country) return /^[A-Za-z]{2}$/.test(value)
  if (value.trim() === '' || value.length > 256) return false
  return !ascii.includes(id) || /^[\x20-\x7e]+$/.test(value)
}

function alternativeName(name: string): AlternativeName | undefined {
  if (name.length > 1_024) return undefined
  const version = isIP(name)
  if (version !== 0) return name.includes('%') ? undefined : { kind: 'ip', value: bytesOf(name) }
  if (/^[a-z][a-z0-9+.-]*:\/\/\S/i.test(name)) {
    return /^[\x21-\x7e]+$/.test(name) && parseUrl(name) ? { kind: 'uri', value: name } : undefined
  }
  if (name.includes('@')) {
    const [, host = ''] = /^[\w.!#$%&'*+/=?^`{|}~-]+@([^@]+)$/.exec(name) ?? []
    return isHostName(host) ? { kind: 'email', value: name } : undefined
  }
  return isHostName(name.replace(/^\*\./, '')) ? { kind: 'dns', value: name } : undefined
}

/** RFC 1034 §3.5 and RFC 1123 §2.1, in ASCII. */
const isHostName = (text: string): boolean =>
  text.length <= 253 &&
  /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*$/.test(text)

/** An IP address in hexadecimal. */
function bytesOf(address: string): string {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number)).toString('hex')
  // The hostname of a URL has the canonical form of RFC 5952, without IPv4 in its end.
  const { hostname } = new URL(`http://[${address}]/`)
  const [start = '', end] = hostname.slice(1, -1).split('::')
  const groups = (text: string) => text.split(':').filter((group) => group !== '')
  const [first, last] = [groups(start), groups(end ?? '')]
  const zeros = Array<string>(8 - first.length - last.length).fill('0')
  return [...first, ...zeros, ...last].map((group) => group.padStart(4, '0')).join('')
}
