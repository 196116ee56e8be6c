/** Signing keys of a service whose private half a key provider holds. */
import { createPublicKey, type KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import type { HardwareKey } from '../model/service/hsk.ts'
import type { Service } from '../model/service/service.ts'
import { defineRules, refuse } from '../refusal.ts'
import { type KeyProvider, KeyProviderError, type KeyProviders } from '../system/key-provider.ts'
import { type SigningKey, timed } from './keys.ts'
import { verifyBytes } from './raw-signature.ts'

const rules = defineRules('Signing', {
  unavailable: {
    code: 'P110001',
    error: 'server_error',
    spec: 'RFC 6749 §5.2',
    message: 'The key that must sign cannot be used at present.',
    isTemporary: true,
    fix: 'Make the module reachable that holds the key, and declare its `hsmName` in `POSTERN_HSM_CONFIG`.',
    settings: ['service.hsks'],
  },
  wrong: {
    code: 'P110002',
    error: 'server_error',
    spec: 'RFC 7515 §5.2',
    message: 'The hardware security module made a signature that is not valid.',
    isTemporary: true,
    fix: 'Examine the module, its driver and its slot; delete the key with `/hsk/delete` if it stays defective.',
    settings: ['service.hsks'],
  },
})

/** The keys of a service in modules; none while `hsmEnabled` is `false`. */
export const hardwareKeysOf = ({ hsmEnabled, hsks = [] }: Service): HardwareKey[] =>
  hsmEnabled ? (hsks as HardwareKey[]) : []

const publicKeyOf = ({ publicKey }: HardwareKey): KeyObject => createPublicKey(publicKey)

/** The public key as it is published. */
export function publicHardwareKey(key: HardwareKey): JWK {
  const { kid, alg, use, x5c } = key
  const jwk = publicKeyOf(key).export({ format: 'jwk' }) as JWK
  return { ...jwk, kid, alg, use, ...(x5c && { x5c }) }
}

/** What a provider answers; a refusal of the request where it fails. */
export async function refuseUnlessDone<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof KeyProviderError)) throw error
    return refuse(rules.unavailable, error.message)
  }
}

/** The provider of a key; a refusal of the request if the configuration lacks it. */
export const requireProvider = (providers: KeyProviders, hsmName: string): KeyProvider =>
  providers.get(hsmName) ?? refuse(rules.unavailable, `hsmName ${hsmName} is not configured`)

/**
 * Signatures are verified before they leave, because modules fail in ways that look like success;
 * an operator who trusts one can turn this off.
 */
export function hardwareSigningKey(providers: KeyProviders, key: HardwareKey): SigningKey {
  const { hsmName, reference } = key
  const publicKey = publicKeyOf(key)
  return {
    jwk: publicHardwareKey(key),
    sign: timed(async (alg, data) => {
      const provider = requireProvider(providers, hsmName)
      const signature = await refuseUnlessDone(provider.sign(reference, alg, data))
      if (provider.verify !== false && !verifyBytes(alg, data, publicKey, signature)) {
        refuse(rules.wrong, `hsmName ${hsmName}`)
      }
      return signature
    }),
  }
}
