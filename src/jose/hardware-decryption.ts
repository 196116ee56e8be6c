/** Decryption keys of a service whose private half a key provider holds. */
import { type JsonWebKey, randomBytes } from 'node:crypto'
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

/** Undefined if the message was not encrypted for the key. */
async function contentKeyOf(
  provider: KeyProvider,
  { alg, reference }: HardwareKey,
  encryptedKey: Uint8Array,
  header: JweHeader,
): Promise<Uint8Array | undefined> {
  try {
    if (alg.startsWith('RSA')) return await provider.decrypt(reference, alg, encryptedKey)
    const secret = await provider.agree(reference, header.epk as JsonWebKey)
    const { enc } = header
    const key = derivedKey(secret, { alg, enc, apu: bytesOf(header.apu), apv: bytesOf(header.apv) })
    return alg === 'ECDH-ES' ? key : unwrapKey(encryptedKey, key)
  } catch (error) {
    if (error instanceof KeyProviderError && error.fault === 'unavailable') throw error
    return undefined
  }
}

const bytesOf = (value: unknown): Buffer =>
  Buffer.from(typeof value === 'string' ? value : '', 'base64url')
