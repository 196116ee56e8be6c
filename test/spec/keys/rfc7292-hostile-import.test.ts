/** `/service/keys/import` with input that is wrong, costly or secret: RFC 7292, 7468 and 7517. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { exportJWK, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { der, integer, objectId, octets, sequence } from '../../support/der.ts'
import { holdLimit, holdOf } from '../../support/event-loop.ts'
import { createService, type TestService } from '../../support/flows.ts'
import {
  certifyLeaf,
  type KeyFolder,
  keyFolder,
  pemOf,
  pkcs12File,
} from '../../support/key-files.ts'
import { jwksOf, serviceKeys } from '../../support/keys.ts'
import { createSecretWatch } from '../../support/secret-watch.ts'
import type { Json } from '../../support/server.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const ec = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pkcs8 = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString()
const text = (name: string) => folder.text(name)

let service: TestService
let folder: KeyFolder
const jwks: Record<'rsa' | 'ec' | 'other' | 'okp' | 'x25519', JWK> = {} as never
beforeAll(async () => {
  service = await createService({ jwks: jwksOf(serviceKeys[0] as JWK) })
  folder = keyFolder()
  certifyLeaf(folder)
  const made = {
    ...{ rsa: rsa.privateKey, ec: ec().privateKey, other: ec().privateKey },
    okp: generateKeyPairSync('ed25519').privateKey,
    x25519: generateKeyPairSync('x25519').privateKey,
  }
  for (const [name, key] of Object.entries(made)) {
    jwks[name as keyof typeof made] = await exportJWK(key)
  }
})
afterAll(() => {
  folder.remove()
  return service.close()
})

const load = (body: object): Promise<Json> => service.api('/service/keys/import', body)
/** The leaf in a PKCS #12 file. */
function exported(options: string): string {
  folder.openssl(
    `pkcs12 -export -inkey leaf.key -in leaf.pem ${options} -passout pass:secret -out leaf.p12`,
  )
  return folder.base64('leaf.p12')
}
function converted(command: string): string {
  folder.openssl(`${command} -passout pass:secret -out converted.key`)
  return text('converted.key')
}
const set = (...keys: unknown[]) => ({ jwks: JSON.stringify({ keys }) })
const number = (bytes: Uint8Array) => der(0x02, Buffer.concat([Buffer.alloc(1), bytes]))
/** An RSA private key of PKCS #1 with other values in place of its own. */
function changed(more: Partial<Record<'d' | 'p' | 'q' | 'dp' | 'dq' | 'qi', Buffer>>): string {
  const value = (name: 'n' | 'e' | 'd' | 'p' | 'q' | 'dp' | 'dq' | 'qi') =>
    number(
      (more as Record<string, Buffer>)[name] ?? Buffer.from(String(jwks.rsa[name]), 'base64url'),
    )
  const names = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const
  return pemOf('RSA PRIVATE KEY', sequence(integer(0), ...names.map(value)))
}
const huge = Buffer.alloc(40_000, 0xff)
/** A DSA key whose public half would take hours to compute. */
const dsa = () =>
  pemOf(
    'PRIVATE KEY',
    sequence(
      integer(0),
      sequence(
        objectId('1.2.840.10040.4.1'),
        sequence(number(huge.subarray(0, 12_000)), number(Buffer.alloc(32, 0xff)), integer(2)),
      ),
      octets(number(huge.subarray(0, 12_000))),
    ),
  )
const container = (options = {}) => pkcs12File(sequence(), options).toString('base64')

