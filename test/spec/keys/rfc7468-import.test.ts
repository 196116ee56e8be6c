/** `/service/keys/import`: keys in PEM (RFC 7468), PKCS #12 (RFC 7292) and JWK Sets (RFC 7517). */
import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto'
import { createLocalJWKSet, exportJWK, type JWK, jwtVerify, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { certificate } from '../../support/certificates.ts'
import { createService, issuer, obtainTokens, type TestService } from '../../support/flows.ts'
import { certifyLeaf, type KeyFolder, keyFolder } from '../../support/key-files.ts'
import { jwksOf, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

let first: TestService
let service: TestService
let folder: KeyFolder
const text = (name: string) => folder.text(name)
beforeAll(async () => {
  first = await createService()
  folder = keyFolder()
  certifyLeaf(folder)
})
/** Each test has a service of its own, whose only key is for RS256. */
beforeEach(async () => {
  service = await createService({ jwks: jwksOf(serviceKeys[0] as JWK) }, first)
})
afterAll(() => {
  folder.remove()
  return first.close()
})

const load = (body: object): Promise<Json> => service.api('/service/keys/import', body)
const loaded = async (body: object): Promise<Json[]> => {
  const answer = await load(body)
  expect(answer).toMatchObject({ action: 'CREATED', resultCode: 'P114902' })
  expect(JSON.stringify(answer)).not.toMatch(/"(d|p|q|dp|dq|qi|k)":/)
  return answer.keys
}
const published = async (): Promise<JWK[]> => (await service.get(at('/service/jwks/get'))).keys
const at = (path: string) => `/api/${service.serviceId}${path}`
const listed = async (): Promise<Json[]> => (await service.api('/service/keys/list', {})).keys

const pemOf = (key: KeyObject, type: 'pkcs8' | 'sec1' | 'pkcs1' | 'spki' = 'pkcs8') =>
  key.export({ type, format: 'pem' } as { type: 'pkcs8'; format: 'pem' }).toString()
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve })
const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2_048 })

