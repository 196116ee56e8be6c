/**
 * No malformed request causes a server error: thousands of malformed bodies and parameters.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  bodyFor,
  contentTypes,
  encode,
  headersFor,
  hostile,
  json,
  operations,
  operationsWithQuery,
  parametersOf,
  problemOf,
  pathOf as templatePath,
} from '../faults/malformed.ts'
import { cibaClient, createCibaService, signingClient, signRequest } from '../support/ciba.ts'
import { authorizationRequest, form, type TestService } from '../support/flows.ts'
import { within } from '../support/pace.ts'
import type { Json, Reply } from '../support/server.ts'

/** SQLite is fast enough for thousands of runs; PostgreSQL shows that it stores the same values. */
const runs = inject('dialect') === 'sqlite' ? 420 : 60

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createCibaService()
  client = await service.client()
})
afterAll(() => {
  // The requests are random and may put the secret of a client into a label.
  service.forgetSecrets()
  return service.close()
})

const pathOf = (path: string) => templatePath(path, service.serviceId, client)
/** The client does not exist yet when a property is defined, so it is read when it is checked. */
const parameters = fc.constant(undefined).chain(() => parametersOf(client))

function expectSane(reply: Reply, path: string, method: string): void {
  expect(problemOf(reply, path, method), reply.text).toBeUndefined()
}

const options = {
  numRuns: runs,
  ...(process.env['FUZZ_SEED'] ? { seed: Number(process.env['FUZZ_SEED']) } : {}),
}

describe('operation with a body', () => {
  it.each(operations.map((endpoint) => [endpoint.operationId, endpoint] as const))(
    '%s has no server error for members of every type',
    async (_name, { path, method }) => {
      const body = bodyFor(path, method, parameters)
      const property = fc.asyncProperty(body, async (value) => {
        const options = { headers: headersFor(method) }
        const reply = await service.call(method.toUpperCase(), pathOf(path), value, options)
        expectSane(reply, path, method)
      })
      await fc.assert(property, { ...options, numRuns: Math.ceil(runs / 3) })
    },
  )

  it.each(operations.map((endpoint) => [endpoint.operationId, endpoint] as const))(
    '%s has no server error for bytes that are no body',
    async (_name, { path, method }) => {
      const body = fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        hostile.map((text) => Buffer.from(text)),
        json.map((value) => Buffer.from(JSON.stringify(value) ?? '')),
        parameters.map((text) => Buffer.from(text)),
      )
      const property = fc.asyncProperty(body, contentTypes, async (bytes, contentType) => {
        const headers: Record<string, string> = contentType ? { 'Content-Type': contentType } : {}
        const reply = await service.call(method.toUpperCase(), pathOf(path), bytes, { headers })
        expectSane(reply, path, method)
      })
      await fc.assert(property, { ...options, numRuns: Math.ceil(runs / 6) })
    },
  )
})

describe('operation with a query', () => {
  it.each(operationsWithQuery.map((endpoint) => [endpoint.operationId, endpoint] as const))(
    '%s has no server error for parameters of every kind',
    async (_name, { path, method, query }) => {
      const names = [...Object.keys(query?.shape ?? {}), 'unknown']
      const values = fc.oneof(hostile, fc.integer().map(String), fc.double().map(String))
      const parameter = fc.tuple(fc.constantFrom(...names), values)
      const property = fc.asyncProperty(fc.array(parameter, { maxLength: 4 }), async (given) => {
        const text = given.map(([name, value]) => `${name}=${encode(value)}`).join('&')
        const url = `${pathOf(path)}?${text}`
        const reply = await service.call(method.toUpperCase(), url)
        expect(reply.status, reply.text).toBeLessThan(500)
      })
      await fc.assert(property, { ...options, numRuns: Math.ceil(runs / 3) })
    },
  )
})

describe('attestation challenge', () => {
  it('returns an action for any body', async () => {
    const path = '/api/{serviceId}/attestation/challenge'
    for (const body of [undefined, '', '[', '{"a":1}']) {
      expectSane(await service.call('POST', pathOf(path), body), path, 'post')
    }
  })
})

