/** The claim policy of a service: its form, its sources, its conversions, and when claims are due. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Service } from '../../../src/model/service/service.ts'
import {
  type ClaimTarget,
  claimPolicyOf,
  claimPolicyProblem,
  claimTargets,
} from '../../../src/oauth/claims/policy.ts'
import {
  evaluatePolicy,
  policyClaims,
  storedUserData,
} from '../../../src/oauth/claims/policy-release.ts'
import { parsePath } from '../../../src/oauth/claims/policy-source.ts'
import {
  reservedInAccessTokens,
  reservedInIdTokens,
} from '../../../src/oauth/tokens/reserved-claims.ts'
import { computed } from '../../support/pace.ts'

const key = 'ext.claims.policy'
const entryOf = (more: object) => ({
  claim: 'x',
  source: 'x',
  mode: 'always',
  targets: ['userinfo'],
  ...more,
})
const serviceOf = (entries: unknown, more: object = {}) =>
  Service.parse({
    apiKey: 1,
    number: 1,
    createdAt: 0,
    modifiedAt: 0,
    attributes: [{ key, value: JSON.stringify(entries) }],
    ...more,
  })
const problemOf = (entries: unknown) =>
  claimPolicyProblem({ attributes: [{ key, value: JSON.stringify(entries) }] })?.message

const noDemand = { scopes: [], userInfoClaims: undefined }
/** The claims of UserInfo by a policy of one entry. */
const claimsBy = (entry: object, attributes: object, grant: object = {}, more: object = {}) =>
  policyClaims(
    serviceOf([entryOf(entry)], more),
    'userinfo',
    { ...noDemand, ...grant },
    { attributes: JSON.stringify(attributes) },
  )

describe('claim policy', () => {
  it.each<[string, unknown]>([
    ['Expected a list of entries', {}],
    ['[0].mode: Invalid option', [entryOf({ mode: 'sometimes' })]],
    ['[0].targets[0]: Invalid option', [entryOf({ targets: ['token'] })]],
    ['[0].targets: Too small', [entryOf({ targets: [] })]],
    ['[0].type: Invalid option', [entryOf({ type: 'date' })]],
    ['[0]: Unrecognized key: "scope"', [entryOf({ scope: 'read' })]],
    ['[1].claim: The claim is reserved', [entryOf({}), entryOf({ claim: 'sub' })]],
    ['[0].claim: The claim is reserved', [entryOf({ claim: '__proto__' })]],
    ['[0].claim: The claim is reserved', [entryOf({ claim: 'verified_claims' })]],
    ['[0].claim: A name that begins with a colon', [entryOf({ claim: ':age' })]],
    ['[0].claim: Expected one of the members', [entryOf({ claim: 'address.planet' })]],
    ['[0].source: Expected a path', [entryOf({ source: 'a..b' })]],
    ['[0].source: Expected a path', [entryOf({ source: '' })]],
    ['[0].source: Expected a path', [entryOf({ source: 'a.__proto__.b' })]],
    ['[0].source: Expected a path', [entryOf({ source: 'constructor' })]],
    ['[0].source.value: Expected a path', [entryOf({ source: { path: 'a' } })]],
    ['[0].source.value: Expected a path', [entryOf({ source: {} })]],
    ['[0].trueValue: Expected the type boolean', [entryOf({ trueValue: 'yes' })]],
    ['[0].join: Only text can be joined', [entryOf({ type: 'number', join: ',' })]],
    ['[1].claim: The claim has several entries', [entryOf({}), entryOf({ mode: 'never' })]],
    [
      '[1].claim: The claim has several entries',
      [entryOf({ claim: 'address' }), entryOf({ claim: 'address.region' })],
    ],
    [
      '[1].claim: The claim has several entries',
      [entryOf({ claim: 'address.region' }), entryOf({ claim: 'address' })],
    ],
    [
      'Expected at most 200 entries',
      Array.from({ length: 201 }, (_, index) => entryOf({ claim: `x${index}` })),
    ],
  ])('is refused with the path of what is wrong: %s', (message, entries) => {
    expect(problemOf(entries)).toContain(`The attribute ${key} is wrong: ${message}`)
  })

  it('is refused if it is not JSON, or too long', () => {
    const problem = (value: string) => claimPolicyProblem({ attributes: [{ key, value }] })?.message
    expect(problem('[{]')).toContain('Expected the text of a JSON array')
    expect(problem(`[${' '.repeat(70_000)}]`)).toContain('Expected at most 65536 characters')
    expect(problem('[]')).toBeUndefined()
  })

  it('is refused if the service has it twice', () => {
    const attributes = [1, 2].map(() => ({ key, value: '[]' }))
    expect(claimPolicyProblem({ attributes })?.message).toContain('It is listed twice')
  })

  it('accepts one claim for each target, and the members of an address', () => {
    const each = claimTargets.map((target) => entryOf({ targets: [target] }))
    const members = ['formatted', 'street_address', 'locality', 'region', 'postal_code', 'country']
    const address = members.map((member) => entryOf({ claim: `address.${member}` }))
    expect(problemOf([...each, ...address])).toBeUndefined()
  })

  it('reserves each claim that the engine sets in tokens', () => {
    for (const claim of [...reservedInIdTokens, ...reservedInAccessTokens, 'acr', 'active']) {
      expect(problemOf([entryOf({ claim })]), claim).toContain('The claim is reserved')
    }
  })

  it('is parsed once for each version of a service', () => {
    const service = serviceOf([entryOf({})])
    expect(claimPolicyOf({ ...service })).toBe(claimPolicyOf(service))
    expect(claimPolicyOf(serviceOf([entryOf({ claim: 'y' })]))).not.toBe(claimPolicyOf(service))
  })
})

