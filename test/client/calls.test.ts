/** Calls of `postern-client`: paths, conditions, attempts, time limits and errors. */
import { afterEach, describe, expect, it } from 'vitest'
import {
  type ClientOptions,
  createClient,
  etagOf,
  type PosternClient,
  PosternError,
  requestIdOf,
} from '../../client/src/index.ts'
import { overloaded } from '../../src/http/transport.ts'
import { createPostern, type Postern } from '../../src/index.ts'
import { clients, services } from '../../src/testing/index.ts'

const opened: Postern[] = []
afterEach(async () => {
  for (const postern of opened.splice(0)) await postern.close()
})

const baseUrl = 'http://postern.invalid/'

/** A client of a new service, whose requests pass through the function. */
async function start(
  more: Partial<ClientOptions> & {
    through?: (request: Request, send: Postern['fetch']) => Promise<Response>
  } = {},
): Promise<{ client: PosternClient; serviceId: number; sent: Request[] }> {
  const { through = (request, send) => send(request), ...options } = more
  const postern = await createPostern()
  opened.push(postern)
  const { apiKey } = await postern.api.post<{ apiKey: number }>('service/create', services.openid())
  const sent: Request[] = []
  const client = createClient({
    baseUrl,
    serviceId: apiKey,
    token: postern.api.token,
    fetch(request) {
      sent.push(request.clone())
      return through(request, postern.fetch)
    },
    ...options,
  })
  return { client, serviceId: apiKey, sent }
}

/** Answers the first attempts, and lets Postern answer the others. */
const first = (answers: (() => Promise<Response> | Response)[]) => {
  const rest = [...answers]
  return async (request: Request, send: Postern['fetch']) => rest.shift()?.() ?? send(request)
}

/** What an overloaded Postern answers. */
const tooMany = () => {
  const { status, headers, body } = overloaded.answer
  return new Response(body, { status, headers: { ...headers, 'Retry-After': '0' } })
}
const unavailable = () => new Response('down', { status: 503, headers: { 'Retry-After': '0' } })
const lost = () => Promise.reject(new TypeError('connection reset'))

const failureOf = async (call: Promise<unknown>): Promise<PosternError> => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(PosternError)
  return error as PosternError
}

describe('paths of postern-client', () => {
  it('are below the service, or from /api/ on, with parameters and query', async () => {
    const { client, serviceId, sent } = await start()
    const made = await client.post('/client/create', clients.confidential())
    const { clientId } = made
    const read = await client.get('/client/get/{clientId}', {
      path: { clientId },
      query: { withoutSecrets: true },
    })
    expect(read).toMatchObject({ clientId, clientName: 'Test client' })
    expect(read).not.toHaveProperty('clientSecret')
    const { services } = await client.get('/api/services')
    expect(services?.map((each) => each.apiKey)).toEqual([serviceId])
    expect(sent.map(({ url }) => url.replace('http://postern.invalid', ''))).toEqual([
      `/api/${serviceId}/client/create`,
      `/api/${serviceId}/client/get/${clientId}?withoutSecrets=true`,
      '/api/services',
    ])
  })

  it('cannot become those of other operations', async () => {
    const { client, sent } = await start()
    for (const clientId of ['', '.', '..']) {
      const call = client.get('/client/get/{clientId}', { path: { clientId } })
      await expect(call).rejects.toThrow(TypeError)
    }
    const call = client.get('/client/get/{clientId}', { path: { clientId: '../get/list?a=b#' } })
    expect((await failureOf(call)).status).toBe(404)
    expect(sent).toHaveLength(1)
  })

  it('need a service, which another client may have', async () => {
    const { client, serviceId } = await start({ serviceId: undefined })
    await expect(client.get('/service/get')).rejects.toThrow('requires a serviceId')
    const service = await client.ofService(serviceId).get('/service/get')
    expect(service).toHaveProperty('apiKey', serviceId)
  })

  it('are called with a token that a function returns', async () => {
    const { client } = await start({ token: async () => 'a token that there is not' })
    expect(await failureOf(client.get('/service/get'))).toMatchObject({ status: 401 })
  })
})

