/** The transit engine of Vault, as far as the provider uses it. */
import type { Json } from '../../../support/server.ts'
import { signEcdsa, signPkcs1, signPss } from './sign-digest.ts'
import { decryptOaep, ecPair, type Pair, rsaPair, type Stub, startStub, type Told } from './stub.ts'

const curves: Record<string, string> = {
  'ecdsa-p256': 'P-256',
  'ecdsa-p384': 'P-384',
  'ecdsa-p521': 'P-521',
}
const hashes: Record<string, number> = { 'sha2-256': 32, 'sha2-384': 48, 'sha2-512': 64 }

interface Key {
  type: string
  pair: Pair
  isDeletable: boolean
}

const unknownKey: Told = { status: 404, body: { errors: [] } }
const wrong = (error: string): Told => ({ status: 400, body: { errors: [error] } })
const data = (body: Json): Told => ({ status: 200, body: { data: body } })

export function startVault(token: string): Promise<Stub> {
  const keys = new Map<string, Key>()

  function ofKey(method: string, name: string, body: Json): Told {
    const key = keys.get(name)
    if (method === 'POST') {
      const { type, exportable, allow_plaintext_backup: plain } = body
      if (exportable !== false || plain !== false) return wrong('the key could leave the engine')
      const [, bits] = /^rsa-(\d+)$/.exec(type) ?? []
      const curve = curves[type] ?? ''
      if (!bits && !curve) return wrong('unknown type')
      const pair = bits ? rsaPair(Number(bits)) : ecPair(curve)
      if (!key) keys.set(name, { type, pair, isDeletable: false })
      return { status: 200 }
    }
    if (!key) return unknownKey
    if (method === 'GET') {
      const pem = key.pair.publicKey.export({ type: 'spki', format: 'pem' })
      return data({ name, type: key.type, keys: { '1': { public_key: pem } } })
    }
    if (!key.isDeletable) return wrong('deletion is not allowed for this key')
    keys.delete(name)
    return { status: 204 }
  }

  function sign({ pair, type }: Key, hash: string, body: Json): Told {
    const digest = Buffer.from(body.input, 'base64')
    const isRight = body.prehashed === true && body.key_version === 1
    if (!isRight || digest.length !== hashes[hash]) return wrong('not a digest')
    if (body.marshaling_algorithm !== 'jws') return wrong('no jws')
    const isPss = body.signature_algorithm === 'pss' && body.salt_length === 'hash'
    const { r, s } = type.startsWith('rsa')
      ? { r: Buffer.of(), s: Buffer.of() }
      : signEcdsa(pair, digest)
    const signature = !type.startsWith('rsa')
      ? Buffer.concat([r, s])
      : isPss
        ? signPss(pair, digest)
        : signPkcs1(pair, digest)
    return data({ signature: `vault:v1:${signature.toString('base64url')}`, key_version: 1 })
  }

  return startStub(({ method, path, headers, body }) => {
    if (headers['x-vault-token'] !== token || headers['x-vault-namespace'] !== 'team') {
      return { status: 403, body: { errors: ['permission denied'] } }
    }
    const [, version, mount, verb, name = '', last] = path.split('/')
    if (path === '/v1/auth/token/lookup-self') return data({})
    if (version !== 'v1' || mount !== 'signing' || !name.startsWith('postern-')) return unknownKey
    const key = keys.get(name)
    if (verb === 'keys' && last === undefined) return ofKey(method, name, body)
    if (!key || method !== 'POST') return unknownKey
    if (verb === 'keys' && last === 'config') {
      key.isDeletable = body.deletion_allowed === true
      return { status: 204 }
    }
    if (verb === 'sign') return sign(key, last ?? '', body)
    const [, , ciphertext = ''] = String(body.ciphertext).split(':')
    const plaintext = decryptOaep(key.pair, 'sha256', Buffer.from(ciphertext, 'base64'))
    return plaintext ? data({ plaintext: plaintext.toString('base64') }) : wrong('cannot decrypt')
  })
}
