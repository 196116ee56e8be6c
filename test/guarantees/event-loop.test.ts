/**
 * No call blocks the event loop longer than 100 ms, whatever its input: each operation with inputs
 * at its limits, and the inputs that once blocked the process.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { endpoints } from '../../src/api/index.ts'
import { parseKeySet } from '../../src/jose/key-set.ts'
import { type SignatureInput, verifyMessageSignature } from '../../src/jose/message-signature.ts'
import { Service } from '../../src/model/service/service.ts'
import { narrowAuthorizationDetails } from '../../src/oauth/authorization-details.ts'
import { releaseClaims } from '../../src/oauth/claims/release.ts'
import {
  definitionsOf,
  parseTransformedClaims,
  transformClaims,
} from '../../src/oauth/claims/transformed-claims.ts'
import { applyPolicy, parsePolicy } from '../../src/oauth/federation/metadata-policy.ts'
import { chooseScopes } from '../../src/oauth/scope.ts'
import { createApp } from '../../src/process/app.ts'
import { many, readParameters, texts, wideBodies } from '../faults/limits.ts'
import { pathOf } from '../faults/malformed.ts'
import { createCibaService } from '../support/ciba.ts'
import { holdLimit, holdOf } from '../support/event-loop.ts'
import { authorizationRequest, form, obtainTokens, type TestService } from '../support/flows.ts'
import { clientKey, publicKey } from '../support/keys.ts'
import type { Json } from '../support/server.ts'
import { sealer } from '../support/stores.ts'

const wide = many(1_000, (index) => `w${index}`)

let service: TestService
let client: Json
let tokens: Json
let app: ReturnType<typeof createApp>
beforeAll(async () => {
  service = await createCibaService({
    supportedAcrs: wide,
    supportedClaims: wide,
    supportedAuthorizationDetailsTypes: ['t', ...wide.slice(1)],
    supportedVerifiedClaims: wide,
    supportedScopes: ['openid', 'profile', ...wide.slice(2)].map((name) => ({ name })),
    dynamicRegistrationSupported: true,
  })
  client = await service.client()
  tokens = await obtainTokens(service, client)
  const { store, system } = service
  app = createApp({ store, system, sealer })
})
afterAll(() => {
  service.forgetSecrets()
  return service.close()
})

interface Call {
  name: string
  method?: string
  path: string
  body?: string | undefined
  contentType?: string
}

async function send({ method = 'POST', path, body, contentType = 'application/json' }: Call) {
  const response = await app.request(path, {
    method,
    headers: { Authorization: `Bearer ${service.adminToken}`, 'Content-Type': contentType },
    ...(body === undefined ? {} : { body }),
  })
  return { status: response.status, text: await response.text() }
}

/** The calls that block the event loop too long, or end in a server error. */
async function offenders(calls: readonly Call[]): Promise<string[]> {
  const found: string[] = []
  for (const call of calls) {
    let status = 0
    const hold = await holdOf(async () => {
      status = (await send(call)).status
    })
    if (hold > holdLimit || status >= 500) found.push(`${call.name}: ${hold} ms, HTTP ${status}`)
  }
  return found
}

const at = (path: string) => pathOf(path, service.serviceId, client)
const operation = (path: string) => at(`/api/{serviceId}${path}`)
const credentials = () => ({
  clientId: String(client.clientId),
  clientSecret: client.clientSecret,
})

const named = endpoints.map((endpoint) => [endpoint.operationId, endpoint] as const)
const takesParameters = (body: z.ZodType | undefined): boolean =>
  Object.hasOwn((body as { shape?: object } | undefined)?.shape ?? {}, 'parameters')

const tried = new Set<z.ZodType>()
const withMembers = named.flatMap(([name, { method, path, body }]) => {
  const base = takesParameters(body) ? { parameters: 'client_id=1' } : {}
  const bodies = body ? wideBodies(body, base, tried) : []
  return bodies.length > 0 ? [[name, { method, path, bodies }] as const] : []
})

describe('measurement of event loop delay', () => {
  it('detects synchronous work', async () => {
    const hold = await holdOf(async () => {
      const before = process.cpuUsage()
      while (process.cpuUsage(before).user < 600_000);
    }, 2)
    expect(hold).toBeGreaterThan(holdLimit)
  })
})

