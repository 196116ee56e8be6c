/** Credentials of ISO 18013-5, read back by a library that the engine does not use. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CborEncoded, CborTag, embedded, encodeCbor } from '../../../src/oauth/vci/format/cbor.ts'
import {
  coseKey,
  readMdoc as readPayload,
  unsignedMdoc,
} from '../../../src/oauth/vci/format/mdoc.ts'
import { authority, certificate } from '../../support/certificates.ts'
import { readMdoc } from '../../support/credential-readers.ts'
import { testSystem } from '../../support/system.ts'

const { bytes } = testSystem().random
const docType = 'org.iso.18013.5.1.mDL'
const namespace = 'org.iso.18013.5.1'
const root = authority('IACA')
const signer = certificate({
  subject: [
    ['C', 'UT'],
    ['CN', 'signer'],
  ],
  issuer: root,
})
const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const key = publicKey.export({ format: 'jwk' }) as Record<string, unknown>
const parts = { key, validFrom: 1_767_225_600, validUntil: 1_769_904_000, alg: -7 }

/** A credential with these elements of one namespace. */
function issue(elements: unknown, chain = [signer]): string {
  const payload = JSON.stringify({ doctype: docType, claims: { [namespace]: elements } })
  const { toBeSigned, finish } = unsignedMdoc(readPayload(docType, payload), parts, bytes)
  const signingKey = { key: signer.privateKey, dsaEncoding: 'ieee-p1363' as const }
  const signature = sign('sha256', toBeSigned, signingKey)
  return finish(
    signature,
    chain.map(({ base64 }) => Buffer.from(base64, 'base64')),
  )
}

/** Maps of the reader as objects. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (!(value instanceof Map)) return value
  return Object.fromEntries([...value].map(([name, each]) => [name, plain(each)]))
}

describe('element of an mdoc', () => {
  /** Of the family name in the example of ISO 18013-5 Annex D. */
  const item =
    'd8185863a4686469676573744944006672616e646f6d58208798645b20ea200e19ffabac92624bee6aec63aceedecfb1b80077d22bfc20e971656c656d656e744964656e7469666965726b66616d696c795f6e616d656c656c656d656e7456616c756563446f65'
  const random = '8798645b20ea200e19ffabac92624bee6aec63aceedecfb1b80077d22bfc20e9'

  it('is encoded and digested as in the example (ISO 18013-5 §9.1.2.5)', () => {
    const element = new Map<string, string | number | Buffer>([
      ['digestID', 0],
      ['random', Buffer.from(random, 'hex')],
      ['elementIdentifier', 'family_name'],
      ['elementValue', 'Doe'],
    ])
    const encoded = encodeCbor(embedded(encodeCbor(element)))
    expect(encoded.toString('hex')).toBe(item)
    expect(createHash('sha256').update(encoded).digest('hex')).toBe(
      '75167333b47b6c2bfb86eccc1f438cf57af055371ac55e1e359e20f254adcebf',
    )
  })

  it('can be a full date (ISO 18013-5 §7.2.1)', () => {
    const date = encodeCbor(new CborTag(1004, '2019-10-20'))
    expect(date.toString('hex')).toBe('d903ec6a323031392d31302d3230')
    expect(encodeCbor([new CborEncoded(date)]).toString('hex')).toBe(`81${date.toString('hex')}`)
  })
})

