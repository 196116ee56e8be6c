/** One key or certificate among those that a caller sent together. */
import type { X509Certificate } from 'node:crypto'
import type { JWK } from 'jose'
import { type Rule, refuse } from '../../refusal.ts'

/** Where it was found, such as `entry 3, EC PRIVATE KEY`. */
export type Place = string

/** A key within the limits, with its certificates. */
export interface Material {
  /** The members of its key type only; with private members if they were sent. */
  readonly jwk: JWK
  readonly chain: readonly X509Certificate[]
  /** The members that a JWK names. */
  readonly named: { kid?: string; use?: string; alg?: string }
  readonly place: Place
}

/** Refuses with the place of what is wrong, which the caller can look up. */
export function refuseAt(rule: Rule, place: Place): never {
  return refuse({ ...rule, message: `${rule.message} (${place})` })
}

export const placeOf = (index: number, label: string): Place =>
  `entry ${index + 1}, ${label.slice(0, 40)}`