describe('source of a claim', () => {
  const attributes = {
    x: 'plain',
    deep: { list: [{ value: 'first' }, 'second'], null: null },
    amount: 1,
  }

  it.each<[unknown, unknown]>([
    ['x', 'plain'],
    ['deep.list[0].value', 'first'],
    ['deep.list.0.value', 'first'],
    ['deep.list[1]', 'second'],
    ['deep.list[2]', undefined],
    ['deep.list.length', undefined],
    ['deep.null', undefined],
    ['deep.null.x', undefined],
    ['x.length', undefined],
    ['x.0', undefined],
    ['amount.toFixed', undefined],
    ['toString', undefined],
    ['deep.hasOwnProperty', undefined],
    ['missing', undefined],
    [{ value: 'literal' }, 'literal'],
    [{ value: { a: [1] } }, { a: [1] }],
    [{ value: null }, undefined],
  ])('%j gives %j', (source, value) => {
    expect(claimsBy({ source }, attributes)).toEqual(value === undefined ? {} : { x: value })
  })

  it('does not read the text of a number whose digits are kept', () => {
    const service = serviceOf([entryOf({ source: 'amount.text' })])
    const user = { attributes: '{"amount":1.10}' }
    expect(policyClaims(service, 'userinfo', noDemand, user)).toEqual({})
  })

  it('never leaves the own members of the attributes, whatever the path is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const steps = parsePath(text)
        if (!steps) return
        const source = { [steps[0] ?? '']: 'own' }
        const claims = claimsBy({ source: text }, steps.length === 1 ? source : {})
        expect(claims).toEqual(steps.length === 1 ? { x: 'own' } : {})
      }),
    )
  })
})