describe('operation with the raw request of a client', () => {
  it.each([
    '/auth/authorization',
    '/auth/token',
    '/auth/revocation',
    '/pushed_auth_req',
    '/device/authorization',
  ])('%s has no server error for nearly valid parameters', async (operation) => {
    const path = `/api/{serviceId}${operation}`
    const property = fc.asyncProperty(parameters, fc.boolean(), async (text, isWhole) => {
      const base = isWhole ? `${authorizationRequest(client)}&` : ''
      const body = { parameters: base + text }
      expectSane(await service.call('POST', pathOf(path), body), path, 'post')
    })
    await fc.assert(property, { ...options, numRuns: runs * 2 })
  })
})

describe('backchannel authentication endpoint', () => {
  it('has no server error for nearly valid parameters', async () => {
    const asker = await cibaClient(service, 'POLL')
    const path = '/api/{serviceId}/backchannel/authentication'
    const credentials = { clientId: String(asker.clientId), clientSecret: asker.clientSecret }
    const property = fc.asyncProperty(parameters, fc.boolean(), async (text, isWhole) => {
      const base = isWhole ? 'scope=openid&login_hint=alice&' : ''
      const body = { parameters: base + text, ...credentials }
      expectSane(await service.call('POST', pathOf(path), body), path, 'post')
    })
    await fc.assert(property, { ...options, numRuns: runs * 2 })
  })

  it('has no server error for signed requests with claims of every type', async () => {
    const signer = await signingClient(service)
    const path = '/api/{serviceId}/backchannel/authentication'
    const credentials = { clientId: String(signer.clientId), clientSecret: signer.clientSecret }
    const names = ['iss', 'aud', 'exp', 'iat', 'nbf', 'jti', 'scope', 'claims', 'request_context']
    const more = ['requested_expiry', 'resource', 'acr_values', 'client_id', 'login_hint']
    const claims = fc.dictionary(fc.constantFrom(...names, ...more), json, { maxKeys: 3 })
    const property = fc.asyncProperty(claims, async (values) => {
      const request = await signRequest(service, signer, { claims: values })
      const body = { parameters: form({ request }), ...credentials }
      expectSane(await service.call('POST', pathOf(path), body), path, 'post')
    })
    await fc.assert(property, options)
  })
})

describe('extreme input', () => {
  it.each([
    ['a deep body', '['.repeat(100_000)],
    ['a deep member', `{"parameters":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`],
    ['an enormous number', '{"parameters":"", "accessTokenDuration": 1e400}'],
    ['a hundred thousand parameters', JSON.stringify({ parameters: 'a=1&'.repeat(16_000) })],
    ['a long value', JSON.stringify({ parameters: form({ scope: 'x'.repeat(60_000) }) })],
    ['more than the limit', JSON.stringify({ parameters: 'x'.repeat(300_000) })],
  ])('%s is refused without delay', async (_what, text) => {
    const started = performance.now()
    for (const operation of ['/auth/authorization', '/auth/token']) {
      const path = `/api/{serviceId}${operation}`
      const headers = { 'Content-Type': 'application/json' }
      expectSane(await service.call('POST', pathOf(path), text, { headers }), path, 'post')
    }
    expect(performance.now() - started).toBeLessThan(within(2_000))
  })

  it.each(['%00', '%ff', '..%2f..', '%F0%9F%92%A9', '9'.repeat(300), 'x'.repeat(3_000)])(
    'the path value %s is unknown or malformed, and no server error',
    async (value) => {
      for (const path of [`/client/get/${value}`, `/client/authorization/get/list/${value}`]) {
        const reply = await service.call('GET', `/api/${service.serviceId}${path}`)
        expect(reply.status).toBeLessThan(500)
      }
      const other = await service.call('GET', `/api/${value}/service/get`)
      expect([401, 403, 404]).toContain(other.status)
    },
  )
})
