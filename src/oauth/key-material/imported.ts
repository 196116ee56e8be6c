/** Keys that a service imports, with their names: kid, use and alg. */
import type { JWK } from 'jose'
import { thumbprintOf } from '../../jose/key-members.ts'
import type { KeySetName } from '../../model/service/hsk.ts'
import { defineRules, refuse } from '../../refusal.ts'
import type { NewKey } from '../keys/add.ts'
import { requireKeyId } from '../keys/new-key.ts'
import { inBase64, requireInTime } from './chains.ts'
import { type Material, type Place, refuseAt } from './entry.ts'
import { readMaterial, type Source } from './material.ts'

const rules = defineRules('Importing keys', {
  algorithm: {
    code: 'P114029',
    error: 'invalid_request',
    spec: 'RFC 7518 §3.1',
    message: 'The alg or the use does not fit the key.',
    fix: 'Omit `alg` and `use`, or pass those that fit the type of the key.',
  },
  publicKey: {
    code: 'P114030',
    error: 'invalid_request',
    spec: 'RFC 7517 §9.3',
    message:
      'A public key cannot sign: import its private key, or use activate=previous for a key that ' +
      'only verifies what was signed elsewhere.',
    fix: 'Import the private key, or pass `activate=previous` for a key that only verifies.',
  },
  keyId: {
    code: 'P114031',
    error: 'invalid_request',
    spec: 'RFC 7517 §4.5',
    message: 'Several keys cannot have one kid: leave out the kid, or import one key.',
    fix: 'Omit the `kid`, or import one key at a time.',
  },
})

export interface Wanted {
  readonly set: KeySetName
  readonly use?: string | undefined
  readonly alg?: string | undefined
  readonly kid?: string | undefined
  readonly activate?: NewKey['activate']
}

/** The new keys of a source: complete, consistent, and with private halves if they must sign. */
export async function importedKeys(source: Source, wanted: Wanted, now: number): Promise<NewKey[]> {
  const materials = await readMaterial(source)
  if (wanted.kid !== undefined && materials.length > 1) refuse(rules.keyId)
  return materials.map((material) => newKey(material, wanted, now))
}

function newKey(material: Material, wanted: Wanted, now: number): NewKey {
  const { jwk, chain, named, place } = material
  const { set, activate } = wanted
  if (jwk.d === undefined && activate !== 'previous') refuseAt(rules.publicKey, place)
  if (activate !== 'previous') requireInTime(chain, now)
  const kid = wanted.kid ?? named.kid ?? thumbprintOf(jwk) ?? ''
  requireKeyId(kid)
  const { use, alg } = purposeOf(jwk, wanted, named, place)
  const x5c = chain.length > 0 ? { x5c: inBase64(chain) } : {}
  return { set, use, alg, kid, activate, jwk: { kid, ...jwk, use, alg, ...x5c } }
}

/** The algorithms of each type of key, the default first. */
const algorithms: Record<'sig' | 'enc', Record<string, readonly string[]>> = {
  sig: {
    RSA: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
    'P-256': ['ES256'],
    'P-384': ['ES384'],
    'P-521': ['ES512'],
    Ed25519: ['EdDSA', 'Ed25519'],
  },
  enc: {
    RSA: ['RSA-OAEP-256', 'RSA-OAEP'],
    ...Object.fromEntries(
      ['P-256', 'P-384', 'P-521', 'X25519'].map((curve) => [
        curve,
        ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW'],
      ]),
    ),
  },
}

/** What was asked for, else what the key names, else what its type is for. */
function purposeOf(
  { kty, crv }: JWK,
  wanted: Wanted,
  named: Material['named'],
  place: Place,
): { use: 'sig' | 'enc'; alg: string } {
  const type = kty === 'RSA' ? 'RSA' : (crv ?? '')
  const alg = wanted.alg ?? named.alg
  const use = wanted.use ?? named.use
  for (const each of ['sig', 'enc'] as const) {
    const possible = algorithms[each][type] ?? []
    const found = alg === undefined ? possible[0] : possible.find((name) => name === alg)
    if (found !== undefined && (use === undefined || use === each)) return { use: each, alg: found }
  }
  return refuseAt(rules.algorithm, place)
}