describe('event loop delay below 100 ms', () => {
  it.each(withMembers)('is kept for very many values in a body of %s', async (_name, operation) => {
    const { method, path, bodies } = operation
    const calls = bodies.map((body) => ({ ...body, method: method.toUpperCase(), path: at(path) }))
    expect(await offenders(calls)).toEqual([])
  })

  const bases: Record<string, () => string> = {
    '/api/{serviceId}/auth/authorization': () => authorizationRequest(client),
    '/api/{serviceId}/pushed_auth_req': () => authorizationRequest(client),
    '/api/{serviceId}/auth/token': () =>
      form({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: tokens.accessToken,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      }),
    '/api/{serviceId}/backchannel/authentication': () =>
      form({ scope: 'openid', login_hint: 'alice' }),
  }

  it.each(named.filter(([, { body }]) => takesParameters(body)))(
    'is kept for long parameters of %s',
    async (_name, { path }) => {
      const base = Object.fromEntries(new URLSearchParams(bases[path]?.() ?? 'scope=openid'))
      const kinds = ['many words', 'a wide list', 'a deep list']
      const lists = readParameters.flatMap((name) =>
        kinds.map((kind) => ({ name, kind, text: texts[kind] ?? '' })),
      )
      const more = Object.entries(texts).flatMap(([kind, text]) =>
        ['scope', 'claims', 'authorization_details'].map((name) => ({ name, kind, text })),
      )
      const repeated = [
        'a=1&'.repeat(16_000),
        many(4_000, (index) => `resource=x:${index}`).join('&'),
      ]
      const calls = [
        ...[...lists, ...more].map(({ name, kind, text }) => ({
          name: `${kind} as ${name}`,
          parameters: form({ ...base, [name]: text }).slice(0, 65_000),
        })),
        ...repeated.map((text) => ({
          name: text.slice(0, 10),
          parameters: `${form(base)}&${text}`.slice(0, 65_000),
        })),
      ].map(({ name, parameters }) => ({
        name,
        path: at(path),
        body: JSON.stringify({ ...credentials(), parameters }),
      }))
      expect(await offenders(calls)).toEqual([])
    },
  )

  it.each(named.filter(([, { query }]) => query))(
    'is kept for long query values of %s',
    async (_name, { method, path, query }) => {
      const names = Object.keys(query?.shape ?? {})
      const calls = names.flatMap((name) =>
        ['x'.repeat(14_000), '['.repeat(5_000), '%5B%7B%7D,'.repeat(1_400)].map((value) => ({
          name,
          method: method.toUpperCase(),
          path: `${at(path)}?${name}=${value}`,
        })),
      )
      expect(await offenders(calls)).toEqual([])
    },
  )
})

const claimsRequest = (claims: unknown): string =>
  JSON.stringify({ parameters: authorizationRequest(client, { claims: JSON.stringify(claims) }) })
/** Definitions of two patterns each. */
const matching = (patterns: string[]) => ({
  transformed_claims: Object.fromEntries(
    many(Math.ceil(patterns.length / 2), (index) => {
      const fn = patterns.slice(index * 2, index * 2 + 2).map((pattern) => ['match', pattern])
      return [`x${index}`, { claim: 'c', fn }]
    }),
  ),
})

/** The response of a call, which must not block the event loop too long. */
async function outcome(call: Omit<Call, 'name'>) {
  let text = ''
  const hold = await holdOf(async () => {
    text = (await send({ name: '', ...call })).text
  })
  expect(hold).toBeLessThanOrEqual(holdLimit)
  return text
}

