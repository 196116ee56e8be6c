/** `/keys/convert`: public keys and certificates in PEM as a JWK Set, RFC 7517 and RFC 7468. */
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { holdLimit, holdOf } from '../../support/event-loop.ts'
import { createService, type TestService } from '../../support/flows.ts'
import { certifyLeaf, type KeyFolder, keyFolder, pemOf } from '../../support/key-files.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
let folder: KeyFolder
const text = (name: string) => folder.text(name)
beforeAll(async () => {
  service = await createService()
  folder = keyFolder()
  certifyLeaf(folder)
})
afterAll(() => {
  folder.remove()
  return service.close()
})

const convert = (body: object): Promise<Json> => service.post('/api/keys/convert', body)
const keysOf = async (body: object): Promise<JWK[]> => {
  const { action, responseContent } = await convert(body)
  expect(action).toBe('OK')
  return JSON.parse(responseContent).keys
}
const spki = (type: 'ec' | 'rsa' | 'ed25519' | 'ed448' | 'x25519' | 'dsa', options = {}): string =>
  generateKeyPairSync(type as 'ec', options as { namedCurve: string })
    .publicKey.export({ type: 'spki', format: 'pem' })
    .toString()
const inDer = (name: string) => new X509Certificate(text(name)).raw.toString('base64')

describe('conversion of public keys', () => {
  it('converts a key of each type, with its thumbprint as kid (RFC 7638 §3)', async () => {
    const pems = [
      spki('rsa', { modulusLength: 2_048 }),
      ...['P-256', 'P-384', 'P-521'].map((namedCurve) => spki('ec', { namedCurve })),
      spki('ed25519'),
      spki('x25519'),
    ]
    const keys = await keysOf({ pem: pems.join('Some text\n') })
    expect(keys.map(({ kty, crv }) => crv ?? kty)).toEqual([
      ...['RSA', 'P-256', 'P-384', 'P-521', 'Ed25519', 'X25519'],
    ])
    for (const [index, { kid, ...key }] of keys.entries()) {
      expect(key).toEqual(createPublicKey(pems[index] ?? '').export({ format: 'jwk' }))
      expect(kid).toBe(await calculateJwkThumbprint(key, 'sha256'))
    }
  })

  it('puts the certificates of a key in order (RFC 7517 §4.7)', async () => {
    const pem = ['root', 'leaf', 'middle'].map((name) => text(`${name}.pem`)).join('\n')
    const [key, ...others] = await keysOf({ pem })
    expect(key?.x5c).toEqual([inDer('leaf.pem'), inDer('middle.pem'), inDer('root.pem')])
    expect(others).toEqual([])
  })

  it('converts a chain in x5c (RFC 7517 §4.7)', async () => {
    const x5c = [inDer('leaf.pem'), inDer('middle.pem')]
    const [key] = await keysOf({ x5c })
    expect(key).toMatchObject({ kty: 'EC', crv: 'P-256', x5c })
  })

  it('is a set that a client can have as jwks (OIDC Registration §2)', async () => {
    const { responseContent } = await convert({ pem: text('leaf.pem') })
    const client = await service.client({ jwks: responseContent })
    expect(JSON.parse(client.jwks)).toEqual(JSON.parse(responseContent))
  })

  it('is open to an API token of one service', async () => {
    const { serviceId } = service
    const { accessToken: token } = await service.post('/api/servicetoken/create', {
      ...{ serviceId, description: 'A token', accessRights: ['view_service'] },
    })
    const pem = text('leaf.pem')
    const { body } = await service.call('POST', '/api/keys/convert', { pem }, { token })
    expect(body.action).toBe('OK')
  })

  it('refuses private keys as a whole (RFC 7517 §9.3)', async () => {
    const pem = `${text('leaf.pem')}${text('leaf.key')}`
    const answer = await convert({ pem })
    expect(answer).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P114028' })
    expect(Object.keys(answer).sort()).toEqual(['action', 'resultCode', 'resultMessage'])
  })

  it('refuses no source, and two sources', async () => {
    for (const body of [{}, { pem: text('leaf.pem'), x5c: [inDer('leaf.pem')] }]) {
      expect(await convert(body)).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P114027' })
    }
  })
})

/** An RSA public key of PKCS #1 with any values. */
const rsaKey = (modulus: Buffer, exponent: Buffer): string => {
  const integer = (value: Buffer) => derOf(0x02, Buffer.concat([Buffer.from([0]), value]))
  return pemOf('RSA PUBLIC KEY', derOf(0x30, Buffer.concat([integer(modulus), integer(exponent)])))
}
const derOf = (tag: number, content: Buffer): Buffer => {
  const length = Buffer.alloc(3)
  length.writeUIntBE(content.length, 0, 3)
  return Buffer.concat([Buffer.from([tag, 0x83]), length, content])
}
const f4 = Buffer.from([1, 0, 1])