describe('conversion of a claim', () => {
  it.each<[object, unknown, unknown]>([
    [{}, 'text', 'text'],
    [{}, 5, 5],
    [{}, { a: 1 }, { a: 1 }],
    [{}, '', undefined],
    [{}, [], undefined],
    [{}, ['a', 'b'], ['a', 'b']],
    [{ type: 'string' }, 5, '5'],
    [{ type: 'string' }, true, 'true'],
    [{ type: 'string' }, { a: 1 }, undefined],
    [{ type: 'string' }, ['a', 1], ['a', '1']],
    [{ type: 'string' }, ['a', { b: 1 }], undefined],
    [{ type: 'string', join: ',' }, ['a', 'b'], 'a,b'],
    [{ type: 'string', join: ',' }, 'a', 'a'],
    [{ join: ' ' }, ['a', 2, true], 'a 2 true'],
    [{ join: '' }, [''], undefined],
    [{ type: 'number' }, '42', 42],
    [{ type: 'number' }, '-4.5e2', -450],
    [{ type: 'number' }, 42, 42],
    [{ type: 'number' }, 'four', undefined],
    [{ type: 'number' }, '0x10', undefined],
    [{ type: 'number' }, '1e999', undefined],
    [{ type: 'number' }, ' 1', undefined],
    [{ type: 'number' }, true, undefined],
    [{ type: 'number' }, ['1', '2'], [1, 2]],
    [{ type: 'number' }, ['1', 'x'], undefined],
    [{ type: 'boolean' }, 'true', true],
    [{ type: 'boolean' }, 'false', false],
    [{ type: 'boolean' }, true, true],
    [{ type: 'boolean' }, 'yes', undefined],
    [{ type: 'boolean', trueValue: 'yes', falseValue: 'no' }, 'yes', true],
    [{ type: 'boolean', trueValue: 'yes', falseValue: 'no' }, 'no', false],
    [{ type: 'boolean', trueValue: '1', falseValue: '0' }, 1, true],
    [{ type: 'boolean', trueValue: 'yes' }, 'no', undefined],
  ])('with %j of %j is %j', (entry, value, expected) => {
    const claims = claimsBy(entry, { x: value })
    const [claim] = Object.values(claims)
    expect(JSON.stringify(claim)).toBe(JSON.stringify(expected))
  })

  it('keeps the digits of numbers', () => {
    const service = serviceOf([entryOf({ type: 'string' })])
    const user = { attributes: '{"x":1.10}' }
    expect(policyClaims(service, 'userinfo', noDemand, user)).toEqual({ x: '1.10' })
  })

  it('makes an address of its members, and none without them (OIDC Core §5.1.1)', () => {
    const members = { region: 'province', country: 'land', locality: 'city' }
    const entries = Object.entries(members).map(([member, source]) =>
      entryOf({ claim: `address.${member}`, source }),
    )
    const of = (attributes: object) =>
      policyClaims(serviceOf(entries), 'userinfo', noDemand, {
        attributes: JSON.stringify(attributes),
      })
    expect(of({ province: 'Bern', land: 'CH', city: '' })).toEqual({
      address: { region: 'Bern', country: 'CH' },
    })
    expect(of({ city: '' })).toEqual({})
  })
})

