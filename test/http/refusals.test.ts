/** Refused calls: a bounded memory for each service, as a list and as server-sent events. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRefusals } from '../../src/http/refusals/ring.ts'
import { refusals as channel } from '../../src/refusal.ts'
import { authorize, createService, form, redirectUri, type TestService } from '../support/flows.ts'
import type { Json } from '../support/server.ts'
import { testSystem } from '../support/system.ts'

let service: TestService
let client: Json
const system = testSystem()
const remembered = createRefusals(system.clock, { beatMilliseconds: 20 })
beforeAll(async () => {
  service = await createService({}, { system, refusals: remembered })
  client = await service.client({ clientName: 'Till' })
})
afterAll(() => service.close())

const path = (query = '') => `/api/${service.serviceId}/refusals${query}`
const refused = () => authorize(service, client, { redirect_uri: `${redirectUri}/` })
const list = (query = '') => service.get(path(query))

describe('list of refused calls', () => {
  it('has the rule, the client, the evidence and the open parameters of a call', async () => {
    await refused()
    const { refusals, next, hasMore, resultCode } = await list()
    const call = refusals.at(-1)
    expect(call).toMatchObject({
      ...{ operationId: 'auth_authorization_api', operation: '/auth/authorization' },
      ...{ code: 'P004003', rule: 'Redirect URI.unregistered', error: 'invalid_request' },
      ...{ clientId: client.clientId, clientName: 'Till', at: system.clock() },
      evidence: { parameter: 'redirect_uri', given: `${redirectUri}/`, expected: [redirectUri] },
      parameters: { client_id: String(client.clientId), state: { present: true, length: 10 } },
    })
    expect(call.requestId).toMatch(/^[\w-]+$/)
    expect([next, hasMore, resultCode]).toEqual([call.seq, false, 'P149901'])
  })

  it('has refusals that were sent to the client by a redirect', async () => {
    const { action } = await authorize(service, client, { response_type: 'code', prompt: 'wrong' })
    expect(action).toBe('LOCATION')
    const { refusals } = await list()
    expect(refusals.at(-1)).toMatchObject({ clientId: client.clientId, spec: /./ })
  })

  it('has calls that the caller made wrongly, without their values', async () => {
    await service.call('POST', `/api/${service.serviceId}/auth/token`, { parameters: 7 })
    const { refusals } = await list()
    expect(refusals.at(-1)).toMatchObject({ code: 'P000206', operationId: 'auth_token_api' })
    expect(refusals.at(-1)).not.toHaveProperty('error')
  })

  it('tells no secret', async () => {
    const secret = 'a-wrong-secret-of-a-client'
    const parameters = form({
      ...{ grant_type: 'authorization_code', code: 'some-code-of-someone' },
      ...{ code_verifier: 'v'.repeat(50), client_secret: secret },
    })
    await service.api('/auth/token', {
      ...{ parameters, clientId: String(client.clientId), clientSecret: secret },
    })
    const { text } = await service.call('GET', path())
    expect(text).toContain('"code":{"present":true,"length":20}')
    for (const each of [secret, 'some-code-of-someone', 'vvvv']) expect(text).not.toContain(each)
  })

  it('continues after a place, and selects by code and client', async () => {
    const { next } = await list()
    await refused()
    await service.call('POST', `/api/${service.serviceId}/auth/token`, { parameters: 7 })
    await refused()
    const first = await list(`?after=${next}&limit=2`)
    expect(first.refusals.map(({ code }: Json) => code)).toEqual(['P004003', 'P000206'])
    expect(first.hasMore).toBe(true)
    const second = await list(`?after=${first.next}&limit=2`)
    expect([second.refusals.length, second.hasMore]).toEqual([1, false])
    const chosen = await list(`?after=${next}&code=P004003&clientId=${client.clientId}`)
    expect(chosen.refusals).toHaveLength(2)
    expect((await list('?clientId=1')).refusals).toEqual([])
    expect((await list(`?after=${second.next}`)).next).toBe(second.next)
  })

  it('does not have refusals of dry runs', async () => {
    const { next } = await list()
    const request = { parameters: 'client_id=1' }
    await service.api('/explain', { operation: '/auth/authorization', request })
    expect((await list(`?after=${next}`)).refusals).toEqual([])
  })

  it('is for callers with use_service of the service', async () => {
    const other = await createService({}, service)
    const [wrong, foreign] = [
      await service.tokenFor(service.serviceId, ['use_introspection']),
      await service.tokenFor(other.serviceId, ['use_service']),
    ]
    for (const token of [wrong, foreign]) {
      expect((await service.call('GET', path(), undefined, { token })).status).toBe(403)
    }
    expect((await other.get(`/api/${other.serviceId}/refusals`)).refusals).toEqual([])
  })
})

describe('channel of refusals', () => {
  it('tells service, client, operation and request id', async () => {
    const published: Json[] = []
    const note = (message: unknown) => published.push(message)
    channel.subscribe(note)
    await refused()
    await authorize(service, client, { prompt: 'wrong' })
    channel.unsubscribe(note)
    expect(published).toHaveLength(2)
    for (const each of published) {
      expect(each).toMatchObject({
        ...{ service: service.serviceId, client: client.clientId },
        ...{ operation: 'auth_authorization_api', requestId: /./ },
      })
    }
  })
})

describe('memory of refused calls', () => {
  const call = {
    requestId: 'r',
    operationId: 'o',
    operation: '/o',
    code: 'P1',
    rule: 'R',
    says: '',
  }
  const all = { limit: 5_000 }

  it('does not let one service push out those of another', () => {
    const ring = createRefusals(system.clock, { capacity: 100 })
    for (let each = 0; each < 10; each += 1) ring.note(1, call)
    for (let each = 0; each < 1_000; each += 1) ring.note(2, call)
    expect(ring.list(1, all).refusals).toHaveLength(10)
    expect(ring.list(2, all).refusals).toHaveLength(90)
    for (let each = 0; each < 1_000; each += 1) ring.note(1, call)
    expect(ring.list(1, all).refusals.length).toBeLessThanOrEqual(50)
    expect(ring.list(2, all).refusals.length).toBeGreaterThanOrEqual(50)
  })

  it('is bounded however many services there are', () => {
    const ring = createRefusals(system.clock, { capacity: 100 })
    const services = Array.from({ length: 1_000 }, (_, at) => at + 1)
    for (const each of services) ring.note(each, call)
    const kept = services.map((each) => ring.list(each, all).refusals.length)
    expect(kept.reduce((sum, count) => sum + count, 0)).toBe(100)
    expect(ring.list(1_000, all).refusals).toHaveLength(1)
  })
})

/** Reads the events of a stream until there are so many, or it ends. */
async function open(query = '', token = service.adminToken) {
  const response = await service.fetch(
    new Request(`http://localhost${path(query)}`, {
      headers: { Authorization: `Bearer ${token}`, Accept: 'text/event-stream' },
    }),
  )
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  async function readUntil(pattern: RegExp): Promise<string> {
    while (!pattern.test(text)) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
      if (done) return text
      text += value
    }
    return text
  }
  return { response, readUntil, cancel: () => reader?.cancel() }
}

