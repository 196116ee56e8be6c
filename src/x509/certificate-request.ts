/** Certificate signing requests, RFC 2986 (PKCS #10). */
import { tags } from './der.ts'
import { derValue, objectId, sequence, unsignedInteger } from './der-writer.ts'
import type { NameAttribute } from './distinguished-name.ts'

/** A subject alternative name, RFC 5280 §4.2.1.6; an IP address is its bytes in hexadecimal. */
export interface AlternativeName {
  readonly kind: 'dns' | 'email' | 'uri' | 'ip'
  readonly value: string
}

export interface RequestContent {
  /** From the root on, one attribute for each relative name. */
  readonly subject: readonly NameAttribute[]
  readonly names: readonly AlternativeName[]
  /** The public key in DER: SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array
  /** The JWS algorithm that signs. */
  readonly alg: string
}

/** The algorithms: RFC 4055 §5, RFC 5758 §3.2, RFC 8410 §3. */
const algorithms: Record<string, string> = {
  RS256: '1.2.840.113549.1.1.11',
  RS384: '1.2.840.113549.1.1.12',
  RS512: '1.2.840.113549.1.1.13',
  ES256: '1.2.840.10045.4.3.2',
  ES384: '1.2.840.10045.4.3.3',
  ES512: '1.2.840.10045.4.3.4',
  EdDSA: '1.3.101.112',
  Ed25519: '1.3.101.112',
}

/** The hashes of RSASSA-PSS with the lengths of their salts, RFC 4055 §3.1. */
const pssHashes: Record<string, { hash: string; saltLength: number }> = {
  PS256: { hash: '2.16.840.1.101.3.4.2.1', saltLength: 32 },
  PS384: { hash: '2.16.840.1.101.3.4.2.2', saltLength: 48 },
  PS512: { hash: '2.16.840.1.101.3.4.2.3', saltLength: 64 },
}

/** The request in PEM. `sign` returns the JOSE signature of bytes, RFC 7518 §3. */
export async function certificateRequest(
  { subject, names, publicKey, alg }: RequestContent,
  sign: (bytes: Uint8Array) => Promise<Uint8Array>,
): Promise<string> {
  const version = unsignedInteger(Buffer.alloc(1))
  const attributes = names.length > 0 ? [extensionRequest(names, subject.length === 0)] : []
  const content = sequence(
    version,
    sequence(...subject.map(relativeName)),
    publicKey,
    derValue(0xa0, ...attributes),
  )
  const signature = await sign(content)
  const signed = alg.startsWith('ES') ? ecdsaInDer(signature) : signature
  const unusedBits = Buffer.alloc(1)
  const bits = derValue(tags.bitString, unusedBits, signed)
  const lines =
    sequence(content, algorithmOf(alg), bits)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  const label = 'CERTIFICATE REQUEST'
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

const nothing = derValue(0x05)

/** RFC 4055 §5: PKCS #1 v1.5 has NULL for parameters; others but RSASSA-PSS have none. */
function algorithmOf(alg: string): Buffer {
  const parameters = Object.hasOwn(pssHashes, alg) ? pssHashes[alg] : undefined
  if (!parameters) {
    const id = objectId(algorithms[alg] ?? '')
    return alg.startsWith('RS') ? sequence(id, nothing) : sequence(id)
  }
  const hash = sequence(objectId(parameters.hash), nothing)
  const maskGeneration = sequence(objectId('1.2.840.113549.1.1.8'), hash)
  const saltLength = unsignedInteger(Buffer.from([parameters.saltLength]))
  return sequence(
    objectId('1.2.840.113549.1.1.10'),
    sequence(derValue(0xa0, hash), derValue(0xa1, maskGeneration), derValue(0xa2, saltLength)),
  )
}

/** Types of strings. The attributes that are not UTF-8: RFC 5280 §A.1. */
const strings = { utf8: 0x0c, printable: 0x13, ascii: 0x16 } as const
const printable = ['2.5.4.5', '2.5.4.6', '2.5.4.46']
const ascii = ['0.9.2342.19200300.100.1.25', '1.2.840.113549.1.9.1']

function relativeName({ id, value }: NameAttribute): Buffer {
  const kind = printable.includes(id) ? 'printable' : ascii.includes(id) ? 'ascii' : 'utf8'
  const text = derValue(strings[kind], Buffer.from(value, 'utf8'))
  return derValue(tags.set, sequence(objectId(id), text))
}

/** Tags of a GeneralName, RFC 5280 §4.2.1.6. */
const kinds = { dns: 0x82, uri: 0x86, email: 0x81, ip: 0x87 } as const

/** RFC 2985 §5.4.2: the extensions that the certificate is to have. */
function extensionRequest(names: readonly AlternativeName[], isCritical: boolean): Buffer {
  const general = names.map(({ kind, value }) =>
    derValue(kinds[kind], Buffer.from(value, kind === 'ip' ? 'hex' : 'latin1')),
  )
  const critical = isCritical ? [derValue(tags.boolean, Buffer.from([0xff]))] : []
  const value = derValue(tags.octetString, sequence(...general))
  const extension = sequence(objectId('2.5.29.17'), ...critical, value)
  const id = objectId('1.2.840.113549.1.9.14')
  return sequence(id, derValue(tags.set, sequence(extension)))
}

/** RFC 3279 §2.2.3: the two halves of a JOSE signature as a sequence of two integers. */
function ecdsaInDer(signature: Uint8Array): Buffer {
  const half = signature.length / 2
  const halves = [signature.subarray(0, half), signature.subarray(half)]
  return sequence(...halves.map(unsignedInteger))
}
