/**
 * Keys in Azure Key Vault or a managed HSM.
 *
 *   { "name": "azure", "kind": "module", "module": "./azure-key-vault.js",
 *     "vault": "https://postern.vault.azure.net", "hardware": true,
 *     "tenantId": "…", "clientId": "…", "secretFile": "azure.secret" }
 *
 * Without `clientId`, the managed identity of the machine is used. `hardware` makes keys in an HSM,
 * which needs a premium vault. The role Key Vault Crypto Officer on the vault is enough. Options for
 * other clouds: `login` (https://login.microsoftonline.com) and `resource` (https://vault.azure.net).
 */
import type { JsonWebKey } from 'node:crypto'
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
  ProviderError,
  patiently,
  publicJwkOf,
  type System,
  succeeded,
  type Token,
  tokenSource,
  type WantedKey,
} from './provider.ts'

const version = 'api-version=7.4'

/** The curve, or undefined for RSA. The names of algorithms are those of JOSE. */
const algorithms: Record<string, { crv?: string }> = {
  ES256: { crv: 'P-256' },
  ES384: { crv: 'P-384' },
  ES512: { crv: 'P-521' },
  ...{ RS256: {}, RS384: {}, RS512: {}, PS256: {}, PS384: {}, PS512: {} },
  ...{ 'RSA-OAEP': {}, 'RSA-OAEP-256': {} },
}

interface KeyBundle {
  key: JsonWebKey & { kid: string }
}

/** Reads `expires_in`, which the metadata service sends as a string. */
const tokenOf =
  (system: System) =>
  (answer: Answer<{ access_token: string; expires_in: number | string }>): Token => {
    const { access_token: token, expires_in: seconds } = succeeded(answer)
    return { token, endsAt: system.clock() + Number(seconds) * 1_000 }
  }

function accessToken(options: Options, system: System): () => Promise<string> {
  const resource = baseUrl(option(options, 'resource', 'https://vault.azure.net'))
  if (options['clientId'] === undefined) {
    const metadata = baseUrl(option(options, 'metadata', 'http://169.254.169.254'))
    const query = `api-version=2018-02-01&resource=${encodeURIComponent(resource)}`
    const url = `${metadata}/metadata/identity/oauth2/token?${query}`
    const headers = { Metadata: 'true' }
    return tokenSource(system, async () => tokenOf(system)(await ask(system, url, { headers })))
  }
  const login = baseUrl(option(options, 'login', 'https://login.microsoftonline.com'))
  const url = `${login}/${encodeURIComponent(option(options, 'tenantId'))}/oauth2/v2.0/token`
  const clientId = option(options, 'clientId')
  const secretFile = option(options, 'secretFile')
  return tokenSource(system, async () => {
    const body = new URLSearchParams({
      ...{ grant_type: 'client_credentials', client_id: clientId },
      client_secret: system.read(secretFile).toString().trim(),
      scope: `${resource}/.default`,
    })
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const init = { method: 'POST', headers, body: body.toString() }
    return tokenOf(system)(await ask(system, url, init))
  })
}

/** The reference is the name and the version, which the key ID ends with. */
function described({ key }: KeyBundle): ProvidedKey {
  const { kty = '', n, e, crv, x, y } = key
  const reference = new URL(key.kid).pathname.split('/').slice(2).join('/')
  const jwk = { kty: kty.replace('-HSM', ''), ...(n ? { n, e } : { crv, x, y }) }
  return { reference, publicJwk: publicJwkOf({ key: jwk as JsonWebKey, format: 'jwk' }) }
}

export function createKeyProvider(options: Options, system: System): KeyProvider {
  const vault = baseUrl(option(options, 'vault'))
  const suffix = options['hardware'] === true ? '-HSM' : ''
  const token = accessToken(options, system)

  async function call<T>(method: string, path: string, body?: object, signal?: AbortSignal) {
    return ask<T>(system, `${vault}/keys${path}${path.includes('?') ? '&' : '?'}${version}`, {
      ...{ method, headers: { Authorization: `Bearer ${await token()}` } },
      ...(body ? { body: JSON.stringify(body) } : {}),
      ...(signal ? { signal } : {}),
    })
  }

  /** What a reference leads to: a key and its version, nothing else. */
  function keyAt(reference: string): string {
    if (/^[0-9A-Za-z-]+\/[0-9A-Za-z]+$/.test(reference)) return `/${reference}`
    throw new ProviderError('refused', 'There is no such key.')
  }

  async function found(name: string): Promise<ProvidedKey | undefined> {
    const answer = await call<KeyBundle>('GET', `/${name}`)
    return isMissing(answer) ? undefined : described(succeeded(answer))
  }

  async function operate(reference: string, operation: string, alg: string, input: Uint8Array) {
    chosen(algorithms, alg)
    const value = Buffer.from(input).toString('base64url')
    const path = `${keyAt(reference)}/${operation}`
    const answer = await call<{ value: string }>('POST', path, { alg, value })
    return Buffer.from(succeeded(answer).value, 'base64url')
  }

  return {
    algorithms: async () => Object.keys(algorithms),

    async create(handle: string, wanted: WantedKey) {
      const name = keyName(handle)
      const { crv } = chosen(algorithms, wanted.alg)
      const there = await found(name)
      // Another creation would make a new version of the key.
      if (there) return there
      const size = crv ? { crv } : { key_size: modulusBitsOf(wanted) }
      const body = {
        ...{ kty: `${crv ? 'EC' : 'RSA'}${suffix}`, ...size },
        key_ops: wanted.use === 'sig' ? ['sign', 'verify'] : ['encrypt', 'decrypt'],
        attributes: { enabled: true },
      }
      const path = `/${name}/create`
      return described(succeeded(await call<KeyBundle>('POST', path, body, patiently())))
    },

    find: (handle) => found(keyName(handle)),

    // The service signs digests, and returns r‖s as JOSE does.
    sign: (reference, alg, data) => operate(reference, 'sign', alg, digestOf(alg, data)),

    decrypt: (reference, alg, encrypted) => operate(reference, 'decrypt', alg, encrypted),

    /** The vault keeps a deleted key for as long as its retention says. */
    async destroy(reference) {
      const [, name] = keyAt(reference).split('/')
      const answer = await call('DELETE', `/${name}`)
      if (!isMissing(answer)) succeeded(answer)
    },

    async check() {
      succeeded(await call('GET', '?maxresults=1'))
    },
  }
}
