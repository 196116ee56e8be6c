/** Trust chains, OpenID Federation §4 and §10.2. */
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { keySetFrom } from '../../../src/jose/key-set.ts'
import { isSignedBy, readStatement } from '../../../src/oauth/federation/entity-statement.ts'
import {
  type ChainOptions,
  resolvedByType,
  resolvedMetadata,
  validateChain,
} from '../../../src/oauth/federation/trust-chain.ts'
import {
  type Bent,
  type Entity,
  entity,
  entityKey,
  federationOf,
  minute,
  type RelyingParty,
  relyingParty,
} from '../../support/federation.ts'
import { publicKey } from '../../support/keys.ts'
import { testSystem } from '../../support/system.ts'

const system = testSystem()
const { configuration, about, chain } = federationOf(system)

let anchor: Entity
let middle: Entity
let party: RelyingParty
let options: ChainOptions
beforeEach(async () => {
  anchor = await entity('https://anchor.example')
  middle = await entity('https://middle.example', { superiors: [anchor] })
  party = await relyingParty('https://rp.example', [middle])
  options = {
    anchors: [{ entityId: anchor.id, keys: keySetFrom([publicKey(anchor.key)]) }],
    now: system.clock(),
    skew: 10_000,
    isSignedBy,
  }
})

const validate = (texts: string[], more: Partial<ChainOptions> = {}) =>
  validateChain(
    texts.map((text) => readStatement(text)),
    { ...options, ...more },
  )

/** The code of the refusal, or the chain. */
const outcome = (texts: string[], more?: Partial<ChainOptions>) =>
  (async () => validate(texts, more))().then(
    (valid) => valid.anchor,
    (error) => error.rule.code,
  )

describe('trust chain', () => {
  it('is valid with and without the configuration of the anchor', async () => {
    const valid = await validate(await chain(party))
    expect(valid).toMatchObject({ subject: party.id, anchor: anchor.id })
    expect(valid.expiresAt).toBe(system.clock() + 5 * minute)
    expect(await outcome(await chain(party, { withAnchor: false }))).toBe(anchor.id)
  })

  it('is valid directly below the anchor', async () => {
    const direct = await relyingParty('https://direct.example', [anchor])
    expect(await outcome(await chain(direct))).toBe(anchor.id)
    expect(await outcome(await chain(direct, { withAnchor: false }))).toBe(anchor.id)
  })

  it('uses keys that the pinned keys of the anchor attest', async () => {
    const next = await entityKey('anchor-2')
    const [own = '', inner = ''] = await chain(party)
    const top = await about({ ...anchor, key: next }, middle)
    const jwks = { keys: [anchor.key, next].map(publicKey) }
    const rolled = await configuration(anchor, { claims: { jwks } })
    expect(await outcome([own, inner, top, rolled])).toBe(anchor.id)
    expect(await outcome([own, inner, top])).toBe('P135105')
  })

  it.each<[string, string, (texts: string[]) => string[] | Promise<string[]>]>([
    ['only the subject', 'P135101', ([own = '']) => [own]],
    ['nine statements', 'P135101', (texts) => [...texts, ...texts, ...texts].slice(0, 9)],
    ['no configuration at its beginning', 'P135102', (texts) => texts.slice(1)],
    ['a swapped order', 'P135103', ([own = '', a = '', b = '', c = '']) => [own, b, a, c]],
    [
      'a configuration inside',
      'P135103',
      async ([own = '', a = '', b = '', c = '']) => [own, a, await configuration(middle), b, c],
    ],
    ['a missing link', 'P135103', ([own = '', a = '', , c = '']) => [own, a, c]],
  ])('is refused with %s', async (_what, code, change) => {
    expect(await outcome(await change(await chain(party)))).toBe(code)
  })

  it('is refused if the subject does not name the superior', async () => {
    const [, ...superior] = await chain(party)
    const other = { authority_hints: ['https://other.example'] }
    expect(await outcome([await configuration(party, { claims: other }), ...superior])).toBe(
      'P135104',
    )
  })

  it('is refused if it ends at a stranger, or at an anchor with other keys', async () => {
    const stranger = await entity('https://stranger.example')
    const below = await relyingParty('https://rp.example', [stranger])
    expect(await outcome(await chain(below))).toBe('P135106')
    const posing = await entity(anchor.id)
    const fooled = await relyingParty('https://rp.example', [posing])
    expect(await outcome(await chain(fooled))).toBe('P135105')
  })

  it('is refused if the subject signed with a key that its superior does not attest', async () => {
    const [, ...superior] = await chain(party)
    const key = { ...(await entityKey('x')), kid: party.key.kid ?? '' }
    const jwks = { keys: [publicKey(key)] }
    expect(
      await outcome([await configuration(party, { key, claims: { jwks } }), ...superior]),
    ).toBe('P135105')
  })

  it.each([
    ['before its time', { iat: 4_000_000_000, exp: 4_000_000_300 }, 'P135006'],
    ['after its time', { iat: 1, exp: 300 }, 'P135007'],
  ])('is refused with an intermediate statement %s', async (_what, claims, code) => {
    const [own = '', inner = '', , top = ''] = await chain(party)
    expect(await outcome([own, inner, await about(anchor, middle, { claims }), top])).toBe(code)
  })

  it('is refused after any change of a single character', async () => {
    const texts = await chain(party)
    const place = fc.tuple(fc.nat({ max: texts.length - 1 }), fc.nat(), fc.constantFrom('A', 'B'))
    await fc.assert(
      fc.asyncProperty(place, async ([at, position, letter]) => {
        const text = texts[at] ?? ''
        const index = position % text.length
        const changed = `${text.slice(0, index)}${letter}${text.slice(index + 1)}`
        fc.pre(changed !== text)
        const bent = texts.map((each, index) => (index === at ? changed : each))
        const found = await outcome(bent)
        expect(found).toMatch(/^P135/)
      }),
      { numRuns: 200 },
    )
  })
})