describe('stream of refused calls', () => {
  it('begins with the past, and shows each refused call as it happens', async () => {
    const { next } = await list()
    await refused()
    const stream = await open(`?after=${next}`)
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream')
    expect(await stream.readUntil(/event: current/)).toMatch(/^id: \d+\nevent: refusal$/m)
    await authorize(service, client, { response_type: 'unknown' })
    const text = await stream.readUntil(/P005002/)
    const [, data = ''] = /event: refusal\ndata: (.*P005002.*)/.exec(text) ?? []
    expect(JSON.parse(data)).toMatchObject({ clientId: client.clientId })
    await stream.readUntil(/: alive/)
    await stream.cancel()
  })

  it('shows only what is selected', async () => {
    const stream = await open('?code=P005002&limit=1')
    await stream.readUntil(/event: current/)
    await refused()
    await authorize(service, client, { response_type: 'unknown' })
    const text = await stream.readUntil(/P005002[\s\S]*P005002/)
    expect(text).not.toContain('P004003')
    await stream.cancel()
  })

  it('ends when the API token has lost its right', async () => {
    const made = await service.post('/api/servicetoken/create', {
      ...{ serviceId: service.serviceId, description: 'reads' },
    })
    const stream = await open('', made.accessToken)
    await stream.readUntil(/event: current/)
    const { tokenId } = made
    await service.post('/api/servicetoken/revoke', { serviceId: service.serviceId, tokenId })
    await stream.readUntil(/never/)
  })

  it('is refused beyond eight of a service', async () => {
    const streams = await Promise.all(Array.from({ length: 8 }, () => open()))
    const ninth = await service.call('GET', path(), undefined, {
      headers: { Accept: 'text/event-stream' },
    })
    expect([ninth.status, ninth.body.resultCode]).toEqual([429, 'P149001'])
    for (const { cancel } of streams) await cancel()
    const again = await open()
    expect(again.response.status).toBe(200)
    await again.cancel()
  })

  it('ends when the process stops serving', async () => {
    const stream = await open()
    await stream.readUntil(/event: current/)
    remembered.close()
    await stream.readUntil(/never/)
    expect((await open()).response.status).toBe(429)
  })
})
