/** Google Cloud KMS and its token endpoints, as far as the provider uses them. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { Json } from '../../../support/server.ts'
import { der, signEcdsa, signPkcs1, signPss } from './sign-digest.ts'
import {
  type Asked,
  decryptOaep,
  ecPair,
  type Pair,
  rsaPair,
  type Stub,
  startStub,
  type Told,
} from './stub.ts'

export const keyRing = 'projects/p/locations/here/keyRings/postern'
const accessToken = 'token-of-google'

interface Key {
  algorithm: string
  purpose: string
  pair: Pair
  state: 'PENDING_GENERATION' | 'ENABLED' | 'DESTROY_SCHEDULED'
}

const failed = (code: number, status: string): Told => ({
  status: code,
  body: { error: { code, status } },
})
/** Those of the service. */
const known =
  /^(EC_SIGN_P256_SHA256|EC_SIGN_P384_SHA384|RSA_SIGN_(PKCS1|PSS)_((2048|3072|4096)_SHA256|4096_SHA512)|RSA_DECRYPT_OAEP_(2048|3072|4096)_SHA(1|256)|RSA_DECRYPT_OAEP_4096_SHA512)$/

function pairOf(algorithm: string): Pair {
  const [, bits] = /_(\d{4})_/.exec(algorithm) ?? []
  return bits ? rsaPair(Number(bits)) : ecPair(algorithm.includes('P256') ? 'P-256' : 'P-384')
}

function tokenOf({ path, headers, text }: Asked, url: string, account: KeyObject) {
  const token = { status: 200, body: { access_token: accessToken, expires_in: 3_599 } }
  if (path === '/computeMetadata/v1/instance/service-accounts/default/token') {
    return headers['metadata-flavor'] === 'Google' ? token : failed(403, 'PERMISSION_DENIED')
  }
  if (path !== '/token') return undefined
  const form = Object.fromEntries(new URLSearchParams(text))
  const [head = '', payload = '', signature = ''] = (form['assertion'] ?? '').split('.')
  const input = Buffer.from(`${head}.${payload}`)
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const isRight =
    form['grant_type'] === 'urn:ietf:params:oauth:grant-type:jwt-bearer' &&
    verify('sha256', input, account, Buffer.from(signature, 'base64url')) &&
    claims.iss === 'postern@p.example' &&
    claims.aud === `${url}/token` &&
    claims.scope === 'https://www.googleapis.com/auth/cloudkms' &&
    claims.exp - claims.iat <= 3_600
  return isRight ? token : failed(400, 'invalid_grant')
}

export async function startGoogle(account: string): Promise<Stub> {
  const keys = new Map<string, Key>()
  let url = ''

  function create(name: string, { purpose, versionTemplate: template }: Json): Told {
    const { algorithm, protectionLevel } = template
    const purposes = algorithm.includes('DECRYPT') ? 'ASYMMETRIC_DECRYPT' : 'ASYMMETRIC_SIGN'
    if (!known.test(algorithm) || protectionLevel !== 'HSM' || purpose !== purposes) {
      return failed(400, 'INVALID_ARGUMENT')
    }
    if (keys.has(name)) return failed(409, 'ALREADY_EXISTS')
    keys.set(name, { algorithm, purpose, pair: pairOf(algorithm), state: 'PENDING_GENERATION' })
    return { status: 200, body: { purpose } }
  }

  function sign({ algorithm, pair }: Key, digests: Record<string, string>): Told {
    const [, bits = ''] = /SHA(\d+)$/.exec(algorithm) ?? []
    const digest = Buffer.from(digests[`sha${bits}`] ?? '', 'base64')
    if (digest.length * 8 !== Number(bits)) return failed(400, 'INVALID_ARGUMENT')
    const signature = algorithm.startsWith('EC')
      ? der(signEcdsa(pair, digest))
      : algorithm.includes('PSS')
        ? signPss(pair, digest)
        : signPkcs1(pair, digest)
    return { status: 200, body: { signature: signature.toString('base64') } }
  }

  function ofVersion(key: Key, method: string, action: string, body: Json): Told {
    if (action === '' && method === 'GET') {
      const { state } = key
      // The key is generated after its creation was answered.
      if (state === 'PENDING_GENERATION') key.state = 'ENABLED'
      return { status: 200, body: { state } }
    }
    if (key.state !== 'ENABLED') return failed(400, 'FAILED_PRECONDITION')
    if (action === '/publicKey') {
      const pem = key.pair.publicKey.export({ type: 'spki', format: 'pem' })
      return { status: 200, body: { pem, algorithm: key.algorithm } }
    }
    if (action === ':asymmetricSign') return sign(key, body.digest)
    if (action === ':asymmetricDecrypt') {
      const hash = key.algorithm.endsWith('SHA1') ? 'sha1' : 'sha256'
      const plaintext = decryptOaep(key.pair, hash, Buffer.from(body.ciphertext, 'base64'))
      return plaintext
        ? { status: 200, body: { plaintext: plaintext.toString('base64') } }
        : failed(400, 'INVALID_ARGUMENT')
    }
    key.state = 'DESTROY_SCHEDULED'
    return { status: 200, body: { state: key.state } }
  }

  const stub = await startStub((asked) => {
    const token = tokenOf(asked, url, createPublicKey(account))
    if (token) return token
    const { method, path, query, headers, body } = asked
    if (headers.authorization !== `Bearer ${accessToken}`) return failed(401, 'UNAUTHENTICATED')
    const below = path.replace(`/v1/${keyRing}`, '')
    if (below === '') return { status: 200, body: { name: keyRing } }
    if (below === '/cryptoKeys') return create(query.get('cryptoKeyId') ?? '', body)
    const [, name = '', action = ''] =
      /^\/cryptoKeys\/([\w-]{1,63})\/cryptoKeyVersions\/1(.*)$/.exec(below) ?? []
    const key = keys.get(name)
    return key ? ofVersion(key, method, action, body) : failed(404, 'NOT_FOUND')
  })
  url = stub.url
  return stub
}