describe('constraints', () => {
  const constrained = (superior: Entity, below: Entity, constraints: Record<string, unknown>) => {
    below.statements[superior.id] = { ...below.statements[superior.id], constraints }
  }

  it.each([
    [1, 'https://anchor.example'],
    [0, 'P135107'],
  ])('allow %s intermediates between anchor and subject: %s', async (most, expected) => {
    constrained(anchor, middle, { max_path_length: most })
    expect(await outcome(await chain(party))).toBe(expected)
  })

  it.each([
    [{ permitted: ['.example'] }, 'https://anchor.example'],
    [{ permitted: ['rp.example', 'middle.example'] }, 'https://anchor.example'],
    [{ permitted: ['rp.example'] }, 'P135107'],
    [{ permitted: ['.rp.example', 'middle.example'] }, 'P135107'],
    [{ permitted: ['.example'], excluded: ['rp.example'] }, 'P135107'],
    [{ excluded: ['.example'] }, 'P135107'],
    [{ excluded: ['.other'] }, 'https://anchor.example'],
  ])('on names %j: %s', async (names, expected) => {
    constrained(anchor, middle, { naming_constraints: names })
    expect(await outcome(await chain(party))).toBe(expected)
  })

  it('remove entity types that they do not list', async () => {
    constrained(anchor, middle, { allowed_entity_types: ['openid_provider'] })
    const valid = await validate(await chain(party))
    expect(() => resolvedMetadata(valid, 'openid_relying_party')).toThrow(/P135109/)
    expect(resolvedMetadata(valid, 'federation_entity')).toHaveProperty('federation_fetch_endpoint')
  })
})

describe('resolved metadata', () => {
  const resolve = async () =>
    resolvedMetadata(await validate(await chain(party)), 'openid_relying_party')

  it('are replaced by the immediate superior before policies apply', async () => {
    party.statements[middle.id] = {
      metadata: {
        openid_relying_party: { client_name: 'Renamed', contacts: ['a@rp.example'] },
        oauth_client: { client_name: 'not in the configuration' },
      },
    }
    middle.statements[anchor.id] = {
      metadata: { openid_relying_party: { client_name: 'of another' } },
      metadata_policy: { openid_relying_party: { contacts: { add: ['b@anchor.example'] } } },
    }
    expect(await resolve()).toMatchObject({
      client_name: 'Renamed',
      contacts: ['a@rp.example', 'b@anchor.example'],
    })
    const valid = await validate(await chain(party))
    expect(() => resolvedMetadata(valid, 'oauth_client')).toThrow(/P135109/)
  })

  it('are refused by a policy', async () => {
    middle.statements[anchor.id] = {
      metadata_policy: { openid_relying_party: { client_name: { one_of: ['Another'] } } },
    }
    await expect(resolve()).rejects.toThrow(/P135108/)
  })

  it('are refused if policies contradict each other', async () => {
    const policy = (value: string) => ({
      metadata_policy: { openid_relying_party: { client_name: { value } } },
    })
    middle.statements[anchor.id] = policy('One')
    party.statements[middle.id] = policy('Another')
    await expect(resolve()).rejects.toThrow(/P135108/)
  })

  it('are those of all entity types that the configuration has', async () => {
    const valid = await validate(await chain(party))
    expect([...resolvedByType(valid).keys()].sort()).toEqual([
      'federation_entity',
      'openid_relying_party',
    ])
    expect([...resolvedByType(valid, ['openid_provider']).keys()]).toEqual([])
  })

  it('are refused if a critical operator is not understood', async () => {
    middle.statements[anchor.id] = { metadata_policy_crit: ['regexp'] }
    await expect(resolve()).rejects.toThrow(/P135010/)
  })
})

