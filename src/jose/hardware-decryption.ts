/** Decryption keys of a service whose private half a key provider holds. */
import { createPublicKey, type JsonWebKey, randomBytes } from 'node:crypto'
import type { HardwareKey } from '../model/service/hsk.ts'
import { type KeyProvider, KeyProviderError, type KeyProviders } from '../system/key-provider.ts'
import { contentKeyBytes, derivedKey, unwrapKey } from './content.ts'
import { refuseUnlessDone, requireProvider } from './hardware-keys.ts'
import type { DecryptionKey, JweHeader } from './keys.ts'

export function hardwareDecryptionKey(providers: KeyProviders, key: HardwareKey): DecryptionKey {
  const { kid, alg, hsmName } = key
  return {
    kid,
    alg,
    async contentKey(encryptedKey, header) {
      const provider = requireProvider(providers, hsmName)
      const random = randomBytes(contentKeyBytes[header.enc] ?? 32)
      const found = refuseUnlessDone(contentKeyOf(provider, key, encryptedKey, header))
      return (await found) ?? random
    },
  }
}

/**
 * Undefined if the message was not encrypted for the key. The module is asked only if the message
 * has the form: a client must not make the module fail.
 */
async function contentKeyOf(
  provider: KeyProvider,
  { alg, reference, publicKey }: HardwareKey,
  encryptedKey: Uint8Array,
  header: JweHeader,
): Promise<Uint8Array | undefined> {
  try {
    if (alg.startsWith('RSA')) {
      const hasLength = encryptedKey.length === modulusBytes(publicKey)
      return hasLength ? await provider.decrypt(reference, alg, encryptedKey) : undefined
    }
    const ephemeral = ephemeralKey(header.epk, publicKey)
    if (!ephemeral) return undefined
    const secret = await provider.agree(reference, ephemeral)
    const { enc } = header
    const key = derivedKey(secret, { alg, enc, apu: bytesOf(header.apu), apv: bytesOf(header.apv) })
    return alg === 'ECDH-ES' ? key : unwrapKey(encryptedKey, key)
  } catch (error) {
    if (error instanceof KeyProviderError && error.fault === 'unavailable') throw error
    return undefined
  }
}

function modulusBytes(publicKey: string): number {
  const { modulusLength = 0 } = createPublicKey(publicKey).asymmetricKeyDetails ?? {}
  return Math.ceil(modulusLength / 8)
}

/** The ephemeral key, if it is a point on the curve of the key: RFC 7518 §4.6.1.1. */
function ephemeralKey(epk: unknown, publicKey: string): JsonWebKey | undefined {
  try {
    const key = createPublicKey({ key: epk as JsonWebKey, format: 'jwk' }).export({ format: 'jwk' })
    const { crv } = createPublicKey(publicKey).export({ format: 'jwk' })
    return key.crv === crv ? key : undefined
  } catch {
    return undefined
  }
}

const bytesOf = (value: unknown): Buffer =>
  Buffer.from(typeof value === 'string' ? value : '', 'base64url')
