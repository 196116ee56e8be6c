/** Azure Key Vault and its token endpoints, as far as the provider uses them. */
import { randomBytes } from 'node:crypto'
import type { Json } from '../../../support/server.ts'
import { signEcdsa, signPkcs1, signPss } from './sign-digest.ts'
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

interface Key {
  pair: Pair
  kid: string
  kty: string
  operations: string[]
}

const failed = (status: number, code: string): Told => ({ status, body: { error: { code } } })
const accessToken = 'token-of-azure'

function tokenOf({ path, query, headers, text }: Asked, secret: string): Told | undefined {
  const token = { access_token: accessToken, expires_in: 3_599 }
  if (path === '/metadata/identity/oauth2/token') {
    const isRight =
      headers['metadata'] === 'true' && query.get('resource') === 'https://vault.azure.net'
    return isRight
      ? { status: 200, body: { ...token, expires_in: '3599' } }
      : failed(400, 'invalid_request')
  }
  if (path !== '/tenant/oauth2/v2.0/token') return undefined
  const form = Object.fromEntries(new URLSearchParams(text))
  const isRight =
    headers['content-type'] === 'application/x-www-form-urlencoded' &&
    form['grant_type'] === 'client_credentials' &&
    form['client_id'] === 'client' &&
    form['client_secret'] === secret &&
    form['scope'] === 'https://vault.azure.net/.default'
  return isRight ? { status: 200, body: token } : failed(401, 'invalid_client')
}

export async function startAzure(secret: string): Promise<Stub> {
  const keys = new Map<string, Key>()
  let url = ''

  const bundle = ({ pair, kid, kty, operations }: Key): Told => ({
    status: 200,
    body: { key: { ...pair.publicKey.export({ format: 'jwk' }), kid, kty, key_ops: operations } },
  })

  function create(name: string, { kty, crv, key_size: bits, key_ops: operations }: Json): Told {
    if (!/^(EC|RSA)-HSM$/.test(kty)) return failed(400, 'BadParameter')
    const pair = crv ? ecPair(crv) : rsaPair(bits)
    const key = {
      pair,
      kty,
      operations,
      kid: `${url}/keys/${name}/${randomBytes(16).toString('hex')}`,
    }
    keys.set(name, key)
    return bundle(key)
  }

  function operate({ pair, kty, operations }: Key, operation: string, body: Json): Told {
    const { alg, value: given } = body
    const input = Buffer.from(given, 'base64url')
    if (!operations.includes(operation)) return failed(403, 'Forbidden')
    const result = (value: Buffer) => ({
      status: 200,
      body: { value: value.toString('base64url') },
    })
    if (operation === 'decrypt') {
      const plaintext = decryptOaep(pair, alg === 'RSA-OAEP' ? 'sha1' : 'sha256', input)
      return plaintext ? result(plaintext) : failed(400, 'BadParameter')
    }
    if (input.length * 8 !== Number(alg.slice(2))) return failed(400, 'BadParameter')
    if (kty.startsWith('RSA')) {
      return result(alg.startsWith('PS') ? signPss(pair, input) : signPkcs1(pair, input))
    }
    const { r, s } = signEcdsa(pair, input)
    return result(Buffer.concat([r, s]))
  }

  const stub = await startStub((asked) => {
    const { method, path, query, headers, body } = asked
    const token = tokenOf(asked, secret)
    if (token) return token
    if (headers.authorization !== `Bearer ${accessToken}`) return failed(401, 'Unauthorized')
    if (query.get('api-version') !== '7.4') return failed(400, 'BadParameter')
    if (path === '/keys') return { status: 200, body: { value: [] } }
    const [, , name = '', second, operation] = path.split('/')
    const key = keys.get(name)
    if (method === 'POST' && second === 'create') return create(name, body)
    if (!key) return failed(404, 'KeyNotFound')
    if (method === 'GET') return bundle(key)
    if (method === 'DELETE') {
      keys.delete(name)
      return { status: 200, body: { recoveryId: 'later' } }
    }
    const isVersion = key.kid.endsWith(`/${second}`)
    return isVersion ? operate(key, operation ?? '', body) : failed(404, 'KeyNotFound')
  })
  url = stub.url
  return stub
}
