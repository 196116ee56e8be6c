/** Dry runs: they answer as a real call would, change nothing, and hand out nothing. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { federationSettings, requestParameters } from '../../support/automatic.ts'
import { entity, federationOf, relyingParty } from '../../support/federation.ts'
import {
  createService,
  form,
  issuer,
  obtainCode,
  redirectUri,
  type TestService,
  verifier,
} from '../../support/flows.ts'
import { type RecordedRandom, recordedRandom } from '../../support/recorded-random.ts'
import { type CommonRefusal, commonRefusals } from '../../support/refusals.ts'
import type { Json, Reply } from '../../support/server.ts'
import { sharedStore } from '../../support/stores.ts'
import { testSystem } from '../../support/system.ts'
import { tableRows } from '../../support/table-rows.ts'

const store = sharedStore()
let random: RecordedRandom
let service: TestService
let client: Json
beforeEach(async () => {
  const system = testSystem({ seed: expect.getState().currentTestName })
  random = recordedRandom(system.random)
  service = await createService({}, { on: store(), system: { ...system, random } })
  client = await service.client()
})
afterEach(() => service.close())

const path = () => `/api/${service.serviceId}/explain`
const explain = (body: unknown, options = {}): Promise<Reply> =>
  service.call('POST', path(), body, options)

/** A dry run that must leave every table as it was, and tell nothing that was made at random. */
async function runDry(body: unknown): Promise<Json> {
  service.system.clock.advance(1_000)
  const before = await tableRows(service.engine)
  const told = random.made.length
  const { status, text, body: answer } = await explain(body)
  expect(status, text).toBe(200)
  expect(await tableRows(service.engine)).toEqual(before)
  expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]+\./)
  const requestId = random.made[told] ?? ''
  for (const value of random.made.slice(told)) {
    if (value !== requestId) expect(text).not.toContain(value)
  }
  return answer
}

const redeems = (code: string, more: Record<string, string> = {}) => ({
  parameters: form({
    ...{ grant_type: 'authorization_code', code, redirect_uri: redirectUri },
    ...{ code_verifier: verifier, ...more },
  }),
  ...{ clientId: String(client.clientId), clientSecret: client.clientSecret },
})

describe('dry run of a refusal', () => {
  const indexes = Array.from({ length: 7 }, (_, index) => [index])

  it.each(indexes)('explains common refusal %i as a real call does', async (index) => {
    const {
      operation,
      request,
      code,
      secrets = [],
    } = commonRefusals(service, client)[index] as CommonRefusal
    const asked = await request()
    const answer = await runDry({ operation, request: asked })
    const { explanation } = await service.api(operation, asked, { Prefer: 'explain' })
    const told = answer.explanation
    expect(told.refusedBy).toMatchObject({ code, fix: explanation.refusedBy.fix })
    expect(told.refusedBy.evidence.parameter).toBe(explanation.refusedBy.evidence.parameter)
    expect(answer.outcome.resultCode).toBe(code)
    expect(answer).not.toHaveProperty('issued')
    for (const secret of [...secrets, client.clientSecret]) {
      expect(JSON.stringify(answer)).not.toContain(secret)
    }
  })

  it('does not revoke the tokens of a code that is used again', async () => {
    const code = await obtainCode(service, client)
    const { accessToken } = await service.api('/auth/token', redeems(code))
    service.system.clock.advance(5_000)
    const answer = await runDry({ operation: '/auth/token', request: redeems(code) })
    expect(answer.outcome.resultCode).toBe('P020007')
    expect(await service.api('/auth/introspection', { token: accessToken })).toMatchObject({
      action: 'OK',
    })
  })
})

