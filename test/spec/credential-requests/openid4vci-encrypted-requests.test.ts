/** Encrypted requests, and how they want the response encrypted: OpenID4VCI §8.2, §10. */
import {
  CompactEncrypt,
  type CompactJWEHeaderParameters,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createIssuer,
  credentialRequest,
  fetchNonce,
  issuerMetadata,
  makeProof,
  obtainCredentialToken,
  type WalletKey,
  walletKey,
} from '../../support/credentials.ts'
import type { TestService } from '../../support/flows.ts'
import { encryptionPair, jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { sharedStore } from '../../support/stores.ts'

const store = sharedStore()
const ec: JWK = { ...(await encryptionPair('ECDH-ES', 'request-ec')), alg: 'ECDH-ES' }
const rsa: JWK = { ...(await encryptionPair('RSA-OAEP-256', 'request-rsa')), alg: 'RSA-OAEP-256' }
const encrypted = {
  credentialRequestEncryptionJwks: jwksOf(ec, rsa),
  credentialRequestEncryptionEncValuesSupported: ['A128GCM', 'A256GCM'],
  credentialRequestEncryptionZipValuesSupported: ['DEF'],
  credentialResponseEncryptionAlgValuesSupported: ['ECDH_ES', 'RSA_OAEP_256'],
  credentialResponseEncryptionEncValuesSupported: ['A256GCM'],
  credentialResponseEncryptionZipValuesSupported: ['DEF'],
}

let service: TestService
let client: Json
let key: WalletKey
let accessToken: string
beforeAll(async () => {
  service = await createIssuer({}, encrypted, { on: store() })
  client = await service.client()
  key = await walletKey()
  accessToken = await obtainCredentialToken(service, client)
})
afterAll(() => service.close())

const newProof = async (): Promise<string> =>
  makeProof(key, client.clientId, {
    now: service.system.clock(),
    nonce: await fetchNonce(service),
  })

async function encrypt(
  text: string,
  more: Partial<CompactJWEHeaderParameters> = {},
  by = ec,
): Promise<string> {
  const header = { alg: by.alg ?? '', enc: 'A128GCM', kid: by.kid ?? '', ...more }
  const given = Object.entries(header).filter(([, value]) => value !== undefined)
  return new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader(Object.fromEntries(given) as CompactJWEHeaderParameters)
    .encrypt(await importJWK(publicKey(by), header.alg))
}

const parse = (requestContent: string, at = service, token = accessToken): Promise<Json> =>
  at.api('/vci/single/parse', { accessToken: token, requestContent })

const request = async (more: Record<string, unknown> = {}) =>
  credentialRequest([await newProof()], more)

describe('encrypted credential request', () => {
  it.each<[string, JWK, Partial<CompactJWEHeaderParameters>]>([
    ['ECDH-ES', ec, {}],
    ['RSA-OAEP-256', rsa, { enc: 'A256GCM' }],
    ['compressed', ec, { zip: 'DEF' }],
  ])('is decrypted: %s (OpenID4VCI §10)', async (_, by, header) => {
    const answer = await parse(await encrypt(await request(), header, by))
    expect(answer).toMatchObject({ action: 'OK', info: { format: 'dc+sd-jwt' } })
  })

  it('is not required unless the metadata say so', async () => {
    expect(await parse(await request())).toMatchObject({ action: 'OK' })
    const required = { ...encrypted, requireCredentialRequestEncryption: true }
    await service.configure({ credentialIssuerMetadata: issuerMetadata(required) })
    const plain = await parse(await request())
    expect(plain).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P125101' })
    expect(await parse(await encrypt(await request()))).toMatchObject({ action: 'OK' })
    await service.configure({})
  })
})

const tampered = async () => {
  const parts = (await encrypt(await request())).split('.')
  parts[3] = Buffer.from('x'.repeat(40)).toString('base64url')
  return parts.join('.')
}

/** Refused requests: what is wrong, the content, and the code of the rule. */
const refused: [string, () => Promise<string>, string][] = [
  ['of five parts that are no JWE', async () => 'a.b.c.d.e', 'P125103'],
  ['with an empty header', async () => '.a.b.c.d', 'P125103'],
  ['without kid', async () => encrypt('{}', { kid: undefined as never }), 'P125104'],
  ['with an unknown kid', async () => encrypt('{}', { kid: 'other' }), 'P125104'],
  [
    'with another alg than the key has',
    async () => encrypt('{}', { alg: 'ECDH-ES+A128KW' }),
    'P125104',
  ],
  ['with an enc that is not listed', async () => encrypt('{}', { enc: 'A192GCM' }), 'P125105'],
  ['that was changed', tampered, 'P125107'],
  [
    'that is inflated to more than 256 KB',
    async () => encrypt(' '.repeat(256 * 1024 + 1), { zip: 'DEF' }),
    'P125107',
  ],
]

describe('refused encrypted request', () => {
  it.each(refused)('is one %s', async (_, content, code) => {
    const answer = await parse(await content())
    expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: code })
    expect(JSON.parse(answer.responseContent).error).toBe('invalid_encryption_parameters')
  })

  it('is one that is compressed, if the metadata have no zip', async () => {
    const metadata = { ...encrypted, credentialRequestEncryptionZipValuesSupported: undefined }
    const plain = await createIssuer({}, metadata, service)
    const token = await obtainCredentialToken(plain, await plain.client())
    const answer = await parse(await encrypt('{}', { zip: 'DEF' }), plain, token)
    expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P125106' })
  })

  it('is any, if the service has no keys for it', async () => {
    const plain = await createIssuer({}, {}, service)
    const token = await obtainCredentialToken(plain, await plain.client())
    const answer = await parse(await encrypt('{}'), plain, token)
    expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P125102' })
  })

  it('is one for the key of another service', async () => {
    const other = { ...(await encryptionPair('ECDH-ES', 'request-ec')), alg: 'ECDH-ES' }
    const answer = await parse(await encrypt('{}', {}, other))
    expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P125107' })
  })

  it('is one whose content is no credential request', async () => {
    const answer = await parse(await encrypt('[]'))
    expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P125005' })
  })
})

