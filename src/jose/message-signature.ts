/** HTTP message signatures, RFC 9421, with JWK keys (§3.3.7). */
import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import {
  isInnerList,
  type Parameters,
  parseDictionary,
  serializeDictionary,
  serializeItem,
} from 'structured-headers'
import { fitsSignatureAlgorithm, type KeySet, publicMembers } from './key-set.ts'
import type { SigningKey } from './keys.ts'
import { schemes, verifyBytes } from './raw-signature.ts'

/** Header fields by lower-case name, each with its values in order. */
export type Fields = Readonly<Record<string, readonly string[]>>

export interface HttpRequest {
  method: string
  url: string
  fields: Fields
}

/** One member of Signature-Input. */
export interface SignatureInput {
  label: string
  /** Covered component identifiers; without parameters, just the name. */
  covered: string[]
  created: unknown
  expires: unknown
  keyId: unknown
  alg: unknown
  tag: unknown
}

/** Why a signature was not accepted, in the terms of `Unverified` for JWTs. */
export type MessageUnverified = { failure: 'malformed' | 'key' | 'signature' }

const fieldLimit = 8 * 1024
const coveredLimit = 256 * 1024
const keysTried = 5

/** The algorithm that each curve implies. An RSA key must declare its algorithm. */
const algorithmOfCurve = new Map([
  ['P-256', 'ES256'],
  ['P-384', 'ES384'],
  ['P-521', 'ES512'],
  ['Ed25519', 'EdDSA'],
])

/** The members of Signature-Input; undefined if it is not well-formed. */
export function signatureInputs(fields: Fields): SignatureInput[] | undefined {
  const text = (fields['signature-input'] ?? []).join(', ')
  if (text.length > fieldLimit) return undefined
  try {
    return [...parseDictionary(text)].map(([label, value]) => {
      if (!isInnerList(value)) throw new Error('No list of components')
      const [items, parameters] = value
      const covered = items.map(([name, more]) => identifier(name, more))
      if (new Set(covered).size < covered.length) throw new Error('A component is listed twice')
      const [created, expires, keyId, alg, tag] = ['created', 'expires', 'keyid', 'alg', 'tag'].map(
        (name) => parameters.get(name),
      )
      return { label, covered, created, expires, keyId, alg, tag }
    })
  } catch {
    return undefined
  }
}

/** Parameters that the components of a request may have, RFC 9421 §2.1. */
const componentParameters = ['sf', 'key', 'bs', 'name']

function identifier(name: unknown, parameters: Parameters): string {
  const known = [...parameters.keys()].every((each) => componentParameters.includes(each))
  if (typeof name !== 'string' || !known) throw new Error('No component of a request')
  return parameters.size === 0 ? name : serializeItem([name, parameters])
}

/** Loaded when it is needed first: few services have their messages signed. */
const loadHttpbis = async () => (await import('http-message-signatures')).httpbis

/** Verifies one signature of a request with the key of the kid, or else with up to five keys. */
export async function verifyMessageSignature(
  request: HttpRequest,
  input: SignatureInput,
  set: KeySet,
  kid: string | undefined,
): Promise<{ verified: true } | MessageUnverified> {
  const keys = candidatesOf(set, kid, input.alg)
  if (keys.length === 0) return { failure: 'key' }
  const httpbis = await loadHttpbis()
  try {
    const isGood = await httpbis.verifyMessage(
      {
        // Times are checked elsewhere, with the clock of this process.
        tolerance: Number.POSITIVE_INFINITY,
        keyLookup: async () => ({
          verify: async (data, signature) =>
            keys.some(({ key, alg }) => verifyBytes(alg, data, key, signature)),
        }),
      },
      { method: request.method, url: request.url, headers: relevantFields(request, input) },
    )
    return isGood === true ? { verified: true } : { failure: 'signature' }
  } catch {
    return { failure: 'malformed' }
  }
}

/** The signature and the fields that it covers; all others are dropped to limit the cost. */
function relevantFields(
  { fields }: HttpRequest,
  { label, covered }: SignatureInput,
): Record<string, string[]> {
  const only = (name: string): string[] => {
    const text = (fields[name] ?? []).join(', ')
    if (text.length > fieldLimit) throw new Error('Too long')
    const value = parseDictionary(text).get(label)
    if (!value) throw new Error('No such signature')
    return [serializeDictionary(new Map([[label, value]]))]
  }
  const names = covered.map((component) => /^"?([^";]*)/.exec(component)?.[1] ?? '')
  // A field counts once for each of its covered members, because each parses the field again.
  const read = names.flatMap((name) => (Object.hasOwn(fields, name) ? (fields[name] ?? []) : []))
  if (read.reduce((sum, { length }) => sum + length, 0) > coveredLimit) throw new Error('Too long')
  const given = names.filter((name) => Object.hasOwn(fields, name))
  return Object.fromEntries([
    ...given.map((name): [string, string[]] => [name, [...(fields[name] ?? [])]]),
    ...['signature', 'signature-input'].map((name): [string, string[]] => [name, only(name)]),
  ])
}

