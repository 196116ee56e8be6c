/** Status lists: packing, by the test vectors of the specification, and an independent reader. */
import { readFileSync } from 'node:fs'
import { deflateSync, inflateSync } from 'node:zlib'
import { StatusList } from '@owf/token-status-list'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packStatuses } from '../../../src/oauth/vci/status-list.ts'
import { statusProblem, statusSettings } from '../../../src/oauth/vci/status-settings.ts'

interface Vectors {
  size: number
  lists: { bits: 1 | 2 | 4 | 8; entries: [place: number, status: number][]; lst: string }[]
}
const vectors: Vectors = JSON.parse(
  readFileSync(new URL('./status-list-vectors.json', import.meta.url), 'utf8'),
)
const entriesOf = (pairs: [number, number][]) => pairs.map(([place, status]) => ({ place, status }))

describe('packed status list', () => {
  for (const { bits, entries, lst } of vectors.lists) {
    it(`equals the test vector with ${bits} bits per status (Token Status List §C)`, () => {
      const packed = packStatuses(vectors.size, bits, entriesOf(entries))
      expect(packed.equals(inflateSync(Buffer.from(lst, 'base64url')))).toBe(true)
    })
  }

  it('equals the short examples byte for byte (Token Status List §4.1)', () => {
    const ones = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1].map((status, place) => ({
      place,
      status,
    }))
    expect(packStatuses(16, 1, ones).toString('hex')).toBe('b9a3')
    const twos = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3].map((status, place) => ({ place, status }))
    expect(packStatuses(12, 2, twos).toString('hex')).toBe('c944f9')
  })

  it('is read back by an independent reader, for any statuses', () => {
    const list = fc.constantFrom(1 as const, 2 as const, 4 as const, 8 as const).chain((bits) =>
      fc.record({
        bits: fc.constant(bits),
        statuses: fc.array(fc.integer({ min: 0, max: 2 ** bits - 1 }), {
          minLength: 64,
          maxLength: 64,
        }),
      }),
    )
    fc.assert(
      fc.property(list, ({ bits, statuses }) => {
        const entries = statuses.map((status, place) => ({ place, status }))
        const compressed = deflateSync(packStatuses(64, bits, entries))
        const read = StatusList.decompressStatusListFromBytes(compressed, bits)
        expect(statuses.map((_, place) => read.getStatus(place))).toEqual(statuses)
      }),
    )
  })
})

const ownerOf = (uri: string, more: Record<string, string> = {}) => ({
  attributes: Object.entries({ 'ext.vci.status.uri': uri, ...more }).map(([key, value]) => ({
    key,
    value,
  })),
})

describe('URL of status lists', () => {
  it('names a list by its number, and is read back', () => {
    const settings = statusSettings(ownerOf('https://issuer.example/status/{list}?v=1'))
    expect(settings?.uriOf(12)).toBe('https://issuer.example/status/12?v=1')
    expect(settings?.listOf('https://issuer.example/status/12?v=1')).toBe(12)
    const others = ['https://issuer.example/status/', 'https://issuer.example/status/012?v=1']
    for (const uri of [...others, 'https://issuer.example/status/1/2?v=1', '12', '']) {
      expect(settings?.listOf(uri)).toBeUndefined()
    }
  })

  it('is https, or http on a loopback host', () => {
    const good = ['https://a.example/{list}', 'http://127.0.0.1:8080/s?l={list}']
    const bad = ['http://a.example/{list}', 'https://{list}.a.example/', 'https://a.example/list']
    const worse = [
      'https://a.example/{list}#x',
      'https://a.example/{list}/{list}',
      '{list}',
      'ftp:',
    ]
    for (const uri of good) expect(statusSettings(ownerOf(uri))).toBeDefined()
    for (const uri of [...bad, ...worse]) expect(statusSettings(ownerOf(uri))).toBeUndefined()
  })

  it('is required where credentials get places in status lists', () => {
    const on = { 'ext.vci.status': 'on' }
    expect(statusProblem(ownerOf('', on))?.message).toContain('requires ext.vci.status.uri')
    expect(statusProblem(ownerOf('https://a.example/{list}', on))).toBeUndefined()
    expect(statusProblem(ownerOf('', { 'ext.vci.status': 'off' }))).toBeUndefined()
  })
})
