/** `postern shadow` as a proxy: what its callers get, and what a bad secondary does not change. */
import { once } from 'node:events'
import { createServer, type RequestListener, request, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { type ShadowOptions, startShadow } from '../../src/remote/shadow/shadow.ts'
import { createProcesses } from '../support/processes.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const token = 'token-of-the-primary'

async function shadowOf(
  primary: RequestListener,
  secondary: RequestListener,
  more: Partial<ShadowOptions> = {},
) {
  const shadow = await startShadow({
    primary: { url: `${await serve(primary)}/base`, token },
    secondary: { url: await serve(secondary), token: 'token-of-the-secondary' },
    ...{ services: new Map(), clients: new Map(), ignored: new Set<string>() },
    ...{ host: '127.0.0.1', port: 0, summaryPort: 0, tolerance: 10, inFlight: 2, timeout: 1_000 },
    waiting: 20,
    write: () => {},
    now: Date.now,
    ...more,
  })
  closing.push(() => shadow.close())
  return shadow
}

const answering =
  (body: string): RequestListener =>
  (incoming, response) => {
    incoming.resume().on('end', () => response.end(body))
  }
const silent: RequestListener = () => {}

const call = (url: string, more: RequestInit = {}) =>
  fetch(`${url}/api/1/auth/token`, {
    ...{ method: 'POST', body: '{}' },
    ...more,
    headers: { Authorization: `Bearer ${token}`, ...more.headers },
  })

/** The bytes that a server sends for a request, without another client between. */
async function rawOf(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const parts: Buffer[] = []
  socket.on('data', (part) => parts.push(part))
  socket.write(text)
  await once(socket, 'end')
  return Buffer.concat(parts).toString('latin1')
}

describe('the proxy of postern shadow', () => {
  it('answers byte for byte what the primary answers', async () => {
    const seen: unknown[] = []
    const primary: RequestListener = (incoming, response) => {
      seen.push([incoming.url, incoming.headers['x-twice'], incoming.headers.host])
      incoming.resume()
      const headers = ['X-Odd-CASE', 'a', 'Set-Cookie', 'b=1', 'Set-Cookie', 'c=2']
      response.sendDate = false
      response.writeHead(418, 'Odd Reason', [...headers, 'Content-Length', '5'])
      response.end(Buffer.from([0, 255, 13, 10, 128]))
    }
    const shadow = await shadowOf(primary, answering('{}'))
    const raw = await rawOf(
      shadow.url,
      'GET /api/%7e?x=%20 HTTP/1.1\r\nHost: proxy\r\nX-Twice: 1\r\nX-Twice: 2\r\nConnection: close\r\n\r\n',
    )
    expect(raw).toBe(
      'HTTP/1.1 418 Odd Reason\r\nX-Odd-CASE: a\r\nSet-Cookie: b=1\r\nSet-Cookie: c=2\r\n' +
        'Content-Length: 5\r\nConnection: close\r\n\r\n\x00\xff\r\n\x80',
    )
    expect(seen).toEqual([['/base/api/%7e?x=%20', '1, 2', expect.stringContaining('127.0.0.1:')]])
  })

  it('does not wait for a secondary that does not answer, and counts its calls', async () => {
    const shadow = await shadowOf(answering('{"action":"OK"}'), silent, {
      ...{ timeout: 300, inFlight: 8 },
    })
    for (let each = 0; each < 5; each += 1) {
      expect(await (await call(shadow.url)).json()).toEqual({ action: 'OK' })
    }
    expect(shadow.summary().compared).toBe(0)
    await shadow.settled()
    expect(shadow.summary().skipped).toEqual({ timeout: 5 })
  })

  it('drops calls beyond its bound, and answers them', async () => {
    const same = answering('{"action":"OK"}')
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const held: RequestListener = (...call) => void released.then(() => same(...call))
    const shadow = await shadowOf(same, held, { timeout: 60_000 })
    const calls = Array.from({ length: 50 }, () => call(shadow.url))
    for (const each of await Promise.all(calls)) expect(each.status).toBe(200)
    expect(shadow.summary().skipped).toEqual({ dropped: 30 })
    release()
    await shadow.settled()
    expect(shadow.summary()).toMatchObject({ calls: 50, compared: 20 })
  })

  it('sends the secondary its own token, and no call of another caller', async () => {
    const tokens: unknown[] = []
    const secondary: RequestListener = (incoming, response) => {
      tokens.push(incoming.headers.authorization)
      answering('{}')(incoming, response)
    }
    const shadow = await shadowOf(answering('{}'), secondary)
    await (await call(shadow.url)).text()
    await (await call(shadow.url, { headers: { Authorization: 'Bearer another' } })).text()
    await shadow.settled()
    expect(tokens).toEqual(['Bearer token-of-the-secondary'])
    expect(shadow.summary()).toMatchObject({ compared: 1, skipped: { 'foreign token': 1 } })
  })

  it('passes large bodies without comparing them', async () => {
    const echo: RequestListener = (incoming, response) => incoming.pipe(response)
    const shadow = await shadowOf(echo, answering('{}'))
    const body = 'x'.repeat(3_000_000)
    expect((await (await call(shadow.url, { body })).text()).length).toBe(body.length)
    expect(shadow.summary().skipped).toEqual({ 'too large': 1 })
  })

  it('answers 502 if the primary is gone, while the summary is served', async () => {
    const shadow = await shadowOf((incoming) => incoming.socket.destroy(), answering('{}'))
    expect((await call(shadow.url)).status).toBe(502)
    await shadow.settled()
    expect(await (await fetch(shadow.summaryUrl)).json()).toMatchObject({
      calls: 1,
      skipped: { 'no whole answer of the primary': 1 },
    })
    expect((await fetch(shadow.summaryUrl, { method: 'POST' })).status).toBe(405)
  })

  it('sends a conditional call to the secondary only if the primary did it', async () => {
    let status = 412
    const conditions: unknown[] = []
    const primary: RequestListener = (incoming, response) => {
      incoming.resume()
      response.writeHead(status).end('{}')
    }
    const secondary: RequestListener = (incoming, response) => {
      conditions.push(incoming.headers['if-match'])
      answering('{}')(incoming, response)
    }
    const shadow = await shadowOf(primary, secondary)
    const headers = { 'If-Match': '"3"' }
    await (await call(shadow.url, { headers })).text()
    status = 200
    await (await call(shadow.url, { headers })).text()
    await shadow.settled()
    expect(conditions).toEqual([undefined])
    expect(shadow.summary()).toMatchObject({ compared: 1, skipped: { 'condition not met': 1 } })
  })

  it('closes idle connections before servers do, so that no call meets one that ends', async () => {
    const open = new Set<Socket>()
    const noting: RequestListener = (incoming, response) => {
      open.add(incoming.socket)
      incoming.socket.once('close', () => open.delete(incoming.socket))
      answering('{}')(incoming, response)
    }
    const shadow = await shadowOf(noting, noting)
    await call(shadow.url)
    await shadow.settled()
    expect(open.size).toBe(2)
    // Node's server, and many others, close them after five seconds.
    await wait(4_500)
    expect(open.size).toBe(0)
  })

  it('ends the call of the primary if its caller goes away', async () => {
    let ended: () => void = () => {}
    const gone = new Promise<void>((resolve) => {
      ended = resolve
    })
    const primary: RequestListener = (_, response) => response.on('close', ended)
    const shadow = await shadowOf(primary, answering('{}'))
    const sent = request(`${shadow.url}/api/1/auth/token`, { method: 'POST' }).on('error', () => {})
    sent.end('{}')
    await new Promise((resolve) => setTimeout(resolve, 100))
    sent.destroy()
    await gone
  })
})

describe('postern shadow', () => {
  it('reports lines and a summary, and ends with exit code 1 if answers differ', async () => {
    const processes = createProcesses()
    closing.push(() => processes.close())
    const primary = await serve(answering('{"action":"OK"}'))
    const secondary = await serve(answering('{"action":"BAD_REQUEST"}'))
    const words = ['shadow', '--primary', primary, '--secondary', secondary, '--port', '0']
    const tokens = { POSTERN_PRIMARY_TOKEN: token, POSTERN_SECONDARY_TOKEN: 'secret-of-another' }
    const { child, output } = await processes.startedBy(words, '"summaryAt"', tokens)
    const url = /"proxy":"([^"]+)"/.exec(output())?.[1] ?? ''
    await (await call(url)).text()
    const closed = once(child, 'close')
    child.kill('SIGTERM')
    expect(await closed).toEqual([1, null])
    const lines = output()
      .split('\n')
      .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []))
    expect(lines).toMatchObject([
      { proxy: url },
      { operation: '/auth/token', service: '1', differences: [{ cause: 'action' }] },
      { summary: { calls: 1, compared: 1, different: 1 } },
    ])
    expect(output()).toContain('1 × /auth/token: action: OK | BAD_REQUEST')
    expect(output()).not.toContain('secret-of-another')
  })

  it('requires both tokens, and never as arguments', async () => {
    const processes = createProcesses()
    closing.push(() => processes.close())
    const words = ['shadow', '--primary', 'http://a', '--secondary', 'http://b']
    const { code, output } = await processes.run(words)
    expect([code, output]).toEqual([2, expect.stringContaining('--primary-token-file')])
  })
})
