/**
 * Verified claims from the request to the ID Token and UserInfo, OpenID Connect for Identity
 * Assurance, and transformed claims, OIDC ASC.
 */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorize, createService, redeem, refresh, type TestService } from '../../support/flows.ts'
import { within } from '../../support/pace.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
let client: Json

const settings = {
  supportedTrustFrameworks: ['gold', 'silver'],
  supportedEvidence: ['document', 'vouch'],
  supportedDocuments: ['idcard'],
  supportedIdentityDocuments: ['passport'],
  supportedVerificationMethods: ['pipp'],
  supportedDocumentsMethods: ['vri'],
  supportedDocumentsValidationMethods: ['vpip'],
  supportedDocumentsVerificationMethods: ['pvp'],
  supportedDocumentsCheckMethods: ['vpip'],
  supportedElectronicRecords: ['bank'],
  supportedVerifiedClaims: ['given_name', 'family_name', 'birthdate', 'nationalities'],
  supportedAttachments: ['EMBEDDED', 'EXTERNAL'],
  supportedDigestAlgorithms: ['sha-256'],
  predefinedTransformedClaims: JSON.stringify({
    '18_or_over': { claim: 'birthdate', fn: ['years_ago', ['gte', 18]] },
  }),
}

beforeAll(async () => {
  service = await createService(settings)
  client = await service.client()
})
afterAll(() => service.close())

const gold = {
  verification: { trust_framework: 'gold', time: '2020-01-01T00:00:00Z' },
  claims: { given_name: 'Sarah', family_name: 'Meier' },
}
const verified = (claims: unknown, framework: unknown = null) => ({
  verified_claims: { verification: { trust_framework: framework }, claims },
})

interface Answers {
  asked: Json
  idToken: Json
  userInfo: Json
  looked: Json
  tokens: Json
}

/** The code flow to UserInfo. The caller supplies the same values at every step. */
async function obtain(claims: unknown, supplied: Record<string, unknown>): Promise<Answers> {
  const asked = await authorize(service, client, { claims: JSON.stringify(claims) })
  expect(asked.action).toBe('INTERACTION')
  const { ticket } = asked
  const issued = await service.api('/auth/authorization/issue', {
    ticket,
    subject: 'alice',
    ...supplied,
  })
  expect(issued.action).toBe('LOCATION')
  const tokens = await redeem(service, client, issued.authorizationCode)
  const token = tokens.accessToken
  const looked = await service.api('/auth/userinfo', { token })
  const info = await service.api('/auth/userinfo/issue', { token, ...supplied })
  expect(info.action).toBe('JSON')
  const idToken = decodeJwt(JSON.parse(tokens.responseContent).id_token)
  return { asked, idToken, userInfo: JSON.parse(info.responseContent), looked, tokens }
}

const supplying = (...given: unknown[]) => ({
  claims: JSON.stringify({ verified_claims: given.length === 1 ? given[0] : given }),
})
const goldName = { ...gold, verification: { trust_framework: 'gold' } }

const metadata = async () => service.get(`/api/${service.serviceId}/service/configuration`)

describe('metadata of a service with verified claims', () => {
  it('lists what it supports (OpenID Connect for Identity Assurance §7)', async () => {
    expect(await metadata()).toMatchObject({
      claims_parameter_supported: true,
      verified_claims_supported: true,
      trust_frameworks_supported: ['gold', 'silver'],
      evidence_supported: ['document', 'vouch'],
      documents_supported: ['idcard'],
      id_documents_supported: ['passport'],
      id_documents_verification_methods_supported: ['pipp'],
      documents_methods_supported: ['vri'],
      documents_validation_methods_supported: ['vpip'],
      documents_verification_methods_supported: ['pvp'],
      documents_check_methods_supported: ['vpip'],
      electronic_records_supported: ['bank'],
      claims_in_verified_claims_supported: settings.supportedVerifiedClaims,
      attachments_supported: ['embedded', 'external'],
      digest_algorithms_supported: ['sha-256'],
    })
  })

  it('lists the functions and the predefined transformed claims (OIDC ASC §8)', async () => {
    const document = await metadata()
    expect(document.transformed_claims_functions_supported).toContain('years_ago')
    expect(document).toMatchObject({
      transformed_claims_max_count: 50,
      transformed_claims_max_depth: 10,
      transformed_claims_predefined: JSON.parse(settings.predefinedTransformedClaims),
    })
  })

  it('is absent if the service has no verified claims (RFC 8414 §2)', async () => {
    const other = await createService()
    const document = await other.get(`/api/${other.serviceId}/service/configuration`)
    const about = Object.keys(document).filter((name) => /verif|trust|transformed/.test(name))
    expect(about).toEqual([])
    await other.close()
  })
})

