/** What a caller sent as keys: PEM. */
import { defineRules, refuse } from '../../refusal.ts'
import { type Found, type FoundKey, readPem } from './blocks.ts'
import { chainsOf, leavesOf } from './chains.ts'
import { type Material, refuseAt } from './entry.ts'
import { supportedKey } from './key-limits.ts'

const rules = defineRules('Key material', {
  count: {
    code: 'P114025',
    error: 'invalid_request',
    spec: 'RFC 7517 §5',
    message: 'There must be 1 to 10 keys.',
  },
  repeated: {
    code: 'P114026',
    error: 'invalid_request',
    spec: 'RFC 7517 §5',
    message: 'The key is there twice.',
  },
})

const keyLimit = 10

/** The public keys of a PEM text, within the limits, with their certificates. */
export function readMaterial(pem: string): readonly Material[] {
  const materials = together(readPem(pem))
  requireDifferent(materials)
  return materials
}

/** All keys with their certificates; without keys, those that the certificates certify. */
function together({ keys, certificates }: Found): Material[] {
  const found: FoundKey[] =
    keys.length > 0
      ? keys
      : leavesOf(certificates).map(({ certificate: { publicKey: key }, place }) => ({ key, place }))
  if (found.length === 0 || found.length > keyLimit) refuse(rules.count)
  const chains = chainsOf(
    found.map(({ key }) => key),
    certificates,
  )
  return found.map(({ key, place }, index) => ({
    jwk: supportedKey(key, place),
    chain: chains[index] ?? [],
    place,
  }))
}

function requireDifferent(materials: readonly Material[]): void {
  const seen = new Set<string>()
  for (const { jwk, place } of materials) {
    const identity = `${jwk.n ?? ''}.${jwk.x ?? ''}.${jwk.y ?? ''}`
    if (seen.has(identity)) refuseAt(rules.repeated, place)
    seen.add(identity)
  }
}
