/**
 * Keys whose private half is outside of Postern: in a hardware module, or in the key service of a
 * cloud. A provider makes them, signs and decrypts with them; they cannot be read.
 */
import type { JsonWebKey } from 'node:crypto'

/** What a new key is for: JWS algorithms, RFC 7518 §3.1, or JWE key management, §4.1. */
export interface WantedKey {
  use: 'sig' | 'enc'
  /** Such as `ES256`, `RS256`, `RSA-OAEP`, `ECDH-ES`. */
  alg: string
  /** The size of an RSA key in bits. */
  modulusBits?: number | undefined
}

export interface ProvidedKey {
  /** How the provider finds the key again; not secret. */
  reference: string
  /** The public key as a JWK, without kid, use and alg. */
  publicJwk: JsonWebKey
}

export interface KeyProvider {
  /** As operators call it in the configuration. */
  readonly name: string
  /** Whether each signature is verified before it is used; it is, if absent. */
  readonly verify?: boolean
  /** The days from the deletion of a key until it is destroyed; seven, if absent. */
  readonly destroyAfterDays?: number
  /** The JWS and JWE algorithms that its keys can have. */
  algorithms(): Promise<readonly string[]>
  /** Makes a key that can be found by its handle, even if the answer is lost. */
  create(handle: string, wanted: WantedKey): Promise<ProvidedKey>
  find(handle: string): Promise<ProvidedKey | undefined>
  /** A signature in the form of JOSE: RFC 7518 §3. */
  sign(reference: string, alg: string, data: Uint8Array): Promise<Uint8Array>
  /** Decrypts what was encrypted with the public key: RFC 7518 §4.2, §4.3. */
  decrypt(reference: string, alg: string, encrypted: Uint8Array): Promise<Uint8Array>
  /** The shared secret Z of ECDH with a public key on the curve of the key: RFC 7518 §4.6. */
  agree(reference: string, publicJwk: JsonWebKey): Promise<Uint8Array>
  /** Nothing happens if there is no such key. */
  destroy(reference: string): Promise<void>
  /** Fails if the provider cannot be used at present. */
  check(): Promise<void>
  close(): Promise<void>
}

/** Time enough to notice a slip and undo it. */
export const usualDestroyAfterDays = 7

/** The providers by name. */
export type KeyProviders = ReadonlyMap<string, KeyProvider>

/**
 * - `unavailable`: the provider does not answer, or not correctly; the same call may work later.
 * - `refused`: the provider does not do this; the same call will not work later either.
 */
export type ProviderFault = 'unavailable' | 'refused'

/** A call to a provider failed. The message has no secrets. */
export class KeyProviderError extends Error {
  override readonly name = 'KeyProviderError'
  readonly fault: ProviderFault

  constructor(fault: ProviderFault, message: string) {
    super(message)
    this.fault = fault
  }
}