describe('verified claims', () => {
  it('are passed to the caller as they were requested', async () => {
    const claims = { id_token: verified({ given_name: null }), userinfo: { email: null } }
    const asked = await authorize(service, client, { claims: JSON.stringify(claims) })
    expect(JSON.parse(asked.idTokenClaims)).toEqual(claims.id_token)
    expect(JSON.parse(asked.userInfoClaims)).toEqual(claims.userinfo)
    expect(asked).not.toHaveProperty('requestedClaimsForTx')
    expect(asked).not.toHaveProperty('requestedVerifiedClaimsForTx')
    expect(asked).not.toHaveProperty('transformedClaims')
  })

  it('are in the ID Token only if they were requested for the ID Token only', async () => {
    const claims = { id_token: verified({ given_name: null }) }
    const { idToken, userInfo } = await obtain(claims, supplying(gold))
    expect(idToken.verified_claims).toEqual({ ...goldName, claims: { given_name: 'Sarah' } })
    expect(userInfo).not.toHaveProperty('verified_claims')
  })

  it('are in UserInfo only if they were requested for UserInfo only', async () => {
    const claims = { userinfo: verified({ given_name: null }) }
    const { idToken, userInfo } = await obtain(claims, supplying(gold))
    expect(userInfo.verified_claims).toEqual({ ...goldName, claims: { given_name: 'Sarah' } })
    expect(idToken).not.toHaveProperty('verified_claims')
  })

  it('are released if they were requested, other claims in any case', async () => {
    const claims = JSON.stringify({ verified_claims: gold, email: 'alice@example.com' })
    const { idToken, userInfo } = await obtain({}, { claims })
    expect([idToken.email, userInfo.email]).toEqual(Array(2).fill('alice@example.com'))
    expect([idToken.verified_claims, userInfo.verified_claims]).toEqual([undefined, undefined])
  })

  it.each([null, {}, { essential: false }])(
    'can be requested by %j, as a normal claim can (OIDC Core §5.5.1)',
    async (wish) => {
      const claims = { id_token: verified({ given_name: wish }, wish) }
      const { idToken } = await obtain(claims, supplying(gold))
      expect(idToken.verified_claims).toEqual({ ...goldName, claims: { given_name: 'Sarah' } })
    },
  )

  it.each(['unknown', 'claim%1/a&,.b', '__proto__', 'toString', ':unknown', '::unknown'])(
    'omit an unknown claim %s, also essential (OpenID Connect for Identity Assurance §5.7.2)',
    async (name) => {
      for (const wish of [null, { essential: true }]) {
        const asked = Object.fromEntries([
          ['given_name', null],
          [name, wish],
        ])
        const { idToken } = await obtain({ id_token: verified(asked) }, supplying(gold))
        expect(idToken.verified_claims.claims).toEqual({ given_name: 'Sarah' })
      }
    },
  )

  it('need the requested value (OpenID Connect for Identity Assurance §5.7.4)', async () => {
    const asked = verified({ given_name: { value: '6f0d8a66' } })
    const answers = await obtain({ id_token: asked, userinfo: asked }, supplying(gold))
    expect(answers.idToken).not.toHaveProperty('verified_claims')
    expect(answers.userInfo).not.toHaveProperty('verified_claims')
  })

  it('need a supported framework (OpenID Connect for Identity Assurance §5.7.4)', async () => {
    const bronze = { ...gold, verification: { trust_framework: 'bronze' } }
    for (const framework of [null, { value: 'bronze' }]) {
      const claims = { userinfo: verified({ given_name: null }, framework) }
      const { userInfo } = await obtain(claims, supplying(bronze))
      expect(userInfo).toEqual({ sub: 'alice' })
    }
  })

  it('must be in the metadata (OpenID Connect for Identity Assurance §7)', async () => {
    const given = { ...gold, claims: { ...gold.claims, place_of_birth: 'Town' } }
    const claims = { userinfo: verified({ given_name: null, place_of_birth: null }) }
    const { userInfo } = await obtain(claims, supplying(given))
    expect(userInfo.verified_claims.claims).toEqual({ given_name: 'Sarah' })
  })

  it('are matched to the requested trust framework if there are several', async () => {
    const silver = { verification: { trust_framework: 'silver' }, claims: { given_name: 'Sara' } }
    const elements = [
      verified({ given_name: null }, { value: 'silver' }).verified_claims,
      verified({ family_name: null }, { value: 'gold' }).verified_claims,
    ]
    const claims = { userinfo: { verified_claims: elements } }
    const { userInfo } = await obtain(claims, supplying(gold, silver))
    expect(userInfo.verified_claims).toEqual([
      silver,
      { ...goldName, claims: { family_name: 'Meier' } },
    ])
  })

  it('are filtered in bounded time for hundreds of elements', async () => {
    const element = (value: string) => ({
      verification: { trust_framework: 'gold' },
      claims: { given_name: value, family_name: null },
    })
    const asked = Array(100).fill(verified({ given_name: null }).verified_claims)
    const given = Array.from({ length: 700 }, (_, index) => element(`${index}`))
    const started = performance.now()
    const { userInfo } = await obtain({ userinfo: { verified_claims: asked } }, supplying(...given))
    expect(userInfo.verified_claims).toHaveLength(100)
    expect(performance.now() - started).toBeLessThan(within(5_000))
  })
})

