/** Parsing of X.509 certificates and their subject names, RFC 5280. */
import { X509Certificate } from 'node:crypto'
import { type DerValue, membersOf, readDer, readObjectId, tags } from './der.ts'
import { type DistinguishedName, readName } from './distinguished-name.ts'

/** Fields of a certificate that `X509Certificate` does not provide. */
export interface CertificateFacts {
  subject: DistinguishedName
  /** Entries of the subject alternative name, RFC 5280 §4.2.1.6; IP addresses in hexadecimal. */
  names: Record<'dns' | 'uri' | 'email' | 'ip', string[]>
  /** The number of CA certificates allowed below in a chain, RFC 5280 §4.2.1.9. */
  pathLength: number
  /** A critical extension is unknown, RFC 5280 §4.2. */
  hasUnknownCritical: boolean
}

const limit = 32 * 1024

/**
 * The first certificate of a text: PEM, base64 or RFC 9440, optionally URL-encoded by a proxy;
 * undefined if it cannot be parsed.
 */
export function readCertificate(text: string): X509Certificate | undefined {
  return readCertificates(text, 1)[0]
}

/** All certificates of a text; an empty list if one of them cannot be parsed. */
export function readCertificates(text: string, count = 100): X509Certificate[] {
  if (text.length > limit) return []
  try {
    const decoded = /%[0-9a-f]{2}/i.test(text) ? decodeURIComponent(text) : text
    const blocks = [...decoded.matchAll(/-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE/g)]
    const bodies = blocks.length > 0 ? blocks.map(([, body = '']) => body) : fieldValues(decoded)
    return bodies.slice(0, count).map(parseBody)
  } catch {
    return []
  }
}

/**
 * Values between commas: byte sequences of Client-Cert and Client-Cert-Chain (RFC 9440 §2), or
 * plain base64, as some proxies send a chain.
 */
const fieldValues = (text: string): string[] =>
  text.split(',').map((each) => /^\s*:([^:]*):\s*$/.exec(each)?.[1] ?? each)

function parseBody(body: string): X509Certificate {
  if (!/^[\w+/=\s]+$/.test(body)) throw new TypeError('A certificate must be encoded in base64.')
  return new X509Certificate(Buffer.from(body, 'base64'))
}

/** Whether both are the same certificate, byte for byte. */
export const isSameCertificate = (one: X509Certificate, other: X509Certificate): boolean =>
  one.raw.equals(other.raw)

/** Whether `now` (milliseconds) is within the validity period, RFC 5280 §4.1.2.5. */
export function isInTime(certificate: X509Certificate, now: number): boolean {
  return Date.parse(certificate.validFrom) <= now && now <= Date.parse(certificate.validTo)
}

const oid = {
  keyUsage: '2.5.29.15',
  alternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  policies: '2.5.29.32',
  extendedKeyUsage: '2.5.29.37',
}
const understood = Object.values(oid)

interface Extension {
  id: string
  isCritical: boolean
  value: Buffer
}

/** Undefined if the certificate does not have the structure of RFC 5280 §4.1. */
export function factsOf(certificate: X509Certificate): CertificateFacts | undefined {
  try {
    const extensions = extensionsOf(certificate)
    return {
      subject: readName(bodyOf(certificate).filter(({ tag }) => tag === tags.sequence)[3]),
      names: namesOf(extensions),
      pathLength: pathLengthOf(extensions),
      hasUnknownCritical: extensions.some(
        ({ id, isCritical }) => isCritical && !understood.includes(id),
      ),
    }
  } catch {
    return undefined
  }
}

/** The members of the `TBSCertificate`. */
const bodyOf = (certificate: X509Certificate): DerValue[] =>
  membersOf(membersOf(readDer(certificate.raw)[0])[0])

function extensionsOf(certificate: X509Certificate): Extension[] {
  const explicit = bodyOf(certificate).find(({ tag }) => tag === 0xa3)
  if (!explicit) return []
  return membersOf(readDer(explicit.content)[0]).map((extension) => {
    const [id, ...rest] = membersOf(extension)
    const value = rest.find(({ tag }) => tag === tags.octetString)
    const critical = rest.find(({ tag }) => tag === tags.boolean)
    return {
      id: id ? readObjectId(id) : '',
      isCritical: (critical?.content[0] ?? 0) !== 0,
      value: value?.content ?? Buffer.alloc(0),
    }
  })
}

const extensionValue = (extensions: Extension[], id: string): DerValue | undefined => {
  const found = extensions.find((extension) => extension.id === id)
  return found && readDer(found.value)[0]
}

/** Tags of a `GeneralName`, RFC 5280 §4.2.1.6. */
const kinds = { dns: 0x82, uri: 0x86, email: 0x81, ip: 0x87 } as const

function namesOf(extensions: Extension[]): CertificateFacts['names'] {
  const found = extensionValue(extensions, oid.alternativeName)
  const names = found ? membersOf(found) : []
  const of = (kind: keyof typeof kinds) =>
    names
      .filter(({ tag }) => tag === kinds[kind])
      .map(({ content }) => content.toString(kind === 'ip' ? 'hex' : 'latin1'))
  return { dns: of('dns'), uri: of('uri'), email: of('email'), ip: of('ip') }
}

function pathLengthOf(extensions: Extension[]): number {
  const found = extensionValue(extensions, oid.basicConstraints)
  const length = found && membersOf(found).find(({ tag }) => tag === tags.integer)
  if (!length) return Number.POSITIVE_INFINITY
  return length.content.length === 1 ? length.content.readUInt8(0) : 0
}
