/** Certificates of tests: self-signed ones by OpenSSL, and arbitrary ones for edge cases. */
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { boolean, der, integer, objectId, octets, sequence, set, time, utf8 } from './der.ts'

/** A certificate in PEM for a subject such as `/CN=client`. */
export function selfSigned(subject: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'postern-certificate-'))
  const file = (name: string) => join(folder, name)
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const places = ['-keyout', file('key.pem'), '-out', file('certificate.pem')]
  const request = ['req', '-x509', ...key, '-days', '3650', '-subj', subject, ...places]
  execFileSync('openssl', request, { stdio: 'pipe' })
  const pem = readFileSync(file('certificate.pem'), 'utf8')
  rmSync(folder, { recursive: true, force: true })
  return pem
}

export interface TestCertificate {
  pem: string
  /** Base64 of the DER, as in `x5c`. */
  base64: string
  privateKey: KeyObject
  publicKey: KeyObject
  subject: Subject
}

/** Relative names from the root on: `[['C', 'US'], ['CN', 'client']]`; values are UTF-8. */
export type Subject = [type: string, value: string][]

export interface CertificateOptions {
  subject?: Subject
  /** The issuer; without one, the certificate is self-signed. */
  issuer?: TestCertificate | undefined
  /** Whether it is an authority, and its path length. */
  authority?: boolean | { pathLength: number }
  names?: Partial<Record<'dns' | 'uri' | 'email' | 'ip', string[]>>
  from?: number
  to?: number
  /** Further extensions: object identifier, critical, value. */
  extensions?: [id: string, critical: boolean, value: Uint8Array][]
  key?: { privateKey: KeyObject; publicKey: KeyObject }
}

const types: Record<string, string> = {
  CN: '2.5.4.3',
  C: '2.5.4.6',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  serialNumber: '2.5.4.5',
  organizationIdentifier: '2.5.4.97',
}

const nameOf = (subject: Subject) =>
  sequence(
    ...subject.map(([type, value]) => set(sequence(objectId(types[type] ?? type), utf8(value)))),
  )

const extension = (id: string, critical: boolean, value: Uint8Array) =>
  sequence(objectId(id), ...(critical ? [boolean(true)] : []), octets(value))

const kinds = { email: 0x81, dns: 0x82, uri: 0x86, ip: 0x87 } as const

function extensionsOf({ authority, names = {}, extensions = [] }: CertificateOptions) {
  const pathLength = typeof authority === 'object' ? [integer(authority.pathLength)] : []
  const general = Object.entries(names).flatMap(([kind, values]) =>
    values.map((value) =>
      der(kinds[kind as keyof typeof kinds], Buffer.from(value, kind === 'ip' ? 'hex' : 'latin1')),
    ),
  )
  return [
    extension('2.5.29.19', true, sequence(...(authority ? [boolean(true), ...pathLength] : []))),
    ...(general.length > 0 ? [extension('2.5.29.17', false, sequence(...general))] : []),
    ...extensions.map((each) => extension(...each)),
  ]
}

let made = 0

const ecdsa = sequence(objectId('1.2.840.10045.4.3.2'))
const rsa = sequence(objectId('1.2.840.113549.1.1.11'), der(0x05))

/** What is signed, RFC 5280 §4.1; valid in the year of the tests' clock. */
function bodyOf(
  algorithm: Buffer,
  publicKey: KeyObject,
  issuer: Subject,
  options: CertificateOptions,
): Buffer {
  const { subject = [['CN', 'client']] } = options
  const { from = Date.UTC(2025, 0, 1), to = Date.UTC(2027, 0, 1) } = options
  made += 1
  return sequence(
    der(0xa0, integer(2)),
    der(0x02, Buffer.from([1, made >> 8, made & 0xff])),
    algorithm,
    nameOf(issuer),
    sequence(time(from), time(to)),
    nameOf(subject),
    publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, sequence(...extensionsOf(options))),
  )
}

const signedBody = (body: Buffer, algorithm: Buffer, signature: Buffer): Buffer =>
  sequence(body, algorithm, der(0x03, Buffer.from([0]), signature))

/** ECDSA with SHA-256 over P-256. */
export function certificate(options: CertificateOptions = {}): TestCertificate {
  const { subject = [['CN', 'client']], issuer } = options
  const key = options.key ?? generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const body = bodyOf(ecdsa, key.publicKey, issuer?.subject ?? subject, options)
  const signature = sign('sha256', body, issuer?.privateKey ?? key.privateKey)
  const whole = signedBody(body, ecdsa, signature)
  return {
    pem: new X509Certificate(whole).toString(),
    base64: whole.toString('base64'),
    privateKey: key.privateKey,
    publicKey: key.publicKey,
    subject,
  }
}

interface RsaIssuer {
  subject: Subject
  /** RSASSA-PKCS1-v1_5 with SHA-256. */
  sign: (body: Buffer) => Buffer
}

/** A certificate by an issuer that computes its RSA signature itself, in base64. */
export function rsaCertificate(
  publicKey: KeyObject,
  { subject, sign: signBody }: RsaIssuer,
  options: Omit<CertificateOptions, 'issuer' | 'key'>,
): string {
  const body = bodyOf(rsa, publicKey, subject, options)
  return signedBody(body, rsa, signBody(body)).toString('base64')
}

/** A root authority. */
export const authority = (name: string, more: CertificateOptions = {}): TestCertificate =>
  certificate({ subject: [['CN', name]], authority: true, ...more })