describe('mode of a claim', () => {
  const demand = { mode: 'demand' }
  const email = { ...demand, claim: 'email' }
  it.each<[string, object, object, boolean]>([
    ['always', {}, {}, true],
    ['never', { mode: 'never' }, { userInfoClaims: '{"x":null}' }, false],
    ['always, scope granted', { scopes: ['read', 'write'] }, { scopes: ['write'] }, true],
    ['always, scope not granted', { scopes: ['read'] }, { scopes: ['write'] }, false],
    ['always, no consent needed', {}, { consentedClaims: [] }, true],
    ['demand, not requested', demand, {}, false],
    ['demand, requested', demand, { userInfoClaims: '{"x":null}' }, true],
    ['demand, requested for the ID Token', demand, { requestedIdTokenClaims: ['x'] }, false],
    ['demand, no consent', demand, { userInfoClaims: '{"x":null}', consentedClaims: ['y'] }, false],
    ['demand, consent', demand, { userInfoClaims: '{"x":null}', consentedClaims: ['x'] }, true],
    ['demand, own scope is no request', { ...demand, scopes: ['r'] }, { scopes: ['r'] }, false],
    [
      'demand, requested without its scope',
      { ...demand, scopes: ['r'] },
      { userInfoClaims: '{"x":null}' },
      false,
    ],
    ['demand, standard scope (OIDC Core §5.4)', email, { scopes: ['email'] }, true],
    ['demand, other standard scope', email, { scopes: ['phone'] }, false],
    [
      'demand, standard scope of a claim with scopes',
      { ...email, scopes: ['email'] },
      { scopes: ['email'] },
      false,
    ],
  ])('%s', (_, entry, grant, isIncluded) => {
    expect(Object.keys(claimsBy(entry, { x: 'value' }, grant)).length > 0).toBe(isIncluded)
  })

  it('of an ID Token counts scopes as requests unless the service is restrictive', () => {
    const entries = [entryOf({ ...email, targets: ['id_token'] })]
    const user = { attributes: '{"x":"a@b.example"}' }
    const grant = { ...noDemand, scopes: ['openid', 'email'] }
    const claims = (more: object, isAlone = false) =>
      policyClaims(serviceOf(entries, more), 'id_token', grant, user, { isAlone })
    expect(claims({})).toEqual({ email: 'a@b.example' })
    expect(claims({ claimShortcutRestrictive: true })).toEqual({})
    expect(claims({ claimShortcutRestrictive: true }, true)).toEqual({ email: 'a@b.example' })
  })

  it('is not limited by supportedClaims, which tell the frontend what to ask for', () => {
    const more = { supportedClaims: ['sub'] }
    const grant = { scopes: ['email'] }
    expect(claimsBy(email, { x: 'a@b.example' }, grant, more)).toEqual({ email: 'a@b.example' })
  })

  it('of access tokens and introspection is by the requests for both other targets', () => {
    const targets = ['access_token', 'introspection']
    const service = serviceOf([
      entryOf({ ...demand, claim: 'a', targets }),
      entryOf({ ...demand, claim: 'b', targets }),
      entryOf({ ...demand, claim: 'c', targets }),
    ])
    const grant = { ...noDemand, requestedIdTokenClaims: ['a'], userInfoClaims: '{"b":null}' }
    for (const target of ['access_token', 'introspection'] as const) {
      const claims = policyClaims(service, target, grant, { attributes: '{"x":1}' })
      expect(claims).toEqual({ a: 1, b: 1 })
    }
  })

  it('limited to some claims reaches what was granted, and no further', () => {
    const service = serviceOf([
      entryOf({ claim: 'free' }),
      entryOf({ ...demand, claim: 'own', scopes: ['read'] }),
      entryOf({ ...demand, claim: 'named' }),
      entryOf({ ...demand, claim: 'other' }),
    ])
    const user = { attributes: '{"x":1}' }
    const grant = { scopes: ['read'], userInfoClaims: '{"named":null}' }
    const claims = (only: string[], more: object = {}) =>
      policyClaims(service, 'userinfo', { ...grant, ...more }, user, { only })
    expect(claims(['free', 'own', 'named', 'other'])).toEqual({ free: 1, own: 1, named: 1 })
    expect(claims(['named'])).toEqual({ named: 1 })
    expect(claims(['own'], { scopes: [] })).toEqual({})
    expect(claims(['other'], { consentedClaims: ['other'] })).toEqual({ other: 1 })
    expect(claims(['own'], { consentedClaims: ['other'] })).toEqual({})
  })
})