describe('input that once blocked the event loop takes at most 100 ms:', () => {
  const huge = Array<string>(140).fill('x{1000}').join('')

  it.each<[string, () => string[]]>([
    ['38 definitions of 140 repetitions', () => many(38, () => huge)],
    ['5 definitions of 140 repetitions', () => many(5, (index) => `${huge}${index}`)],
    ['a repetition of a wildcard', () => ['(.*){1000}']],
    ['51 small patterns', () => many(51, (index) => `x${index}`)],
    [
      'case-insensitive ranges of every letter',
      () => many(20, (index) => `(?i)[B-\\x{1e900}]${index}`),
    ],
  ])('transformed claims with %s (OIDC ASC §8)', async (_what, patterns) => {
    const body = claimsRequest(matching(patterns()))
    const text = await outcome({ path: operation('/auth/authorization'), body })
    expect(text).toContain('P007204')
  })

  it('patterns of a request that are just affordable (OIDC ASC §8)', async () => {
    let made = 0
    const path = operation('/auth/authorization')
    const hold = await holdOf(async () => {
      // New patterns in each attempt, since compiled patterns are cached.
      made += 1
      const request = matching(many(6, (index) => `(?i)[B-\\x{1e900}]x{10}${made}${index}`))
      const { text } = await send({ name: '', path, body: claimsRequest(request) })
      expect(text).toContain('INTERACTION')
    })
    expect(hold).toBeLessThanOrEqual(holdLimit)
  })

  it.each<[string, object]>([
    ['a scope', { supportedScopes: [{ name: 'x', attributes: [{ key: 'regex', value: huge }] }] }],
    [
      'a predefined claim',
      {
        predefinedTransformedClaims: JSON.stringify({
          x: { claim: 'c', fn: [['match', '(.*){1000}']] },
        }),
      },
    ],
  ])('a costly pattern of %s when the service is saved', async (_where, settings) => {
    const body = JSON.stringify({ serviceName: 'x', ...settings })
    const text = await outcome({ path: operation('/service/update'), body })
    expect(text).toMatch(/P000206.*cost too much/)
  })

  it('a costly pattern of a stored service', async () => {
    const attributes = [{ key: 'regex', value: '(.*){1000}' }]
    const stored = Service.parse({
      ...{ number: 1, apiKey: 1, createdAt: 0, modifiedAt: 0 },
      supportedScopes: [{ name: 'x', attributes }],
      predefinedTransformedClaims: JSON.stringify({ x: { claim: 'c', fn: [['match', huge]] } }),
    })
    const hold = await holdOf(async () => {
      expect(chooseScopes('y'.repeat(2_000), stored, {})).toEqual([])
      expect(definitionsOf(stored, undefined).size).toBe(0)
    })
    expect(hold).toBeLessThanOrEqual(holdLimit)
  })

  it.each([
    ['a text of 60,000 letters', '(?:.*a.*b){300}', 'ab'.repeat(30_000)],
    ['a text that grows the automaton', '[01]*1[01]{30}', '0110'.repeat(15_000)],
  ])('a match of %s (OIDC ASC §8)', async (_what, pattern, text) => {
    const definitions = parseTransformedClaims(matching([pattern]).transformed_claims)
    const hold = await holdOf(async () => {
      const run = { now: 0, budget: { left: 1_200_000 } }
      expect(transformClaims([':x0'], definitions, { c: text }, run)).toEqual({})
    })
    expect(hold).toBeLessThanOrEqual(holdLimit)
  })

  it.each([
    [
      'through an inherited member',
      '[{"op":"add","path":"/hasOwnProperty/call","value":1}]',
      'P049001',
    ],
    [
      'of copies of copies',
      JSON.stringify(Array(40).fill({ op: 'copy', from: '', path: '/x' })),
      'P049002',
    ],
    ['of very many operations', `[${'{},'.repeat(4_500)}{}]`, 'P049002'],
    [
      'of great depth',
      `[{"op":"add","path":"/x","value":${texts['a deep list']?.slice(0, 6_000)}}]`,
      'P049001',
    ],
  ])('a JSON Patch %s (RFC 6902)', async (_what, patch, code) => {
    const path = `${operation('/service/configuration')}?patch=${encodeURIComponent(patch)}`
    expect(await outcome({ method: 'GET', path })).toContain(code)
    const body = JSON.stringify({ patch })
    expect(await outcome({ path: operation('/service/configuration'), body })).toContain(code)
  })

  it('a policy with all the values that it may have (OpenID Federation §6.1)', async () => {
    const added = many(330, (index) => `person-${index}@example.com`)
    const text = JSON.stringify({ contacts: { add: added, subset_of: added, superset_of: added } })
    const contacts = many(9_500, (index) => `other-${index}@example.com`)
    const hold = await holdOf(async () => {
      const read = parsePolicy(text)
      if ('problem' in read) throw new Error(read.problem.message)
      const governed = applyPolicy({ contacts }, read.policy)
      expect(governed).toEqual({ metadata: { contacts: added } })
    })
    expect(hold).toBeLessThanOrEqual(holdLimit)
  })

  it('a policy with too many values (OpenID Federation §6.1)', async () => {
    const added = many(9_500, (index) => `person-${index}@example.com`)
    const text = JSON.stringify({ contacts: { add: added, subset_of: added } })
    const hold = await holdOf(async () => expect(parsePolicy(text)).toHaveProperty('problem'))
    expect(hold).toBeLessThanOrEqual(holdLimit)
  })

  it('100 requests for verified claims (OpenID Connect for Identity Assurance §5.7)', async () => {
    const evidence = many(5, () => ({ type: 'document', method: 'pipp' }))
    const supplied = many(100, (index) => ({
      verification: { trust_framework: 'gold', evidence },
      claims: { given_name: `${index}`, family_name: 'Meier' },
    }))
    const asked = many(100, (index) => ({
      verification: { trust_framework: null, evidence: many(5, () => ({ type: null })) },
      claims: { given_name: null, family_name: null, [`c${index}`]: null },
    }))
    const claims = JSON.stringify({ verified_claims: supplied })
    const userInfoClaims = JSON.stringify({ verified_claims: asked })
    const given = Service.parse({ number: 1, apiKey: 1, createdAt: 0, modifiedAt: 0 })
    const hold = await holdOf(async () => {
      const options = { service: given, now: 0 }
      releaseClaims('userInfoClaims', { userInfoClaims }, { claims }, options)
    })
    expect(hold).toBeLessThanOrEqual(holdLimit)
  })

  it('a signature over hundreds of members of a long field (RFC 9421 §2.1.2)', async () => {
    const members = many(6_000, (index) => `k${index}=${index}`).join(', ')
    const covered = many(500, (index) => `"x";key="k${index}"`)
    const input = { label: 'sig', covered, tag: 'fapi-2-request' } as SignatureInput
    const fields = {
      x: [members],
      signature: ['sig=:AAAA:'],
      'signature-input': [`sig=(${covered.slice(0, 400).join(' ')});created=1`],
    }
    const request = { method: 'GET', url: 'https://rs.example.com/', fields }
    const keys = parseKeySet(JSON.stringify({ keys: [publicKey(clientKey)] }))
    const hold = await holdOf(async () => {
      const verified = await verifyMessageSignature(request, input, keys, undefined)
      expect(verified).toEqual({ failure: 'malformed' })
    })
    expect(hold).toBeLessThanOrEqual(holdLimit)
  })

  it('authorization details that contain each other (RFC 9396 §6.1)', async () => {
    const actions = many(8_000, (index) => `a${index}`)
    const details = (list: string[]) => JSON.stringify([{ type: 't', actions: list }])
    const hold = await holdOf(async () => {
      const asked = details(actions.toReversed())
      expect(narrowAuthorizationDetails(asked, details(actions))).toBe(asked)
    })
    expect(hold).toBeLessThanOrEqual(holdLimit)
  })
})

