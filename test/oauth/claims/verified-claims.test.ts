/** Requests for verified claims and released claims, OpenID Connect for Identity Assurance. */
import { describe, expect, it } from 'vitest'
import { Service } from '../../../src/model/service/service.ts'
import { requirePurpose, requireVerifiedClaims } from '../../../src/oauth/claims/verified-claims.ts'
import { answerVerifiedClaims } from '../../../src/oauth/claims/verified-claims-response.ts'

const now = Date.UTC(2024, 5, 15)
const run = (left = 1_200_000) => ({ now, budget: { left } })
const serviceWith = (more: Record<string, unknown> = {}) =>
  Service.parse({ apiKey: 1, number: 1, createdAt: 0, modifiedAt: 0, ...more })

const wanted = (claims: unknown, verification: unknown = { trust_framework: null }) => ({
  verification,
  claims,
})
const evidenceOf = (...evidence: unknown[]) =>
  wanted({ a: null }, { trust_framework: null, evidence })
const document = { type: { value: 'document' } }

describe('request for verified claims', () => {
  it.each<[unknown]>([
    [wanted({ a: null })],
    [wanted({ a: {} })],
    [wanted({ a: { essential: false } })],
    [wanted({ a: { value: 5, purpose: 'for the record' } })],
    [wanted(null)],
    [[]],
    [[wanted({ a: null }), wanted({ b: null }, { trust_framework: { value: 'x' } })]],
    [wanted({ a: null }, { trust_framework: { values: ['x'] }, time: { max_age: 5 } })],
    [wanted({ a: null }, { trust_framework: null, more: { of: 'it' } })],
    [wanted({ 'claim%1/a&,.b': null, purpose: null, toString: null })],
    [evidenceOf({ ...document, document_details: { issuer: { name: null }, type: null } })],
    [evidenceOf({ ...document, check_details: [{ check_method: { value: 'vpip' }, time: {} }] })],
    [evidenceOf({ type: { value: 'electronic_record' }, record: { source: { name: null } } })],
    [evidenceOf({ type: { value: 'vouch' }, attestation: { voucher: { name: null } } })],
  ])('is valid: %j', (asked) => {
    expect(() => requireVerifiedClaims(asked, serviceWith())).not.toThrow()
  })

  it.each<[unknown]>([
    [null],
    [5],
    ['x'],
    [true],
    [{}],
    [[null]],
    [[[]]],
    [{ verification: { trust_framework: null } }],
    [{ claims: { a: null } }],
    [wanted({})],
    [wanted([])],
    [wanted('a')],
    [wanted({ a: 5 })],
    [wanted({ a: { essential: 'yes' } })],
    [wanted({ a: { values: 'x' } })],
    [wanted({ a: { values: [] } })],
    [wanted({ a: null }, null)],
    [wanted({ a: null }, {})],
    [wanted({ a: null }, [])],
    [wanted({ a: null }, { trust_framework: 'x' })],
    [wanted({ a: null }, { trust_framework: { value: 5 } })],
    [wanted({ a: null }, { trust_framework: { values: [] } })],
    [wanted({ a: null }, { trust_framework: null, time: { max_age: -1 } })],
    [wanted({ a: null }, { trust_framework: null, time: { max_age: 1.5 } })],
    [wanted({ a: null }, { trust_framework: null, time: { max_age: '1' } })],
    [wanted({ a: null }, { trust_framework: null, evidence: {} })],
    [evidenceOf()],
    [evidenceOf(null)],
    [evidenceOf({})],
    [evidenceOf({ type: null })],
    [evidenceOf({ type: { value: 'id_document' } })],
    [evidenceOf({ type: { values: ['document'] } })],
    [evidenceOf({ ...document, check_details: [] })],
    [evidenceOf({ ...document, check_details: [{}] })],
    [evidenceOf({ ...document, document_details: { type: 'x' } })],
    [JSON.parse('{"verification":{"trust_framework":null},"claims":{"__proto__":null}}')],
    [evidenceOf(...Array(101).fill(document))],
  ])('is malformed: %j', (asked) => {
    expect(() => requireVerifiedClaims(asked, serviceWith())).toThrow('P007101')
  })

  it('can request an id_document if the schema set of the service has it', () => {
    const asked = evidenceOf({ type: { value: 'id_document' }, method: null, time: null })
    const service = serviceWith({ verifiedClaimsValidationSchemaSet: 'standard+id_document' })
    expect(() => requireVerifiedClaims(asked, service)).not.toThrow()
  })

  it('is rejected with more than a hundred elements', () => {
    const asked = Array(1_000).fill(wanted({ a: null }))
    expect(() => requireVerifiedClaims(asked, serviceWith())).toThrow('P007103')
  })

  it.each<[unknown, boolean]>([
    [undefined, true],
    ['abc', true],
    ['🎉🎉🎉', true],
    ['x'.repeat(300), true],
    ['ab', false],
    ['🎉🎉', false],
    ['x'.repeat(301), false],
    [5, false],
    [null, false],
    [{}, false],
  ])('can have the purpose %j: %s', (purpose, isGood) => {
    const run = () => requirePurpose(purpose)
    if (isGood) expect(run).not.toThrow()
    else expect(run).toThrow('P007102')
  })

  it('must have purposes of 3 to 300 characters everywhere', () => {
    for (const asked of [
      wanted({ a: { purpose: 'ab' } }),
      wanted({ a: null }, { trust_framework: { purpose: 'x'.repeat(301) } }),
      [wanted({ a: null }), evidenceOf({ ...document, attachments: { purpose: 'ab' } })],
    ]) {
      expect(() => requireVerifiedClaims(asked, serviceWith())).toThrow('P007102')
    }
  })
})