describe('stored attributes of a user', () => {
  const user = { attributes: '{"a":1,"b":2,"c":3,"d":4,"z":5}', userInfoClaims: '{"u":1}' }
  const entries = (['a', 'b', 'c', 'd'] as const).map((source, index) =>
    entryOf({ claim: source, source, targets: [claimTargets[index]] }),
  )
  const kept = (keeper: 'code' | 'access_token' | 'refresh_token', stores: boolean) => {
    const service = serviceOf(entries)
    const attributes = [
      ...(service.attributes ?? []),
      { key: 'ext.userinfo.stored_claims', value: String(stores) },
    ]
    return storedUserData({ ...service, attributes }, keeper, user)
  }

  it('are those that later uses need, and no others', () => {
    expect(kept('code', false)?.attributes).toBe('{"a":1,"b":2,"c":3,"d":4}')
    expect(kept('access_token', false)).toEqual({ attributes: '{"d":4}' })
    expect(kept('refresh_token', false)?.attributes).toBe('{"c":3,"d":4}')
    expect(kept('access_token', true)?.attributes).toBe('{"a":1,"b":2,"d":4}')
    expect(kept('refresh_token', true)).toMatchObject({
      attributes: '{"a":1,"b":2,"c":3,"d":4}',
      userInfoClaims: '{"u":1}',
    })
  })

  it('are absent without a policy', () => {
    const service = serviceOf([])
    expect(storedUserData(service, 'code', user)).toBeUndefined()
    expect(storedUserData({ ...service, attributes: [] }, 'code', user)).toBeUndefined()
  })
})

/** A model of the policy: one claim after another, by the words of the documentation. */
interface ModelEntry {
  claim: string
  source: string
  mode: 'never' | 'demand' | 'always'
  type?: 'string' | 'number' | 'boolean'
  scopes: string[]
  targets: ClaimTarget[]
  join?: string
}
interface ModelRequest {
  scopes: string[]
  named: string[]
  consented: string[] | undefined
}

function modelClaims(
  entries: ModelEntry[],
  target: ClaimTarget,
  { scopes, named, consented }: ModelRequest,
  attributes: Record<string, unknown>,
) {
  const claims: Record<string, unknown> = {}
  for (const { claim, source, mode, type, targets, join, scopes: needed } of entries) {
    const isGranted = needed.length === 0 || needed.some((scope) => scopes.includes(scope))
    const isWanted =
      mode === 'always' ||
      (mode === 'demand' && named.includes(claim) && (!consented || consented.includes(claim)))
    if (!targets.includes(target) || !isGranted || !isWanted) continue
    const raw = source.split('.').reduce<unknown>((value, name) => {
      const isHolder = typeof value === 'object' && value !== null && !Array.isArray(value)
      return isHolder ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined
    }, attributes)
    const one = (value: unknown): unknown => {
      const isScalar = ['string', 'number', 'boolean'].includes(typeof value)
      if (type === undefined && join === undefined) return value
      if (type === 'string' || type === undefined) return isScalar ? String(value) : undefined
      if (type === 'number') {
        if (typeof value === 'number') return value
        return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined
      }
      if (!isScalar) return undefined
      return String(value) === 'true' ? true : String(value) === 'false' ? false : undefined
    }
    const isList = Array.isArray(raw)
    const list = isList ? raw.map(one) : undefined
    const converted = list
      ? list.includes(undefined) || list.length === 0
        ? undefined
        : join === undefined
          ? list
          : list.join(join)
      : type === undefined
        ? raw
        : one(raw)
    if (raw === '' || raw === null || converted === undefined || converted === '') continue
    claims[claim] = converted
  }
  return claims
}

