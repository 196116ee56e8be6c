import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { createFetch, type Fetch } from '../../src/system/fetch.ts'
import { within } from '../support/pace.ts'
import { testClock } from '../support/system.ts'
import {
  closeServersAfterEach,
  failureOf,
  listen,
  purpose,
  reasonOf,
  serve,
  serviceId,
  settings,
  sockets,
} from './servers.ts'
import { certificate, privateKey } from './tls-certificate.ts'

closeServersAfterEach()

describe('outbound fetch', () => {
  it('sends Accept and User-Agent, and returns status, headers and body', async () => {
    const seen: IncomingMessage[] = []
    const origin = await serve((request, response) => {
      seen.push(request)
      const headers = { 'content-type': 'application/jwk-set+json', 'cache-control': 'max-age=60' }
      response.writeHead(201, headers).end('{"keys":[]} é')
    })
    const fetch = createFetch(settings())
    const accept = 'application/jwk-set+json'
    expect(await fetch(`${origin}/jwks?kid=1#fragment`, { purpose, serviceId, accept })).toEqual({
      status: 201,
      contentType: 'application/jwk-set+json',
      cacheControl: 'max-age=60',
      body: '{"keys":[]} é',
    })
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/jwks?kid=1' })
    expect(seen[0]?.headers).toMatchObject({
      accept,
      'accept-encoding': 'identity',
      'user-agent': 'Postern',
    })
  })

  it('posts a body with headers', async () => {
    const origin = await serve((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => {
        response.end(`${request.method} ${request.headers['content-type']} ${text}`)
      })
    })
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const posted = createFetch(settings())(origin, {
      purpose: 'logout notice',
      serviceId,
      method: 'POST',
      headers,
      body: 'logout_token=x',
    })
    expect((await posted).body).toBe('POST application/x-www-form-urlencoded logout_token=x')
  })

  it('requires a TLS certificate for the host name', async () => {
    const server = createTlsServer({ cert: certificate, key: privateKey }, (_, response) => {
      response.end('secure')
    })
    const port = await listen(server)
    const trusting = createFetch(
      settings({
        trust: certificate,
        resolve: (_, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
      }),
    )
    expect((await trusting(`https://127.0.0.1:${port}/`, { purpose, serviceId })).body).toBe(
      'secure',
    )
    expect((await trusting(`https://postern.test:${port}/`, { purpose, serviceId })).body).toBe(
      'secure',
    )
    expect(await reasonOf(trusting(`https://other.test:${port}/`, { purpose, serviceId }))).toBe(
      'network',
    )
    const untrusting = createFetch(settings())
    expect(await reasonOf(untrusting(`https://127.0.0.1:${port}/`, { purpose, serviceId }))).toBe(
      'network',
    )
  })

  it('accepts any TLS certificate for the services that a development setting names', async () => {
    const server = createTlsServer({ cert: certificate, key: privateKey }, (_, response) => {
      response.end('insecure')
    })
    const port = await listen(server)
    const resolve = settings({
      resolve: (_, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
      acceptsAnyCertificate: async (id) => id === 2,
    })
    const fetch = createFetch(resolve)
    const url = `https://other.test:${port}/`
    const [lax, strict] = await Promise.all([
      fetch(url, { purpose, serviceId: 2 }),
      reasonOf(fetch(url, { purpose, serviceId: 1 })),
    ])
    expect([lax.body, strict]).toEqual(['insecure', 'network'])
    const closed = createFetch({ ...resolve, allow: [] })
    expect(await reasonOf(closed(url, { purpose, serviceId: 2 }))).toBe('forbidden-address')
  })

  it('ignores proxies of the environment', async () => {
    const proxy = await serve((_, response) => response.end('proxied'))
    const origin = await serve((_, response) => response.end('direct'))
    for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY']) vi.stubEnv(name, proxy)
    vi.stubEnv('NODE_USE_ENV_PROXY', '1')
    expect((await createFetch(settings())(origin, { purpose, serviceId })).body).toBe('direct')
  })
})

describe('rejected response of an outbound fetch', () => {
  const fetchFrom = async (answer: RequestListener, more: object = {}) =>
    failureOf(
      createFetch(settings())(`${await serve(answer)}/hush?hush`, { purpose, serviceId, ...more }),
    )

  it.each([301, 302, 303, 304, 307, 308])('has a redirect status (%i)', async (status) => {
    const target = await serve(() => expect.fail('It was followed.'))
    const failure = await fetchFrom((_, response) => {
      response.writeHead(status, { location: target }).end()
    })
    expect(failure).toMatchObject({ reason: 'redirect', status })
  })

  it.each([400, 404, 500, 503])('has an error status (%i)', async (status) => {
    const failure = await fetchFrom((_, response) => response.writeHead(status).end('hush'))
    expect(failure).toMatchObject({ reason: 'status', status })
    expect(failure.message).toMatch(
      /^Fetching the key set from http:\/\/127\.0\.0\.1:\d+ failed: .+ \(HTTP \d{3}\)\.$/,
    )
  })

  it('announces more than 64 KB', async () => {
    const failure = await fetchFrom((_, response) => {
      response.writeHead(200, { 'content-length': 65_537 }).write('x')
    })
    expect(failure.reason).toBe('too-large')
  })

  it('exceeds 64 KB without an announcement', async () => {
    let sent = 0
    const failure = await fetchFrom((_, response) => {
      const drain = () => {
        while (response.write(Buffer.alloc(16_384))) sent += 16_384
        sent += 16_384
      }
      response.on('drain', drain)
      drain()
    })
    expect(failure.reason).toBe('too-large')
    expect(sent).toBeLessThan(50_000_000)
  })

  it('exceeds the limit of the fetch', async () => {
    const body = (_: unknown, response: ServerResponse) => response.end('x'.repeat(101))
    expect((await fetchFrom(body, { maxBytes: 100 })).reason).toBe('too-large')
    const origin = await serve(body)
    const within = await createFetch(settings())(origin, { purpose, serviceId, maxBytes: 101 })
    expect(within.body).toHaveLength(101)
  })

  it.each(['gzip', 'br', 'Deflate', 'identity, gzip'])(
    'has a content encoding (%s)',
    async (encoding) => {
      const failure = await fetchFrom((_, response) => {
        response.writeHead(200, { 'content-encoding': encoding }).end('never decoded')
      })
      expect(failure.reason).toBe('encoding')
    },
  )

  it('is no UTF-8', async () => {
    const failure = await fetchFrom((_, response) => response.end(Buffer.from([0xff, 0xfe])))
    expect(failure.reason).toBe('encoding')
  })

  it('is missing: no listener, unknown name, no HTTP', async () => {
    const fetch = createFetch(settings())
    // No server listens at port 1; a port that was just closed may be another test's by now.
    expect(await reasonOf(fetch('http://127.0.0.1:1/', { purpose, serviceId }))).toBe('network')
    expect(await reasonOf(fetch('https://nowhere.invalid/', { purpose, serviceId }))).toBe(
      'network',
    )
    const gibberish = await listen(createTcpServer((socket) => socket.end('hush\r\n\r\n')))
    expect(await reasonOf(fetch(`http://127.0.0.1:${gibberish}/`, { purpose, serviceId }))).toBe(
      'network',
    )
  })
})

describe('time limit of an outbound fetch', () => {
  const timeoutMs = 150

  async function timed(fetching: Promise<unknown>) {
    const started = performance.now()
    expect(await reasonOf(fetching)).toBe('timeout')
    expect(performance.now() - started).toBeLessThan(within(1_000))
  }

  it('applies to a server that accepts and does not answer', async () => {
    const port = await listen(createTcpServer((socket) => socket.resume()))
    const fetch = createFetch(settings())
    await timed(fetch(`http://127.0.0.1:${port}/`, { purpose, serviceId, timeoutMs }))
    await timed(fetch(`https://127.0.0.1:${port}/`, { purpose, serviceId, timeoutMs }))
    await vi.waitFor(() => expect(sockets.size).toBe(0), { timeout: 30_000 })
  })

  it('applies to a body and headers that arrive slowly', async () => {
    const drip = (start: string) => async () => {
      const server = createTcpServer((socket) => {
        socket.on('error', () => {}).write(start)
        const timer = setInterval(() => socket.write('x'), 20)
        socket.on('close', () => clearInterval(timer))
      })
      const url = `http://127.0.0.1:${await listen(server)}/`
      await timed(createFetch(settings())(url, { purpose, serviceId, timeoutMs }))
    }
    await drip('HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n')()
    await drip('HTTP/1.1 200 OK\r\nx-slow: ')()
  })

  it('applies to a name server that does not answer', async () => {
    const fetch = createFetch(settings({ resolve: () => {} }))
    await timed(fetch('https://client.example/', { purpose, serviceId, timeoutMs }))
  })
})

describe('sharing of outbound fetches', () => {
  async function counted(answer: (response: ServerResponse) => void) {
    const served = { count: 0 }
    const origin = await serve((_, response) => {
      served.count += 1
      answer(response)
    })
    return { origin, served }
  }

  const many = (fetch: Fetch, url: string, more: object = {}) =>
    Promise.all(Array.from({ length: 20 }, () => fetch(url, { purpose, serviceId, ...more })))

  it('merges concurrent equal GETs, and fetches again later', async () => {
    const { origin, served } = await counted((response) => setTimeout(() => response.end('x'), 50))
    const fetch = createFetch(settings())
    const answers = await many(fetch, origin)
    expect(answers.map(({ body }) => body)).toEqual(Array(20).fill('x'))
    expect(served.count).toBe(1)
    await fetch(`${origin}#other`, { purpose, serviceId })
    expect(served.count).toBe(2)
  })

  it('does not merge a POST, or a GET with its own headers', async () => {
    const { origin, served } = await counted((response) => response.end())
    const fetch = createFetch(settings())
    await many(fetch, origin, { method: 'POST', body: '' })
    expect(served.count).toBe(20)
    await many(fetch, origin, { headers: { authorization: 'Bearer hush' } })
    expect(served.count).toBe(40)
  })

  it('does not repeat a failed GET for five seconds', async () => {
    const { origin, served } = await counted((response) => response.writeHead(500).end())
    const clock = testClock()
    const fetch = createFetch(settings({ clock }))
    expect(await reasonOf(fetch(origin, { purpose, serviceId }))).toBe('status')
    clock.advance(4_999)
    expect(await reasonOf(fetch(origin, { purpose, serviceId }))).toBe('status')
    expect(served.count).toBe(1)
    clock.advance(1)
    expect(await reasonOf(fetch(origin, { purpose, serviceId }))).toBe('status')
    expect(served.count).toBe(2)
  })

  it('remembers a bounded number of failures', async () => {
    const { origin, served } = await counted((response) => response.writeHead(500).end())
    const fetch = createFetch(settings())
    await reasonOf(fetch(origin, { purpose, serviceId }))
    for (let at = 0; at < 1_000; at += 1) {
      await reasonOf(fetch(`${origin}/${at}`, { purpose, serviceId }))
    }
    await reasonOf(fetch(origin, { purpose, serviceId }))
    expect(served.count).toBe(1_002)
  })
})
