/** Far more calls than Postern can serve, and connections that never finish a request. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Call, type Caller, createCaller } from './caller.ts'
import { type Depth, type Finding, percentile, progress } from './findings.ts'
import { adminToken, type ServerProcess, serverProcess } from './server-process.ts'

const secondsOf: Record<Depth, number> = { short: 2, usual: 8, long: 60 }
/** So many connections keep Postern busy; a few hundred are more than it can serve. */
const busy = 16

/**
 * Connections that each send the same call again as soon as it is answered. They cost this process
 * so little that the server is what is busy.
 */
async function press(
  url: string,
  caller: Caller,
  connections: number,
  seconds: number,
): Promise<Call[]> {
  const body = JSON.stringify({
    parameters: 'grant_type=client_credentials',
    clientId: String(caller.client.clientId),
    clientSecret: caller.client.clientSecret,
  })
  const request =
    `POST ${caller.path('/auth/token')} HTTP/1.1\r\nHost: postern\r\n` +
    `Authorization: Bearer ${adminToken}\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${body.length}\r\n\r\n${body}`
  const calls: Call[] = []
  const { hostname, port } = new URL(url)
  const sockets: Socket[] = []
  // The calls are to be too many, not the handshakes.
  for (let opened = 0; opened < connections; opened += 100) {
    const batch = Array.from({ length: Math.min(100, connections - opened) }, async () => {
      const socket = connect({ port: Number(port), host: hostname, noDelay: true })
      await once(socket, 'connect')
      sockets.push(socket)
    })
    await Promise.all(batch)
    await wait(5)
  }
  const until = performance.now() + seconds * 1_000
  const work = (socket: Socket) =>
    new Promise<void>((done) => {
      let started = 0
      let text = ''
      const send = () => {
        if (performance.now() > until) return socket.destroy()
        started = performance.now()
        return socket.write(request)
      }
      socket.on('data', (bytes) => {
        text += bytes.toString('latin1')
        const head = text.indexOf('\r\n\r\n')
        const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
        if (head < 0 || text.length < head + 4 + length) return
        const status = Number(text.slice(9, 12))
        const retryAfter = /retry-after: (\d+)/i.exec(text)?.[1] ?? null
        calls.push({ status, milliseconds: performance.now() - started, retryAfter })
        text = ''
        // Far sooner than it is told to.
        if (status === 503) setTimeout(send, 50)
        else send()
      })
      socket.on('error', () => undefined)
      socket.on('close', () => {
        if (performance.now() < until) calls.push({ status: 0, milliseconds: 0, retryAfter: null })
        done()
      })
      send()
    })
  await Promise.all(sockets.map(work))
  return calls
}

const p99 = (calls: Call[]) =>
  Math.round(
    percentile(
      calls.map(({ milliseconds }) => milliseconds),
      0.99,
    ),
  )

/** `connections` that all call without a pause; `within` milliseconds those admitted are answered. */
async function overloaded(
  server: ServerProcess,
  seconds: number,
  connections: number,
  within: (calm: number) => number,
): Promise<Finding> {
  const caller = await createCaller(server.url)
  await press(server.url(), caller, busy, 1)
  const calm = await press(server.url(), caller, busy, 2)
  progress(`overload: ${connections} connections, warming up`)
  // What the many connections take is taken before it is measured what grows.
  await press(server.url(), caller, connections, Math.min(seconds, 10))
  const before = server.megabytes()
  progress(`overload: ${connections} connections for ${seconds} s`)
  const calls = await press(server.url(), caller, connections, seconds)
  const grown = Math.round(server.megabytes() - before)
  const admitted = calls.filter(({ status }) => status === 200)
  const refused = calls.filter(({ status }) => status === 503)
  const others = calls.length - admitted.length - refused.length
  const bound = within(p99(calm))
  const back = await caller.recovered()
  const rate = (count: number, over: number) => Math.round(count / over)
  return {
    what: `${connections} connections that call without a pause for ${seconds} s`,
    target:
      `admitted p99 below ${bound} ms; the others 503 with Retry-After; ` +
      'memory grows less than 64 MB',
    figure:
      `${rate(calls.length, seconds)} calls a second; ` +
      `${rate(admitted.length, seconds)} admitted, p99 ${p99(admitted)} ms ` +
      `(${busy} connections: ${rate(calm.length, 2)}, p99 ${p99(calm)} ms); ` +
      `the others refused, p99 ${p99(refused)} ms; ${others} unanswered; ${grown} MB; ` +
      `back after ${Math.round(back)} ms`,
    pass:
      p99(admitted) < bound &&
      admitted.length > 0 &&
      refused.every(({ retryAfter }) => retryAfter === '1') &&
      others === 0 &&
      grown < 64,
  }
}

const beginnings = {
  'a header': 'POST /api/1/auth/token HTTP/1.1\r\nHost: postern\r\nX-Slow: ',
  'a body':
    'POST /api/1/auth/token HTTP/1.1\r\nHost: postern\r\nContent-Type: application/json\r\n' +
    'Content-Length: 1000\r\n\r\n{',
}

/** How long it takes until a connection that sends a byte every half a second is closed. */
function untilClosed(url: string, beginning: string): Promise<number> {
  const { hostname, port } = new URL(url)
  const started = performance.now()
  return new Promise((closed) => {
    const socket = connect(Number(port), hostname, () => socket.write(beginning))
    const drip = setInterval(() => socket.write('x'), 500)
    socket.on('error', () => undefined)
    socket.resume()
    socket.on('close', () => {
      clearInterval(drip)
      closed(performance.now() - started)
    })
  })
}

async function slow(server: ServerProcess): Promise<Finding> {
  const caller = await createCaller(server.url)
  const waiting = Object.values(beginnings).flatMap((beginning) =>
    Array.from({ length: 50 }, () =>
      Promise.race([untilClosed(server.url(), beginning), wait(20_000, 20_000, { ref: false })]),
    ),
  )
  const calls = await press(server.url(), caller, busy, 2)
  const longest = Math.max(...(await Promise.all(waiting)))
  const others = calls.filter(({ status }) => status !== 200 && status !== 503).length
  return {
    what: '100 connections that send a byte every half a second',
    target: 'closed within 12,000 ms; other callers are answered',
    figure: `closed after ${Math.round(longest)} ms; ${calls.length} calls answered, ${others} not`,
    pass: longest < 12_000 && calls.length > 0 && others === 0,
  }
}

export async function* overload(depth: Depth): AsyncGenerator<Finding> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-overload-'))
  const server = serverProcess(`file:${join(folder, 'postern.db')}`)
  const seconds = secondsOf[depth]
  try {
    await server.start()
    // More than ten times what keeps it busy, and twenty times what is under way at most.
    yield await overloaded(server, seconds, 400, (calm) => Math.max(250, 10 * calm))
    yield await overloaded(server, seconds, 2_560, (calm) => Math.max(1_000, 10 * calm))
    if (depth !== 'short') yield await slow(server)
  } finally {
    await server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}
