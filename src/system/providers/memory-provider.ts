/** A provider of keys in the memory of the process, for tests. */
import {
  constants,
  createPublicKey,
  diffieHellman,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
  privateDecrypt,
  sign,
} from 'node:crypto'
import { promisify } from 'node:util'
import { type KeyProvider, KeyProviderError, type WantedKey } from '../key-provider.ts'

const generate = promisify(generateKeyPair)
const curves: Record<string, string> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }
const signing = [...Object.keys(curves), 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
const rsa = [...signing.filter((alg) => !alg.startsWith('ES')), 'RSA-OAEP', 'RSA-OAEP-256']
const agreement = ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW']

interface Pair {
  publicKey: KeyObject
  privateKey: KeyObject
}

const publicJwkOf = ({ publicKey }: Pair): JsonWebKey => publicKey.export({ format: 'jwk' })

async function makePair({ alg, modulusBits = 2_048 }: WantedKey): Promise<Pair> {
  if (rsa.includes(alg)) return generate('rsa', { modulusLength: modulusBits })
  const namedCurve = agreement.includes(alg) ? 'P-256' : signing.includes(alg) && curves[alg]
  if (!namedCurve) throw new KeyProviderError('refused', `There is no ${alg}.`)
  return generate('ec', { namedCurve })
}

function orRefused(work: () => Buffer): Buffer {
  try {
    return work()
  } catch {
    throw new KeyProviderError('refused', 'The input is not for this key.')
  }
}

export function createMemoryProvider(name: string): KeyProvider {
  const pairs = new Map<string, Pair>()
  const pairOf = (reference: string): Pair => {
    const pair = pairs.get(reference)
    if (!pair) throw new KeyProviderError('refused', 'There is no such key.')
    return pair
  }
  return {
    name,
    algorithms: async () => [...Object.keys(curves), ...rsa, ...agreement],
    async create(handle, wanted) {
      const pair = pairs.get(handle) ?? (await makePair(wanted))
      pairs.set(handle, pair)
      return { reference: handle, publicJwk: publicJwkOf(pair) }
    },
    async find(handle) {
      const pair = pairs.get(handle)
      return pair && { reference: handle, publicJwk: publicJwkOf(pair) }
    },
    async sign(reference, alg, data) {
      const key = pairOf(reference).privateKey
      if (!signing.includes(alg)) throw new KeyProviderError('refused', `There is no ${alg}.`)
      const padding = alg.startsWith('PS')
        ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: Number(alg.slice(2)) / 8 }
        : {}
      return sign(`sha${alg.slice(2)}`, data, { key, dsaEncoding: 'ieee-p1363', ...padding })
    },
    async decrypt(reference, alg, encrypted) {
      const key = pairOf(reference).privateKey
      const oaepHash = alg === 'RSA-OAEP' ? 'sha1' : 'sha256'
      const padding = constants.RSA_PKCS1_OAEP_PADDING
      return orRefused(() => privateDecrypt({ key, padding, oaepHash }, encrypted))
    },
    async agree(reference, key) {
      const { privateKey } = pairOf(reference)
      return orRefused(() => {
        const publicKey = createPublicKey({ key, format: 'jwk' })
        return diffieHellman({ privateKey, publicKey })
      })
    },
    async destroy(reference) {
      pairs.delete(reference)
    },
    check: () => Promise.resolve(),
    close: () => Promise.resolve(),
  }
}