describe('authorization request for verified claims', () => {
  const errorOf = (answer: Json) => ({ action: answer.action, code: answer.resultCode })
  const short = { given_name: { purpose: 'ab' } }

  it.each<[string, string, unknown]>([
    ['verified claims without a framework', 'P007101', { verification: {}, claims: { a: null } }],
    ['no verified claims', 'P007101', { verification: { trust_framework: null }, claims: {} }],
    ['too short a purpose', 'P007102', verified(short).verified_claims],
    ['a thousand elements', 'P007103', Array(1_000).fill({})],
  ])('is an invalid request for %s: %s', async (_, code, asked) => {
    for (const place of ['id_token', 'userinfo']) {
      const claims = JSON.stringify({ [place]: { verified_claims: asked } })
      const answer = await authorize(service, client, { claims })
      expect(errorOf(answer)).toEqual({ action: 'LOCATION', code })
      expect(answer.responseContent).toContain('error=invalid_request')
    }
  })

  it('is an invalid request if a purpose has less than 3 or more than 300 characters', async () => {
    for (const more of [{ claims: JSON.stringify({ userinfo: short }) }, { purpose: 'ab' }]) {
      const answer = await authorize(service, client, more)
      expect(errorOf(answer)).toEqual({ action: 'LOCATION', code: 'P007102' })
    }
    const asked = await authorize(service, client, { purpose: 'to know you' })
    expect(asked).toMatchObject({ action: 'INTERACTION', purpose: 'to know you' })
  })

  it.each<[string, unknown]>([
    ['P007201', 'x'],
    ['P007202', { x: { claim: 'c', fn: Array(11).fill('any') } }],
    ['P007203', { x: { claim: 'c', fn: ['eval'] } }],
    ['P007203', { x: { claim: 'c', fn: [['match', '(a)\\1']] } }],
    ['P007204', { x: { claim: 'c', fn: [['match', 'x{1000}'.repeat(30)]] } }],
  ])('is refused by %s for transformed claims %j (OIDC ASC §8)', async (code, transformed) => {
    for (const claims of [
      { transformed_claims: transformed },
      { _asc: { transformed_claims: transformed } },
    ]) {
      const answer = await authorize(service, client, { claims: JSON.stringify(claims) })
      expect(errorOf(answer)).toEqual({ action: 'LOCATION', code })
    }
  })

  it('never causes a server error, however malformed', async () => {
    const deep = (depth: number): unknown => (depth === 0 ? null : { a: deep(depth - 1) })
    const many = (value: unknown) =>
      Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`c${index}`, value]))
    const values = [null, 5, true, 'x', [], {}, [[]], [null], deep(5), deep(30), many(null)]
    const proto = '{"__proto__":{"__proto__":null},"constructor":{"prototype":null}}'
    const texts = [
      ...values
        .flatMap((value) => [
          { userinfo: { verified_claims: value } },
          { userinfo: { verified_claims: [value, value] } },
          { userinfo: { verified_claims: { verification: value, claims: value } } },
          { userinfo: verified(value, value) },
          { userinfo: verified({ a: value }, null) },
          { userinfo: { ':x': value }, transformed_claims: value },
          { userinfo: { ':x': null }, transformed_claims: { x: value } },
          { userinfo: { ':x': null }, transformed_claims: { x: { claim: value, fn: value } } },
          { userinfo: { ':x': null }, transformed_claims: { x: { claim: 'a', fn: [value] } } },
          {
            userinfo: { ':x': null },
            transformed_claims: { x: { claim: 'a', fn: [['eq', value]] } },
          },
          { userinfo: { a: { purpose: value } } },
          { _asc: value },
        ])
        .map((value) => JSON.stringify(value)),
      `{"userinfo":{"verified_claims":{"verification":{"trust_framework":null},"claims":${proto}}}}`,
      `{"userinfo":{":__proto__":null},"transformed_claims":${proto}}`,
      '{"userinfo":{"verified_claims":{"verification":{"trust_framework":{"value":"\\ud800"}},"claims":{"a":null}}}}',
      '{"transformed_claims":{"\\udfff":{"claim":"a","fn":[]}}}',
      `{"userinfo":{"verified_claims":${'['.repeat(9_000)}${']'.repeat(9_000)}}}`,
    ]
    for (const claims of texts) {
      const answer = await authorize(service, client, { claims })
      expect([claims, answer.action]).toEqual([
        claims,
        expect.stringMatching(/^(LOCATION|BAD_REQUEST|INTERACTION)$/),
      ])
    }
  })
})