describe('import that is refused within 100 ms:', () => {
  const passphrase = 'secret'
  it.each<[string, string, () => object]>([
    [
      'PKCS #12 with 2^31 iterations',
      'P114012',
      () => ({ pkcs12: container({ iterations: 2 ** 31 }) }),
    ],
    [
      'PKCS #12 with a salt of 65 bytes',
      'P114012',
      () => ({ pkcs12: container({ salt: Buffer.alloc(65) }) }),
    ],
    ['PKCS #12 of 3 MB', 'P114005', () => ({ pkcs12: 'A'.repeat(3_000_000) })],
    ['PKCS #12 of nothing', 'P114013', () => ({ pkcs12: '' })],
    ['PKCS #12 that is no base64', 'P114013', () => ({ pkcs12: '§' })],
    ['PKCS #12 without keys', 'P114025', () => ({ pkcs12: container(), passphrase: 'p' })],
    [
      'nested values as PKCS #12',
      'P114013',
      () => ({ pkcs12: Buffer.alloc(40_000, '0\x80').toString('base64') }),
    ],
    ['PKCS #12 with RC2 and 3DES', 'P114014', () => ({ pkcs12: exported('-legacy'), passphrase })],
    ['PKCS #12 without integrity', 'P114015', () => ({ pkcs12: exported('-nomac'), passphrase })],
    [
      'PKCS #12 with another passphrase',
      'P114010',
      () => ({ pkcs12: exported(''), passphrase: 'x' }),
    ],
    [
      'a key that is encrypted as OpenSSL 0.9 did',
      'P114011',
      () => ({ pem: converted('rsa -in rsa.key -traditional -aes128'), passphrase }),
    ],
    [
      'a key encrypted with 3DES',
      'P114011',
      () => ({ pem: converted('pkcs8 -topk8 -in leaf.key -v2 des3'), passphrase }),
    ],
    [
      'a key encrypted by scrypt',
      'P114011',
      () => ({ pem: converted('pkcs8 -topk8 -in leaf.key -scrypt'), passphrase }),
    ],
    [
      'a key with 2,000,000 iterations',
      'P114012',
      () => ({
        pem: converted('pkcs8 -topk8 -in leaf.key -v2 aes-128-cbc -iter 2000000'),
        passphrase,
      }),
    ],
    [
      'malformed encryption',
      'P114008',
      () => ({ pem: pemOf('ENCRYPTED PRIVATE KEY', sequence()), passphrase }),
    ],
    ['malformed SEC 1', 'P114008', () => ({ pem: pemOf('EC PRIVATE KEY', sequence(integer(1))) })],
    ['a DSA key with a modulus of 96,000 bits', 'P114008', () => ({ pem: dsa() })],
    ['an exponent of 320,000 bits', 'P114004', () => ({ pem: changed({ dp: huge }) })],
    ['a prime of 320,000 bits', 'P114004', () => ({ pem: changed({ p: huge }) })],
    [
      'primes of another modulus',
      'P114004',
      () => ({ pem: changed({ p: Buffer.alloc(128, 0xfb) }) }),
    ],
    [
      'another private exponent',
      'P114004',
      () => ({ pem: changed({ d: Buffer.from([3]), dp: Buffer.from([3]), dq: Buffer.from([5]) }) }),
    ],
    [
      'a key on secp256k1',
      'P114001',
      () => ({ pem: pkcs8(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey) }),
    ],
    [
      'RSA of 1024 bits',
      'P114002',
      () => ({ pem: pkcs8(generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey) }),
    ],
    [
      'RSA with the exponent 3',
      'P114003',
      () => ({
        pem: pkcs8(
          generateKeyPairSync('rsa', { modulusLength: 2_048, publicExponent: 3 }).privateKey,
        ),
      }),
    ],
    [
      'a certificate of another key',
      'P114016',
      () => ({ pem: pkcs8(rsa.privateKey) + text('leaf.pem') }),
    ],
    ['no source', 'P114032', () => ({})],
    ['two sources', 'P114032', () => ({ pem: 'x', pkcs12: 'x' })],
    ['no JSON', 'P114023', () => ({ jwks: '{' })],
    ['JSON without keys', 'P114023', () => ({ jwks: 'null' })],
    ['an empty JWK Set', 'P114023', () => set()],
    ['a JWK Set of 11 keys', 'P114023', () => set(...Array(11).fill(jwks.ec))],
    [
      'JSON of great depth',
      'P114023',
      () => ({ jwks: `{"keys":${'['.repeat(5_000)}${']'.repeat(5_000)}}` }),
    ],
    ['null as a key', 'P114024', () => set(null)],
    ['a list as a key', 'P114024', () => set([])],
    ['a symmetric key', 'P114024', () => set({ kty: 'oct', k: 'AAAA' })],
    ['a key on no curve', 'P114024', () => set({ ...jwks.ec, crv: 'P-1' })],
    ['numbers as members', 'P114024', () => set({ kty: 'EC', crv: 1, x: 2, y: 3, d: 4 })],
    ['a private key of another public key', 'P114004', () => set({ ...jwks.ec, d: jwks.other.d })],
    [
      'a public key of another Ed25519 key',
      'P114004',
      () => set({ ...jwks.okp, x: jwks.x25519.x }),
    ],
    ['a public key of another X25519 key', 'P114004', () => set({ ...jwks.x25519, x: jwks.okp.x })],
    [
      'certificates of another key in x5c',
      'P114022',
      () => set({ ...jwks.ec, x5c: [derOf('leaf.pem')] }),
    ],
    ['PEM in x5c', 'P114019', () => set({ ...jwks.ec, x5c: [text('leaf.key')] })],
    ['the same key twice', 'P114026', () => set(jwks.ec, jwks.ec)],
    ['an alg of another type', 'P114029', () => ({ ...set(jwks.ec), alg: 'RS256' })],
    ['an alg of another curve', 'P114029', () => ({ ...set(jwks.ec), alg: 'ES384' })],
    ['an unknown alg', 'P114029', () => ({ ...set(jwks.ec), alg: '__proto__' })],
    ['an alg of another use', 'P114029', () => ({ ...set(jwks.ec), alg: 'ES256', use: 'enc' })],
    ['an unknown use', 'P114029', () => ({ ...set(jwks.ec), use: 'tls' })],
    ['RSA1_5', 'P114029', () => set({ ...jwks.rsa, alg: 'RSA1_5' })],
    ['one kid for two keys', 'P114031', () => ({ ...set(jwks.ec, jwks.okp), kid: 'x' })],
    ['the kid __proto__', 'P113006', () => ({ ...set(jwks.ec), kid: '__proto__' })],
    ['a kid of 10 KB', 'P113006', () => set({ ...jwks.ec, kid: 'x'.repeat(10_000) })],
    ['a kid with NUL', 'P113006', () => set({ ...jwks.ec, kid: 'a\0b' })],
    ['an empty kid', 'P113006', () => set({ ...jwks.ec, kid: '' })],
    ['a public key as CURRENT', 'P114030', () => ({ pem: text('leaf.pem'), activate: 'current' })],
  ])('%s', async (_what, code, bodyOf) => {
    folder.write('rsa.key', pkcs8(rsa.privateKey))
    const body = bodyOf()
    let answer: Json
    const hold = await holdOf(async () => {
      answer = await load(body)
    })
    expect(answer).toMatchObject({ action: 'CALLER_ERROR', resultCode: code })
    expect(hold).toBeLessThanOrEqual(holdLimit)
    const { keys } = await service.api('/service/keys/list', {})
    expect(keys).toHaveLength(1)
  })

  const derOf = (name: string) =>
    text(name)
      .replace(/-----.*-----/g, '')
      .replace(/\s/g, '')
})