describe('mdoc', () => {
  it('has every kind of value of JSON and of the notation, in the order of the payload', async () => {
    const elements = {
      ...{ family_name: 'Müller', resident: true, height: 181, weight: 80.5, none: null },
      large: 9_007_199_254_740_991,
      negative: -5,
      birth_date: 'cbor:1004("1971-09-01")',
      portrait: "cbor:h'ffd8ffe0'",
      driving_privileges: [{ vehicle_category_code: 'A', issue_date: 'cbor:1004("2018-08-09")' }],
    }
    const { elements: read, mso, chain, alg } = await readMdoc(issue(elements), docType)
    expect(Object.keys(read[namespace] ?? {})).toEqual(Object.keys(elements))
    expect(read[namespace]).toMatchObject({
      ...{ family_name: 'Müller', resident: true, height: 181, weight: 80.5, none: null },
      negative: -5,
    })
    expect(Number(read[namespace]?.['large'])).toBe(9_007_199_254_740_991)
    expect(JSON.stringify(read[namespace]?.['birth_date'])).toContain('1971-09-01')
    expect(Buffer.from(read[namespace]?.['portrait']).toString('hex')).toBe('ffd8ffe0')
    expect(mso).toMatchObject({ version: '1.0', digestAlgorithm: 'SHA-256', docType })
    expect(mso.validityInfo).toMatchObject({
      signed: new Date(parts.validFrom * 1000),
      validFrom: new Date(parts.validFrom * 1000),
      validUntil: new Date(parts.validUntil * 1000),
    })
    expect(chain).toHaveLength(1)
    expect(alg).toBe('ES256')
  })

  it('writes numbers beyond 2^53 as integers, and others as floats', async () => {
    const payload = '{"claims":{"n":{"a":18446744073709551615,"b":1.10,"c":1e2,"d":2.0}}}'
    const { namespaces } = readPayload(docType, payload)
    const hex = namespaces[0]?.elements.map(({ value }) => Buffer.from(value.bytes).toString('hex'))
    expect(hex).toEqual([
      '1bffffffffffffffff',
      'fb3ff199999999999a',
      'fb4059000000000000',
      'fb4000000000000000',
    ])
  })

  it('of any JSON is read back as that JSON', async () => {
    // The only reserved name of small letters.
    const name = fc.stringMatching(/^[a-z]{1,30}$/).filter((text) => text !== 'constructor')
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string({ unit: 'grapheme', maxLength: 300 }).filter((text) => !text.startsWith('cbor:')),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 30 }),
        fc.dictionary(name, tie('value'), { maxKeys: 5 }),
      ),
    }))
    await fc.assert(
      fc.asyncProperty(json.value, async (value) => {
        const { elements } = await readMdoc(issue({ value }), docType)
        expect(plain(elements[namespace]?.['value'])).toEqual(value)
      }),
      { numRuns: 100 },
    )
  })

  it('has distinct digest identifiers below 2^31, in order in the security object', async () => {
    const elements = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`e${at}`, at]))
    const { digestIds, mso } = await readMdoc(issue(elements), docType)
    const ids = digestIds[namespace] ?? []
    expect(new Set(ids).size).toBe(100)
    expect(Math.max(...ids)).toBeLessThan(2 ** 31)
    expect([...mso.valueDigests.get(namespace).keys()]).toEqual([...ids].sort((a, b) => a - b))
    expect(ids).not.toEqual([...ids].sort((a, b) => a - b))
  })

  it('has a list of certificates if the chain has several (RFC 9360 §2)', async () => {
    const { chain } = await readMdoc(issue({ a: 1 }, [signer, root]), docType)
    expect(chain.map(({ subject }) => subject)).toEqual(['C=UT\nCN=signer', 'CN=IACA'])
  })

  it('has different salts and identifiers in each credential of an order', async () => {
    const [one, other] = [issue({ a: 1 }), issue({ a: 1 })].map((each) => readMdoc(each, docType))
    expect((await one)?.digestIds).not.toEqual((await other)?.digestIds)
  })
})

describe('device key', () => {
  it.each([
    ['P-256', 'ec', 'prime256v1', 1],
    ['P-384', 'ec', 'secp384r1', 2],
    ['P-521', 'ec', 'secp521r1', 3],
  ])('of %s is a COSE_Key (RFC 9053 §7.1.1)', (_name, type, namedCurve, curve) => {
    const pair = generateKeyPairSync(type as 'ec', { namedCurve })
    const jwk = pair.publicKey.export({ format: 'jwk' })
    const cose = coseKey(jwk as Record<string, unknown>)
    expect([cose.get(1), cose.get(-1)]).toEqual([2, curve])
    expect(Buffer.from(cose.get(-2) as Buffer).toString('base64url')).toBe(jwk.x)
    expect(Buffer.from(cose.get(-3) as Buffer).toString('base64url')).toBe(jwk.y)
  })

  it('of Ed25519 is a COSE_Key (RFC 9053 §7.2)', () => {
    const jwk = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
    const cose = coseKey(jwk as Record<string, unknown>)
    expect([...cose.keys()]).toEqual([1, -1, -2])
    expect([cose.get(1), cose.get(-1)]).toEqual([1, 6])
  })

  it('cannot be RSA', () => {
    expect(() => coseKey({ kty: 'RSA', n: 'AQAB', e: 'AQAB' })).toThrow('P129015')
  })
})

describe('payload of an mdoc', () => {
  it.each([
    ['has another doctype', '{"doctype":"x","claims":{"n":{"a":1}}}', 'P129011'],
    ['has no claims', '{}', 'P129012'],
    ['has no namespaces', '{"claims":{}}', 'P129012'],
    ['has an empty namespace', '{"claims":{"n":{}}}', 'P129012'],
    ['has elements in a list', '{"claims":{"n":[1]}}', 'P129012'],
    ['has a broken notation', '{"claims":{"n":{"a":"cbor:1004("}}}', 'P129013'],
    ['has a broken notation further down', '{"claims":{"n":{"a":[{"b":"cbor:"}]}}}', 'P129013'],
    ['has an integer of 65 bits', '{"claims":{"n":{"a":18446744073709551616}}}', 'P129014'],
    ['has half a surrogate pair', '{"claims":{"n":{"a":"\\ud800"}}}', 'P129014'],
    ['has a reserved name', '{"claims":{"n":{"toString":1}}}', 'P129004'],
  ])('is refused if it %s', (_what, payload, code) => {
    expect(() => readPayload(docType, payload)).toThrow(code)
  })

  it('is refused with the place of a broken notation', () => {
    const payload = '{"claims":{"n":{"a":[{"b":"cbor:[1"}]}}}'
    expect(() => readPayload(docType, payload)).toThrow('At: /claims/n/a/0/b: missing , at')
  })
})
