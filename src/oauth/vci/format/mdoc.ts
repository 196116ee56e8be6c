/** Credentials of ISO 18013-5 §9.1.2: the mobile security object, its digests and its signature. */
import { createHash } from 'node:crypto'
import { ExactNumber } from '../../../model/exact-json.ts'
import { defineRules, refuse } from '../../../refusal.ts'
import {
  type Cbor,
  CborEncoded,
  CborFloat,
  CborTag,
  embedded,
  encodeCbor,
  fitsInteger,
} from './cbor.ts'
import { DiagnosticError, isWellFormed, parseDiagnostic } from './diagnostic-notation.ts'
import { isObject, type Members, readPayload, refuseAt } from './payload.ts'

const rules = defineRules('Mdoc', {
  otherType: {
    code: 'P129011',
    error: 'invalid_request',
    spec: 'ISO 18013-5 §9.1.2.4',
    message:
      'The doctype of the credentialPayload must be the one of the credential configuration.',
    fix: 'Omit `doctype` in the `credentialPayload`, or set it to that of the configuration.',
    settings: ['service.credentialIssuerMetadata'],
  },
  noElements: {
    code: 'P129012',
    error: 'invalid_request',
    spec: 'ISO 18013-5 §8.3.2.1.2.2',
    message:
      'The credentialPayload of an mdoc requires `claims`: an object of namespaces, each with at least one data element.',
    fix: 'Pass `claims` as an object of namespaces, each an object with at least one element.',
  },
  notation: {
    code: 'P129013',
    error: 'invalid_request',
    spec: 'RFC 8949 §8',
    message:
      'The credentialPayload has a value that begins with cbor: but is not in the diagnostic notation.',
    fix: 'Correct the value after `cbor:` to the diagnostic notation of RFC 8949 §8.',
  },
  unwritable: {
    code: 'P129014',
    error: 'invalid_request',
    spec: 'RFC 8949 §3.1',
    message: 'The credentialPayload has an integer or a text that CBOR cannot express.',
    fix: 'Pass integers of at most 64 bits, and texts without unpaired surrogates.',
  },
  deviceKey: {
    code: 'P129015',
    error: 'server_error',
    spec: 'ISO 18013-5 §9.1.2.4',
    message: 'An mdoc can be bound to an EC or Ed25519 key only.',
    fix: 'Let the wallet prove an EC or Ed25519 key; limit `proof_signing_alg_values_supported` to their algorithms.',
    settings: ['service.credentialIssuerMetadata'],
  },
})

interface Namespace {
  readonly name: string
  /** Each with its encoded value. */
  readonly elements: readonly { identifier: string; value: CborEncoded }[]
}

/** A payload that was read and encoded once, for all credentials of an order. */
export interface Mdoc {
  readonly doctype: string
  readonly namespaces: readonly Namespace[]
}

export interface MdocParts {
  /** The key of the device, as a JWK. */
  key: Members
  /** In seconds since the epoch. */
  validFrom: number
  validUntil: number
  /** The COSE algorithm. */
  alg: number
  /** The place in a status list. */
  status?: Members | undefined
}

export function readMdoc(doctype: string, payloadText: string | undefined): Mdoc {
  const { doctype: given = doctype, claims } = readPayload(payloadText)
  if (given !== doctype) refuseAt(rules.otherType, '/doctype')
  if (!isObject(claims) || Object.keys(claims).length === 0) refuse(rules.noElements)
  const namespaces = Object.entries(claims).map(([name, elements]) =>
    readNamespace(name, elements, `/claims/${name}`),
  )
  return { doctype, namespaces }
}

function readNamespace(name: string, elements: unknown, path: string): Namespace {
  if (!isObject(elements) || Object.keys(elements).length === 0) refuseAt(rules.noElements, path)
  const read = Object.entries(elements).map(([identifier, value]) => ({
    identifier: readText(identifier, path),
    value: new CborEncoded(encodeCbor(cborOf(value, `${path}/${identifier}`))),
  }))
  return { name: readText(name, path), elements: read }
}

const notation = 'cbor:'

/** JSON as CBOR, RFC 8949 §6.2; a text that begins with `cbor:` is in diagnostic notation. */
function cborOf(value: unknown, path: string): Cbor {
  if (typeof value === 'string') {
    return value.startsWith(notation)
      ? readNotation(value.slice(notation.length), path)
      : readText(value, path)
  }
  if (value instanceof ExactNumber) return readNumber(value.text, path)
  if (Array.isArray(value)) return value.map((each, at) => cborOf(each, `${path}/${at}`))
  if (!isObject(value)) return value as number | boolean | null
  const members = Object.entries(value).map(
    ([name, each]) => [readText(name, path), cborOf(each, `${path}/${name}`)] as const,
  )
  return new Map(members)
}

function readNotation(text: string, path: string): Cbor {
  try {
    return parseDiagnostic(text)
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error
    return refuseAt(rules.notation, `${path}: ${error.message}`)
  }
}

const readText = (text: string, path: string): string =>
  isWellFormed(text) ? text : refuseAt(rules.unwritable, path)

