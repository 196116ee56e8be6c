/** What a caller sent as keys: PEM, PKCS #12 or a JWK Set. */
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import { withoutPrivateMembers } from '../../jose/key-set.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { type Found, type FoundKey, readContainer, readPem } from './blocks.ts'
import { chainsOf, leavesOf } from './chains.ts'
import { type Material, refuseAt } from './entry.ts'
import { requireConsistent, supportedKey } from './key-limits.ts'
import { readKeySet } from './key-set.ts'

const rules = defineRules('Key material', {
  count: {
    code: 'P114025',
    error: 'invalid_request',
    spec: 'RFC 7517 §5',
    message: 'There must be 1 to 10 keys.',
    fix: 'Pass 1 to 10 keys, or certificates of keys.',
  },
  repeated: {
    code: 'P114026',
    error: 'invalid_request',
    spec: 'RFC 7517 §5',
    message: 'The key is there twice.',
    fix: 'Pass each key once.',
  },
})

const keyLimit = 10

export interface Source {
  readonly pem?: string | undefined
  readonly pkcs12?: string | undefined
  readonly passphrase?: string | undefined
  readonly jwks?: string | undefined
}

/** The keys, within the limits, with their certificates. Private keys match their public keys. */
export async function readMaterial({
  pem,
  pkcs12,
  passphrase,
  jwks,
}: Source): Promise<readonly Material[]> {
  const materials =
    jwks !== undefined
      ? await readKeySet(jwks)
      : await together(
          pkcs12 === undefined
            ? await readPem(pem ?? '', passphrase)
            : await readContainer(pkcs12, passphrase),
        )
  requireDifferent(materials)
  return materials
}

/** All keys with their certificates; without keys, those that the certificates certify. */
async function together({ keys, certificates }: Found): Promise<Material[]> {
  const privateKeys = keys.filter(({ key }) => key.type === 'private')
  const own = privateKeys.map(({ key, place }) => supportedKey(key, place))
  const halves = own.map(publicHalf)
  const others = keys.filter(
    ({ key }) => key.type === 'public' && !halves.some((half) => half.equals(key)),
  )
  const used = [...privateKeys, ...others]
  const isPublic = used.length === 0
  const found: FoundKey[] = isPublic
    ? leavesOf(certificates).map(({ certificate, place }) => ({
        key: certificate.publicKey,
        place,
      }))
    : used
  if (found.length === 0 || found.length > keyLimit) refuse(rules.count)
  const jwks = found.map(({ key, place }, index) => own[index] ?? supportedKey(key, place))
  const chains = chainsOf(jwks.map(publicHalf), certificates)
  const materials: Material[] = []
  for (const [index, { place }] of found.entries()) {
    const [jwk = {}, chain = []] = [jwks[index], chains[index]]
    if (jwk.d !== undefined) await requireConsistent(jwk, place)
    materials.push({ jwk, chain, named: {}, place })
  }
  return materials
}

const publicHalf = (jwk: JWK): KeyObject =>
  createPublicKey({ key: withoutPrivateMembers(jwk) as JsonWebKey, format: 'jwk' })

function requireDifferent(materials: readonly Material[]): void {
  const seen = new Set<string>()
  for (const { jwk, place } of materials) {
    const identity = `${jwk.n ?? ''}.${jwk.x ?? ''}.${jwk.y ?? ''}`
    if (seen.has(identity)) refuseAt(rules.repeated, place)
    seen.add(identity)
  }
}
