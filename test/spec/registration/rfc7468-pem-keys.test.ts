/** Keys of clients in PEM (RFC 7468): public keys and certificates become a JWK Set. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authority, certificate, selfSigned } from '../../support/certificates.ts'
import { createService, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { assertionFor } from '../../support/signing-client.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const edwards = generateKeyPairSync('ed25519')
const spki = (key: KeyObject) => String(key.export({ format: 'pem', type: 'spki' }))
const pkcs1 = String(rsa.publicKey.export({ format: 'pem', type: 'pkcs1' }))
const pkcs8 = (key: KeyObject, options: object = {}) =>
  String(key.export({ format: 'pem', type: 'pkcs8', ...options }))

const root = authority('root')
const middle = authority('middle', { issuer: root })
const leaf = certificate({ issuer: middle })

let service: TestService
beforeAll(async () => {
  service = await createService({ dynamicRegistrationSupported: true })
})
afterAll(() => service.close())

const named = async (key: KeyObject, more: object = {}): Promise<JWK> => {
  const jwk = await exportJWK(key)
  return { kid: await calculateJwkThumbprint(jwk), ...jwk, ...more } as JWK
}
const keysOf = ({ jwks }: Json): JWK[] => JSON.parse(jwks).keys
const register = (jwks: unknown) =>
  service.api('/client/registration', {
    json: JSON.stringify({ redirect_uris: ['https://app.example.com/callback'], jwks }),
  })

describe('client key in PEM', () => {
  it.each<[string, string, KeyObject]>([
    ['PUBLIC KEY with an RSA key', spki(rsa.publicKey), rsa.publicKey],
    ['PUBLIC KEY with an EC key', spki(ec.publicKey), ec.publicKey],
    ['PUBLIC KEY with an Ed25519 key', spki(edwards.publicKey), edwards.publicKey],
    ['RSA PUBLIC KEY', pkcs1, rsa.publicKey],
    ['PUBLIC KEY after text and with CRLF', crlf(`A key:\n${pkcs1}`), rsa.publicKey],
  ])('becomes a key named by its thumbprint: %s (RFC 7638 §3)', async (_, jwks, key) => {
    expect(keysOf(await service.client({ jwks }))).toEqual([await named(key)])
  })

  it('becomes a key with x5c if it is a certificate (RFC 7517 §4.7)', async () => {
    const pem = selfSigned('/CN=client')
    const [key] = keysOf(await service.client({ jwks: pem }))
    expect(key?.x5c).toEqual([pem.replace(/-----[A-Z ]+-----|\s/g, '')])
  })

  it('keeps the certificates of its authorities as a chain, not as keys', async () => {
    const client = await service.client({ jwks: leaf.pem + middle.pem + root.pem })
    const x5c = [leaf.base64, middle.base64, root.base64]
    expect(keysOf(client)).toEqual([await named(leaf.publicKey, { x5c })])
  })

  it('may stand with others: certificates, with and without a chain, and keys', async () => {
    const other = certificate()
    const blocks = [spki(ec.publicKey), other.pem, leaf.pem, middle.pem, pkcs1]
    const keys = keysOf(await service.client({ jwks: blocks.join('\n') }))
    expect(keys.map(({ kty, x5c }) => [kty, x5c?.length])).toEqual([
      ['EC', undefined],
      ['EC', 1],
      ['EC', 2],
      ['RSA', undefined],
    ])
  })

  it('replaces the key set in an update, and verifies the assertions of the client', async () => {
    const client = await service.client({ tokenAuthMethod: 'PRIVATE_KEY_JWT' })
    const jwks = spki(ec.publicKey)
    const path = `/client/update/${client.clientId}`
    const updated = await service.api(path, { ...client, jwks })
    expect(keysOf(updated)).toEqual([await named(ec.publicKey)])
    const key = { ...(await exportJWK(ec.privateKey)), alg: 'ES256' }
    const by = await assertionFor(service, updated, {}, { key: key as JWK })
    const parameters = new URLSearchParams({ grant_type: 'client_credentials', ...by }).toString()
    expect(await service.api('/auth/token', { parameters })).toMatchObject({ action: 'OK' })
  })

  it('is accepted in dynamic registration, whose response has the JWK Set', async () => {
    const { action, responseContent, client } = await register(spki(rsa.publicKey))
    expect(action).toBe('CREATED')
    const keys = [await named(rsa.publicKey)]
    expect(JSON.parse(responseContent).jwks).toEqual({ keys })
    expect(keysOf(client)).toEqual(keys)
  })

  const foreign = generateKeyPairSync('ec', { namedCurve: 'brainpoolP256r1' })
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const cipher = { cipher: 'aes-256-cbc', passphrase: 'secret' }
  it.each<[string, string, RegExp]>([
    ['a private key', pkcs8(ec.privateKey), /has a private key/],
    ['an encrypted private key', pkcs8(ec.privateKey, cipher), /has a private key/],
    ['a private key beside a public one', pkcs1 + pkcs8(rsa.privateKey), /has a private key/],
    ['half of a private key', pkcs8(rsa.privateKey).slice(0, 200), /has a private key/],
    ['a block without end', pkcs1.slice(0, 100), /complete blocks/],
    ['a block with other characters', pkcs1.replace('MII', '?II'), /complete blocks/],
    ['too many blocks', pkcs1.repeat(51), /complete blocks/],
    ['a block of other bytes', block('PUBLIC KEY', 'AAAA'), /must be a PUBLIC KEY/],
    ['a certificate request', block('CERTIFICATE REQUEST', 'AAAA'), /must be a PUBLIC KEY/],
    ['a certificate of other bytes', block('CERTIFICATE', 'AAAA'), /must be a PUBLIC KEY/],
    ['a key on another curve', spki(foreign.publicKey), /on a curve of JOSE/],
    ['a short RSA key', spki(short.publicKey), /at least 2048 bits/],
    ['an authority before its certificate', middle.pem + leaf.pem, /followed by the one/],
    ['the same key twice', pkcs1 + spki(rsa.publicKey), /must not have the same kid/],
  ])('is refused if it is %s (RFC 7468 §2)', async (_, jwks, message) => {
    expect(await service.client({ jwks })).toMatchObject({
      resultCode: 'P000206',
      resultMessage: expect.stringMatching(message),
    })
    expect(await register(jwks)).toMatchObject({
      action: 'BAD_REQUEST',
      responseContent: expect.stringMatching(message),
    })
  })

  it('is refused as a member of another type, as before', async () => {
    for (const jwks of ['{}', 'text', 1, [pkcs1]]) {
      expect((await register(jwks)).action).toBe('BAD_REQUEST')
    }
  })
})

function crlf(text: string): string {
  return text.replaceAll('\n', '\r\n')
}

function block(label: string, body: string): string {
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`
}