interface UsableKey {
  key: KeyObject
  alg: string
}

function candidatesOf(set: KeySet, kid: string | undefined, alg: unknown): UsableKey[] {
  const named = kid === undefined ? set.keys : set.keys.filter((key) => key.kid === kid)
  return named.flatMap((key) => usableKey(key, alg) ?? []).slice(0, keysTried)
}

/** RFC 9421 §3.2: the algorithm comes from the key, and must match the one of the signature. */
function usableKey(
  key: JWK,
  named: unknown,
  operation: 'sign' | 'verify' = 'verify',
): UsableKey | undefined {
  const alg = algorithmOf(key, named)
  const scheme = alg === undefined ? undefined : schemes[alg]
  if (alg === undefined || !scheme || !fitsSignatureAlgorithm(key, alg, operation)) return undefined
  if (named !== undefined && named !== scheme.name) return undefined
  try {
    const imported = createPublicKey({ key: publicMembers(key) as JsonWebKey, format: 'jwk' })
    const bits = imported.asymmetricKeyDetails?.modulusLength ?? 2048
    return bits < 2048 ? undefined : { key: imported, alg }
  } catch {
    return undefined
  }
}

function algorithmOf(key: JWK, named: unknown): string | undefined {
  const registered = Object.keys(schemes).find((alg) => schemes[alg]?.name === named)
  const own = key.alg ?? (key.kty === 'RSA' ? registered : algorithmOfCurve.get(key.crv ?? ''))
  return own !== undefined && Object.hasOwn(schemes, own) ? own : undefined
}

export interface ResponseToSign {
  status: number
  fields: Record<string, string>
  /** Component identifiers, in the order in which they are signed. */
  components: string[]
  /** The request, for components with the parameter `req`, RFC 9421 §2.4. */
  request: HttpRequest
  /** Milliseconds since the epoch. */
  now: number
  tag: string
}

/** Signature and Signature-Input of a response; undefined if the service has no key. */
export async function signResponse(
  keys: readonly SigningKey[],
  keyId: string | undefined,
  { status, fields, components, request, now, tag }: ResponseToSign,
): Promise<{ signature: string; signatureInput: string } | undefined> {
  const isNamed = ({ jwk }: SigningKey) => keyId === undefined || jwk.kid === keyId
  const algorithm = ({ jwk }: SigningKey) => usableKey(jwk, undefined, 'sign')?.alg
  const key = keys.find((each) => isNamed(each) && algorithm(each))
  const alg = key && algorithm(key)
  if (!alg) return undefined
  const { kid } = key.jwk
  const httpbis = await loadHttpbis()
  const signed = await httpbis.signMessage(
    {
      key: { sign: async (data) => Buffer.from(await key.sign(alg, data)) },
      name: 'sig',
      params: ['created', 'keyid', 'tag'],
      paramValues: { created: new Date(now), tag, ...(kid ? { keyid: kid } : {}) },
      fields: components,
    },
    { status, headers: fields },
    {
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(
        Object.entries(request.fields).map(([name, values]) => [name, [...values]]),
      ),
    },
  )
  const { Signature: signature = '', 'Signature-Input': signatureInput = '' } = signed.headers
  return { signature: String(signature), signatureInput: String(signatureInput) }
}

/** The value of Content-Digest (sha-256), RFC 9530 §2. */
export const contentDigest = (body: string): string =>
  `sha-256=:${createHash('sha256').update(body, 'utf8').digest('base64')}:`

/** RFC 9530 §2: the field has a digest by a secure algorithm, and all such digests match. */
export function isDigestOf(field: string, body: string): boolean {
  try {
    const known = [...parseDictionary(field)].flatMap(([name, [value]]) =>
      name === 'sha-256' || name === 'sha-512' ? [{ hash: name.replace('-', ''), value }] : [],
    )
    return (
      known.length > 0 &&
      known.every(({ hash, value }) => {
        const expected = createHash(hash).update(body, 'utf8').digest()
        return value instanceof ArrayBuffer && expected.equals(Buffer.from(value))
      })
    )
  } catch {
    return false
  }
}
