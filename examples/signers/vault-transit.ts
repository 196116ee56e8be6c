/**
 * Keys in the transit engine of HashiCorp Vault or OpenBao.
 *
 *   { "name": "vault", "kind": "module", "module": "./vault-transit.js",
 *     "address": "https://vault.example.com:8200", "tokenFile": "vault.token" }
 *
 * Options: `mount` (transit), `namespace`. The file of the token is read for each call, so that an
 * agent can renew it. The policy needs create, read, update and delete on `<mount>/keys/postern-*`,
 * and update on `<mount>/sign/postern-*`, `<mount>/decrypt/postern-*` and `keys/postern-*` + `/config`.
 */
import {
  type Answer,
  ask,
  baseUrl,
  chosen,
  digestOf,
  isMissing,
  type KeyProvider,
  keyName,
  modulusBitsOf,
  type Options,
  option,
  type ProvidedKey,
  patiently,
  publicJwkOf,
  type System,
  succeeded,
  type WantedKey,
} from './provider.ts'

interface Algorithm {
  /** The type of the key; RSA keys have their size at the end. */
  type: string
  hash: string
  padding?: 'pkcs1v15' | 'pss'
}

const algorithms: Record<string, Algorithm> = {
  ES256: { type: 'ecdsa-p256', hash: 'sha2-256' },
  ES384: { type: 'ecdsa-p384', hash: 'sha2-384' },
  ES512: { type: 'ecdsa-p521', hash: 'sha2-512' },
  RS256: { type: 'rsa', hash: 'sha2-256', padding: 'pkcs1v15' },
  RS384: { type: 'rsa', hash: 'sha2-384', padding: 'pkcs1v15' },
  RS512: { type: 'rsa', hash: 'sha2-512', padding: 'pkcs1v15' },
  PS256: { type: 'rsa', hash: 'sha2-256', padding: 'pss' },
  PS384: { type: 'rsa', hash: 'sha2-384', padding: 'pss' },
  PS512: { type: 'rsa', hash: 'sha2-512', padding: 'pss' },
  // The engine decrypts with SHA-256 only.
  'RSA-OAEP-256': { type: 'rsa', hash: 'sha2-256' },
}

interface Data<T> {
  data: T
}
type Key = Data<{ keys: Record<string, { public_key: string }> }>

export function createKeyProvider(options: Options, system: System): KeyProvider {
  const address = baseUrl(option(options, 'address'))
  const mount = option(options, 'mount', 'transit')
  const namespace = option(options, 'namespace', '-')
  const tokenFile = option(options, 'tokenFile')

  function call<T>(method: string, path: string, body?: object, signal?: AbortSignal) {
    const headers = {
      'X-Vault-Token': system.read(tokenFile).toString().trim(),
      ...(namespace === '-' ? {} : { 'X-Vault-Namespace': namespace }),
    }
    return ask<T>(system, `${address}/v1/${path}`, {
      ...{ method, headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
      ...(signal ? { signal } : {}),
    })
  }
  const keyAt = (name: string) => `${mount}/keys/${encodeURIComponent(name)}`

  /** An operator may rotate the key in the engine: Postern uses the first version only. */
  const described = (name: string, answer: Answer<Key>): ProvidedKey => {
    const { public_key: pem } = succeeded(answer).data.keys['1'] ?? { public_key: '' }
    return { reference: name, publicJwk: publicJwkOf(pem) }
  }

  return {
    algorithms: async () => Object.keys(algorithms),

    /** The engine keeps a key that is there already. */
    async create(handle: string, wanted: WantedKey) {
      const name = keyName(handle)
      const { type } = chosen(algorithms, wanted.alg)
      const sized = type === 'rsa' ? `rsa-${modulusBitsOf(wanted)}` : type
      const body = { type: sized, exportable: false, allow_plaintext_backup: false }
      succeeded(await call('POST', keyAt(name), body, patiently()))
      return described(name, await call<Key>('GET', keyAt(name)))
    },

    async find(handle) {
      const name = keyName(handle)
      const answer = await call<Key>('GET', keyAt(name))
      return isMissing(answer) ? undefined : described(name, answer)
    },

    async sign(reference, alg, data) {
      const { hash, padding } = chosen(algorithms, alg)
      const answer = await call<Data<{ signature: string }>>(
        'POST',
        `${mount}/sign/${encodeURIComponent(reference)}/${hash}`,
        {
          input: digestOf(alg, data).toString('base64'),
          ...{ prehashed: true, key_version: 1, marshaling_algorithm: 'jws' },
          ...(padding ? { signature_algorithm: padding, salt_length: 'hash' } : {}),
        },
      )
      // vault:v1:<base64>
      const [, , signature = ''] = succeeded(answer).data.signature.split(':')
      return Buffer.from(signature, 'base64')
    },

    async decrypt(reference, _alg, encrypted) {
      const ciphertext = `vault:v1:${Buffer.from(encrypted).toString('base64')}`
      const path = `${mount}/decrypt/${encodeURIComponent(reference)}`
      const answer = await call<Data<{ plaintext: string }>>('POST', path, { ciphertext })
      return Buffer.from(succeeded(answer).data.plaintext, 'base64')
    },

    /** At once: the engine has no delay, but Postern waits seven days before it destroys a key. */
    async destroy(reference) {
      const answer = await call('GET', keyAt(reference))
      if (isMissing(answer)) return
      succeeded(answer)
      succeeded(await call('POST', `${keyAt(reference)}/config`, { deletion_allowed: true }))
      succeeded(await call('DELETE', keyAt(reference)))
    },

    async check() {
      succeeded(await call('GET', 'auth/token/lookup-self'))
    },
  }
}