const gold = {
  verification: {
    trust_framework: 'gold',
    time: '2024-06-01T00:00:00Z',
    assurance_level: 'high',
    evidence: [
      {
        type: 'document',
        check_details: [{ check_method: 'vpip', check_id: '1' }, { check_method: 'vri' }],
        document_details: { type: 'idcard', issuer: { name: 'Town', country: 'DE' } },
      },
      { type: 'vouch', attestation: { type: 'written' } },
    ],
  },
  claims: {
    given_name: 'Sarah',
    family_name: 'Meier',
    'family_name#ja': 'マイヤー',
    nothing: null,
  },
}
const silver = { verification: { trust_framework: 'silver' }, claims: { given_name: 'Sara' } }

const answer = (asked: unknown, given: unknown, settings: Record<string, unknown> = {}) =>
  answerVerifiedClaims(asked, given, () => ({}), { service: serviceWith(settings), run: run() })
const name = { given_name: null }
const goldName = { verification: { trust_framework: 'gold' }, claims: { given_name: 'Sarah' } }
const within = (verification: object, claims: unknown = name) =>
  wanted(claims, { trust_framework: null, ...verification })
const told = (verification: object) => ({
  verification: { trust_framework: 'gold', ...verification },
  claims: { given_name: 'Sarah' },
})

