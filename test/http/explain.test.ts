/** `Prefer: explain`, RFC 7240: why a call was refused, for its caller only. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fingerprint, presence, shownEvidence } from '../../src/explain/evidence.ts'
import { currentTrace, mayListen, newTrace, step, traced } from '../../src/explain/trace.ts'
import { explanationText } from '../../src/http/explain/explanation-text.ts'
import { preferencesOf } from '../../src/http/preferences.ts'
import { createService, form, obtainCode, redirectUri, type TestService } from '../support/flows.ts'
import type { Json } from '../support/server.ts'

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService()
  client = await service.client()
})
afterAll(() => service.close())

const explained = { Prefer: 'explain' }
const path = (operation: string) => `/api/${service.serviceId}${operation}`
const proves = () => ({ clientId: String(client.clientId), clientSecret: client.clientSecret })
const asks = (parameters: Record<string, string>) => ({ parameters: form(parameters), ...proves() })
const redeem = async (more: Record<string, string> = {}) =>
  asks({
    ...{ grant_type: 'authorization_code', code: await obtainCode(service, client) },
    ...{ redirect_uri: redirectUri, code_verifier: 'v'.repeat(43), ...more },
  })

describe('Prefer: explain', () => {
  it.each([
    ['explain', 'plain'],
    ['relay, Explain; subject', 'subject'],
    ['explain; foo=1', 'plain'],
    ['return=changes', undefined],
    ['explain, explain; subject', 'plain'],
  ])('%j is parsed (RFC 7240 §2)', (field, explain) => {
    expect(preferencesOf(field).explain).toBe(explain)
  })

  it('names the rule, its citation and the steps of the operation', async () => {
    const { headers, body } = await service.call('POST', path('/auth/token'), await redeem(), {
      headers: explained,
    })
    expect(headers.get('preference-applied')).toBe('explain')
    const { refusedBy, trace, notReached } = body.explanation
    expect(refusedBy).toMatchObject({
      ...{ code: 'P003008', rule: 'PKCE.verifierMismatch', error: 'invalid_grant' },
      ...{ spec: 'RFC 7636 §4.6', page: '/docs/codes/P003008' },
    })
    expect(trace.map(({ step: name }: Json) => name)).toEqual([
      ...[
        'parameters',
        'client',
        'grant type',
        'sender constraint',
        'code',
        'redirect URI',
        'PKCE',
      ],
    ])
    expect(trace.at(-1)).toMatchObject({ refused: 'P003008' })
    expect(trace[1].facts).toMatchObject({ clientId: client.clientId, foundBy: 'id' })
    expect(notReached).toEqual(['binding of the code', 'use of the code', 'tokens'])
  })

  it('is not answered unless the caller prefers it', async () => {
    const { headers, body } = await service.call('POST', path('/auth/token'), await redeem())
    expect(body).not.toHaveProperty('explanation')
    expect(headers.has('preference-applied')).toBe(false)
  })

  it('shows the steps of a success', async () => {
    const body = asks({ grant_type: 'client_credentials', scope: 'read' })
    const answer = await service.api('/auth/token', body, explained)
    expect(answer).toMatchObject({ action: 'OK' })
    expect(answer.explanation).not.toHaveProperty('refusedBy')
    expect(answer.explanation).not.toHaveProperty('notReached')
    expect(answer.explanation.trace.length).toBeGreaterThan(2)
  })

  it('explains the refusal of a redirect, too', async () => {
    const parameters = form({
      ...{ client_id: String(client.clientId), redirect_uri: redirectUri },
      ...{ response_type: 'code', scope: 'openid', max_age: 'x' },
    })
    const answer = await service.api('/auth/authorization', { parameters }, explained)
    expect(answer.action).toBe('LOCATION')
    expect(answer.explanation.refusedBy.code).toBe(answer.resultCode)
    expect(answer.responseContent).not.toContain('explanation')
  })

  it('explains the refusal of a call', async () => {
    const reply = await service.call(
      'POST',
      path('/auth/token'),
      { parameters: 7 },
      {
        headers: explained,
      },
    )
    expect(reply.status).toBe(400)
    expect(reply.headers.get('preference-applied')).toBe('explain')
    expect(reply.body.explanation.refusedBy).toMatchObject({ code: 'P000206' })
  })

  it('tells a caller with use_introspection alone the rule and its citation only', async () => {
    const token = await service.tokenFor(service.serviceId, ['use_introspection'])
    const options = { headers: explained, token }
    const body = { token: 'unknown', scopes: ['read'] }
    const reply = await service.call('POST', path('/auth/introspection'), body, options)
    const { refusedBy, trace } = reply.body.explanation
    expect(Object.keys(refusedBy).sort()).toEqual(
      ['code', 'error', 'page', 'rule', 'says', 'spec'].sort(),
    )
    for (const each of trace) expect(each).not.toHaveProperty('facts')
  })

  it('keeps the traces of calls at the same time apart', async () => {
    const grants = ['client_credentials', 'password', 'unknown']
    const answers = await Promise.all(
      grants.map((grant_type) => service.api('/auth/token', asks({ grant_type }), explained)),
    )
    const named = answers.map(({ explanation }) =>
      explanation.trace.find(({ step: name }: Json) => name === 'grant type'),
    )
    expect(named.map(({ facts }) => facts.grantType)).toEqual(grants)
  })
})

describe('trace', () => {
  it('listens to at most eight calls, and to none afterwards', async () => {
    let go = () => {}
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    const traces = Array.from({ length: 8 }, () => newTrace(false))
    const running = traces.map((trace, index) =>
      traced(trace, async () => {
        await gate
        step(`step ${index}`)
        return currentTrace()
      }),
    )
    expect(mayListen()).toBe(false)
    go()
    expect(await Promise.all(running)).toEqual(traces)
    expect(traces.map(({ steps }) => steps)).toEqual(
      traces.map((_, index) => [{ step: `step ${index}` }]),
    )
    expect(mayListen()).toBe(true)
    expect(currentTrace()).toBeUndefined()
  })

  it('follows a call through timers, thread pools, errors and async iterations, and no other', async () => {
    const trace = newTrace(false)
    const seen: unknown[] = []
    const look = () => seen.push(currentTrace())
    const other = async () => {
      await sleep(1)
      return currentTrace()
    }
    const followed = traced(trace, async () => {
      await sleep(1)
      look()
      await Promise.all([sleep(1).then(look), crypto.subtle.digest('SHA-256', new Uint8Array(1))])
      look()
      await Promise.reject(new Error('expected')).catch(look)
      for await (const _ of [sleep(1), sleep(2)]) look()
      look()
    })
    const others = await Promise.all([other(), other()])
    await followed
    expect(seen).toEqual(Array.from({ length: 7 }, () => trace))
    expect(others).toEqual([undefined, undefined])
  })
})

describe('text of an explanation', () => {
  const refusedBy = {
    ...{ code: 'P0', rule: 'Area.rule', error: 'invalid_grant', spec: 'RFC 6749 §5.2' },
    ...{ says: 'It is "wrong".', page: '/docs/codes/P0', settings: ['client.redirectUris'] },
    ...{ evidence: { parameter: 'scope', given: 'a "b"' }, fix: 'Mend it.' },
  }
  const { settings: _, evidence: _evidence, fix: _fix, ...withoutSettings } = refusedBy
  const facts = { grantType: 'x"y', left: undefined }
  const trace = [{ step: 'a' }, { step: 'b c', passed: ['P1', 'P2'], facts }]
  const refusedStep = { step: 'd', refused: 'P0' }

  it('is the JSON of it, whichever call of the same rule came before', () => {
    for (const explanation of [
      { trace: [] },
      { trace },
      { refusedBy: withoutSettings, trace: [refusedStep] },
      { refusedBy, trace: [...trace, refusedStep], notReached: ['e', 'f'] },
      { refusedBy: { ...refusedBy, says: 'Words of a caller.' }, trace },
      { refusedBy, trace },
      { refusedBy: withoutSettings, trace },
      { refusedBy: { ...refusedBy, change: { of: 'client' as const, patch: {} } }, trace },
    ]) {
      expect(explanationText(explanation)).toBe(JSON.stringify(explanation))
    }
  })
})

describe('evidence', () => {
  const secret = 'a-secret-of-some-length'

  it('shows a listed parameter, and the length of any other', () => {
    expect(shownEvidence({ parameter: 'redirect_uri', given: secret })).toMatchObject({
      given: secret,
    })
    for (const parameter of ['client_secret', 'code', 'assertion.sub', 'unheard_of']) {
      expect(shownEvidence({ parameter, given: secret, expected: [secret] })).toEqual({
        ...{ parameter, given: { present: true, length: 23 }, expected: { count: 1 } },
      })
    }
  })

  it('tells the presence, the length and a part of the hash of a secret', () => {
    expect(presence(secret)).toEqual({ present: true, length: 23 })
    expect(fingerprint(secret)).toEqual({
      ...{ present: true, length: 23, sha256: expect.stringMatching(/^[\da-f]{8}$/) },
    })
    expect(presence(undefined)).toEqual({ present: false })
  })

  it('replaces JWTs, shortens texts, and limits lists', () => {
    const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln'
    expect(shownEvidence(`the token ${jwt} here`)).toEqual({ note: 'the token (JWT of 46) here' })
    const { given } = shownEvidence({ parameter: 'scope', given: 'x'.repeat(5_000) })
    expect(given).toHaveLength(301)
    const many = Array.from({ length: 25 }, (_, index) => index)
    expect(shownEvidence({ setting: 'service.supportedScopes', expected: many }).expected).toEqual([
      ...many.slice(0, 20),
      '… 5 more',
    ])
  })

  it('does not show the values of settings with secrets and keys', () => {
    for (const setting of ['client.clientSecret', 'client.jwks', 'service.jwks']) {
      expect(shownEvidence({ setting, expected: secret }).expected).toEqual({
        ...{ present: true, length: 23 },
      })
    }
  })
})
