/** Selective disclosure, read back by a library that the engine does not use. */
import { createHash } from 'node:crypto'
import { SDJwtInstance } from '@sd-jwt/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseExact } from '../../../src/model/exact-json.ts'
import { disclose, frameByLeaf, readFrame } from '../../../src/oauth/vci/format/disclosure.ts'
import { compactSdJwt, readSdJwtVc, signedPart } from '../../../src/oauth/vci/format/sd-jwt-vc.ts'
import type { Json } from '../../support/server.ts'
import { testSystem } from '../../support/system.ts'

const { bytes } = testSystem().random
const reader = new SDJwtInstance({
  hasher: (data) =>
    createHash('sha256')
      .update(Buffer.from(data as string))
      .digest(),
})

/** The claims that a reader gets from all disclosures. */
async function readBack(payload: Json, disclosures: readonly string[]): Promise<Json> {
  const part = signedPart({ alg: 'ES256', typ: 'dc+sd-jwt' }, payload)
  return reader.getClaims(compactSdJwt(part, Buffer.alloc(64), disclosures))
}

const contentOf = (disclosure: string) => Buffer.from(disclosure, 'base64url').toString()
const disclosed = (text: string, frame?: string) => {
  const claims = parseExact(text) as Json
  const { payload, disclosures } = disclose(
    claims,
    frame ? readFrame(frame, claims) : frameByLeaf(claims),
    bytes,
  )
  return { payload: payload as Json, contents: disclosures.map(contentOf), disclosures }
}

describe('disclosures', () => {
  it('are encoded as in the example without white space (RFC 9901 §4.2.1)', () => {
    const salt = Buffer.from('_26bc4LT-ac6q2KI6cBW5es', 'base64url')
    const claims = { family_name: 'Möbius' }
    const { payload, disclosures } = disclose(claims, frameByLeaf(claims), () => salt)
    expect(disclosures).toEqual([
      'WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsImZhbWlseV9uYW1lIiwiTcO2Yml1cyJd',
    ])
    const digest = 'TZjouOTrBKEwUNjNDs9yeMzBoQn8FFLPaJjRRmAtwrM'
    expect(payload).toEqual({ _sd: [digest], _sd_alg: 'sha-256' })
  })

  it('are one for each leaf, and an array is one leaf', () => {
    const text = JSON.stringify({
      ...{ given_name: 'Erika', nationalities: ['DE', 'FR'], verified: null },
      address: { locality: 'Berlin', country: 'DE', geo: { lat: 52.5 } },
      empty: {},
    })
    const { payload, contents } = disclosed(text)
    expect(contents.map((each) => JSON.parse(each).slice(1))).toEqual([
      ['given_name', 'Erika'],
      ['nationalities', ['DE', 'FR']],
      ['verified', null],
      ['locality', 'Berlin'],
      ['country', 'DE'],
      ['lat', 52.5],
    ])
    expect(payload._sd).toHaveLength(3)
    expect(payload.address._sd).toHaveLength(2)
    expect(payload.address.geo._sd).toHaveLength(1)
    expect(payload.empty).toEqual({})
    expect(payload._sd).toEqual([...payload._sd].sort())
  })

  it('exclude what verifiers need first (SD-JWT VC §3.2.2.2)', () => {
    const names = ['iss', 'iat', 'nbf', 'exp', 'cnf', 'vct', 'vct#integrity', 'status', 'type']
    const claims = Object.fromEntries(names.map((name) => [name, 1]))
    const { payload, disclosures } = disclosed(JSON.stringify(claims))
    expect(payload).toEqual(claims)
    expect(disclosures).toEqual([])
  })

  it('have distinct salts of 128 bits', () => {
    const claims = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`c${at}`, at]))
    const { contents } = disclosed(JSON.stringify(claims))
    const salts = contents.map((each) => JSON.parse(each)[0])
    expect(new Set(salts).size).toBe(50)
    expect(salts.map((salt) => Buffer.from(salt, 'base64url').length)).toEqual(Array(50).fill(16))
  })

  it('have numbers as the caller wrote them', () => {
    const { contents } = disclosed('{"id":12345678901234567890,"amount":1.10}')
    expect(contents[0]).toMatch(/,"id",12345678901234567890]$/)
    expect(contents[1]).toMatch(/,"amount",1\.10]$/)
  })

  it('can be of elements, and in each other, by a frame', async () => {
    const text = '{"nationalities":["DE","FR"],"address":{"locality":"Berlin"},"name":"E"}'
    const frame = '{"_sd":["address"],"nationalities":{"_sd":[0,1]},"address":{"_sd":["locality"]}}'
    const { payload, contents, disclosures } = disclosed(text, frame)
    expect(payload.name).toBe('E')
    expect(payload.nationalities).toEqual([
      { '...': expect.any(String) },
      { '...': expect.any(String) },
    ])
    expect(payload.address).toBeUndefined()
    expect(contents).toHaveLength(4)
    const { _sd_alg, ...claims } = await readBack(payload, disclosures)
    expect(claims).toEqual(JSON.parse(text))
  })

  it('of any claims are read back as those claims', async () => {
    const names = fc.constantFrom('a', 'b', 'given_name', '0', 'ü', 'vct', 'address')
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        tie('object'),
      ),
      object: fc.dictionary(names, tie('value'), { maxKeys: 5 }),
    }))
    await fc.assert(
      fc.asyncProperty(json.object, async (claims) => {
        const { payload, disclosures } = disclosed(JSON.stringify(claims))
        const { _sd_alg, ...read } = await readBack(payload, disclosures)
        expect(read).toEqual(JSON.parse(JSON.stringify(claims)))
      }),
      { numRuns: 300 },
    )
  })
})

