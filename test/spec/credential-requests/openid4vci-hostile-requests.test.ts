/** Hostile credential requests: each is refused, and holds the event loop for a moment only. */
import { CompactEncrypt, importJWK, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authority, certificate } from '../../support/certificates.ts'
import {
  createIssuer,
  credentialRequest,
  fetchNonce,
  makeKeyAttestation,
  makeProof,
  obtainCredentialToken,
  type WalletKey,
  walletKey,
} from '../../support/credentials.ts'
import { holdLimit, holdOf } from '../../support/event-loop.ts'
import type { TestService } from '../../support/flows.ts'
import { encryptionPair, jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { sharedStore } from '../../support/stores.ts'

const store = sharedStore()
const issuerKey: JWK = { ...(await encryptionPair('ECDH-ES', 'request')), alg: 'ECDH-ES' }
const metadata = {
  batchSize: 100,
  credentialRequestEncryptionJwks: jwksOf(issuerKey),
  credentialRequestEncryptionEncValuesSupported: ['A128GCM'],
  credentialRequestEncryptionZipValuesSupported: ['DEF'],
}
const root = authority('Attester root')

let service: TestService
let client: Json
let key: WalletKey
let accessToken: string
beforeAll(async () => {
  const roots = { keyAttesterRootsEnabled: true, keyAttesterRoots: [root.pem] }
  service = await createIssuer(roots, metadata, { on: store() })
  client = await service.client()
  key = await walletKey()
  accessToken = await obtainCredentialToken(service, client)
})
afterAll(() => service.close())

const now = () => service.system.clock()
const parse = (requestContent: string): Promise<Json> =>
  service.api('/vci/single/parse', { accessToken, requestContent })

const proofWith = async (header: Record<string, unknown>) =>
  credentialRequest([
    await makeProof(key, client.clientId, {
      now: now(),
      nonce: await fetchNonce(service),
      header,
    }),
  ])

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const unsigned = (header: unknown) => `${base64url(header)}.${base64url({ iat: 1 })}.AAAA`
const attestationWith = (header: Record<string, unknown>) =>
  credentialRequest([], {
    proofs: { attestation: [unsigned({ typ: 'key-attestation+jwt', alg: 'ES256', ...header })] },
  })

async function bomb(): Promise<string> {
  const text = new TextEncoder().encode(' '.repeat(64 * 1024 * 1024))
  const jwe = await new CompactEncrypt(text)
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A128GCM', kid: 'request', zip: 'DEF' })
    .encrypt(await importJWK(publicKey(issuerKey), 'ECDH-ES'))
  // A thousandth of its content, and within the limit of a request.
  expect(jwe.length).toBeLessThan(128 * 1024)
  return jwe
}

/** Certificates that certify each other in circles, so that there are many paths. */
function loops(): string[] {
  const names = ['A', 'B', 'C', 'D']
  const own = names.map((name) => authority(name))
  const crossed = own.map((each, index) => {
    const issuer = own[(index + 1) % own.length]
    const { privateKey, publicKey } = each
    return authority(names[index] ?? '', { issuer, key: { privateKey, publicKey } })
  })
  const leaf = certificate({ subject: [['CN', 'leaf']], issuer: crossed[0] })
  return [leaf, ...crossed].map(({ base64 }) => base64)
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)

async function keysAttested(count: number): Promise<string> {
  const { privateKey } = await walletKey()
  const keys = numbers(count).map((index) => ({ kty: 'EC', crv: 'P-256', x: `${index}` }))
  const text = await makeKeyAttestation(keys, { privateKey }, { now: now() })
  return credentialRequest([], { proofs: { attestation: [text] } })
}

/** By a key of the client, so that its content is read. */
async function manyKeys(): Promise<string> {
  const leaf = certificate({ subject: [['CN', 'provider']], issuer: root })
  const keys = numbers(500).map((index) => ({ kty: 'EC', x: `${index}` }))
  const header = { x5c: [leaf.base64] }
  const options = { now: now(), nonce: await fetchNonce(service), header }
  const text = await makeKeyAttestation(keys, leaf, options)
  return credentialRequest([], { proofs: { attestation: [text] } })
}

const modulus = (bits: number) => Buffer.alloc(bits / 8, 0xff).toString('base64url')
const rsa = (n: string, e: string) => ({ jwk: { kty: 'RSA', n, e }, alg: 'PS256' })
const proofBy = (header: Record<string, unknown>) =>
  credentialRequest([unsigned({ typ: 'openid4vci-proof+jwt', ...header })])

/** What is sent, the content, and the code of the rule that refuses it. */
const hostile: [string, () => string | Promise<string>, string][] = [
  ['a JWE that is inflated a thousand times', bomb, 'P125107'],
  ['100,000 nested lists', () => '['.repeat(100_000), 'P125006'],
  [
    '50,000 nested lists in a member',
    () => `{"a":${'['.repeat(5e4)}${']'.repeat(5e4)}}`,
    'P125006',
  ],
  [
    '12,000 members, of which one is repeated',
    () => `{${numbers(12_000).map((n) => `"${n}":0`)},"1":1}`,
    'P125007',
  ],
  ['a text of backslashes', () => `{"a":"${'\\'.repeat(120_000)}`, 'P125005'],
  ['101 proofs', () => credentialRequest(Array(101).fill('a')), 'P126006'],
  ['100 proofs that are no JWT', () => credentialRequest(Array(100).fill('a.b.c')), 'P126101'],
  ['a proof of more than 32 KB', () => credentialRequest([`${'a'.repeat(40_000)}.b.c`]), 'P126101'],
  ['an RSA key of 16,384 bits', () => proofBy(rsa(modulus(16_384), 'AQAB')), 'P126105'],
  [
    'an RSA key with a large exponent',
    () => proofBy(rsa(modulus(3_072), modulus(3_064))),
    'P126105',
  ],
  [
    'an RSA key of zeros',
    () => proofBy(rsa(Buffer.alloc(500).toString('base64url'), 'AQAB')),
    'P126105',
  ],
  ['a jwk that is nested', () => proofBy({ alg: 'ES256', jwk: [[[[]]]] }), 'P126105'],
  [
    'a long did:jwk',
    () => proofBy({ alg: 'ES256', kid: `did:jwk:${'e'.repeat(20_000)}#0` }),
    'P126106',
  ],
  ['10,000 certificates', () => attestationWith({ x5c: Array(10_000).fill('') }), 'P127001'],
  ['2,000 certificates', () => attestationWith({ x5c: Array(2_000).fill('AA==') }), 'P127003'],
  [
    'a certificate of 23,000 characters',
    () => attestationWith({ x5c: ['A'.repeat(23_000)] }),
    'P127003',
  ],
  ['certificates in circles', () => attestationWith({ x5c: loops() }), 'P127005'],
  ['500 attested keys', manyKeys, 'P127012'],
  ['400 attested keys by an unknown key', () => keysAttested(400), 'P127007'],
  ['a proof with itself as attestation', () => proofWith({ key_attestation: 'a.b.c' }), 'P127001'],
]

describe('hostile credential request', () => {
  it.each(hostile)('of %s is refused within a moment', async (_, make, code) => {
    const content = await make()
    const answers: Json[] = []
    const hold = await holdOf(async () => answers.push(await parse(content)))
    for (const answer of answers) {
      expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: code })
    }
    expect(hold).toBeLessThan(holdLimit)
  })

  it('of a hundred good proofs is accepted within a moment', async () => {
    const nonce = await fetchNonce(service)
    const keys = await Promise.all(numbers(100).map(() => walletKey()))
    const proofs = await Promise.all(
      keys.map((each) => makeProof(each, client.clientId, { now: now(), nonce })),
    )
    const answers: Json[] = []
    const content = credentialRequest(proofs)
    const hold = await holdOf(async () => answers.push(await parse(content)), 1)
    expect(answers[0]).toMatchObject({ action: 'OK' })
    expect(answers[0].info.bindingKeys).toHaveLength(100)
    expect(hold).toBeLessThan(holdLimit)
  })
})
