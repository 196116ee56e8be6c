/** Keys in a JWK Set, RFC 7517 §5. */
import { createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto'
import type { JWK } from 'jose'
import { parseJson } from '../../model/json.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { requireShort } from './blocks.ts'
import { requireCertified, requireChain } from './chains.ts'
import { type Material, type Place, placeOf, refuseAt } from './entry.ts'
import { requireConsistent, supportedKey } from './key-limits.ts'

const rules = defineRules('Key material', {
  keySet: {
    code: 'P114023',
    error: 'invalid_request',
    spec: 'RFC 7517 §5',
    message: 'The JWK Set must be a JSON object with a list of 1 to 10 keys.',
    fix: 'Pass a JSON object with a list `keys` of 1 to 10 keys.',
  },
  jwk: {
    code: 'P114024',
    error: 'invalid_request',
    spec: 'RFC 7517 §4',
    message: 'The key is not a valid JWK of the type RSA, EC or OKP.',
    fix: 'Pass keys with `kty` RSA, EC or OKP and all members that the type requires.',
  },
})

const keyLimit = 10

/** The keys of a JWK Set as text, with their names and certificates, without other members. */
export async function readKeySet(text: string): Promise<Material[]> {
  const materials: Material[] = []
  for (const [index, given] of keysIn(requireShort(text)).entries()) {
    materials.push(await readKey(given, placeOf(index, 'JWK')))
  }
  return materials
}

function keysIn(text: string): JWK[] {
  let parsed: unknown
  try {
    parsed = parseJson(text)
  } catch {
    return refuse(rules.keySet)
  }
  const keys = (parsed as { keys?: unknown } | null)?.keys
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > keyLimit) refuse(rules.keySet)
  return keys
}

async function readKey(given: JWK, place: Place): Promise<Material> {
  const jwk = supportedKey(imported(given, place), place)
  if (jwk.d !== undefined) await requireConsistent(jwk, place, given)
  const chain = given.x5c === undefined ? [] : requireChain(given.x5c)
  if (chain.length > 0) requireCertified(jwk, chain)
  const named = Object.fromEntries(
    (['kid', 'use', 'alg'] as const).flatMap((name) =>
      typeof given[name] === 'string' ? [[name, given[name]]] : [],
    ),
  )
  return { jwk, chain, named, place }
}

const types: readonly unknown[] = ['RSA', 'EC', 'OKP']

function imported(given: JWK | null, place: Place) {
  try {
    if (!types.includes(given?.kty)) return refuseAt(rules.jwk, place)
    const key = given as JsonWebKey
    return given?.d === undefined
      ? createPublicKey({ key, format: 'jwk' })
      : createPrivateKey({ key, format: 'jwk' })
  } catch {
    return refuseAt(rules.jwk, place)
  }
}
