/** The keys that a service signs by, wherever their private halves are. */
import type { JWK } from 'jose'
import type { Service } from '../model/service/service.ts'

export interface SigningKey {
  /** The key without its private members, as the service describes it: kid, alg, use, key_ops. */
  readonly jwk: JWK
  /** The signature by a JWS algorithm that fits the key, in the form of JOSE, RFC 7518 §3. */
  sign(alg: string, data: Uint8Array): Promise<Uint8Array>
}

export interface Keys {
  /** Every key that the service may sign by, the preferred ones first. */
  signing(service: Service): readonly SigningKey[]
}