describe('deeply nested JSON', () => {
  const deep = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

  it.each<[string, string, (text: string) => object]>([
    ['jwks of a service', '/service/update', (text) => ({ jwks: `{"keys":[${text}]}` })],
    ['metadata policy', '/service/update', (text) => ({ cimdMetadataPolicy: `{"a":${text}}` })],
    ['predefined claims', '/service/update', (text) => ({ predefinedTransformedClaims: text })],
    ['jwks of a client', '/client/create', (text) => ({ jwks: `{"keys":[${text}]}` })],
    ['custom metadata', '/client/create', (text) => ({ customMetadata: text })],
    ['metadata of a registration', '/client/registration', (json) => ({ json })],
    [
      'further fields of authorization details',
      '/auth/token/create',
      (otherFields) => ({
        ...{ grantType: 'AUTHORIZATION_CODE', subject: 'alice', clientId: client.clientId },
        authorizationDetails: { elements: [{ type: 't', otherFields }] },
      }),
    ],
  ])('is malformed in %s', async (_what, path, bodyOf) => {
    const path_ = operation(path)
    for (const depth of [65, 12_000]) {
      const { status, text } = await send({
        name: '',
        path: path_,
        body: JSON.stringify(bodyOf(deep(depth))),
      })
      expect(status, text).toBeLessThan(500)
      expect(text).toMatch(/P000206|P088/)
    }
  })

  it('is text in the metadata of a service', async () => {
    const metadata = [{ key: 'deep', value: '['.repeat(4_000) + ']'.repeat(4_000) }]
    const saved = await service.post('/api/service/create', { serviceName: 'x', metadata })
    const document = await service.get(`/api/${saved.apiKey}/service/configuration?pretty=true`)
    expect(document.deep).toBe(metadata[0]?.value)
  })
})

describe('request body', () => {
  it('is rejected with more than 30,000 values, or 2,000 in a list', async () => {
    const path = operation('/auth/token/create')
    const scopes = (value: unknown) => JSON.stringify({ scopes: value })
    const list = (count: number, each: unknown = 1) => Array(count).fill(each)
    for (const body of [
      scopes(list(60_000)),
      scopes(list(2_001)),
      scopes(list(1_000, list(60))),
      `{"scopes":[${'0,'.repeat(100_000)}0]}`,
    ]) {
      expect(await outcome({ path, body })).toContain('P000210')
    }
    // Commas within a string are no separators.
    const text = scopes([`,[{"\\${','.repeat(60_000)}`])
    expect(await outcome({ path, body: text })).not.toContain('P000210')
    expect(await outcome({ path, body: scopes(list(2_000)) })).toContain('P000206')
  })

  it('can be a form with tens of thousands of parameters', async () => {
    const contentType = 'application/x-www-form-urlencoded'
    for (const text of [
      'a=&'.repeat(83_000),
      'scopes=&'.repeat(31_000),
      'parameters=a'.repeat(20_000),
    ]) {
      await outcome({ path: operation('/auth/token/create'), body: text, contentType })
      await outcome({ path: operation('/auth/token'), body: text, contentType })
    }
  })
})
