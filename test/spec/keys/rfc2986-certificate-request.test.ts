/** `/service/keys/csr`: certificate signing requests for keys of a service, RFC 2986. */
import { createPublicKey, X509Certificate } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KeyProviderError } from '../../../src/system/key-provider.ts'
import { createMemoryProvider } from '../../../src/system/providers/memory-provider.ts'
import { authority, certificate } from '../../support/certificates.ts'
import { createService, type TestService } from '../../support/flows.ts'
import { type KeyFolder, keyFolder } from '../../support/key-files.ts'
import { encryptionPair, jwksOf } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { testSystem } from '../../support/system.ts'

const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'],
]
const key = async (alg: string): Promise<JWK> => {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), kid: alg, alg, use: 'sig' }
}

let isBroken = false
const memory = createMemoryProvider('box')
const provider: typeof memory = {
  ...memory,
  async sign(...given) {
    if (isBroken) throw new KeyProviderError('unavailable', 'broken')
    return memory.sign(...given)
  },
}

let service: TestService
let folder: KeyFolder
beforeAll(async () => {
  folder = keyFolder()
  const encrypting = await encryptionPair('RSA-OAEP-256', 'encrypting')
  const jwks = jwksOf(encrypting, ...(await Promise.all(algorithms.map(key))))
  const system = testSystem({ keyProviders: new Map([['box', provider]]) })
  service = await createService({ jwks, hsmEnabled: true }, { system })
})
afterAll(() => {
  folder.remove()
  return service.close()
})

const csr = (body: object): Promise<Json> => service.api('/service/keys/csr', body)

/** What openssl reads in a request whose signature it verified. */
async function verified(body: object): Promise<string> {
  const { action, responseContent } = await csr(body)
  expect(action).toBe('OK')
  folder.write('request.pem', responseContent)
  return folder.openssl('req -in request.pem -verify -noout -text -nameopt RFC2253,utf8,-esc_msb')
}