describe('conditions of postern-client', () => {
  it('let one of two changes from one document win (RFC 9110 §13.1.1)', async () => {
    const { client } = await start()
    const read = await client.get('/service/get')
    expect(etagOf(read)).toMatch(/^"\d/)
    const changes = ['one', 'two'].map((serviceName) =>
      client.patch('/service', { serviceName }, { ifMatch: read }),
    )
    const outcomes = await Promise.allSettled(changes)
    const lost = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
    expect(lost).toEqual([expect.any(PosternError)])
    expect(lost[0]).toMatchObject({ status: 412, resultCode: 'P141001' })
    const [won] = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    if (!won) throw new Error('No change was made.')
    const next = await client.patch(
      '/service',
      [{ op: 'replace', path: '/serviceName', value: 'three' }],
      { ifMatch: etagOf(won) },
    )
    expect(next.serviceName).toBe('three')
  })

  it('are never lost with a copy of the document', async () => {
    const { client, sent } = await start()
    const copy = { ...(await client.get('/service/get')) }
    const call = client.post('/service/update', copy, { ifMatch: copy })
    await expect(call).rejects.toThrow('has no entity tag')
    expect(sent).toHaveLength(1)
  })

  it('return the document that the caller has, while it is the same', async () => {
    const { client } = await start()
    const read = await client.get('/service/get')
    expect(await client.get('/service/get', { ifNoneMatch: read })).toBe(read)
    await client.patch('/service', { serviceName: 'new' })
    const again = await client.get('/service/get', { ifNoneMatch: read })
    expect(again).not.toBe(read)
    expect(again.serviceName).toBe('new')
  })
})

describe('attempts of postern-client', () => {
  it('repeat what an overloaded server did not process, with a pause as it says', async () => {
    const { client, sent } = await start({ through: first([tooMany, tooMany]) })
    const answer = await client.post('/auth/introspection', { token: 'unknown' })
    expect(answer.action).toBe('UNAUTHORIZED')
    expect(sent).toHaveLength(3)
    expect(await sent[2]?.json()).toEqual({ token: 'unknown' })
  })

  it('do not repeat a call whose effect is unknown', async () => {
    for (const answer of [unavailable, lost]) {
      const { client, sent } = await start({ through: first([answer]) })
      const call = client.post('/auth/token', { parameters: 'grant_type=refresh_token' })
      const { status } = await failureOf(call)
      expect(status).toBe(answer === lost ? 0 : 503)
      expect(sent).toHaveLength(1)
    }
  })

  it('repeat reads, and what the caller says may be repeated', async () => {
    const { client, sent } = await start({ through: first([unavailable, lost]) })
    expect(await client.get('/service/get')).toHaveProperty('apiKey')
    expect(sent).toHaveLength(3)
    const other = await start({ through: first([unavailable]) })
    const answer = await other.client.post(
      '/auth/introspection',
      { token: 'unknown' },
      { repeatable: true },
    )
    expect(answer.action).toBe('UNAUTHORIZED')
  })

  it('do not repeat a read that changes something', async () => {
    const { client, sent } = await start({ through: first([unavailable]) })
    const call = client.get('/client/secret/refresh/{clientIdentifier}', {
      path: { clientIdentifier: 'unknown' },
    })
    expect(await failureOf(call)).toMatchObject({ status: 503 })
    expect(sent).toHaveLength(1)
  })

  it('create a client once, although the response of the first was lost', async () => {
    const { client, sent } = await start({
      async through(request, send) {
        const isFirst = sent.length === 1
        const response = await send(request)
        return isFirst ? lost() : response
      },
    })
    const made = await client.post('/client/create', clients.confidential())
    const named = sent.map((request) => request.headers.get('Idempotency-Key'))
    expect(named).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), named[0]])
    const { clients: all } = await client.get('/clients')
    expect(all?.map(({ clientId }) => clientId)).toEqual([made.clientId])
  })

  it('name a creation as the caller does, and not without attempts to come', async () => {
    const { client, sent } = await start({ retries: 0 })
    await client.post('/client/create', clients.confidential())
    const options = { idempotencyKey: 'client-of-the-shop' }
    const one = await client.post('/client/create', clients.confidential(), options)
    const two = await client.post('/client/create', clients.confidential(), options)
    expect(two.clientId).toBe(one.clientId)
    expect(sent.map((request) => request.headers.get('Idempotency-Key'))).toEqual([
      null,
      'client-of-the-shop',
      'client-of-the-shop',
    ])
  })

  it('end after as many retries as permitted, and before a pause that is too long', async () => {
    const always = await start({ through: async () => tooMany(), retries: 1 })
    const failure = await failureOf(always.client.get('/service/get'))
    expect(failure).toMatchObject({ status: 503, resultCode: 'P000802', retryAfter: 0 })
    expect(always.sent).toHaveLength(2)
    const { status, headers, body } = overloaded.answer
    const late = { ...headers, 'Retry-After': '3600' }
    const busy = await start({ through: async () => new Response(body, { status, headers: late }) })
    expect(await failureOf(busy.client.get('/service/get'))).toMatchObject({
      retryAfter: 3_600_000,
    })
    expect(busy.sent).toHaveLength(1)
  })
})

