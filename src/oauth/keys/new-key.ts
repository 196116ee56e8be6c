/** What a key to be generated is: its type, curve and size by its algorithm. */
import { symmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import type { KeySetName } from '../../model/service/hsk.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { allowsSymmetric } from '../tokens/access-token-format.ts'

const rules = defineRules('Generating keys', {
  algorithm: {
    code: 'P113001',
    error: 'invalid_request',
    spec: 'RFC 7518 §3.1',
    message: 'No key is generated for this alg: use RS, PS, ES, EdDSA, RSA-OAEP or ECDH-ES.',
    fix: 'Pass an `alg` such as ES256, PS256, EdDSA, RSA-OAEP-256 or ECDH-ES.',
  },
  use: {
    code: 'P113002',
    error: 'invalid_request',
    spec: 'RFC 7517 §4.2',
    message: 'The use does not fit the alg.',
    fix: 'Omit `use`: sig goes with signature algorithms, enc with encryption algorithms.',
  },
  curve: {
    code: 'P113003',
    error: 'invalid_request',
    spec: 'RFC 7518 §4.6',
    message: 'The crv does not fit the alg: it is for ECDH-ES, with P-256, P-384, P-521 or X25519.',
    fix: 'Omit `crv`, or pass P-256, P-384, P-521 or X25519 with ECDH-ES.',
  },
  modulus: {
    code: 'P113004',
    error: 'invalid_request',
    spec: 'RFC 7518 §3.3',
    message: 'The modulusBits do not fit the alg: they are for RSA keys, with 2048, 3072 or 4096.',
    fix: 'Omit `modulusBits`, or pass 2048, 3072 or 4096 with an RSA algorithm.',
  },
  symmetric: {
    code: 'P113005',
    error: 'invalid_request',
    spec: 'RFC 7518 §3.2',
    message:
      'A symmetric key needs the attribute ext.at.symmetric = true of the service and the set protocol.',
    fix: 'Allow symmetric keys to the service, and generate the key in the set protocol.',
    settings: ['service.ext.at.symmetric'],
  },
  keyId: {
    code: 'P113006',
    error: 'invalid_request',
    spec: 'RFC 7517 §4.5',
    message: 'The kid must have 1 to 200 printable ASCII characters.',
    fix: 'Pass a `kid` of 1 to 200 printable ASCII characters without spaces, or omit it.',
  },
})

export interface Wanted {
  set: KeySetName
  alg: string
  use?: string | undefined
  crv?: string | undefined
  modulusBits?: number | undefined
}

export interface KeyKind {
  readonly set: KeySetName
  readonly alg: string
  readonly use: 'sig' | 'enc'
  readonly kty: 'RSA' | 'EC' | 'OKP' | 'oct'
  readonly crv?: string | undefined
  /** Bits of the modulus, or of a symmetric key. */
  readonly bits?: number | undefined
}

type Shape = Pick<KeyKind, 'use' | 'kty' | 'crv'>
const rsa: Shape = { use: 'sig', kty: 'RSA' }
const edwards: Shape = { use: 'sig', kty: 'OKP', crv: 'Ed25519' }
const agreement: Shape = { use: 'enc', kty: 'EC', crv: 'P-256' }
const secret: Shape = { use: 'sig', kty: 'oct' }

const shapes: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'].map((alg): [string, Shape] => [
    alg,
    rsa,
  ]),
  ['ES256', { use: 'sig', kty: 'EC', crv: 'P-256' }],
  ['ES384', { use: 'sig', kty: 'EC', crv: 'P-384' }],
  ['ES512', { use: 'sig', kty: 'EC', crv: 'P-521' }],
  ['EdDSA', edwards],
  ['Ed25519', edwards],
  ['RSA-OAEP', { use: 'enc', kty: 'RSA' }],
  ['RSA-OAEP-256', { use: 'enc', kty: 'RSA' }],
  ['ECDH-ES', agreement],
  ['ECDH-ES+A128KW', agreement],
  ['ECDH-ES+A192KW', agreement],
  ['ECDH-ES+A256KW', agreement],
  ...symmetricAlgorithms.map((alg): [string, Shape] => [alg, secret]),
])

const agreementCurves = ['P-256', 'P-384', 'P-521', 'X25519']
const moduli = [2048, 3072, 4096]

/** The use of a key of an algorithm; refuses algorithms that no key of a service can have. */
export const useOf = (alg: string): 'sig' | 'enc' =>
  (shapes.get(alg) ?? refuse(rules.algorithm, alg)).use

/** The key to generate, complete and consistent. */
export function kindOf(service: Pick<Service, 'attributes'>, wanted: Wanted): KeyKind {
  const { set, alg, use, crv, modulusBits } = wanted
  const shape = shapes.get(alg) ?? refuse(rules.algorithm, alg)
  if (use !== undefined && use !== shape.use) refuse(rules.use, `${alg} ${use}`)
  const isAgreement = shape.use === 'enc' && shape.kty === 'EC'
  if (crv !== undefined && (isAgreement ? !agreementCurves.includes(crv) : crv !== shape.crv)) {
    refuse(rules.curve, `${alg} ${crv}`)
  }
  if (modulusBits !== undefined && (shape.kty !== 'RSA' || !moduli.includes(modulusBits))) {
    refuse(rules.modulus, `${alg} ${modulusBits}`)
  }
  if (shape.kty === 'oct') {
    if (set !== 'protocol' || !allowsSymmetric(service)) refuse(rules.symmetric)
    return { set, alg, ...shape, bits: Number(alg.slice(2)) }
  }
  if (shape.kty === 'RSA') return { set, alg, ...shape, bits: modulusBits ?? 3072 }
  const chosen = crv ?? shape.crv
  return { set, alg, use: shape.use, kty: chosen === 'X25519' ? 'OKP' : shape.kty, crv: chosen }
}

/** A kid that headers, logs and rows can have. */
export function requireKeyId(kid: string): void {
  if (!/^[\x21-\x7e]{1,200}$/.test(kid) || kid === '__proto__') refuse(rules.keyId)
}