describe('payload of an SD-JWT VC', () => {
  const refusalOf = (work: () => unknown): string => {
    try {
      work()
    } catch (error) {
      return (error as Error).message
    }
    return ''
  }
  const read = (payload: string | undefined, frame?: string) => () =>
    readSdJwtVc('https://vct.example/diploma', payload, frame)
  const nested = `${'{"a":'.repeat(16)}1${'}'.repeat(16)}`

  it.each([
    ['is missing', undefined, 'P129001'],
    ['is empty', '', 'P129001'],
    ['is no JSON', '{', 'P129003'],
    ['is an array', '[]', 'P129003'],
    ['is too deep', `{"a":${nested}}`, 'P129003'],
    ['has a name of an object of JavaScript', '{"constructor":1}', 'P129004'],
    ['has such a name further down', '{"a":[{"b":{"__proto__":1}}]}', 'P129004'],
    ['has _sd', '{"a":{"_sd":[]}}', 'P129004'],
    ['has _sd_alg', '{"_sd_alg":"sha-256"}', 'P129004'],
    ['has three dots', '{"a":[{"...":"x"}]}', 'P129004'],
    ['has another vct', '{"vct":"https://vct.example/other"}', 'P129009'],
    ['has no number as exp', '{"exp":"tomorrow"}', 'P129010'],
    ['has a large nbf', '{"nbf":1e15}', 'P129010'],
  ])('is refused if it %s', (_what, payload, code) => {
    expect(refusalOf(read(payload))).toContain(code)
  })

  it.each([
    ['too long', JSON.stringify({ a: 'x'.repeat(256 * 1024) }), 'P129002'],
    ['of too many elements', JSON.stringify({ a: Array(2_000).fill(1) }), 'P129005'],
  ])('is refused if it is %s', (_what, payload, code) => {
    expect(refusalOf(read(payload))).toContain(code)
  })

  it('names the place of a reserved name', () => {
    expect(refusalOf(read('{"a":[1,{"b":{"toString":1}}]}'))).toContain('At: /a/1/b/toString')
  })

  it.each([
    ['is no object', '[]', 'P129006'],
    ['has no list', '{"_sd":"a"}', 'P129006'],
    ['has a frame that is no object', '{"b":[]}', 'P129006'],
    ['names an unknown claim', '{"_sd":["c"]}', 'P129007'],
    ['has the frame of an unknown claim', '{"c":{"_sd":[]}}', 'P129007'],
    ['has the frame of a text', '{"a":{}}', 'P129007'],
    ['names an element beyond the end', '{"d":{"_sd":[1]}}', 'P129007'],
    ['names the length of an array', '{"d":{"_sd":["length"]}}', 'P129007'],
    ['hides the type', '{"_sd":["vct"]}', 'P129008'],
    ['hides a part of the status', '{"status":{"_sd":["x"]}}', 'P129008'],
  ])('is refused if its frame %s', (_what, frame, code) => {
    const payload = '{"a":"x","b":{},"d":[1],"status":{"x":1}}'
    expect(refusalOf(read(payload, frame))).toContain(code)
  })

  it('gets the vct of the configuration', () => {
    expect(read('{"a":1}')().claims['vct']).toBe('https://vct.example/diploma')
  })
})