describe('transformed claims (OIDC ASC §8)', () => {
  const transformed = { nationality_usa: { claim: 'nationalities', fn: [['eq', 'USA'], 'any'] } }
  const wishes = { '::18_or_over': null, ':nationality_usa': null }
  const claimsForTx = JSON.stringify({ birthdate: '1970-01-23', nationalities: ['DEU', 'USA'] })
  const computed = { '::18_or_over': true, ':nationality_usa': true }

  it('are computed for UserInfo from the claims that the caller is asked for', async () => {
    const claims = { transformed_claims: transformed, userinfo: wishes }
    const { asked, looked, idToken, userInfo } = await obtain(claims, { claimsForTx })
    for (const answer of [asked, looked]) {
      expect(answer.requestedClaimsForTx).toEqual(['birthdate', 'nationalities'])
      expect(JSON.parse(answer.transformedClaims)).toEqual(transformed)
    }
    expect(looked.claims.filter((name: string) => name.startsWith(':'))).toEqual([])
    expect(userInfo).toEqual({ sub: 'alice', ...computed })
    expect(idToken).not.toHaveProperty(':nationality_usa')
  })

  it('are computed for the ID Token, and absent from UserInfo', async () => {
    const claims = { _asc: { transformed_claims: transformed }, id_token: wishes }
    const { asked, looked, idToken, userInfo } = await obtain(claims, { claimsForTx })
    expect(asked.requestedClaimsForTx).toEqual(['birthdate', 'nationalities'])
    expect(asked.claims.filter((name: string) => name.startsWith(':'))).toEqual([])
    expect(looked).not.toHaveProperty('requestedClaimsForTx')
    expect(idToken).toMatchObject(computed)
    expect(idToken).not.toHaveProperty('birthdate')
    expect(userInfo).toEqual({ sub: 'alice' })
  })

  it('are computed for each element of verified claims', async () => {
    const elements = [
      verified({ '::18_or_over': null }, { value: 'gold' }).verified_claims,
      verified({ ':nationality_usa': null }, { value: 'silver' }).verified_claims,
    ]
    const place = { verified_claims: elements }
    const claims = { transformed_claims: transformed, id_token: place, userinfo: place }
    const supplied = ['gold', 'silver'].map((framework) => ({
      verification: { trust_framework: framework },
      claims: {},
    }))
    const { asked, looked, idToken, userInfo } = await obtain(claims, {
      ...supplying(...supplied),
      verifiedClaimsForTx: ['{"birthdate":"1970-01-23"}', '{"nationalities":["DEU","USA"]}'],
    })
    for (const answer of [asked, looked]) {
      expect(answer.requestedVerifiedClaimsForTx).toEqual([['birthdate'], ['nationalities']])
      expect(answer).not.toHaveProperty('requestedClaimsForTx')
    }
    for (const answer of [idToken, userInfo]) {
      expect(answer.verified_claims).toEqual([
        { ...supplied[0], claims: { '::18_or_over': true } },
        { ...supplied[1], claims: { ':nationality_usa': true } },
      ])
    }
  })

  it('are computed again for UserInfo after a refresh', async () => {
    const claims = { transformed_claims: transformed, userinfo: wishes }
    const { tokens } = await obtain(claims, { claimsForTx })
    const { accessToken: token } = await refresh(service, client, tokens.refreshToken)
    const looked = await service.api('/auth/userinfo', { token })
    expect(looked.requestedClaimsForTx).toEqual(['birthdate', 'nationalities'])
    const info = await service.api('/auth/userinfo/issue', { token, claimsForTx })
    expect(JSON.parse(info.responseContent)).toEqual({ sub: 'alice', ...computed })
  })

  it('are omitted without a source claim, a definition or the requested value', async () => {
    const claims = {
      transformed_claims: transformed,
      userinfo: {
        ':nationality_usa': { value: false },
        '::18_or_over': { value: true },
        ':undefined': null,
        '::nationality_usa': null,
      },
    }
    const { userInfo } = await obtain(claims, { claimsForTx: '{"nationalities":["USA"]}' })
    expect(userInfo).toEqual({ sub: 'alice' })
  })

  it('reject claimsForTx that is no JSON object or nested too deeply', async () => {
    const { tokens } = await obtain({}, {})
    const deep = `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`
    for (const wrong of [
      { claimsForTx: '[]' },
      { verifiedClaimsForTx: ['5'] },
      { verifiedClaimsForTx: 'x' },
      { claimsForTx: deep },
      { claims: deep },
    ]) {
      const path = `/api/${service.serviceId}/auth/userinfo/issue`
      const reply = await service.call('POST', path, { token: tokens.accessToken, ...wrong })
      expect(reply.status).toBe(400)
    }
  })

  it('match a regular expression on a long text in bounded time', async () => {
    const slow = { slow: { claim: 'c', fn: [['match', '.*.*.*.*x$']] } }
    const claims = { transformed_claims: slow, userinfo: { ':slow': null } }
    const started = performance.now()
    const { userInfo } = await obtain(claims, {
      claimsForTx: JSON.stringify({ c: 'a'.repeat(60_000) }),
    })
    expect(userInfo).toEqual({ sub: 'alice', ':slow': false })
    expect(performance.now() - started).toBeLessThan(within(5_000))
  })
})

