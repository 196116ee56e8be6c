/** The seam for signing keys of a service, whose private keys may be local or elsewhere. */
import type { JWK } from 'jose'
import type { Service } from '../model/service/service.ts'

export interface SigningKey {
  /** The JWK without private members, with kid, alg, use and key_ops. */
  readonly jwk: JWK
  /** Signs with a JWS algorithm that fits the key; returns the JOSE signature, RFC 7518 §3. */
  sign(alg: string, data: Uint8Array): Promise<Uint8Array>
}

export interface Keys {
  /** All signing keys of the service with a public key, the preferred ones first. */
  signing(service: Service): readonly SigningKey[]
  /** Its symmetric keys: one entry for each algorithm that a key is long enough for. */
  symmetric(service: Service): readonly SigningKey[]
}
