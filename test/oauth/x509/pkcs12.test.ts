/** PKCS #12 files (RFC 7292) and encrypted keys (RFC 5958), as the command openssl writes them. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { definiteForm } from '../../../src/x509/ber.ts'
import { readDer } from '../../../src/x509/der.ts'
import {
  allowedDerivations,
  ContainerError,
  decryptPrivateKey,
} from '../../../src/x509/password-encryption.ts'
import { readPkcs12 } from '../../../src/x509/pkcs12.ts'
import { der, objectId, octets, sequence } from '../../support/der.ts'
import { holdLimit, holdOf } from '../../support/event-loop.ts'
import {
  certifyLeaf,
  data,
  type KeyFolder,
  keyFolder,
  pkcs12File,
} from '../../support/key-files.ts'

let folder: KeyFolder
beforeAll(() => {
  folder = keyFolder()
  certifyLeaf(folder)
})
afterAll(() => folder.remove())

function exported(options: string, passphrase = 'a-passphrase'): Buffer {
  folder.openssl(
    `pkcs12 -export -inkey leaf.key -in leaf.pem -certfile middle.pem ${options} ` +
      `-passout pass:${passphrase} -out leaf.p12`,
  )
  return Buffer.from(folder.base64('leaf.p12'), 'base64')
}

const faultOf = async (reading: Promise<unknown>): Promise<unknown> => {
  const error = await reading.catch((thrown: unknown) => thrown)
  return error instanceof ContainerError ? error.fault : (error as Error)?.name
}

describe('PKCS #12 file', () => {
  it.each([
    ['by default', ''],
    ['with AES-128 and SHA-512', '-keypbe AES-128-CBC -certpbe AES-192-CBC -macalg sha512'],
    ['with SHA-384 and 60,000 iterations', '-macalg sha384 -iter 60000'],
    ['without encryption', '-keypbe NONE -certpbe NONE -macalg sha256'],
  ])('is read: written by openssl %s (RFC 7292 §4)', async (_how, options) => {
    const bags = await readPkcs12(exported(options), 'a-passphrase')
    const keys = bags.filter(({ label }) => label === 'PRIVATE KEY')
    const certificates = bags.filter(({ label }) => label === 'CERTIFICATE')
    const key = createPrivateKey({ key: keys[0]?.der ?? '', format: 'der', type: 'pkcs8' })
    expect(key.equals(createPrivateKey(folder.text('leaf.key')))).toBe(true)
    expect(certificates.map(({ der }) => new X509Certificate(der).subject)).toEqual([
      ...['CN=leaf', 'CN=middle'],
    ])
  })

  it.each(['', 'ü-€-𝄞'])('is read with the passphrase "%s" (RFC 7292 §B.1)', async (passphrase) => {
    expect(await readPkcs12(exported('', passphrase), passphrase)).toHaveLength(3)
  })

  it('is read in BER with indefinite lengths (X.690 §8.1.3.6)', async () => {
    const file = exported('')
    const indefinite = (bytes: Buffer): Buffer =>
      Buffer.concat(
        readDer(bytes).map(({ tag, content }) =>
          (tag & 0x20) === 0
            ? der(tag, content)
            : Buffer.concat([Buffer.from([tag, 0x80]), indefinite(content), Buffer.alloc(2)]),
        ),
      )
    expect(await readPkcs12(indefinite(file), 'a-passphrase')).toHaveLength(3)
  })

  it.each([
    ['with RC2 and 3DES', '-legacy', 'encryption'],
    ['with 3DES only', '-keypbe PBE-SHA1-3DES -provider legacy -provider default', 'encryption'],
    ['with SHA-1', '-macalg sha1', 'encryption'],
    ['without integrity', '-nomac', 'integrity'],
  ])('is refused %s (RFC 7292 §4)', async (_how, options, fault) => {
    expect(await faultOf(readPkcs12(exported(options), 'a-passphrase'))).toBe(fault)
  })

  it('is refused with another passphrase (RFC 7292 §4)', async () => {
    expect(await faultOf(readPkcs12(exported(''), 'another'))).toBe('passphrase')
  })

  it('is refused if it was changed (RFC 7292 §4)', async () => {
    const file = exported('')
    const at = file.indexOf(Buffer.from('2a864886f70d010706', 'hex'))
    file.writeUInt8((file[at + 60] ?? 0) ^ 1, at + 60)
    expect(await faultOf(readPkcs12(file, 'a-passphrase'))).toMatch(/passphrase|DerError/)
  })

  it('is refused if it is truncated anywhere (X.690 §8.1.3)', async () => {
    const file = exported('')
    for (let end = 0; end < file.length; end += 23) {
      const fault = await faultOf(readPkcs12(file.subarray(0, end), 'a-passphrase'))
      expect(fault).toMatch(/DerError|malformed/)
    }
  })
})

const bagsOf = (bytes: Buffer) => pkcs12File(sequence(data(bytes)))
const nested = (depth: number): Buffer =>
  depth === 0
    ? sequence()
    : sequence(sequence(objectId('1.2.840.113549.1.12.10.1.6'), der(0xa0, nested(depth - 1))))
const certificateBag = () =>
  sequence(
    objectId('1.2.840.113549.1.12.10.1.3'),
    der(0xa0, sequence(objectId('1.2.840.113549.1.9.22.1'), der(0xa0, octets(Buffer.alloc(4))))),
  )

describe('hostile PKCS #12 file', () => {
  it('is read up to eight bags in each other (RFC 7292 §4.2.6)', async () => {
    expect(await readPkcs12(bagsOf(nested(8)), 'p')).toEqual([])
  })

  it.each<[string, () => Buffer, string]>([
    ['2^31 iterations', () => pkcs12File(sequence(), { iterations: 2 ** 31 }), 'costly'],
    ['1,000,001 iterations', () => pkcs12File(sequence(), { iterations: 1_000_001 }), 'costly'],
    ['a salt of 65 bytes', () => pkcs12File(sequence(), { salt: Buffer.alloc(65) }), 'costly'],
    ['ten bags in each other', () => bagsOf(nested(10)), 'malformed'],
    ['40 bags in each other', () => bagsOf(nested(40)), 'DerError'],
    [
      '60 certificates',
      () => bagsOf(sequence(...Array.from({ length: 60 }, certificateBag))),
      'malformed',
    ],
    [
      '32,000 values in each other',
      () => Buffer.alloc(64_000, Buffer.from('3080', 'hex')),
      'DerError',
    ],
    ['32,000 values', () => sequence(Buffer.alloc(64_000, Buffer.from('0500', 'hex'))), 'DerError'],
    ['no bytes', () => Buffer.alloc(0), 'DerError'],
    ['zeros', () => Buffer.alloc(48_000), 'DerError'],
    ['a length beyond the end', () => Buffer.from('3084ffffffff', 'hex'), 'DerError'],
  ])('is refused within 100 ms: %s', async (_what, bytesIn, fault) => {
    const bytes = bytesIn()
    let found: unknown
    const hold = await holdOf(async () => {
      found = await faultOf(readPkcs12(bytes, 'p'))
    })
    expect(found).toBe(fault)
    expect(hold).toBeLessThanOrEqual(holdLimit)
  })

  it('does not block the event loop with 300,000 iterations (RFC 7292 §B.2)', async () => {
    const hold = await holdOf(async () => {
      const fault = await faultOf(readPkcs12(pkcs12File(sequence(), { iterations: 300_000 }), 'p'))
      expect(fault).toBe('passphrase')
    })
    expect(hold).toBeLessThanOrEqual(holdLimit)
  })
})

describe('encrypted private key', () => {
  const read = async (options: string) => {
    folder.openssl(
      `pkcs8 -topk8 -in leaf.key -passout pass:secret -outform DER ${options} -out e.der`,
    )
    const der = Buffer.from(folder.base64('e.der'), 'base64')
    return decryptPrivateKey(der, 'secret', allowedDerivations())
  }

  it.each([
    '-v2 aes-256-cbc',
    '-v2 aes-128-cbc -v2prf hmacWithSHA512 -iter 20000',
    '-v2 aes-192-cbc -v2prf hmacWithSHA1',
  ])('is decrypted: pkcs8 %s (RFC 8018 §6.2)', async (options) => {
    const key = createPrivateKey({ key: await read(options), format: 'der', type: 'pkcs8' })
    expect(key.equals(createPrivateKey(folder.text('leaf.key')))).toBe(true)
  })

  it.each(['-v2 des3', '-scrypt', '-v1 PBE-SHA1-3DES -provider legacy -provider default'])(
    'is refused: pkcs8 %s (RFC 8018 §6)',
    async (options) => expect(await faultOf(read(options))).toBe('encryption'),
  )
})

describe('BER', () => {
  it('becomes DER: octet strings in pieces are joined (X.690 §8.7.3)', () => {
    const pieces = Buffer.from('248004010104020203' + '0000', 'hex')
    expect(definiteForm(pieces).toString('hex')).toBe('0403010203')
    expect(() => definiteForm(Buffer.from('24030201010', 'hex'))).toThrow()
  })

  it.each([128, 255, 256, 65_536])('keeps values of %d bytes (X.690 §10.1)', (length) => {
    const value = octets(Buffer.alloc(length, 7))
    expect(definiteForm(sequence(value)).equals(sequence(value))).toBe(true)
  })

  it('is refused with other bytes after it', () => {
    expect(() => definiteForm(Buffer.from('050000', 'hex'))).toThrow()
  })
})
