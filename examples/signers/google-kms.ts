/**
 * Keys in Google Cloud KMS.
 *
 *   { "name": "google", "kind": "module", "module": "./google-kms.js",
 *     "keyRing": "projects/p/locations/europe-west3/keyRings/postern",
 *     "credentialFile": "service-account.json" }
 *
 * Without `credentialFile`, the service account of the machine is used. Options: `protection` (HSM,
 * or SOFTWARE). The roles Cloud KMS Admin and Cloud KMS CryptoKey Signer, Decrypter and Public Key
 * Viewer on the key ring are enough.
 */
import { sign as signWith } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import {
  ask,
  baseUrl,
  chosen,
  digestOf,
  isMissing,
  joseSignature,
  type KeyProvider,
  keyName,
  modulusBitsOf,
  type Options,
  option,
  type ProvidedKey,
  ProviderError,
  patiently,
  publicJwkOf,
  type System,
  succeeded,
  type Token,
  tokenSource,
  type WantedKey,
} from './provider.ts'

/** Names of algorithms, in which `#` is the size of the key in bits. */
const algorithms: Record<string, string> = {
  ES256: 'EC_SIGN_P256_SHA256',
  ES384: 'EC_SIGN_P384_SHA384',
  RS256: 'RSA_SIGN_PKCS1_#_SHA256',
  PS256: 'RSA_SIGN_PSS_#_SHA256',
  // The service has SHA-512 with the longest keys only, and no SHA-384 with RSA.
  RS512: 'RSA_SIGN_PKCS1_4096_SHA512',
  PS512: 'RSA_SIGN_PSS_4096_SHA512',
  'RSA-OAEP': 'RSA_DECRYPT_OAEP_#_SHA1',
  'RSA-OAEP-256': 'RSA_DECRYPT_OAEP_#_SHA256',
}

const scope = 'https://www.googleapis.com/auth/cloudkms'

interface TokenAnswer {
  access_token: string
  expires_in: number
}

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

function accessToken(options: Options, system: System): () => Promise<string> {
  const tokenOf = ({ access_token: token, expires_in: seconds }: TokenAnswer): Token => ({
    ...{ token, endsAt: system.clock() + seconds * 1_000 },
  })
  if (options['credentialFile'] === undefined) {
    const metadata = baseUrl(option(options, 'metadata', 'http://metadata.google.internal'))
    const url = `${metadata}/computeMetadata/v1/instance/service-accounts/default/token`
    const headers = { 'Metadata-Flavor': 'Google' }
    return tokenSource(system, async () =>
      tokenOf(succeeded(await ask<TokenAnswer>(system, url, { headers }))),
    )
  }
  const file = option(options, 'credentialFile')
  return tokenSource(system, async () => {
    const account = JSON.parse(system.read(file).toString())
    const now = Math.floor(system.clock() / 1_000)
    const head = base64url({ alg: 'RS256', typ: 'JWT', kid: account.private_key_id })
    const times = { iat: now, exp: now + 3_600 }
    const parties = { iss: account.client_email, aud: account.token_uri, scope }
    const input = `${head}.${base64url({ ...parties, ...times })}`
    const signature = signWith('sha256', Buffer.from(input), account.private_key)
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: `${input}.${signature.toString('base64url')}`,
    })
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const init = { method: 'POST', headers, body: body.toString() }
    return tokenOf(succeeded(await ask<TokenAnswer>(system, account.token_uri, init)))
  })
}

export function createKeyProvider(options: Options, system: System): KeyProvider {
  const api = baseUrl(option(options, 'endpoint', 'https://cloudkms.googleapis.com'))
  const keyRing = option(options, 'keyRing')
  const protectionLevel = option(options, 'protection', 'HSM')
  const token = accessToken(options, system)

  async function call<T>(method: string, path: string, body?: object, signal?: AbortSignal) {
    return ask<T>(system, `${api}/v1/${path}`, {
      ...{ method, headers: { Authorization: `Bearer ${await token()}` } },
      ...(body ? { body: JSON.stringify(body) } : {}),
      ...(signal ? { signal } : {}),
    })
  }

  const firstVersion = (handle: string) =>
    `${keyRing}/cryptoKeys/${keyName(handle)}/cryptoKeyVersions/1`

  function versionAt(reference: string): string {
    if (reference.startsWith(`${keyRing}/cryptoKeys/postern-`)) return reference
    throw new ProviderError('refused', 'There is no such key.')
  }

  async function stateOf(reference: string): Promise<string | undefined> {
    const answer = await call<{ state: string }>('GET', versionAt(reference))
    return isMissing(answer) ? undefined : succeeded(answer).state
  }

  async function described(reference: string): Promise<ProvidedKey> {
    const answer = await call<{ pem: string }>('GET', `${versionAt(reference)}/publicKey`)
    return { reference, publicJwk: publicJwkOf(succeeded(answer).pem) }
  }

  return {
    algorithms: async () => Object.keys(algorithms),

    async create(handle: string, wanted: WantedKey) {
      const reference = firstVersion(handle)
      const algorithm = chosen(algorithms, wanted.alg).replace('#', `${modulusBitsOf(wanted)}`)
      const path = `${keyRing}/cryptoKeys?cryptoKeyId=${keyName(handle)}`
      const purpose = wanted.use === 'sig' ? 'ASYMMETRIC_SIGN' : 'ASYMMETRIC_DECRYPT'
      const body = { purpose, versionTemplate: { algorithm, protectionLevel } }
      const made = await call('POST', path, body, patiently())
      const isThere = made.status === 409
      if (!isThere) succeeded(made)
      // The key is generated after the answer. Postern ends the wait after thirty times `timeoutMs`.
      const until = performance.now() + 30_000
      while ((await stateOf(reference)) === 'PENDING_GENERATION' && performance.now() < until) {
        await pause(200)
      }
      return described(reference)
    },

    async find(handle) {
      const reference = firstVersion(handle)
      return (await stateOf(reference)) === 'ENABLED' ? described(reference) : undefined
    },

    async sign(reference, alg, data) {
      chosen(algorithms, alg)
      const digest = { [`sha${alg.slice(2)}`]: digestOf(alg, data).toString('base64') }
      const path = `${versionAt(reference)}:asymmetricSign`
      const answer = await call<{ signature: string }>('POST', path, { digest })
      return joseSignature(alg, Buffer.from(succeeded(answer).signature, 'base64'))
    },

    async decrypt(reference, _alg, encrypted) {
      const ciphertext = Buffer.from(encrypted).toString('base64')
      const path = `${versionAt(reference)}:asymmetricDecrypt`
      const answer = await call<{ plaintext: string }>('POST', path, { ciphertext })
      return Buffer.from(succeeded(answer).plaintext, 'base64')
    },

    /** The service destroys the key after the period of the key ring, usually thirty days. */
    async destroy(reference) {
      const state = await stateOf(reference)
      if (state === undefined || state.startsWith('DESTROY')) return
      succeeded(await call('POST', `${versionAt(reference)}:destroy`, {}))
    },

    async check() {
      succeeded(await call('GET', keyRing))
    },
  }
}