describe('time limits of postern-client', () => {
  const never = () => new Promise<Response>(() => {})

  it('end a call, also with a fetch that knows no signals', async () => {
    const { client } = await start({ through: never, timeout: 20 })
    const failure = await failureOf(client.get('/service/get'))
    expect(failure).toMatchObject({ status: 0, cause: { name: 'TimeoutError' } })
    expect(failure.message).toBe('GET /service/get: no answer: The call took more than 20 ms.')
  })

  it('end the request and the body of the response', async () => {
    let signal: AbortSignal | undefined
    const body = new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(1)) })
    const { client } = await start({
      async through(request) {
        signal = request.signal
        return new Response(body)
      },
    })
    const failure = await failureOf(client.get('/service/get', { timeout: 20, retries: 0 }))
    expect(failure.status).toBe(0)
    expect(signal?.aborted).toBe(true)
  })

  it('leave a signal of the caller its own reason', async () => {
    const { client, sent } = await start({ through: never })
    const reason = new Error('the user went away')
    const ending = new AbortController()
    const call = client.get('/service/get', { signal: ending.signal })
    setTimeout(() => ending.abort(reason), 10)
    await expect(call).rejects.toBe(reason)
    await expect(client.get('/service/get', { signal: ending.signal })).rejects.toBe(reason)
    expect(sent).toHaveLength(1)
  })

  it('end a pause', async () => {
    const pausing = () => new Response('', { status: 503, headers: { 'Retry-After': '5' } })
    const ending = new AbortController()
    const { client, sent } = await start({
      async through() {
        setTimeout(() => ending.abort(new Error('enough')), 10)
        return pausing()
      },
    })
    const call = client.get('/service/get', { signal: ending.signal })
    await expect(call).rejects.toThrow('enough')
    expect(sent).toHaveLength(1)
  })
})

describe('errors of postern-client', () => {
  it('have the result code, and the rule with its evidence if the call prefers it', async () => {
    const { client } = await start()
    const plain = await failureOf(client.patch('/service', { accessTokenDuration: -1 }))
    expect(plain).toMatchObject({ status: 400, resultCode: 'P000206', refusedBy: undefined })
    expect(plain.requestId).toMatch(/\S/)
    expect(plain.message).toContain('PATCH /service: HTTP 400: [P000206]')
    const explained = client.post(
      '/auth/introspection',
      // @ts-expect-error: scopes are a list.
      { token: 'unknown', scopes: 'read' },
      { prefer: ['explain'] },
    )
    const { refusedBy } = await failureOf(explained)
    expect(refusedBy).toMatchObject({ code: 'P000206', rule: 'Body.invalid' })
  })

  it('are not made of actions, whose explanation the answer has', async () => {
    const { client } = await start({ prefer: ['explain'] })
    const answer = await client.post('/auth/authorization', { parameters: 'client_id=unknown' })
    expect(answer.action).toBe('BAD_REQUEST')
    expect(answer.explanation?.refusedBy?.code).toBe(answer.resultCode)
    expect(requestIdOf(answer)).toMatch(/\S/)
  })

  it('are made of what is no answer of Postern', async () => {
    const html = { 'Content-Type': 'text/html' }
    const json = { 'Content-Type': 'application/json' }
    const answers = [
      new Response('<h1>Bad gateway</h1>', { status: 502, headers: html }),
      new Response('{"half": ', { status: 200, headers: json }),
      new Response(null, { status: 302, headers: { Location: 'https://elsewhere.example' } }),
    ]
    for (const answer of answers) {
      const { client } = await start({ through: async () => answer })
      const failure = await failureOf(client.get('/service/get'))
      expect(failure).toMatchObject({ status: answer.status, resultCode: undefined })
    }
  })

  it('keep the token to themselves', async () => {
    const { client } = await start({ token: 'a-secret-token-of-a-caller', through: lost })
    const failure = await failureOf(client.get('/service/get', { retries: 0 }))
    expect(`${failure.stack} ${JSON.stringify(failure)}`).not.toContain('a-secret-token')
  })
})