describe('verified claims', () => {
  it.each<[string, unknown, unknown, unknown]>([
    ['only the requested ones', wanted(name), gold, goldName],
    ['all if all are requested', wanted(null), silver, silver],
    [
      'in every supplied language',
      wanted({ family_name: null }),
      gold,
      { ...goldName, claims: { family_name: 'Meier', 'family_name#ja': 'マイヤー' } },
    ],
    ['no null claim', wanted({ nothing: null }), gold, undefined],
    ['no unknown claim', wanted({ unknown: { essential: true } }), gold, undefined],
    ['the others if one is unknown', wanted({ ...name, 'a%/b': null }), gold, goldName],
    ['without a claim of another value', wanted({ given_name: { value: 'Bob' } }), gold, undefined],
    [
      'the others if one has another value (§5.7.4)',
      wanted({ ...name, family_name: { value: 'Other' } }),
      gold,
      goldName,
    ],
    [
      'with a claim of the requested value',
      wanted({ given_name: { value: 'Sarah' } }),
      gold,
      goldName,
    ],
    [
      'with a claim of one of the requested values',
      wanted({ given_name: { values: [1, 'Sarah'] } }),
      gold,
      goldName,
    ],
    [
      'of the requested framework',
      wanted(name, { trust_framework: { value: 'gold' } }),
      [silver, gold],
      goldName,
    ],
    [
      'none of another framework',
      wanted(name, { trust_framework: { value: 'bronze' } }),
      [silver, gold],
      undefined,
    ],
    ['of all frameworks', wanted(name), [silver, gold], [silver, goldName]],
    ['as a list if a list is requested', [wanted(name)], gold, [goldName]],
    [
      'for each requested element',
      [
        wanted(name, { trust_framework: { value: 'gold' } }),
        wanted(name, { trust_framework: { value: 'silver' } }),
        wanted(name, { trust_framework: { value: 'bronze' } }),
      ],
      [silver, gold],
      [goldName, silver],
    ],
    [
      'within max_age',
      within({ time: { max_age: 1_300_000 } }),
      gold,
      told({ time: gold.verification.time }),
    ],
    ['none beyond max_age', within({ time: { max_age: 100 } }), gold, undefined],
    ['none of unknown age', within({ time: { max_age: 100 } }), silver, undefined],
    [
      'without absent members of verification',
      within({ time: null, verification_process: null }),
      silver,
      silver,
    ],
    [
      'with the requested evidence',
      within({ evidence: [{ type: { value: 'vouch' } }] }),
      gold,
      told({ evidence: [{ type: 'vouch' }] }),
    ],
    [
      'with evidence of either type',
      within({ evidence: [{ type: { value: 'document' } }, { type: { value: 'vouch' } }] }),
      gold,
      told({ evidence: [{ type: 'document' }, { type: 'vouch' }] }),
    ],
    [
      'none without the requested evidence',
      within({ evidence: [{ type: { value: 'electronic_record' } }] }),
      gold,
      undefined,
    ],
    ['none without any evidence', within({ evidence: [document] }), silver, undefined],
    [
      'with the requested details of evidence',
      within({
        evidence: [
          {
            ...document,
            check_details: [{ check_method: { value: 'vpip' } }],
            document_details: { issuer: { name: null, region: null } },
          },
        ],
      }),
      gold,
      told({
        evidence: [
          {
            type: 'document',
            check_details: [{ check_method: 'vpip' }],
            document_details: { issuer: { name: 'Town' } },
          },
        ],
      }),
    ],
    [
      'none with other evidence',
      within({ evidence: [{ ...document, document_details: { type: { value: 'passport' } } }] }),
      gold,
      undefined,
    ],
    ['none without a request', undefined, gold, undefined],
    ['none if none are supplied', wanted(name), undefined, undefined],
    ['none if malformed ones are supplied', wanted(name), [5, 'x', null, [gold], {}], undefined],
    ['none without a framework', wanted(name), { claims: gold.claims }, undefined],
    [
      'none with a framework that is no string',
      wanted(name),
      { ...gold, verification: { trust_framework: {} } },
      undefined,
    ],
    ['none with claims that are no object', wanted(name), { ...gold, claims: ['x'] }, undefined],
  ])('are released: %s', (_, asked, given, expected) => {
    const answered = answer(asked, given)
    expect(answered).toEqual(expected)
    expect(answer(asked, answered)).toEqual(expected)
  })

  it('are unchanged by a second filter with overlapping requests', () => {
    const claims = { a: 1, b: 2, c: 3 }
    const supplied = [
      { ...gold, claims },
      { verification: { trust_framework: 'gold' }, claims: { a: 1 } },
    ]
    const ask = (...names: string[]) => Object.fromEntries(names.map((each) => [each, null]))
    for (const asked of [
      [wanted(ask('a', 'b')), wanted(ask('b', 'c'))],
      [wanted(ask('a')), within({ time: null }, ask('a', 'b'))],
      [
        within({ evidence: [document] }, ask('a')),
        within({ evidence: [{ ...document, document_details: { type: null } }] }, ask('b')),
      ],
      [wanted({ a: { value: 1 }, c: null }), wanted({ a: null, b: { value: 5 } })],
    ]) {
      const answered = answer(asked, supplied)
      expect(answered).toBeDefined()
      expect(answer(asked, answered)).toEqual(answered)
    }
  })

  it.each<[string, Record<string, unknown>, unknown, unknown]>([
    ['frameworks', { supportedTrustFrameworks: ['silver'] }, wanted(name), undefined],
    ['claims', { supportedVerifiedClaims: ['family_name'] }, wanted(name), undefined],
    ['claims (its own)', { supportedVerifiedClaims: ['given_name'] }, wanted(name), goldName],
    ['evidence', { supportedEvidence: ['vouch'] }, within({ evidence: [document] }), undefined],
    [
      'documents',
      { supportedDocuments: ['passport'] },
      within({ evidence: [document] }),
      undefined,
    ],
    [
      'identity documents',
      { supportedDocuments: ['passport'], supportedIdentityDocuments: ['idcard'] },
      within({ evidence: [document] }),
      told({ evidence: [{ type: 'document' }] }),
    ],
    [
      'checks',
      { supportedDocumentsCheckMethods: ['vpip'] },
      within({ evidence: [document] }),
      undefined,
    ],
  ])('contain only %s that the service advertises (§7)', (_, settings, asked, expected) => {
    expect(answer(asked, gold, settings)).toEqual(expected)
  })

  it('contain only advertised evidence and attachments (§6, §7)', () => {
    const evidence = [
      { type: 'document', method: 'pipp', document: { type: 'idcard' } },
      { type: 'electronic_record', record: { type: 'bank' } },
      {
        type: 'document',
        validation_method: { type: 'vpip' },
        verification_method: { type: 'pvp' },
      },
      {
        type: 'vouch',
        attachments: [
          { content_type: 'image/png', content: 'AA==' },
          { url: 'https://x.example', digest: { alg: 'sha-256', value: 'x' } },
          { url: 'https://x.example', digest: { alg: 'md5', value: 'x' } },
          5,
        ],
      },
      { type: 'vouch', attachments: [{ content_type: 'image/png', content: 'AA==' }] },
    ]
    const given = { verification: { trust_framework: 'gold', evidence }, claims: gold.claims }
    const types = ['document', 'electronic_record', 'vouch']
    const wishes = types.map((type) => ({ type: { value: type }, attachments: null, method: null }))
    const settings = {
      supportedDocumentsMethods: ['vri'],
      supportedVerificationMethods: ['sripp'],
      supportedElectronicRecords: ['tax'],
      supportedDocumentsValidationMethods: ['vcrypt'],
      supportedDocumentsVerificationMethods: ['bvp'],
      supportedAttachments: ['EXTERNAL'],
      supportedDigestAlgorithms: ['sha-256'],
    }
    expect(answer(within({ evidence: wishes }), given, settings)).toEqual(
      told({
        evidence: [
          {
            type: 'vouch',
            attachments: [{ url: 'https://x.example', digest: { alg: 'sha-256', value: 'x' } }],
          },
          { type: 'vouch' },
        ],
      }),
    )
  })

  it('use transformed claims only if they have the requested value', () => {
    const asked = wanted({ ...name, ':x': null, ':y': { value: true } })
    const service = serviceWith({ supportedVerifiedClaims: ['given_name'] })
    const computed = () => ({ ':x': true, ':y': false })
    const answered = answerVerifiedClaims(asked, [gold, silver], computed, { service, run: run() })
    expect(answered).toEqual([{ ...goldName, claims: { given_name: 'Sarah', ':x': true } }, silver])
    expect(answerVerifiedClaims(asked, answered, () => ({}), { service, run: run() })).toEqual(
      answered,
    )
  })

  it('accept the names of inherited properties as claims', () => {
    const asked = JSON.parse(
      '{"verification":{"trust_framework":null,"__proto__":{"constructor":null}},"claims":{"__proto__":null,"toString":null,"a":null}}',
    )
    const given = JSON.parse(
      '{"verification":{"trust_framework":"gold"},"claims":{"__proto__":{"b":1},"a":1}}',
    )
    const answered = JSON.stringify(answer(asked, given))
    expect(answered).toBe(
      '{"verification":{"trust_framework":"gold"},"claims":{"__proto__":{"b":1},"a":1}}',
    )
    expect(({} as Record<string, unknown>)['b']).toBeUndefined()
  })
})

describe('verified claims beyond the step limit', () => {
  it('are omitted, and elements before them are kept', () => {
    const asked = [wanted(name), wanted({ given_name: null, family_name: null })]
    const many = Array.from({ length: 50 }, (_, index) => ({
      ...gold,
      claims: { given_name: `${index}` },
    }))
    const options = { service: serviceWith(), run: run(80_000) }
    const answered = answerVerifiedClaims(asked, many, () => ({}), options)
    expect(answered).toHaveLength(50)
    const spent = { service: serviceWith(), run: run(100) }
    expect(answerVerifiedClaims(asked, many, () => ({}), spent)).toBeUndefined()
  })
})
