/**
 * One contract, and every kind of provider: PKCS#11, in memory, and the modules in examples/signers/
 * against stubs of their services. The stubs check what they are sent and use real keys.
 */
import { execFileSync } from 'node:child_process'
import {
  constants,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  publicEncrypt,
  verify,
} from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signature4 } from '../../../examples/signers/aws-kms.ts'
import { verifyBytes } from '../../../src/jose/raw-signature.ts'
import { openKeyProviders } from '../../../src/process/keys/providers.ts'
import type { KeyProvider, ProvidedKey } from '../../../src/system/key-provider.ts'
import type { Json } from '../../support/server.ts'
import { createSoftHsm, hasSoftHsm } from '../../support/softhsm.ts'
import { credentials, startAws } from './stubs/aws.ts'
import { startAzure } from './stubs/azure.ts'
import { keyRing, startGoogle } from './stubs/google.ts'
import { rsaPair, type Stub } from './stubs/stub.ts'
import { startVault } from './stubs/vault.ts'

const compiler = resolve('node_modules/typescript/bin/tsc')
const folder = mkdtempSync(join(tmpdir(), 'postern-signers-'))
const write = (name: string, content: string) => writeFileSync(join(folder, name), content)
beforeAll(() => {
  // As an operator compiles them, outside of the package.
  execFileSync(process.execPath, [compiler, '-p', 'examples/signers', '--outDir', folder])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function open(...entries: Json[]): Promise<KeyProvider> {
  write('hsm.json', JSON.stringify(entries))
  const hsmConfig = join(folder, 'hsm.json')
  const settings = { hsmConfig, isProduction: false, otherVariables: process.env }
  const [provider] = (await openKeyProviders(settings)).keyProviders.values()
  if (!provider) throw new Error('no provider')
  return provider
}

const ecdsa = ['ES256', 'ES384', 'ES512']
const rsa = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
const data = Buffer.from('what is signed')
const account = rsaPair(2_048)

interface Kind {
  name: string
  /** Signature algorithms, then those for encryption. */
  sig: string[]
  enc: string[]
  start(): Promise<{ entry: Json; stub?: Stub; remove?: () => void }>
}

const module = (name: string, options: Json) => ({
  ...{ name: 'cloud', kind: 'module', module: `./${name}.js`, timeoutMs: 20_000, ...options },
})

const kinds: Kind[] = [
  {
    name: 'memory',
    sig: [...ecdsa, ...rsa],
    enc: ['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES', 'ECDH-ES+A256KW'],
    start: async () => ({ entry: { name: 'm', kind: 'memory' } }),
  },
  {
    name: 'AWS KMS',
    sig: [...ecdsa, ...rsa],
    enc: ['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES', 'ECDH-ES+A128KW'],
    async start() {
      const stub = await startAws()
      write('aws.json', JSON.stringify(credentials))
      const options = { region: 'eu-1', endpoint: stub.url, credentialFile: 'aws.json' }
      return { entry: module('aws-kms', options), stub }
    },
  },
  {
    name: 'Google Cloud KMS',
    sig: ['ES256', 'ES384', 'RS256', 'RS512', 'PS256', 'PS512'],
    enc: ['RSA-OAEP', 'RSA-OAEP-256'],
    async start() {
      const spki = account.publicKey.export({ type: 'spki', format: 'pem' }).toString()
      const stub = await startGoogle(spki)
      write(
        'google.json',
        JSON.stringify({
          ...{ client_email: 'postern@p.example', private_key_id: 'k' },
          private_key: account.privateKey.export({ type: 'pkcs8', format: 'pem' }),
          token_uri: `${stub.url}/token`,
        }),
      )
      const options = { keyRing, endpoint: stub.url, credentialFile: 'google.json' }
      return { entry: module('google-kms', options), stub }
    },
  },
  {
    name: 'Azure Key Vault',
    sig: [...ecdsa, ...rsa],
    enc: ['RSA-OAEP', 'RSA-OAEP-256'],
    async start() {
      const stub = await startAzure('s3cret of azure')
      write('azure.secret', 's3cret of azure\n')
      const { url } = stub
      const who = { tenantId: 'tenant', clientId: 'client', secretFile: 'azure.secret' }
      const options = { vault: `${url}/`, login: url, hardware: true, ...who }
      return { entry: module('azure-key-vault', options), stub }
    },
  },
  {
    name: 'Vault transit',
    sig: [...ecdsa, ...rsa],
    enc: ['RSA-OAEP-256'],
    async start() {
      const stub = await startVault('token of vault')
      write('vault.token', 'token of vault\n')
      const at = { address: stub.url, mount: 'signing', namespace: 'team' }
      return { entry: module('vault-transit', { ...at, tokenFile: 'vault.token' }), stub }
    },
  },
  ...(hasSoftHsm
    ? [
        {
          name: 'PKCS#11',
          sig: [...ecdsa, ...rsa],
          enc: ['RSA-OAEP', 'ECDH-ES', 'ECDH-ES+A256KW'],
          async start() {
            const { remove, module, tokenLabel, pinFile } = createSoftHsm()
            const more = { module, tokenLabel, pinFile, timeoutMs: 20_000 }
            const entry = { name: 'p', kind: 'pkcs11', ...more }
            return { entry, remove }
          },
        },
      ]
    : []),
]

describe.each(kinds)('key provider $name', ({ sig, enc, start }) => {
  let provider: KeyProvider
  let started: Awaited<ReturnType<Kind['start']>>
  beforeAll(async () => {
    started = await start()
    provider = await open(started.entry)
  })
  afterAll(async () => {
    await provider.close()
    await started.stub?.close()
    started.remove?.()
  })
  const create = (handle: string, use: 'sig' | 'enc', alg: string) =>
    provider.create(handle, { use, alg, modulusBits: 2_048 })
  const publicKeyOf = ({ publicJwk }: ProvidedKey) =>
    createPublicKey({ key: publicJwk, format: 'jwk' })

  it('says which algorithms it has', async () => {
    const algorithms = await provider.algorithms()
    expect(algorithms).toEqual(expect.arrayContaining([...sig, ...enc]))
    expect(algorithms.filter((alg) => /^[REP]S\d/.test(alg)).sort()).toEqual([...sig].sort())
  })

  it.each(sig)('signs with %s in the form of JOSE (RFC 7518 §3)', async (alg) => {
    const key = await create(`signing ${alg}`, 'sig', alg)
    const publicKey = publicKeyOf(key)
    for (const text of ['one', 'two', 'three', 'four']) {
      const signature = await provider.sign(key.reference, alg, Buffer.from(text))
      expect(verifyBytes(alg, Buffer.from(text), publicKey, signature)).toBe(true)
      expect(verifyBytes(alg, data, publicKey, signature)).toBe(false)
    }
  })

  it('makes one key for a handle, and finds it', async () => {
    const handle = `${'a_handle-'.repeat(4)}1234567`
    const key = await create(handle, 'sig', 'ES256')
    expect(Object.keys(key.publicJwk).sort()).toEqual(['crv', 'kty', 'x', 'y'])
    expect(await create(handle, 'sig', 'ES256')).toEqual(key)
    expect(await provider.find(handle)).toEqual(key)
    expect(await provider.find('another')).toBeUndefined()
  })

  it.each(enc.filter((alg) => alg.startsWith('RSA')))(
    'decrypts with %s, and refuses what is not for the key (RFC 7518 §4.3)',
    async (alg) => {
      const key = await create(`decrypting ${alg}`, 'enc', alg)
      const oaepHash = alg === 'RSA-OAEP' ? 'sha1' : 'sha256'
      const padding = constants.RSA_PKCS1_OAEP_PADDING
      const encrypted = publicEncrypt({ key: publicKeyOf(key), padding, oaepHash }, data)
      const decrypted = await provider.decrypt(key.reference, alg, encrypted)
      expect(Buffer.from(decrypted).toString()).toBe(data.toString())
      const zeros = Buffer.alloc(encrypted.length, 1)
      await expect(provider.decrypt(key.reference, alg, zeros)).rejects.toMatchObject({
        fault: 'refused',
      })
    },
  )

  const agreement = enc.filter((alg) => alg === 'ECDH-ES')
  it.each(agreement)('agrees on a secret for %s (RFC 7518 §4.6)', async () => {
    const key = await create('agreeing', 'enc', 'ECDH-ES')
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const agreed = await provider.agree(key.reference, other.publicKey.export({ format: 'jwk' }))
    const publicKey = publicKeyOf(key)
    expect(Buffer.from(agreed)).toEqual(diffieHellman({ privateKey: other.privateKey, publicKey }))
  })

  it('refuses what it cannot do', async () => {
    const key = await create('can sign', 'sig', 'ES256')
    const agree = () => provider.agree(key.reference, key.publicJwk)
    for (const call of [
      () => create('cannot', 'sig', 'HS256'),
      () => create('cannot', 'sig', '__proto__'),
      () => provider.sign(key.reference, 'HS256', data),
      () => provider.sign('0123456789abcdef', 'ES256', data),
      ...(enc.includes('ECDH-ES') ? [] : [agree]),
    ]) {
      await expect(call()).rejects.toMatchObject({ fault: 'refused' })
    }
  })

  it('destroys a key, once', async () => {
    const key = await create('destroyed', 'sig', 'ES256')
    await provider.destroy(key.reference)
    expect(await provider.find('destroyed')).toBeUndefined()
    await expect(provider.sign(key.reference, 'ES256', data)).rejects.toMatchObject({
      fault: 'refused',
    })
    await provider.destroy(key.reference)
  })

  it('is checked, and unavailable while the service fails', async () => {
    expect(await provider.check()).toBeUndefined()
    const key = await create('patient', 'sig', 'ES256')
    const { stub } = started
    if (!stub) return
    for (const status of [401, 403, 429, 500, 503]) {
      stub.fail(status)
      const other = await open(started.entry)
      for (const call of [() => other.check(), () => other.sign(key.reference, 'ES256', data)]) {
        await expect(call()).rejects.toMatchObject({ fault: 'unavailable' })
      }
    }
    stub.fail(undefined)
    expect(await provider.sign(key.reference, 'ES256', data)).toHaveLength(64)
  })

  it('tells no secret to the API, and nothing else to the service', () => {
    const { stub } = started
    for (const { headers, text, path } of stub?.asked ?? []) {
      expect(JSON.stringify([headers, text, path])).not.toMatch(/PRIVATE KEY|wJalrXUtnFEMI/)
    }
  })
})

describe('credentials of key services', () => {
  it('sign a request to AWS like the published example (Signature Version 4)', () => {
    const headers = { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z' }
    const request = { region: 'us-east-1', service: 'service', headers, body: '' }
    expect(signature4(request, credentials)).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ' +
        'SignedHeaders=host;x-amz-date, ' +
        'Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    )
  })

  it.each([
    ['google-kms', startGoogle],
    ['azure-key-vault', startAzure],
  ])('are those of the machine if %s has none of its own', async (name, start) => {
    const pem = account.publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const stub = await start(pem)
    const { url } = stub
    const google = { endpoint: url, keyRing }
    const options = name === 'google-kms' ? google : { vault: url, hardware: true }
    const provider = await open(module(name, { ...options, metadata: url }))
    const key = await provider.create('of the machine', { use: 'sig', alg: 'ES256' })
    const signature = Buffer.from(await provider.sign(key.reference, 'ES256', data))
    const publicKey = createPublicKey({ key: key.publicJwk, format: 'jwk' })
    const verifying = { key: publicKey, dsaEncoding: 'ieee-p1363' as const }
    expect(verify('sha256', data, verifying, signature)).toBe(true)
    // One token serves all calls until its end.
    expect(stub.asked.filter(({ path }) => path.endsWith('/token'))).toHaveLength(1)
    await stub.close()
  })

  it.each(['aws-kms', 'google-kms', 'azure-key-vault', 'vault-transit'])(
    'must be configured for %s, or the start ends',
    async (name) => {
      await expect(open(module(name, {}))).rejects.toThrow(/created no provider: \w+ is missing/)
    },
  )
})