describe('dry run of a success', () => {
  it('tells what would be issued, and the claims of the ID Token as plain JSON', async () => {
    const code = await obtainCode(service, client)
    const { outcome, issued, explanation } = await runDry({
      ...{ operation: '/auth/token', request: redeems(code) },
    })
    expect(outcome).toMatchObject({ status: 200, action: 'OK' })
    expect(explanation).not.toHaveProperty('refusedBy')
    expect(issued.members).toMatchObject({
      ...{ grantType: 'AUTHORIZATION_CODE', clientId: client.clientId, subject: 'alice' },
      ...{ scopes: ['openid', 'profile'], accessTokenDuration: 86_400 },
    })
    const [idToken] = issued.tokens
    expect(idToken).toMatchObject({ token: 'idToken', claims: { iss: issuer, sub: 'alice' } })
    for (const name of ['jti', 'at_hash', 'sid']) expect(idToken.claims).not.toHaveProperty(name)
    // The code is still there for the real request.
    expect(await service.api('/auth/token', redeems(code))).toMatchObject({ action: 'OK' })
  })

  it('works at another time', async () => {
    const code = await obtainCode(service, client)
    const at = service.system.clock() + 3_600_000
    const { outcome } = await runDry({ operation: '/auth/token', request: redeems(code), at })
    expect(outcome.resultCode).toBe('P020002')
  })

  it('keeps nothing of a metadata document, and fetches none if it must not', async () => {
    await service.configure({ clientIdMetadataDocumentSupported: true })
    const url = 'https://wallet.example.com/client'
    service.system.fetch.answer(url, {
      body: { client_id: url, redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' },
    })
    const request = {
      parameters: form({
        ...{ client_id: url, redirect_uri: redirectUri, response_type: 'code', scope: 'openid' },
        ...{ code_challenge: 'c'.repeat(43), code_challenge_method: 'S256' },
      }),
    }
    const run = { operation: '/auth/authorization', request }
    const fetched = await runDry(run)
    expect(fetched.outcome).toMatchObject({ action: 'INTERACTION' })
    const asked = service.system.fetch.asked.length
    const { explanation, outcome } = await runDry({ ...run, fetch: false })
    expect(service.system.fetch.asked).toHaveLength(asked)
    expect(outcome.action).not.toBe('INTERACTION')
    const facts = explanation.trace.map((each: Json) => each.facts?.wouldFetch)
    expect(facts).toContainEqual(expect.objectContaining({ url }))
  })
})

describe('dry run of the first request of a relying party', () => {
  it('tells that it would be registered, and registers nothing', async () => {
    const anchor = await entity('https://anchor.example')
    const party = await relyingParty('https://rp.example', [anchor])
    federationOf(service.system).publish(party)
    await service.configure(federationSettings(anchor))
    const parameters = await requestParameters(service, party)
    const run = { operation: '/auth/authorization', request: { parameters } }
    expect((await runDry(run)).outcome).toMatchObject({ action: 'INTERACTION' })
    const answer = await service.api('/auth/authorization', { parameters })
    expect(answer).toMatchObject({ action: 'INTERACTION', clientEntityIdUsed: true })
    expect((await runDry(run)).explanation.refusedBy).toMatchObject({ code: 'P137114' })
  })
})

describe('dry run with unsaved documents', () => {
  const asks = (more: Record<string, string> = {}) => ({
    operation: '/auth/authorization',
    request: {
      parameters: form({
        ...{ client_id: String(client.clientId), redirect_uri: redirectUri },
        ...{ response_type: 'code', scope: 'openid', ...more },
      }),
    },
  })

  it('tells whether a change would break a request', async () => {
    expect((await runDry(asks())).outcome.action).toBe('INTERACTION')
    const strict = await runDry({ ...asks(), service: { pkceRequired: true } })
    expect(strict.explanation.refusedBy).toMatchObject({
      code: 'P003001',
      evidence: { setting: 'service.pkceRequired' },
    })
    const { clientId } = client
    const moved = { clientId, redirectUris: ['https://new.example.com/cb'] }
    const answer = await runDry({ ...asks(), client: moved })
    expect(answer.outcome.resultCode).toBe('P004003')
    expect((await runDry(asks())).outcome.action).toBe('INTERACTION')
  })

  it('requires the right to save them', async () => {
    const token = await service.tokenFor(service.serviceId, ['use_service'])
    for (const more of [{ service: {} }, { client: { clientId: client.clientId } }]) {
      expect(await explain({ ...asks(), ...more }, { token })).toMatchObject({ status: 403 })
    }
    service.system.clock.advance(1_000)
    expect(await explain(asks(), { token })).toMatchObject({ status: 200 })
  })

  it('refuses documents that are not valid', async () => {
    for (const more of [{ service: { issuer: 7 } }, { client: { clientName: 'x' } }]) {
      const reply = await explain({ ...asks(), ...more })
      expect(reply).toMatchObject({ status: 400, body: { resultCode: 'P000206' } })
    }
  })
})

describe('dry run of an HTTP request', () => {
  it('takes a token request apart as a frontend does', async () => {
    const basic = Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')
    const { operation, outcome, issued } = await runDry({
      http: [
        'POST /token HTTP/1.1',
        'Host: as.example.com',
        `Authorization: Basic ${basic}`,
        'Content-Type: application/x-www-form-urlencoded',
        '',
        'grant_type=client_credentials&scope=read',
      ].join('\r\n'),
    })
    expect(operation).toBe('/auth/token')
    expect(outcome.action).toBe('OK')
    expect(issued.members).toMatchObject({ scopes: ['read'] })
  })

  it.each<[string, object, string]>([
    [
      'an authorization request',
      { method: 'GET', url: `${issuer}/authorize?client_id=1` },
      '/auth/authorization',
    ],
    [
      'a UserInfo request',
      { method: 'GET', url: `${issuer}/userinfo`, headers: { Authorization: 'Bearer x' } },
      '/auth/userinfo',
    ],
    [
      'a revocation request',
      { method: 'POST', url: `${issuer}/revoke`, body: 'token=x' },
      '/auth/revocation',
    ],
    [
      'an introspection request',
      { method: 'POST', url: `${issuer}/introspect` },
      '/auth/introspection/standard',
    ],
  ])('recognises %s', async (_, http, operation) => {
    expect(await runDry({ http })).toMatchObject({ operation })
  })

  it.each<[string, unknown, string]>([
    [
      'of another URL',
      { http: { method: 'GET', url: 'https://as.example.com/elsewhere' } },
      'P142002',
    ],
    ['that is none', { http: 'hello' }, 'P142001'],
    ['without a URL', { http: { method: 'GET', url: 'nonsense' } }, 'P142001'],
    ['of an operation that clients do not call', { operation: '/client/create' }, 'P142003'],
    ['of no operation', {}, 'P142003'],
  ])('refuses one %s', async (_, body, code) => {
    service.system.clock.advance(1_000)
    expect(await explain(body)).toMatchObject({ status: 400, body: { resultCode: code } })
  })

  it('requires the right of the operation and of dry runs', async () => {
    const token = await service.tokenFor(service.serviceId, ['use_introspection'])
    const reply = await explain({ operation: '/auth/introspection', request: {} }, { token })
    expect(reply).toMatchObject({ status: 403, body: { resultCode: 'P000103' } })
  })
})

describe('rate of dry runs', () => {
  const run = { operation: '/auth/token', request: { parameters: '' } }

  it('is five a second for each service', async () => {
    const statuses = []
    for (let count = 0; count < 6; count++) statuses.push((await explain(run)).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
    const refused = await explain(run)
    expect(refused.body.resultCode).toBe('P142004')
    expect(refused.headers.get('retry-after')).toBe('1')
    service.system.clock.advance(1_000)
    expect((await explain(run)).status).toBe(200)
  })

  it('is four at a time for the process', async () => {
    const taken = Array.from({ length: 4 }, () => service.store.rehearse())
    const reply = await explain(run)
    for (const each of taken) each?.end()
    expect(reply).toMatchObject({ status: 503, body: { resultCode: 'P142005' } })
    expect((await explain(run)).status).toBe(200)
  })

  it('leaves one line in the log, and none of the operation', async () => {
    const { entries } = service.system.log
    const before = entries.length
    await explain(run)
    const lines = entries.slice(before).map(({ msg, message }) => message ?? msg)
    expect(lines).toEqual(['a dry run', 'served'])
  })
})
