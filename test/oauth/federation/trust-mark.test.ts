/** Trust marks and their delegations, OpenID Federation §7. */
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { readStatement, type Statement } from '../../../src/oauth/federation/entity-statement.ts'
import {
  authorityOver,
  endOf,
  markProblem,
  marksOf,
  readTrustMark,
  signatureProblem,
} from '../../../src/oauth/federation/trust-mark.ts'
import {
  type Bent,
  type Entity,
  entity,
  entityKey,
  federationOf,
} from '../../support/federation.ts'
import { jwksOf, publicKey } from '../../support/keys.ts'
import { testSystem } from '../../support/system.ts'

const system = testSystem()
const { configuration, trustMark, delegation } = federationOf(system)

const type = 'https://anchor.example/marks/member'
const owned = 'https://anchor.example/marks/owned'
const open = 'https://anchor.example/marks/open'
const now = system.clock()
const seconds = Math.floor(now / 1_000)

let anchor: Entity
let issuer: Entity
let owner: Entity
let party: Entity
let known: Statement
beforeAll(async () => {
  anchor = await entity('https://anchor.example')
  issuer = await entity('https://marks.example', { superiors: [anchor] })
  owner = await entity('https://owner.example', { superiors: [anchor] })
  party = await entity('https://rp.example', { superiors: [anchor] })
  const claims = {
    trust_mark_issuers: { [type]: [issuer.id], [owned]: [issuer.id], [open]: [] },
    trust_mark_owners: {
      [owned]: { sub: owner.id, jwks: JSON.parse(jwksOf(publicKey(owner.key))) },
    },
  }
  known = readStatement(await configuration(anchor, { claims }))
})

/** Why a mark is not valid; `valid` if it is. */
async function verdict(text: string, { keysOf = issuer, skew = 0 } = {}): Promise<string> {
  const mark = readTrustMark(text)
  if (!mark) return 'malformed'
  const { keys } = readStatement(await configuration(keysOf))
  const options = { anchor: known, keys, now, skew }
  return markProblem(mark, party.id, options) ?? (await signatureProblem(mark, options)) ?? 'valid'
}

const markOf = async (bent?: Bent, of = type) =>
  (await trustMark(issuer, party, of, bent)).trust_mark

describe('trust mark', () => {
  it('is valid from an issuer that the anchor trusts', async () => {
    expect(await verdict(await markOf())).toBe('valid')
    expect(await verdict(await markOf({ claims: { exp: undefined } }))).toBe('valid')
  })

  it.each<[string, Bent, string]>([
    ['another type of JWT', { header: { typ: 'entity-statement+jwt' } }, 'malformed'],
    ['no type', { header: { typ: undefined } }, 'malformed'],
    ['no kid', { header: { kid: undefined } }, 'malformed'],
    ['no iat', { claims: { iat: undefined } }, 'malformed'],
    ['a text as its exp', { claims: { exp: '4000000000' } }, 'malformed'],
    ['an empty type', { claims: { trust_mark_type: '' } }, 'malformed'],
    ['an issuer that is no entity', { claims: { iss: 'marks.example' } }, 'malformed'],
    ['another subject', { claims: { sub: 'https://a.example' } }, 'it is about another entity'],
    [
      'an unknown type',
      { claims: { trust_mark_type: 'toString' } },
      'its type is not known to the trust anchor',
    ],
    [
      'another issuer',
      { claims: { iss: 'https://other.example' } },
      'the trust anchor does not trust its issuer',
    ],
    ['an iat in the future', { claims: { iat: seconds + 60 } }, 'it was issued in the future'],
    ['an exp that has passed', { claims: { iat: 1, exp: seconds } }, 'it has expired'],
  ])('is refused with %s (OpenID Federation §7.3)', async (_what, bent, expected) => {
    expect(await verdict(await markOf(bent))).toBe(expected)
  })

  it('is refused with the signature of another key, or without one', async () => {
    const key = { ...(await entityKey('other')), kid: issuer.key.kid ?? '' }
    expect(await verdict(await markOf({ key }))).toBe('no key of its issuer has signed it')
    const header = { kid: 'unknown' }
    expect(await verdict(await markOf({ header }))).toBe('no key of its issuer has signed it')
    const [, claims] = (await markOf()).split('.')
    for (const alg of ['none', 'HS256']) {
      const part = Buffer.from(JSON.stringify({ alg, typ: 'trust-mark+jwt', kid: 'a' }))
      expect(await verdict(`${part.toString('base64url')}.${claims}.AAAA`)).toBe('malformed')
    }
  })

  it('may come from any entity if the anchor lists no issuers of its type (§3.1.2)', async () => {
    const { trust_mark: own } = await trustMark(party, party, open)
    expect(await verdict(own, { keysOf: party })).toBe('valid')
    const { trust_mark: limited } = await trustMark(party, party, type)
    expect(await verdict(limited, { keysOf: party })).toBe(
      'the trust anchor does not trust its issuer',
    )
  })

  it('allows clocks to differ', async () => {
    const early = await markOf({ claims: { iat: seconds + 5 } })
    expect(await verdict(early, { skew: 10_000 })).toBe('valid')
    const late = await markOf({ claims: { iat: 1, exp: seconds - 5 } })
    expect(await verdict(late, { skew: 10_000 })).toBe('valid')
  })

  it('is refused after any change of a single character', async () => {
    const text = await markOf()
    const change = fc.tuple(fc.nat(), fc.constantFrom('A', 'B', '.'))
    await fc.assert(
      fc.asyncProperty(change, async ([at, letter]) => {
        const index = at % text.length
        const changed = `${text.slice(0, index)}${letter}${text.slice(index + 1)}`
        fc.pre(changed !== text)
        expect(await verdict(changed)).not.toBe('valid')
      }),
      { numRuns: 200 },
    )
  })
})