describe('certificate signing request', () => {
  it.each([
    ['RS256', /Signature Algorithm: sha256WithRSAEncryption/],
    ['RS384', /Signature Algorithm: sha384WithRSAEncryption/],
    ['RS512', /Signature Algorithm: sha512WithRSAEncryption/],
    [
      'PS256',
      /rsassaPss[\s\S]*Hash Algorithm: sha256\s+Mask Algorithm: mgf1 with sha256\s+Salt Length: 0x20/,
    ],
    [
      'PS384',
      /rsassaPss[\s\S]*Hash Algorithm: sha384\s+Mask Algorithm: mgf1 with sha384\s+Salt Length: 0x30/,
    ],
    [
      'PS512',
      /rsassaPss[\s\S]*Hash Algorithm: sha512\s+Mask Algorithm: mgf1 with sha512\s+Salt Length: 0x40/,
    ],
    ['ES256', /ecdsa-with-SHA256/],
    ['ES384', /ecdsa-with-SHA384/],
    ['ES512', /ecdsa-with-SHA512/],
    ['EdDSA', /Signature Algorithm: ED25519/],
  ])('is signed with a key for %s (RFC 2986 §3)', async (kid, algorithm) => {
    expect(await verified({ kid, subject: 'CN=as.example.com' })).toMatch(algorithm)
  })

  it('is signed by a module that has the key (RFC 2986 §3)', async () => {
    const wanted = { kty: 'EC', use: 'sig', alg: 'ES384', hsmName: 'box', kid: 'held' }
    await service.api('/hsk/create', wanted)
    const body = { kid: 'held', subject: 'CN=as.example.com' }
    expect(await verified(body)).toMatch(/ecdsa-with-SHA384/)
    isBroken = true
    const refused = await csr(body)
    isBroken = false
    expect(refused).toMatchObject({ action: 'SERVER_ERROR', resultCode: 'P110001' })
  })

  it('has many signatures that all are valid (RFC 3279 §2.2.3)', async () => {
    // Every second integer has a leading zero, and some are shorter.
    for (let count = 0; count < 12; count++) await verified({ kid: 'ES256', subject: 'CN=x' })
  })

  it('has the subject in the order of certificates (RFC 4514 §2.1)', async () => {
    const subject = 'CN=Überweisung\\, Inc., OU=1+1, O=Example, ST=Bayern, C=DE'
    expect(await csr({ kid: 'ES256', subject })).toMatchObject({ resultCode: 'P115001' })
    const valid = 'CN=Überweisung\\, Inc., organizationIdentifier=PSDDE-1, O=Example, C=DE'
    expect(await verified({ kid: 'ES256', subject: valid })).toContain(
      'Subject: CN=Überweisung\\, Inc.,organizationIdentifier=PSDDE-1,O=Example,C=DE',
    )
  })

  it('has alternative names of all kinds (RFC 5280 §4.2.1.6)', async () => {
    const names = [
      ...['as.example.com', '*.example.com', '192.0.2.7', '2001:db8::7', '::ffff:192.0.2.7'],
      ...['admin@example.com', 'https://as.example.com/path?x=1'],
    ]
    const text = await verified({ kid: 'ES256', names })
    expect(text).toContain('X509v3 Subject Alternative Name: critical')
    for (const name of [
      ...['DNS:as.example.com', 'DNS:*.example.com', 'IP Address:192.0.2.7'],
      ...['IP Address:2001:DB8:0:0:0:0:0:7', 'IP Address:0:0:0:0:0:FFFF:C000:207'],
      ...['email:admin@example.com', 'URI:https://as.example.com/path?x=1'],
    ]) {
      expect(text).toContain(name)
    }
  })

  it('becomes a certificate of an authority with its names (RFC 2986 §1)', async () => {
    const root = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=root'
    folder.openssl(`req -x509 ${root} -keyout root.key -out root.pem`)
    await verified({ kid: 'PS256', subject: 'CN=as.example.com', names: ['as.example.com'] })
    folder.openssl(
      'x509 -req -in request.pem -CA root.pem -CAkey root.key -copy_extensions copy -out leaf.pem',
    )
    const certificate = new X509Certificate(folder.text('leaf.pem'))
    expect(certificate.subjectAltName).toBe('DNS:as.example.com')
    expect(certificate.verify(new X509Certificate(folder.text('root.pem')).publicKey)).toBe(true)
  })

  it('leads to a certificate of a key that signs later, and of one in a module', async () => {
    const root = authority('root')
    const wanted = { kty: 'EC', use: 'sig', alg: 'ES512', hsmName: 'box', set: 'credential' }
    await service.api('/hsk/create', { ...wanted, kid: 'certified' })
    const next = { alg: 'ES256', kid: 'later', activate: 'next' }
    expect((await service.api('/service/keys/generate', next)).keys).toMatchObject([
      { state: 'NEXT' },
    ])
    for (const [kid, set] of [
      ['certified', 'credential'],
      ['later', 'protocol'],
    ]) {
      const { responseContent: pem } = await csr({ kid, set, subject: `CN=${kid}` })
      folder.write('request.pem', pem)
      const publicKey = createPublicKey(
        folder.openssl('req -in request.pem -verify -pubkey -noout'),
      )
      // The key of the authority signs, as `certificate` does with the issuer's.
      const { base64 } = certificate({ issuer: root, key: { ...root, publicKey } })
      const answer = await service.api('/service/keys/import', { kid, set, x5c: [base64] })
      expect(answer).toMatchObject({
        action: 'CREATED',
        keys: [{ kid, set, certificate: { subject: 'CN=client', chainLength: 1 } }],
      })
    }
    const { keys } = await service.get(`/api/${service.serviceId}/service/jwks/get`)
    expect(keys.find(({ kid }: Json) => kid === 'later').x5c).toHaveLength(1)
    expect(await csr({ kid: 'later', set: 'credential', subject: 'CN=x' })).toMatchObject({
      action: 'NOT_FOUND',
    })
  })

  it('is made for a key of this service only', async () => {
    const other = await createService({}, service)
    for (const kid of ['ES256', '__proto__', '']) {
      const answer = await other.api('/service/keys/csr', { kid, subject: 'CN=x' })
      expect(answer).toMatchObject({ action: 'NOT_FOUND', resultCode: 'P115902' })
    }
  })

  it.each<[string, object, string]>([
    ['an encryption key', { kid: 'encrypting', subject: 'CN=x' }, 'P115005'],
    ['no subject and no names', { kid: 'ES256' }, 'P115004'],
    ['an unknown attribute', { kid: 'ES256', subject: 'X=y' }, 'P115001'],
    ['a malformed subject', { kid: 'ES256', subject: 'CN' }, 'P115001'],
    ['a long subject', { kid: 'ES256', subject: `CN=${'x,CN='.repeat(2_000)}` }, 'P115001'],
    ['a country of three letters', { kid: 'ES256', subject: 'C=DEU' }, 'P115002'],
    ['an empty value', { kid: 'ES256', subject: 'CN=' }, 'P115002'],
    ['an e-mail address beyond ASCII', { kid: 'ES256', subject: 'E=ü@example.com' }, 'P115002'],
    ['21 names', { kid: 'ES256', names: Array(21).fill('x.example.com') }, 'P115003'],
    ...[
      ...['ü.example.com', '-x.example.com', 'a..b', '*.*.example.com', 'x y', '@example.com'],
      ...['a@b@c', 'fe80::1%eth0', 'https://ü.example.com', 'x'.repeat(2_000)],
    ].map((name): [string, object, string] => [
      `the name ${name.slice(0, 30)}`,
      { kid: 'ES256', names: [name] },
      'P115003',
    ]),
  ])('is refused for %s', async (_what, body, code) => {
    expect(await csr(body)).toMatchObject({ action: 'CALLER_ERROR', resultCode: code })
  })
})