const walletEncryption = async (alg: string, crv?: string): Promise<JWK> => {
  const pair = await generateKeyPair(alg, { extractable: true, ...(crv ? { crv } : {}) })
  return { ...(await exportJWK(pair.publicKey)), alg, kid: 'wallet', use: 'enc' }
}

const good = { jwk: await walletEncryption('ECDH-ES', 'P-256'), enc: 'A256GCM' }
const { jwk } = good

/** A request that wants its response encrypted. */
const wanting = async (value: unknown) =>
  encrypt(await request({ credential_response_encryption: value }))

describe('encryption of the response', () => {
  it.each([
    ['ECDH-ES', 'P-256'],
    ['ECDH-ES', 'P-384'],
    ['ECDH-ES', 'X25519'],
    ['RSA-OAEP-256', undefined],
  ])('may be by %s with a key on %s', async (alg, crv) => {
    const jwk = await walletEncryption(alg, crv)
    const answer = await parse(await wanting({ jwk, enc: 'A256GCM', zip: 'DEF' }))
    expect(answer).toMatchObject({ action: 'OK' })
  })

  const wrong: [string, unknown, string][] = [
    ['that is no object', 'A256GCM', 'P125114'],
    ['without jwk', { enc: 'A256GCM' }, 'P125114'],
    ['without alg', { ...good, jwk: { ...jwk, alg: undefined } }, 'P125115'],
    [
      'with an alg that is not listed',
      { ...good, jwk: { ...jwk, alg: 'ECDH-ES+A256KW' } },
      'P125115',
    ],
    [
      'with a key of another type than alg',
      { ...good, jwk: { ...jwk, alg: 'RSA-OAEP-256' } },
      'P125116',
    ],
    ['with a private key', { ...good, jwk: { ...jwk, d: 'AA' } }, 'P125116'],
    ['with a point that is not on its curve', { ...good, jwk: { ...jwk, y: jwk.x } }, 'P125116'],
    ['with a key for signatures', { ...good, jwk: { ...jwk, use: 'sig' } }, 'P125116'],
    ['with a kid that is no text', { ...good, jwk: { ...jwk, kid: 7 } }, 'P125116'],
    ['with a kid with a NUL', { ...good, jwk: { ...jwk, kid: '\0' } }, 'P125116'],
    [
      'with a point of small order',
      {
        ...good,
        jwk: {
          kty: 'OKP',
          crv: 'X25519',
          alg: 'ECDH-ES',
          x: Buffer.alloc(32).toString('base64url'),
        },
      },
      'P125116',
    ],
    ['without enc', { jwk }, 'P125117'],
    ['with an enc that is not listed', { jwk, enc: 'A128GCM' }, 'P125117'],
    ['with a zip that is not listed', { ...good, zip: 'GZ' }, 'P125118'],
  ]
  it.each(wrong)('is refused %s', async (_, value, code) => {
    const answer = await parse(await wanting(value))
    expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: code })
    expect(JSON.parse(answer.responseContent).error).toBe('invalid_encryption_parameters')
  })

  it('is refused in a plain request, where it could have been replaced (§8.2)', async () => {
    const answer = await parse(await request({ credential_response_encryption: good }))
    expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P125112' })
  })

  it('is refused by a service without algorithms for it', async () => {
    const { credentialRequestEncryptionJwks, credentialRequestEncryptionEncValuesSupported } =
      encrypted
    const metadata = {
      credentialRequestEncryptionJwks,
      credentialRequestEncryptionEncValuesSupported,
    }
    const plain = await createIssuer({}, metadata, service)
    const token = await obtainCredentialToken(plain, await plain.client())
    const answer = await parse(await wanting(good), plain, token)
    expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P125113' })
  })

  it('is missing where the issuer or the client requires it', async () => {
    const required = { ...encrypted, requireCredentialResponseEncryption: true }
    const strict = await createIssuer({}, required, service)
    const own = await service.client({ credentialResponseEncryptionRequired: true })
    const tokens = [
      [strict, await obtainCredentialToken(strict, await strict.client())],
      [service, await obtainCredentialToken(service, own)],
    ] as const
    for (const [at, token] of tokens) {
      const answer = await parse(await request(), at, token)
      expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P125111' })
      expect(JSON.parse(answer.responseContent).error).toBe('invalid_encryption_parameters')
    }
  })
})
