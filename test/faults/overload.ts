/** Far more calls than Postern can serve, and connections that never finish a request. */
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Call, type Caller, createCaller } from './caller.ts'
import { type Depth, type Finding, percentile } from './findings.ts'
import { adminToken, type ServerProcess, serverProcess } from './server-process.ts'

const secondsOf: Record<Depth, number> = { short: 2, usual: 8, long: 60 }
const [usual, excessive] = [16, 400]

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
  const until = performance.now() + seconds * 1_000
  const { hostname, port } = new URL(url)
  const work = () =>
    new Promise<void>((done) => {
      const socket = connect(Number(port), hostname)
      let started = 0
      let text = ''
      const send = () => {
        if (performance.now() > until) return socket.destroy()
        started = performance.now()
        return socket.write(request)
      }
      socket.on('connect', send)
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
    })
  await Promise.all(Array.from({ length: connections }, work))
  return calls
}

const p99 = (calls: Call[]) =>
  Math.round(
    percentile(
      calls.map(({ milliseconds }) => milliseconds),
      0.99,
    ),
  )

async function overloaded(server: ServerProcess, depth: Depth): Promise<Finding> {
  const caller = await createCaller(server.url)
  const seconds = secondsOf[depth]
  await press(server.url(), caller, usual, 1)
  const calm = await press(server.url(), caller, usual, 1)
  await press(server.url(), caller, excessive, seconds)
  const before = server.megabytes()
  const calls = await press(server.url(), caller, excessive, seconds)
  const grown = Math.round(server.megabytes() - before)
  const admitted = calls.filter(({ status }) => status === 200)
  const refused = calls.filter(({ status }) => status === 503)
  const others = calls.length - admitted.length - refused.length
  // A slow or busy machine is slow with everything.
  const bound = Math.max(1_000, 3 * p99(calm))
  const back = await caller.recovered()
  return {
    what: `${excessive} connections that call without a pause for ${seconds} s`,
    target:
      `admitted p99 below ${bound} ms; the others 503 with Retry-After; ` +
      'memory grows less than 64 MB',
    figure:
      `${admitted.length} admitted, p99 ${p99(admitted)} ms (calm ${p99(calm)} ms); ` +
      `${refused.length} refused, p99 ${p99(refused)} ms; ${others} others; ${grown} MB; ` +
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
  const calls = await press(server.url(), caller, usual, 2)
  const longest = Math.max(...(await Promise.all(waiting)))
  const others = calls.filter(({ status }) => status !== 200 && status !== 503).length
  return {
    what: '100 connections that send a byte every half a second',
    target: 'closed within 12,000 ms; other callers are answered',
    figure: `closed after ${Math.round(longest)} ms; ${calls.length} calls answered, ${others} not`,
    pass: longest < 12_000 && calls.length > 0 && others === 0,
  }
}

export async function overload(depth: Depth): Promise<Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-overload-'))
  const server = serverProcess(`file:${join(folder, 'postern.db')}`, {
    POSTERN_MAX_IN_FLIGHT: '32',
  })
  try {
    await server.start()
    const slowly = depth === 'short' ? [] : [await slow(server)]
    return [await overloaded(server, depth), ...slowly]
  } finally {
    await server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}