describe('delegation of trust marks', () => {
  const delegated = async (bent?: Bent, of = owned) =>
    markOf({ claims: { delegation: await delegation(owner, issuer, owned, bent) } }, of)

  it('is required for a type that has an owner (OpenID Federation §7.2)', async () => {
    expect(await verdict(await markOf({}, owned))).toBe(
      'the owner of its type has not delegated it',
    )
    expect(await verdict(await delegated())).toBe('valid')
    expect(await verdict(await delegated({ claims: { exp: undefined } }))).toBe('valid')
  })

  it.each<[string, Bent]>([
    ['another type of JWT', { header: { typ: 'trust-mark+jwt' } }],
    ['another issuer', { claims: { sub: 'https://other.example' } }],
    ['another owner', { claims: { iss: 'https://other.example' } }],
    ['another type', { claims: { trust_mark_type: type } }],
    ['an exp that has passed', { claims: { iat: 1, exp: seconds } }],
    ['an iat in the future', { claims: { iat: seconds + 60 } }],
    ['no iat', { claims: { iat: undefined } }],
    ['an unknown key', { header: { kid: 'unknown' } }],
  ])('is refused with %s (OpenID Federation §7.2.2)', async (_what, bent) => {
    expect(await verdict(await delegated(bent))).toBe('its delegation is not valid')
  })

  it('is refused with the signature of another key, and if it is no JWT', async () => {
    const key = { ...(await entityKey('other')), kid: owner.key.kid ?? '' }
    expect(await verdict(await delegated({ key }))).toBe('its delegation is not valid')
    for (const wrong of ['', 'a.b.c', 1, null, {}]) {
      const text = await markOf({ claims: { delegation: wrong } }, owned)
      expect(await verdict(text)).toBe('its delegation is not valid')
    }
  })

  it('is refused for a type of which the anchor knows no owner', async () => {
    const text = await markOf({ claims: { delegation: await delegation(owner, issuer, type) } })
    expect(await verdict(text)).toBe('its delegation is not valid')
  })

  it('ends the trust mark, if it expires earlier', async () => {
    const mark = readTrustMark(await delegated({ claims: { exp: seconds + 10 } }))
    expect(mark && endOf(mark)).toBe((seconds + 10) * 1_000)
    const plain = readTrustMark(await markOf({ claims: { exp: undefined } }))
    expect(plain && endOf(plain)).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('trust marks of a configuration', () => {
  it('are the first ten, those of required types before others', async () => {
    const others = await Promise.all(
      Array.from({ length: 20 }, (_, at) => trustMark(issuer, party, `other-${at}`)),
    )
    const wanted = await trustMark(issuer, party, type)
    const claims = { trust_marks: [...others, wanted] }
    const marks = marksOf(readStatement(await configuration(party, { claims })), [type])
    expect(marks.map((mark) => mark.type)).toEqual([
      type,
      ...Array.from({ length: 9 }, (_, at) => `other-${at}`),
    ])
  })

  it('have types that may be any texts, also names of prototypes', async () => {
    const claims = { trust_mark_issuers: { constructor: [issuer.id] } }
    const statement = readStatement(await configuration(anchor, { claims }))
    expect(authorityOver('constructor', statement)).toEqual({ issuers: [issuer.id] })
    expect(authorityOver('toString', statement)).toBeUndefined()
    expect(authorityOver('__proto__', statement)).toBeUndefined()
  })
})
