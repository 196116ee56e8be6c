/** Traces by OpenTelemetry, of a process whose operator loads an SDK with `--import`. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { trace } from '@opentelemetry/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findTracer } from '../../../src/process/tracing/tracing.ts'
import { createProcesses, type Processes, type Started, stop } from '../../support/processes.ts'
import type { Json } from '../../support/server.ts'

const token = 'a-token-that-the-operator-chose'
let processes: Processes
let server: Started
let service: Json
let client: Json
let file: string

async function call(path: string, body: object, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/api${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return (await response.json()) as Json
}

beforeAll(async () => {
  processes = createProcesses()
  file = `${processes.folder}/spans`
  server = await processes.started({
    POSTERN_ADMIN_TOKEN: token,
    POSTERN_LOG_LEVEL: 'error',
    NODE_OPTIONS: `--import ${resolve('test/support/tracing-sdk.mjs')}`,
    SPANS_FILE: file,
  })
  service = await call('/service/create', {
    serviceName: 'first',
    issuer: 'https://as.example.com',
  })
  client = await call(`/${service.apiKey}/client/create`, {
    clientType: 'CONFIDENTIAL',
    grantTypes: ['CLIENT_CREDENTIALS'],
  })
})
afterAll(async () => {
  await stop(server)
  await processes.close()
})

const spans = (): Json[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : []

/** The spans of the trace that the caller began. */
async function traceOf(path: string, body: object, headers: Record<string, string> = {}) {
  const traceId = String(spans().length + 1).padStart(32, 'a')
  const parent = '00f067aa0ba902b7'
  await call(path, body, { traceparent: `00-${traceId}-${parent}-01`, ...headers })
  const ofTrace = spans().filter((span) => span.traceId === traceId)
  const root = ofTrace.find((span) => span.parent === parent)
  return { root, children: ofTrace.filter((span) => span.parent === root?.spanId) }
}

const secret = () => ({
  clientId: String(client.clientId),
  clientSecret: client.clientSecret,
  parameters: 'grant_type=client_credentials&scope=a-secret-scope',
})

describe('trace of a call', () => {
  it('continues the trace of the caller, with a span for the call and one for its commit', async () => {
    const path = `/${service.apiKey}/auth/token`
    const { root, children } = await traceOf(path, secret(), { 'X-Request-Id': 'request-17' })
    expect(root).toMatchObject({ name: 'POST /api/{serviceId}/auth/token', kind: 1 })
    expect(root?.attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/api/{serviceId}/auth/token',
      'http.response.status_code': 200,
      'postern.operation': 'auth_token_api',
      'postern.action': 'OK',
      'postern.result_code': expect.stringMatching(/^P\d{6}$/),
      'postern.service.id': String(service.apiKey),
      'postern.request_id': 'request-17',
      'postern.grant_type': 'CLIENT_CREDENTIALS',
    })
    expect(children).toEqual([
      expect.objectContaining({
        name: 'COMMIT',
        kind: 2,
        status: { code: 0 },
        attributes: {
          'db.system.name': 'sqlite',
          'db.operation.name': 'COMMIT',
          'db.operation.batch.size': expect.any(Number),
        },
      }),
    ])
  })

  it('has the action and the result code of a refusal, and is no error', async () => {
    const path = `/${service.apiKey}/auth/token`
    const { root } = await traceOf(path, { ...secret(), clientSecret: 'wrong' })
    expect(root?.attributes).toMatchObject({ 'postern.action': 'INVALID_CLIENT' })
    expect(root?.status).toEqual({ code: 0 })
    const refused = await traceOf(path, {}, { Authorization: 'Bearer wrong' })
    expect(refused.root?.attributes).toMatchObject({ 'http.response.status_code': 401 })
  })

  it('has a span for each fetch, with its purpose and how it failed', async () => {
    const { children } = await traceOf(`/${service.apiKey}/client/create`, {
      clientType: 'CONFIDENTIAL',
      sectorIdentifierUri: 'https://127.0.0.1/sector.json',
      redirectUris: ['https://app.example.com/callback'],
    })
    expect(children).toContainEqual(
      expect.objectContaining({
        name: 'GET',
        kind: 2,
        status: { code: 2 },
        attributes: {
          'http.request.method': 'GET',
          'postern.fetch.purpose': 'sector identifier',
          'server.address': '127.0.0.1',
          'server.port': 443,
          'error.type': 'forbidden-address',
        },
      }),
    )
  })

  it('contains no secret, no parameter and no path with an id', () => {
    const text = readFileSync(file, 'utf8')
    for (const word of [token, client.clientSecret, 'a-secret-scope', 'sector.json']) {
      expect(text).not.toContain(word)
    }
  })
})

describe('process without an SDK', () => {
  it('has no tracer, so that no span is made', () => {
    expect(trace.getTracer('postern').startSpan('any').isRecording()).toBe(false)
    expect(findTracer('1.0.0')).toBeUndefined()
  })
})