describe('import of keys', () => {
  it.each<[string, () => string, object]>([
    ['PKCS #8, P-256', () => pemOf(ec('P-256').privateKey), { alg: 'ES256', crv: 'P-256' }],
    ['SEC 1, P-384', () => pemOf(ec('P-384').privateKey, 'sec1'), { alg: 'ES384', crv: 'P-384' }],
    ['PKCS #8, P-521', () => pemOf(ec('P-521').privateKey), { alg: 'ES512', crv: 'P-521' }],
    [
      'PKCS #8, Ed25519',
      () => pemOf(generateKeyPairSync('ed25519').privateKey),
      { alg: 'EdDSA', crv: 'Ed25519' },
    ],
    [
      'PKCS #8, X25519',
      () => pemOf(generateKeyPairSync('x25519').privateKey),
      { alg: 'ECDH-ES', use: 'enc', crv: 'X25519' },
    ],
  ])('adds a private key: %s (RFC 7468 §10)', async (_what, pem, expected) => {
    const [key, ...others] = await loaded({ pem: pem() })
    expect(key).toMatchObject({ set: 'protocol', state: 'CURRENT', use: 'sig', ...expected })
    expect(key?.kid).toBe(key?.thumbprint)
    expect(others).toEqual([])
  })

  it('adds a key of PKCS #1 with its algorithm, which then signs (RFC 8017 §A.1.2)', async () => {
    const pem = pemOf(rsa().privateKey, 'pkcs1')
    const [key] = await loaded({ pem, alg: 'PS384', kid: 'mine', activate: 'current' })
    expect(key).toMatchObject({ kid: 'mine', alg: 'PS384', state: 'CURRENT' })
    await service.configure({ jwks: (await service.get(at('/service/get'))).jwks })
    const client = await service.client({ idTokenSignAlg: 'PS384' })
    const { idToken } = await obtainTokens(service, client)
    const { protectedHeader } = await jwtVerify(
      idToken,
      createLocalJWKSet({ keys: await published() }),
      { issuer, currentDate: new Date(service.system.clock()) },
    )
    expect(protectedHeader).toMatchObject({ alg: 'PS384', kid: 'mine' })
  })

  it('adds an encrypted key with its passphrase (RFC 5958 §3)', async () => {
    folder.openssl('pkcs8 -topk8 -in leaf.key -v2 aes-256-cbc -passout pass:secret -out e.key')
    expect(await load({ pem: text('e.key') })).toMatchObject({ resultCode: 'P114009' })
    const wrong = await load({ pem: text('e.key'), passphrase: 'another' })
    expect(wrong).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P114010' })
    const [key] = await loaded({ pem: text('e.key'), passphrase: 'secret' })
    expect(key).toMatchObject({ alg: 'ES256', state: 'CURRENT' })
  })

  it('adds a PKCS #12 file with its chain (RFC 7292 §4)', async () => {
    folder.openssl(
      'pkcs12 -export -inkey leaf.key -in leaf.pem -certfile middle.pem -passout pass:secret ' +
        '-out leaf.p12',
    )
    const pkcs12 = folder.base64('leaf.p12')
    expect(await load({ pkcs12 })).toMatchObject({ resultCode: 'P114010' })
    const [key] = await loaded({ pkcs12, passphrase: 'secret', set: 'credential' })
    expect(key).toMatchObject({
      set: 'credential',
      certificate: { subject: 'CN=leaf', chainLength: 2 },
    })
  })

  it.each([
    [
      'PKCS #12 with RC2 and 3DES',
      'pkcs12 -export -legacy -inkey leaf.key -in leaf.pem -passout pass:secret -out old.p12',
      () => ({ pkcs12: folder.base64('old.p12') }),
    ],
    [
      'a key that is encrypted as OpenSSL 0.9 did',
      'ec -in leaf.key -aes128 -passout pass:secret -out old.pem',
      () => ({ pem: text('old.pem') }),
    ],
  ])('names the command that converts %s (RFC 8018 §6.2)', async (_what, command, body) => {
    folder.openssl(command)
    const { resultMessage } = await load({ ...body(), passphrase: 'secret' })
    const [, converts] = /`openssl ([^`]+)`/.exec(resultMessage) ?? []
    folder.openssl(`${converts} -passin pass:secret -passout pass:secret`)
    const keys = await loaded({ pem: text('new.pem'), passphrase: 'secret' })
    expect(keys).toMatchObject([{ alg: 'ES256', state: 'CURRENT' }])
  })

  it('adds all keys of a text in any order, with their certificates (RFC 7517 §4.7)', async () => {
    const other = pemOf(ec('P-384').privateKey)
    const pem = [text('middle.pem'), other, text('leaf.pem'), text('leaf.key')]
    const keys = await loaded({ pem: pem.join('Some text\n') })
    expect(keys.map(({ alg, certificate: of }) => [alg, of?.chainLength])).toEqual([
      ['ES384', undefined],
      ['ES256', 2],
    ])
    const [own] = (await published()).filter(({ alg }) => alg === 'ES256')
    expect(own?.x5c).toEqual(
      ['leaf.pem', 'middle.pem'].map((name) =>
        new X509Certificate(text(name)).raw.toString('base64'),
      ),
    )
  })

  it('adds the keys of a JWK Set by their own names (RFC 7517 §5)', async () => {
    const jwk = await exportJWK(ec('P-256').privateKey)
    const sent = { ...jwk, kid: 'theirs', alg: 'ES256', use: 'sig', nbf: 1, x5t: 'x' }
    const [key] = await loaded({ jwks: jwksOf(sent as JWK) })
    expect(key).toMatchObject({ kid: 'theirs', alg: 'ES256', state: 'CURRENT' })
    const [own] = (await published()).filter(({ kid }) => kid === 'theirs')
    expect(Object.keys(own ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
  })

  it('makes a key NEXT if its algorithm has a CURRENT one, and CURRENT on demand', async () => {
    expect(await loaded({ pem: pemOf(rsa().privateKey) })).toMatchObject([{ state: 'NEXT' }])
    const now = { pem: pemOf(rsa().privateKey), activate: 'current' }
    expect(await loaded(now)).toMatchObject([{ state: 'CURRENT' }])
  })

  it('keeps the public key of a former provider published, which signs nothing', async () => {
    const { publicKey, privateKey } = rsa()
    const pem = pemOf(publicKey, 'spki')
    for (const activate of [undefined, 'next', 'current']) {
      expect(await load({ pem, activate })).toMatchObject({ resultCode: 'P114030' })
    }
    const [key] = await loaded({ pem, activate: 'previous', kid: 'former' })
    expect(key).toMatchObject({ state: 'PREVIOUS', retireAt: expect.any(Number) })
    expect((await published()).map(({ kid }) => kid)).toEqual(['rs256', 'former'])
    const header = { alg: 'RS256', kid: 'former' }
    const jose = await new SignJWT({}).setProtectedHeader(header).sign(privateKey)
    expect(await service.api('/jose/verify', { jose })).toMatchObject({ signatureValid: true })
  })

  it('keeps a certificate without its key likewise', async () => {
    const pem = text('middle.pem') + text('leaf.pem')
    const [key] = await loaded({ pem, activate: 'previous' })
    expect(key).toMatchObject({ alg: 'ES256', state: 'PREVIOUS', certificate: { chainLength: 2 } })
  })

  it('is all or nothing', async () => {
    const pem = pemOf(ec('P-256').privateKey) + pemOf(ec('P-384').privateKey)
    await loaded({ pem: pem.slice(pem.lastIndexOf('-----BEGIN')) })
    expect(await load({ pem })).toMatchObject({ action: 'CONFLICT', resultCode: 'P112001' })
    expect((await listed()).map(({ alg }) => alg).sort()).toEqual(['ES384', 'RS256'])
  })

  it('refuses a kid and a key that the service has (RFC 7517 §4.5)', async () => {
    const pem = pemOf(ec('P-256').privateKey)
    await loaded({ pem, kid: 'mine' })
    expect(await load({ pem })).toMatchObject({ action: 'CONFLICT', resultCode: 'P112002' })
    const other = { pem: pemOf(ec('P-256').privateKey), kid: 'mine', set: 'federation' }
    expect(await load(other)).toMatchObject({ action: 'CONFLICT', resultCode: 'P112001' })
  })

  it('adds a key once, of many calls at the same time', async () => {
    const pem = pemOf(ec('P-256').privateKey)
    const answers = await Promise.all(Array.from({ length: 8 }, () => load({ pem })))
    const actions = answers.map(({ action }) => action)
    expect(actions.filter((action) => action === 'CREATED')).toHaveLength(1)
    expect((await listed()).filter(({ alg }) => alg === 'ES256')).toHaveLength(1)
  })
})

describe('certificates for a present key', () => {
  const x5cOf = (...names: string[]) =>
    names.map((name) => new X509Certificate(text(name)).raw.toString('base64'))

  it('are added by its kid (RFC 7517 §4.7)', async () => {
    await loaded({ pem: text('leaf.key'), kid: 'mine' })
    const x5c = x5cOf('leaf.pem', 'middle.pem')
    const [key, ...others] = await loaded({ x5c, kid: 'mine' })
    expect(key).toMatchObject({
      ...{ kid: 'mine', state: 'CURRENT' },
      certificate: { subject: 'CN=leaf', chainLength: 2 },
    })
    expect(others).toEqual([])
    const [own] = (await published()).filter(({ kid }) => kid === 'mine')
    expect(own?.x5c).toEqual(x5c)
    await loaded({ x5c: x5c.slice(0, 1), kid: 'mine' })
    expect((await published()).find(({ kid }) => kid === 'mine')?.x5c).toHaveLength(1)
  })

  it('are added to a key that was written, which stays as it is', async () => {
    const jwk = await exportJWK(createPrivateKey(text('leaf.key')))
    const set = jwksOf({ ...jwk, kid: 'written', x5t: 'former' } as JWK)
    await service.configure({ jwks: set })
    const x5c = x5cOf('leaf.pem')
    await loaded({ x5c, kid: 'written' })
    const { jwks } = await service.get(at('/service/get'))
    expect(JSON.parse(jwks).keys).toMatchObject([{ ...jwk, kid: 'written', x5c }])
  })

  it.each<[string, () => object, string]>([
    ['of another key', () => ({ kid: 'rs256', x5c: x5cOf('leaf.pem') }), 'P114022'],
    ['for an unknown kid', () => ({ kid: 'x', x5c: x5cOf('leaf.pem') }), 'P114033'],
    ['without a kid', () => ({ x5c: x5cOf('leaf.pem') }), 'P114032'],
    ['with PEM', () => ({ kid: 'rs256', x5c: [text('leaf.key')] }), 'P114019'],
    [
      'that are expired',
      () => {
        const { base64 } = certificate({ to: service.system.clock() - 1_000 })
        return { kid: 'rs256', x5c: [base64] }
      },
      'P114017',
    ],
  ])('are refused %s', async (_what, body, code) => {
    expect(await load(body())).toMatchObject({ action: 'CALLER_ERROR', resultCode: code })
  })
})
