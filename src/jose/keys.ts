/** The seam for signing keys of a service, whose private keys may be local or elsewhere. */
import type { JWK } from 'jose'
import type { KeySetName } from '../model/service/hsk.ts'
import type { Service } from '../model/service/service.ts'
import { signals } from '../signal.ts'

export interface SigningKey {
  /** The JWK without private members, with kid, alg, use and key_ops. */
  readonly jwk: JWK
  /** Signs with a JWS algorithm that fits the key; returns the JOSE signature, RFC 7518 §3. */
  sign(alg: string, data: Uint8Array): Promise<Uint8Array>
}

/** A key whose private half is elsewhere, which unwraps content keys: RFC 7516 §5.2. */
export interface DecryptionKey {
  readonly kid: string
  /** The only JWE key management algorithm of the key. */
  readonly alg: string
  /**
   * The content key, a random one if the message was not encrypted for the key (RFC 7516 §11.5).
   * Refuses the request if the key cannot be used at present.
   */
  contentKey(encryptedKey: Uint8Array, header: JweHeader): Promise<Uint8Array>
}

/** The members of the header that key agreement depends on. */
export interface JweHeader {
  enc: string
  epk?: unknown
  apu?: unknown
  apv?: unknown
}

export interface Keys {
  /** All signing keys of the set with a public key, the preferred ones first. */
  signing(service: Service, set?: KeySetName): readonly SigningKey[]
  /** All keys of the set with a private half, also those that do not sign at present. */
  owned(service: Service, set?: KeySetName): readonly SigningKey[]
  /** Its symmetric keys: one entry for each algorithm that a key is long enough for. */
  symmetric(service: Service): readonly SigningKey[]
  /** Its keys in modules that decrypt. */
  decryption(service: Service): readonly DecryptionKey[]
}

/** Tells metrics how long signatures take, those of modules too. */
export function timed(sign: SigningKey['sign']): SigningKey['sign'] {
  return async (alg, data) => {
    if (!signals.signed.isHeard()) return sign(alg, data)
    const started = performance.now()
    const signature = await sign(alg, data)
    signals.signed.emit(alg, (performance.now() - started) / 1_000)
    return signature
  }
}