describe('import that is slow', () => {
  it('does not block the event loop (RFC 8018 §5.2)', async () => {
    folder.write('rsa.key', pkcs8(rsa.privateKey))
    const command = 'pkcs8 -topk8 -in rsa.key -v2 aes-256-cbc -iter 900000'
    const pem = converted(command)
    const hold = await holdOf(async () => {
      expect(await load({ pem, passphrase: 'another' })).toMatchObject({ resultCode: 'P114010' })
    })
    expect(hold).toBeLessThanOrEqual(holdLimit)
  })

  it('verifies RSA keys of 4096 bits without blocking the event loop', async () => {
    const pem = Array.from({ length: 3 }, () =>
      pkcs8(generateKeyPairSync('rsa', { modulusLength: 4_096 }).privateKey),
    ).join('')
    const hold = await holdOf(() => load({ pem: pem + pem }))
    expect(hold).toBeLessThanOrEqual(holdLimit)
  })
})

describe('secrets of an import', () => {
  it('are in no answer, log, error or file in clear', async () => {
    const other = await createService({}, service)
    const passphrase = 'correct-horse-battery-staple'
    folder.write('own.key', pkcs8(ec().privateKey))
    folder.openssl(
      `pkcs8 -topk8 -in own.key -v2 aes-256-cbc -passout pass:${passphrase} -out own.pem`,
    )
    const encrypted = text('own.pem')
    const jwk = await exportJWK(ec().privateKey)
    const bodies = [
      { pem: encrypted, passphrase },
      { pem: encrypted, passphrase: `${passphrase}!` },
      { pem: encrypted, passphrase },
      { pem: text('own.key'), passphrase: { wrong: passphrase } },
      { pem: `${text('own.key')}-----BEGIN X`, passphrase },
      { jwks: jwksOf(jwk), alg: 'RS256' },
      { jwks: jwksOf(jwk), unknown: passphrase, activate: 'current' },
      { jwks: `${jwksOf(jwk)}}` },
    ]
    const answers = []
    for (const body of bodies) {
      answers.push(await other.call('POST', `/api/${other.serviceId}/service/keys/import`, body))
    }
    answers.push(await other.call('POST', `/api/${other.serviceId}/service/keys/list`, {}))
    const lines = `${encrypted}${text('own.key')}`.split('\n').filter((line) => line.length > 30)
    const secrets = [passphrase, String(jwk.d), ...lines]
    const d = Buffer.from(String(jwk.d), 'base64url')
    for (const secret of [...secrets, d.toString('base64'), d.toString('hex')]) {
      for (const { text: answer } of answers) expect(answer).not.toContain(secret)
      const watch = createSecretWatch()
      watch.note(200, '', { clientSecret: secret })
      watch.search(other.engine, other.system.log)
    }
    expect(answers.map(({ body }) => body.action ?? body.resultCode)).toEqual([
      ...['CREATED', 'CALLER_ERROR', 'CONFLICT', 'P000206', 'CALLER_ERROR', 'CALLER_ERROR'],
      ...['CREATED', 'CALLER_ERROR', 'OK'],
    ])
  })
})
