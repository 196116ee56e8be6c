/** Members kid (RFC 7638) and use of keys that a service is saved without, RFC 7517 §4.2, §4.5. */
import {
  calculateJwkThumbprint,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  type JWK,
} from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, obtainTokens, type TestService } from '../../support/flows.ts'
import { jwksOf, publicKey } from '../../support/keys.ts'

const generated = async (alg: string): Promise<JWK> => {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return exportJWK(privateKey)
}

let service: TestService
let rsa: JWK
let kid: string
beforeAll(async () => {
  service = await createService()
  rsa = await generated('RS256')
  kid = await calculateJwkThumbprint(publicKey(rsa))
})
afterAll(() => service.close())

const save = (...keys: JWK[]) => service.configure({ jwks: jwksOf(...keys) })
const keysOf = ({ jwks }: { jwks: string }): JWK[] => JSON.parse(jwks).keys
const published = async (): Promise<JWK[]> =>
  (await service.get(`/api/${service.serviceId}/service/jwks/get`)).keys

/** Stores a key set as earlier versions did. */
async function storeUnchanged(keys: JWK[], name = 'jwks'): Promise<void> {
  const { services } = service.store
  const found = await services.find(service.serviceId)
  const secrets = { ...found?.secrets, [name]: jwksOf(...keys) }
  const { data = {}, modifiedAt = 0, version = 0 } = found ?? {}
  const changes = { data, secrets, modifiedAt }
  await service.store.commit(services.update(service.serviceId, changes, version))
}

describe('saved key of a service', () => {
  it('gets its thumbprint as kid, and the use sig, and signs with this kid (RFC 7638 §3)', async () => {
    expect(keysOf(await save(rsa))).toEqual([{ ...rsa, kid, use: 'sig' }])
    expect(await published()).toEqual([{ ...publicKey(rsa), kid, use: 'sig' }])
    const { idToken } = await obtainTokens(service, await service.client())
    expect(decodeProtectedHeader(idToken).kid).toBe(kid)
  })

  it('can be named by its thumbprint in the request that saves it', async () => {
    const saved = await service.configure({ jwks: jwksOf(rsa), idTokenSignatureKeyId: kid })
    expect(saved.idTokenSignatureKeyId).toBe(kid)
  })

  it.each([
    ['an encryption algorithm', 'RSA-OAEP-256', { alg: 'RSA-OAEP-256' }],
    ['a curve for key agreement', 'ECDH-ES', { crv: 'X25519' }],
  ])('gets the use enc for %s (RFC 7517 §4.2)', async (_, alg, { crv, ...more }: JWK) => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true, ...(crv && { crv }) })
    const saved = await save({ ...(await exportJWK(privateKey)), ...more })
    expect(keysOf(saved)).toMatchObject([{ use: 'enc', ...more }])
  })

  it('keeps the kid, use and key_ops that it has (RFC 7517 §4.3)', async () => {
    const other = { ...(await generated('ES256')), key_ops: ['sign'] }
    const given = { ...rsa, kid: 'mine', use: 'enc' }
    const [first, second] = keysOf(await save(given, other))
    expect(first).toEqual(given)
    expect(second).toEqual({ ...other, kid: await calculateJwkThumbprint(publicKey(other)) })
  })

  it('gets no kid if it is symmetric, because a thumbprint could reveal it (RFC 7638 §7)', async () => {
    const symmetric = { kty: 'oct', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA' }
    expect(keysOf(await save(symmetric))).toEqual([symmetric])
  })

  it('is refused if it is malformed, or twice in the set', async () => {
    for (const malformed of [
      { kty: 'EC', crv: 'P-256', x: 'AA' },
      { kty: 'EC', x: 'AA', y: 'AA' },
      { kty: 'OKP', x: 'AA' },
    ]) {
      expect(await save(malformed)).toMatchObject({ resultCode: 'P000206' })
    }
    expect(await save(rsa, rsa)).toMatchObject({ resultCode: 'P000206' })
    expect(await service.configure({ jwks: '{"keys":[1]}' })).toMatchObject({
      resultCode: 'P000206',
    })
  })
})

describe('key of a service that was stored without kid and use', () => {
  it('is published unchanged until the service is saved', async () => {
    await storeUnchanged([rsa])
    expect(await published()).toEqual([publicKey(rsa)])
  })

  it('gets a kid when the service is saved, and may still sign and decrypt', async () => {
    await storeUnchanged([rsa])
    expect(keysOf(await save(rsa))).toEqual([{ ...rsa, kid }])
    const metadata = await service.get(`/api/${service.serviceId}/service/configuration`)
    expect(metadata.request_object_encryption_alg_values_supported).toContain('RSA-OAEP-256')
    expect(metadata.id_token_signing_alg_values_supported).toContain('RS256')
  })
})

describe.each(['federationJwks', 'credentialJwks'])('key in %s', (name) => {
  const saveSet = async (...keys: JWK[]): Promise<JWK[]> =>
    JSON.parse((await service.configure({ [name]: jwksOf(...keys) }))[name]).keys

  it('gets its thumbprint as kid, and its use, when it is saved (RFC 7638 §3)', async () => {
    expect(await saveSet(rsa)).toEqual([{ ...rsa, kid, use: 'sig' }])
    const { keys } = await service.api('/service/keys/list', {})
    const set = name === 'federationJwks' ? 'federation' : 'credential'
    expect(keys).toContainEqual(expect.objectContaining({ set, kid, use: 'sig' }))
  })

  it('keeps the kid and use that it has, and gets no kid if it is symmetric', async () => {
    const named = { ...rsa, kid: 'mine', use: 'sig' }
    const symmetric = { kty: 'oct', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA' }
    expect(await saveSet(named, symmetric)).toEqual([named, symmetric])
  })

  it('gets a kid, but no use, if it was stored without both (RFC 7517 §4.2)', async () => {
    await service.configure({ [name]: undefined })
    await storeUnchanged([rsa], name)
    expect(await saveSet(rsa)).toEqual([{ ...rsa, kid }])
  })
})