describe('hostile input of a conversion', () => {
  const cases: [string, string, () => object][] = [
    ['10,000 certificates', 'P114005', () => ({ pem: pemOf('CERTIFICATE', f4).repeat(10_000) })],
    ['a megabyte of nothing', 'P114005', () => ({ pem: ' '.repeat(200_000) })],
    ['51 blocks', 'P114006', () => ({ pem: pemOf('PUBLIC KEY', f4).repeat(51) })],
    ['a block without an end', 'P114006', () => ({ pem: '-----BEGIN PUBLIC KEY-----\nAAAA' })],
    ['no PEM', 'P114006', () => ({ pem: 'x' })],
    ['a certificate request', 'P114007', () => ({ pem: pemOf('CERTIFICATE REQUEST', f4) })],
    ['three bytes', 'P114008', () => ({ pem: pemOf('PUBLIC KEY', f4) })],
    ['deep DER', 'P114008', () => ({ pem: pemOf('PUBLIC KEY', Buffer.alloc(40_000, 0x30)) })],
    ['Ed448', 'P114008', () => ({ pem: spki('ed448') })],
    ['secp256k1', 'P114001', () => ({ pem: spki('ec', { namedCurve: 'secp256k1' }) })],
    ['RSA of 1024 bits', 'P114002', () => ({ pem: rsaKey(Buffer.alloc(128, 0xff), f4) })],
    ['RSA of 16384 bits', 'P114002', () => ({ pem: rsaKey(Buffer.alloc(2_048, 0xff), f4) })],
    ['RSA of 300,000 bits', 'P114002', () => ({ pem: rsaKey(Buffer.alloc(40_000, 0xff), f4) })],
    ['exponent 3', 'P114003', () => ({ pem: rsaKey(Buffer.alloc(256, 0xff), Buffer.from([3])) })],
    [
      'an exponent of 2048 bits',
      'P114003',
      () => ({ pem: rsaKey(Buffer.alloc(256, 0xff), Buffer.alloc(255, 0xff)) }),
    ],
    [
      'an even exponent',
      'P114003',
      () => ({ pem: rsaKey(Buffer.alloc(256, 0xff), Buffer.from([1, 0, 2])) }),
    ],
    ['only the name of a curve', 'P114025', () => ({ pem: pemOf('EC PARAMETERS', f4) })],
    [
      '11 keys',
      'P114025',
      () => ({ pem: Array.from({ length: 11 }, () => spki('ed25519')).join('') }),
    ],
    ['a key twice', 'P114026', () => ({ pem: spki('ed25519').repeat(1) + spkiOfLeaf().repeat(2) })],
    [
      'a certificate of another key',
      'P114016',
      () => ({ pem: spki('ed25519') + text('root.pem') }),
    ],
    ['an empty x5c', 'P114020', () => ({ x5c: [] })],
    ['base64url in x5c', 'P114020', () => ({ x5c: [`${inDer('leaf.pem')}_-`] })],
    ['2,000 elements of x5c', 'P114018', () => ({ x5c: Array(2_000).fill('AAAA') })],
    ['6 elements of x5c', 'P114018', () => ({ x5c: Array(6).fill(inDer('root.pem')) })],
    ['PEM in x5c', 'P114019', () => ({ x5c: [text('leaf.pem')] })],
    ['a public key in x5c', 'P114019', () => ({ x5c: [inDer('leaf.pem'), spki('ed25519')] })],
    ['a private key in x5c', 'P114019', () => ({ x5c: [inDer('leaf.pem'), text('leaf.key')] })],
    [
      'certificates in the wrong order in x5c',
      'P114021',
      () => ({ x5c: [inDer('middle.pem'), inDer('leaf.pem')] }),
    ],
  ]

  it.each(cases)('is refused within 100 ms: %s', async (_what, code, bodyOf) => {
    const body = bodyOf()
    let answer: Json
    const hold = await holdOf(async () => {
      answer = await convert(body)
    })
    expect(answer).toMatchObject({ action: 'CALLER_ERROR', resultCode: code })
    expect(hold).toBeLessThanOrEqual(holdLimit)
  })

  it('is refused with the entry that is wrong', async () => {
    const pem = spki('ed25519') + spki('ec', { namedCurve: 'secp256k1' })
    const { resultMessage } = await convert({ pem })
    expect(resultMessage).toContain('(entry 2, PUBLIC KEY)')
  })

  const spkiOfLeaf = () =>
    new X509Certificate(text('leaf.pem')).publicKey
      .export({ type: 'spki', format: 'pem' })
      .toString()
})