describe('external attachment', () => {
  const url = 'https://evidence.example.com/1'
  const digest = { alg: 'sha-256', value: 'abc' }
  const document = { type: 'document', attachments: [{ url, digest }] }
  const elements = {
    ...gold,
    verification: { ...gold.verification, evidence: [document, { type: 'vouch' }] },
  }
  const wished = {
    verified_claims: {
      verification: {
        trust_framework: null,
        evidence: [{ type: { value: 'document' }, attachments: null }],
      },
      claims: { given_name: null },
    },
  }
  const ask = () =>
    obtain(
      { id_token: wished, userinfo: wished },
      { claims: JSON.stringify({ verified_claims: elements }) },
    )
  const attachmentOf = ({ verified_claims }: Json) =>
    verified_claims.verification.evidence[0].attachments[0]

  it('has an access token if accessTokenForExternalAttachmentEmbedded is set', async () => {
    await service.configure({ accessTokenForExternalAttachmentEmbedded: true })
    const { idToken, userInfo } = await ask()
    for (const attachment of [attachmentOf(idToken), attachmentOf(userInfo)]) {
      expect(attachment).toMatchObject({ url, digest, expires_in: expect.any(Number) })
      const found = await service.api('/auth/introspection', { token: attachment.access_token })
      expect(found).toMatchObject({
        ...{ action: 'OK', subject: 'alice', forExternalAttachment: true, scopes: [] },
      })
    }
    await service.configure({})
  })

  it('has no access token otherwise, and is omitted if it is unsupported', async () => {
    expect(attachmentOf((await ask()).idToken)).toEqual({ url, digest })
    await service.configure({
      ...{ accessTokenForExternalAttachmentEmbedded: true, supportedAttachments: ['EMBEDDED'] },
    })
    expect(JSON.stringify((await ask()).idToken)).not.toContain('access_token')
    await service.configure({})
  })
})