/** A number that JavaScript would write differently: a large integer, or a float. */
function readNumber(text: string, path: string): Cbor {
  if (!/^-?\d{1,20}$/.test(text)) return new CborFloat(Number(text))
  const value = BigInt(text)
  return fitsInteger(value) ? value : refuseAt(rules.unwritable, path)
}

/** What is to be signed, and the credential with its signature. */
export interface UnsignedMdoc {
  readonly toBeSigned: Buffer
  /** Adds the signature, and the certificates of the signing key without the trust anchor. */
  finish(signature: Uint8Array, certificates: readonly Uint8Array[]): string
}

/** One credential; `random` draws its salts and digest identifiers. */
export function unsignedMdoc(
  mdoc: Mdoc,
  parts: MdocParts,
  random: (bytes: number) => Buffer,
): UnsignedMdoc {
  const issued = mdoc.namespaces.map((namespace) => issueNamespace(namespace, random))
  const digests = new Map(issued.map(({ name, digests: own }) => [name, own]))
  const object = encodeCbor(embedded(encodeCbor(securityObject(mdoc.doctype, digests, parts))))
  // The algorithm is the only protected header, ISO 18013-5 §9.1.2.4.
  const header = encodeCbor(new Map([[headers.alg, parts.alg]]))
  return {
    toBeSigned: encodeCbor(['Signature1', header, Buffer.alloc(0), object]),
    finish(signature, certificates) {
      const chain = certificates.length === 1 ? certificates[0] : certificates
      const unprotected = new Map([[headers.x5chain, chain]])
      const credential = new Map<string, Cbor>([
        ['nameSpaces', new Map(issued.map(({ name, items }) => [name, items]))],
        ['issuerAuth', [header, unprotected, object, signature]],
      ])
      return encodeCbor(credential).toString('base64url')
    },
  }
}

/** RFC 9052 §3.1 and RFC 9360 §2. */
const headers = { alg: 1, x5chain: 33 } as const

/** ISO 18013-5 §9.1.2.5: `random` has at least 16 bytes. */
const saltBytes = 32

function issueNamespace({ name, elements }: Namespace, random: (bytes: number) => Buffer) {
  const ids = distinctIds(elements.length, random)
  const issued = elements.map(({ identifier, value }, at) => {
    const id = ids[at] ?? 0
    const item = new Map<string, Cbor>([
      ['digestID', id],
      ['random', random(saltBytes)],
      ['elementIdentifier', identifier],
      ['elementValue', value],
    ])
    const bytes = encodeCbor(embedded(encodeCbor(item)))
    const digest = createHash('sha256').update(bytes).digest()
    return { id, item: new CborEncoded(bytes), digest }
  })
  // In the order of the identifiers, so that the order tells nothing of the elements.
  const sorted = [...issued].sort((one, other) => one.id - other.id)
  return {
    name,
    items: issued.map(({ item }) => item),
    digests: new Map(sorted.map(({ id, digest }) => [id, digest])),
  }
}

/** Random identifiers below 2^31, ISO 18013-5 §9.1.2.4. */
function distinctIds(count: number, random: (bytes: number) => Buffer): number[] {
  const ids = new Set<number>()
  while (ids.size < count) ids.add(random(4).readUInt32BE() >>> 1)
  return [...ids]
}

function securityObject(
  docType: string,
  digests: Map<string, Map<number, Uint8Array>>,
  { key, validFrom, validUntil, status }: MdocParts,
): Map<string, Cbor> {
  return new Map<string, Cbor>([
    ['version', '1.0'],
    ['digestAlgorithm', 'SHA-256'],
    ['valueDigests', digests],
    ['deviceKeyInfo', new Map([['deviceKey', coseKey(key)]])],
    ['docType', docType],
    [
      'validityInfo',
      new Map([
        ['signed', dateTime(validFrom)],
        ['validFrom', dateTime(validFrom)],
        ['validUntil', dateTime(validUntil)],
      ]),
    ],
    ...(status === undefined ? [] : [['status', cborOf(status, '/status')] as const]),
  ])
}

/** ISO 18013-5 §9.1.2.4: without a fraction of a second, in UTC. */
const dateTime = (seconds: number): CborTag =>
  new CborTag(0, new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z'))

const curves: Record<string, number> = { 'P-256': 1, 'P-384': 2, 'P-521': 3, Ed25519: 6 }

/** A JWK as a COSE_Key, RFC 9053 §7. */
export function coseKey({ kty, crv, x, y }: Members): Map<number, Cbor> {
  const curve = typeof crv === 'string' && Object.hasOwn(curves, crv) ? curves[crv] : undefined
  if (curve === undefined) refuse(rules.deviceKey)
  const point = (value: unknown) => Buffer.from(String(value), 'base64url')
  const key: [number, Cbor][] = [
    [1, kty === 'OKP' ? 1 : 2],
    [-1, curve],
    [-2, point(x)],
  ]
  return new Map(kty === 'OKP' ? key : [...key, [-3, point(y)]])
}