describe('entity statement', () => {
  const codeOf = async (bent: Bent, isRegistration = false) => {
    try {
      readStatement(await configuration(party, bent), isRegistration)
      return 'read'
    } catch (error) {
      return (error as { rule: { code: string } }).rule.code
    }
  }
  const jwk = () => publicKey(party.key)

  it.each<[string, string, () => Bent]>([
    ['another type', 'P135002', () => ({ header: { typ: 'JWT' } })],
    ['no type', 'P135002', () => ({ header: { typ: undefined } })],
    ['an empty kid', 'P135004', () => ({ header: { kid: '' } })],
    ['no kid', 'P135004', () => ({ header: { kid: undefined } })],
    ['an http issuer', 'P135005', () => ({ claims: { iss: 'http://rp.example' } })],
    ['no exp', 'P135008', () => ({ claims: { exp: undefined } })],
    ['an exp of ten years', 'P135008', () => ({ claims: { exp: 2_100_000_000 } })],
    ['no keys', 'P135009', () => ({ claims: { jwks: { keys: [] } } })],
    ['a private key', 'P135009', () => ({ claims: { jwks: { keys: [party.key] } } })],
    ['two keys of one kid', 'P135009', () => ({ claims: { jwks: { keys: [jwk(), jwk()] } } })],
    [
      'a key without kid',
      'P135009',
      () => ({
        claims: { jwks: { keys: [{ ...jwk(), kid: undefined }] } },
      }),
    ],
    [
      'a short RSA key',
      'P135009',
      () => ({
        claims: { jwks: { keys: [{ kty: 'RSA', kid: 'a', n: 'a'.repeat(171), e: 'AQAB' }] } },
      }),
    ],
    ['crit', 'P135010', () => ({ claims: { crit: ['jti'], jti: 'a' } })],
    ['a policy', 'P135010', () => ({ claims: { metadata_policy: {} } })],
    ['constraints', 'P135010', () => ({ claims: { constraints: {} } })],
    ['an audience', 'P135010', () => ({ claims: { aud: 'https://as.example.com' } })],
    ['a trust anchor', 'P135010', () => ({ claims: { trust_anchor: 'https://anchor.example' } })],
    ['no hints in the list', 'P135010', () => ({ claims: { authority_hints: [] } })],
    [
      'null in metadata',
      'P135010',
      () => ({
        claims: { metadata: { openid_relying_party: { client_name: null } } },
      }),
    ],
    [
      'a trust mark without type',
      'P135010',
      () => ({
        claims: { trust_marks: [{ trust_mark: 'a.b.c' }] },
      }),
    ],
  ])('is refused with %s', async (_what, code, bent) => {
    expect(await codeOf(bent())).toBe(code)
  })

  it('is refused with a symmetric algorithm, and without a signature', () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = part({ iss: party.id, sub: party.id })
    const typed = (alg: string) => part({ alg, typ: 'entity-statement+jwt', kid: 'a' })
    expect(() => readStatement(`${typed('HS256')}.${claims}.AAAA`)).toThrow(/P135003/)
    expect(() => readStatement(`${typed('none')}.${claims}.`)).toThrow(/P135003/)
    expect(() => readStatement('a.b')).toThrow(/P135001/)
  })

  it('may name its receiver only in a registration', async () => {
    expect(await codeOf({ claims: { aud: 'https://as.example.com' } }, true)).toBe('read')
  })

  it('of a superior has no hints', async () => {
    const text = await about(middle, party, { claims: { authority_hints: [anchor.id] } })
    expect(() => readStatement(text)).toThrow(/P135010/)
  })
})
