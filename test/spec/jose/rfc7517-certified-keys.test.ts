/** Certificates in saved key sets: x5c, x5t and x5t#S256, RFC 7517 §4.7 to §4.9. */
import { createHash } from 'node:crypto'
import type { JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  authority,
  certificate,
  selfSigned,
  type TestCertificate,
} from '../../support/certificates.ts'
import { createService, type TestService } from '../../support/flows.ts'
import { clientKey, jwksOf, serviceKeys } from '../../support/keys.ts'
import { assertionFor } from '../../support/signing-client.ts'

const root = authority('root')
const middle = authority('middle', { issuer: root })
const leaf = certificate({ issuer: middle })
const chain = [leaf.base64, middle.base64, root.base64]
const thumbprint = (algorithm: string, { base64 }: TestCertificate) =>
  createHash(algorithm).update(Buffer.from(base64, 'base64')).digest('base64url')
const text = (value: string) => Buffer.from(value).toString('base64')

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())

const keyOf = (more: object, { publicKey }: TestCertificate = leaf): JWK => ({
  ...(publicKey.export({ format: 'jwk' }) as JWK),
  kid: 'certified',
  use: 'sig',
  ...more,
})

describe('saved key with certificates', () => {
  it.each<[string, object]>([
    ['its own certificate', { x5c: [leaf.base64] }],
    ['the whole chain of its certificate', { x5c: chain }],
    [
      'thumbprints of its certificate',
      { x5c: chain, x5t: thumbprint('sha1', leaf), 'x5t#S256': thumbprint('sha256', leaf) },
    ],
    ['thumbprints of a certificate that it does not have', { x5t: 'AA', 'x5t#S256': 'AA' }],
  ])('is accepted with %s (RFC 7517 §4.7)', async (_, more) => {
    const jwks = jwksOf(keyOf(more))
    expect((await service.client({ jwks })).jwks).toBe(jwks)
    const saved = await service.configure({ jwks: jwksOf(...serviceKeys, keyOf(more)) })
    expect(JSON.parse(saved.jwks).keys).toContainEqual(keyOf(more))
  })

  it('may be private and expired, because only the chain is checked', async () => {
    const past = certificate({ from: Date.UTC(2020, 0, 1), to: Date.UTC(2021, 0, 1) })
    const jwk = past.privateKey.export({ format: 'jwk' }) as JWK
    const jwks = jwksOf(...serviceKeys, { ...jwk, kid: 'past', use: 'sig', x5c: [past.base64] })
    expect((await service.configure({ jwks })).jwks).toBe(jwks)
  })

  const publicPem = String(leaf.publicKey.export({ format: 'pem', type: 'spki' }))
  it.each<[string, object, RegExp]>([
    ['a PEM public key', { x5c: [publicPem] }, /contains PEM/],
    ['a PEM certificate', { x5c: [leaf.pem] }, /contains PEM/],
    ['the base64 of PEM', { x5c: [text(leaf.pem)] }, /contains PEM/],
    ['a public key in DER', { x5c: [publicPem.replace(/-+.*-+|\n/g, '')] }, /base64 of its DER/],
    ['other text', { x5c: ['certificate'] }, /base64 of its DER/],
    ['base64 of other bytes', { x5c: [text('certificate')] }, /base64 of its DER/],
    ['bytes after the certificate', { x5c: [appended(leaf)] }, /base64 of its DER/],
    ['a text in place of a list', { x5c: leaf.base64 }, /a list of certificates/],
    ['an empty list', { x5c: [] }, /a list of certificates/],
    ['a number', { x5c: [1] }, /a list of certificates/],
    ['a long chain', { x5c: Array(9).fill(leaf.base64) }, /at most 8/],
    ['the certificate of another key', { x5c: [certificate().base64] }, /the key itself/],
    ['its authority first', { x5c: [middle.base64, leaf.base64] }, /each certificate must certify/],
    ['a gap in the chain', { x5c: [leaf.base64, root.base64] }, /each certificate must certify/],
    ['another SHA-1 thumbprint', { x5c: chain, x5t: thumbprint('sha1', root) }, /x5t of the key/],
    ['another SHA-256 thumbprint', { x5c: chain, 'x5t#S256': 'AA' }, /x5t#S256 of the key/],
  ])('is refused with %s (RFC 7517 §4.7)', async (_, more, message) => {
    const jwks = jwksOf(keyOf(more))
    const expected = { resultCode: 'P000206', resultMessage: expect.stringMatching(message) }
    expect(await service.client({ jwks })).toMatchObject(expected)
    expect(await service.configure({ jwks })).toMatchObject(expected)
  })

  it('is refused in a set with more than 100 certificates', async () => {
    const keys = Array.from({ length: 13 }, (_, index) =>
      keyOf({ kid: String(index), x5c: Array(8).fill(leaf.base64) }),
    )
    expect(await service.client({ jwks: jwksOf(...keys) })).toMatchObject({
      resultCode: 'P000206',
      resultMessage: expect.stringContaining('at most 100 certificates'),
    })
  })

  it('is refused in dynamic registration, too', async () => {
    await service.configure({ dynamicRegistrationSupported: true })
    const json = JSON.stringify({
      redirect_uris: ['https://app.example.com/callback'],
      jwks: { keys: [keyOf({ x5c: [leaf.pem] })] },
    })
    expect(await service.api('/client/registration', { json })).toMatchObject({
      action: 'BAD_REQUEST',
      responseContent: expect.stringContaining('contains PEM'),
    })
  })
})

describe('fetched key with a malformed certificate', () => {
  it('still verifies the signatures of its client (RFC 7517 §4.7)', async () => {
    const jwksUri = 'https://app.example.com/certified'
    const { d: _, ...own } = clientKey
    const pem = selfSigned('/CN=client')
    service.system.fetch.answer(jwksUri, { body: { keys: [{ ...own, x5c: [pem] }] } })
    const client = await service.client({ tokenAuthMethod: 'PRIVATE_KEY_JWT', jwksUri })
    const by = await assertionFor(service, client)
    const parameters = new URLSearchParams({ grant_type: 'client_credentials', ...by }).toString()
    expect(await service.api('/auth/token', { parameters })).toMatchObject({ action: 'OK' })
  })
})

function appended({ base64 }: TestCertificate): string {
  return Buffer.concat([Buffer.from(base64, 'base64'), Buffer.from('more')]).toString('base64')
}
