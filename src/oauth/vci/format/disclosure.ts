/** Selective disclosure: digests in place of claims, RFC 9901 §4. */
import { hash } from 'node:crypto'
import { writeExact } from '../../../model/exact-json.ts'
import { defineRules, refuse } from '../../../refusal.ts'
import { isObject, type Members, readObject, refuseAt } from './payload.ts'

const rules = defineRules('Selective disclosure', {
  malformed: {
    code: 'P129006',
    error: 'invalid_request',
    spec: 'RFC 9901 §4.2',
    message:
      'The disclosureFrame must be JSON text of an object: `_sd` lists the names of claims or the places of elements that are disclosed by choice, and other members are the frames of claims.',
    fix: 'Pass a `disclosureFrame` as JSON text of an object, whose `_sd` are arrays.',
  },
  unknown: {
    code: 'P129007',
    error: 'invalid_request',
    spec: 'RFC 9901 §4.2',
    message: 'The disclosureFrame names a claim that the payload does not have.',
    fix: 'Name only claims in the `disclosureFrame` that the payload has.',
  },
  visible: {
    code: 'P129008',
    error: 'invalid_request',
    spec: 'SD-JWT VC §3.2.2.2',
    message: 'The disclosureFrame names a claim that must not be disclosed by choice.',
    fix: 'Leave the claim that the evidence names out of `_sd`: verifiers always need it.',
  },
})

/** SD-JWT VC §3.2.2.2: what verifiers need before they ask the user. */
const alwaysVisible: ReadonlySet<string> = new Set([
  ...['iss', 'iat', 'nbf', 'exp', 'cnf'],
  ...['vct', 'vct#integrity', 'status', 'type'],
])

/** Which members of a value are disclosed by choice, and how those within its members are. */
export interface Frame {
  readonly disclosed: ReadonlySet<string>
  readonly members: ReadonlyMap<string, Frame>
}

export interface Disclosable {
  /** The claims, with digests of those that are disclosed by choice. */
  readonly payload: Members
  readonly disclosures: readonly string[]
}

/** Each salt has 128 bits, RFC 9901 §9.3. */
const saltBytes = 16

/**
 * The frame without one from the caller: every leaf is disclosed by itself, an array is one leaf,
 * and the names of objects stay visible.
 */
export function frameByLeaf(claims: Members, hidden = alwaysVisible): Frame {
  const disclosed = new Set<string>()
  const members = new Map<string, Frame>()
  for (const [name, value] of Object.entries(claims)) {
    if (hidden.has(name)) continue
    if (isObject(value)) members.set(name, frameByLeaf(value, new Set()))
    else disclosed.add(name)
  }
  return { disclosed, members }
}

export function readFrame(text: string, claims: Members): Frame {
  const frame = readObject(text) ?? refuse(rules.malformed)
  const read = frameOf(frame, claims, '')
  const named = [...read.disclosed, ...read.members.keys()]
  const visible = named.find((name) => alwaysVisible.has(name))
  return visible === undefined ? read : refuseAt(rules.visible, `/${visible}`)
}

function frameOf(frame: Members, value: unknown, path: string): Frame {
  const { _sd: listed = [], ...nested } = frame
  if (!isObject(value) && !Array.isArray(value)) refuseAt(rules.unknown, path)
  if (!Array.isArray(listed)) refuseAt(rules.malformed, `${path}/_sd`)
  const disclosed = new Set(listed.map(String))
  for (const name of [...disclosed, ...Object.keys(nested)]) {
    if (!hasMember(value, name)) refuseAt(rules.unknown, `${path}/${name}`)
  }
  const members = Object.entries(nested).map(([name, inner]) => {
    const below = `${path}/${name}`
    if (!isObject(inner)) refuseAt(rules.malformed, below)
    return [name, frameOf(inner, (value as Members)[name], below)] as const
  })
  return { disclosed, members: new Map(members) }
}

const hasMember = (value: unknown, name: string): boolean =>
  typeof value === 'object' && value !== null && name !== 'length' && Object.hasOwn(value, name)

/** The payload of an SD-JWT and its disclosures; `random` draws the salts. */
export function disclose(
  claims: Members,
  frame: Frame,
  random: (bytes: number) => Buffer,
): Disclosable {
  const disclosures: string[] = []
  const payload = packObject(claims, frame)
  return {
    payload: disclosures.length > 0 ? { ...payload, _sd_alg: 'sha-256' } : payload,
    disclosures,
  }

  function pack(value: unknown, inner: Frame | undefined): unknown {
    if (!inner) return value
    return Array.isArray(value) ? packArray(value, inner) : packObject(value as Members, inner)
  }

  function packObject(value: Members, { disclosed, members }: Frame): Members {
    const digests: string[] = []
    const visible: Members = {}
    for (const [name, member] of Object.entries(value)) {
      const packed = pack(member, members.get(name))
      if (disclosed.has(name)) digests.push(digestOf([salt(), name, packed]))
      else visible[name] = packed
    }
    // RFC 9901 §4.2.4.1: sorted, so that their order tells nothing of the claims.
    return digests.length > 0 ? { ...visible, _sd: digests.sort() } : visible
  }

  function packArray(values: readonly unknown[], { disclosed, members }: Frame): unknown[] {
    return values.map((value, at) => {
      const packed = pack(value, members.get(String(at)))
      return disclosed.has(String(at)) ? { '...': digestOf([salt(), packed]) } : packed
    })
  }

  function digestOf(disclosure: readonly unknown[]): string {
    const encoded = Buffer.from(writeExact(disclosure)).toString('base64url')
    disclosures.push(encoded)
    return hash('sha256', encoded, 'base64url')
  }

  function salt(): string {
    return random(saltBytes).toString('base64url')
  }
}