describe('evaluation of the policy', () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const scalar = fc.oneof(
    fc.constantFrom('', 'x', 'true', 'false', '12'),
    fc.nat(99),
    fc.boolean(),
    fc.constant(null),
  )
  const value = fc.oneof(
    scalar,
    fc.array(scalar.filter((each) => each !== null)),
    fc.dictionary(fc.constantFrom(...names), scalar, { maxKeys: 3 }),
  )
  const entry = fc.record(
    {
      claim: fc.constantFrom(...names),
      source: fc.oneof(
        fc.constantFrom(...names),
        fc
          .tuple(fc.constantFrom(...names), fc.constantFrom(...names))
          .map((path) => path.join('.')),
      ),
      mode: fc.constantFrom('never', 'demand', 'always'),
      type: fc.constantFrom('string', 'number', 'boolean'),
      scopes: fc.subarray(['read', 'write']),
      targets: fc.subarray([...claimTargets], { minLength: 1 }),
      join: fc.constantFrom(',', ' '),
    },
    { requiredKeys: ['claim', 'source', 'mode', 'scopes', 'targets'] },
  )
  const valid = fc
    .uniqueArray(entry, { selector: ({ claim }) => claim, maxLength: 5 })
    .map((entries) =>
      entries.map((each) => {
        const { join, ...rest } = each
        const joins = join !== undefined && (rest.type === undefined || rest.type === 'string')
        return (joins ? { ...rest, join } : rest) as ModelEntry
      }),
    )
  const request = fc.record({
    scopes: fc.subarray(['read', 'write']),
    named: fc.subarray(names),
    consented: fc.option(fc.subarray(names), { nil: undefined }),
  })

  it('agrees with a simple model for all policies, users and requests', () => {
    fc.assert(
      fc.property(
        valid,
        fc.dictionary(fc.constantFrom(...names), value),
        request,
        fc.constantFrom(...claimTargets),
        (entries, attributes, asked, target) => {
          const policy = claimPolicyOf(serviceOf(entries))
          if (!policy) throw new Error('The policy is not valid.')
          const demand = {
            scopes: new Set(asked.scopes),
            named: new Set(asked.named),
            scopesExpand: true,
            consented: asked.consented && new Set(asked.consented),
          }
          const claims = evaluatePolicy(policy, target, demand, attributes)
          expect(claims).toEqual(modelClaims(entries, target, asked, attributes))
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('is bounded, whatever the policy and the attributes are', async () => {
    const list = Array.from({ length: 16_000 }, () => 'a')
    const entries = (more: object) =>
      Array.from({ length: 200 }, (_, index) => entryOf({ claim: `c${index}`, ...more }))
    for (const [more, x] of [
      [{ join: ',' }, list],
      [{ type: 'number' }, list],
      [{ type: 'string' }, { list }],
      [{}, { list }],
      [{}, 'x'.repeat(65_000)],
    ] as const) {
      const service = serviceOf(entries(more))
      const user = { attributes: JSON.stringify({ x }) }
      claimPolicyOf(service)
      let claims = {}
      const milliseconds = await computed(() => {
        claims = policyClaims(service, 'userinfo', noDemand, user)
      }, 30)
      expect(JSON.stringify(claims).length).toBeLessThan(70_000)
      expect(milliseconds).toBeLessThan(30)
    }
  })

  it('costs less than 50 µs a token for 100 claims of ten kinds', async () => {
    const kinds = [
      {},
      { type: 'string' },
      { type: 'number', source: 'number' },
      { type: 'boolean', source: 'flag' },
      { source: 'deep.list[0].value' },
      { source: 'list', join: ',' },
      { mode: 'demand' },
      { scopes: ['read'] },
      { scopes: ['read', 'write'], mode: 'demand' },
      { source: { value: 'literal' } },
    ]
    const entries = Array.from({ length: 100 }, (_, index) =>
      entryOf({ ...kinds[index % 10], claim: `claim_${index}`, targets: [...claimTargets] }),
    )
    const user = {
      attributes: JSON.stringify({
        ...{ x: 'text', number: '42', flag: 'true', list: ['a', 'b', 'c'] },
        deep: { list: [{ value: 'inner' }] },
      }),
    }
    const named = Object.fromEntries(entries.map(({ claim }) => [claim, null]))
    const grant = { scopes: ['openid', 'read', 'write'], userInfoClaims: JSON.stringify(named) }
    const service = serviceOf(entries)
    const round = () => {
      for (const target of claimTargets) policyClaims(service, target, grant, user)
    }
    for (let index = 0; index < 2_000; index++) round()
    expect(Object.keys(policyClaims(service, 'userinfo', grant, user))).toHaveLength(100)
    const rounds = 500
    const limit = 0.05 * rounds * claimTargets.length
    const milliseconds = await computed(() => {
      for (let index = 0; index < rounds; index++) round()
    }, limit)
    expect(milliseconds).toBeLessThan(limit)
  })
})
