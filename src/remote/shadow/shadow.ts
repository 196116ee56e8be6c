/** `postern shadow`: two servers of the Authlete 3.0 API behind one address, compared. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sideAt } from './calls.ts'
import { createMemory, type Named } from './memory.ts'
import { createProxy } from './proxy.ts'
import { createReport, type Summary } from './report.ts'
import { type Bounds, createSecond } from './second.ts'

export interface ShadowOptions extends Named, Bounds {
  readonly primary: { readonly url: string; readonly token: string }
  readonly secondary: { readonly url: string; readonly token: string }
  readonly host: string
  readonly port: number
  /** The port of the summary on the loopback interface. */
  readonly summaryPort: number
  /** Seconds that points in time may be apart. */
  readonly tolerance: number
  /** Members that are not compared. */
  readonly ignored: ReadonlySet<string>
  /** Gets each line of the report. */
  write(line: string): void
  /** Milliseconds since the epoch. */
  now(): number
}

export interface Shadow {
  /** Where frontends call, and where the summary is. */
  readonly url: string
  readonly summaryUrl: string
  summary(): Summary
  /** Resolves once each call that came in has been compared or given up. */
  settled(): Promise<void>
  /** Takes no further calls, finishes those that came in, and returns the summary. */
  close(): Promise<Summary>
}

export async function startShadow(options: ShadowOptions): Promise<Shadow> {
  const { primary, secondary, tolerance, ignored, write, now } = options
  const sides = { primary: sideAt(primary.url), secondary: sideAt(secondary.url) }
  const report = createReport(write, now)
  const second = createSecond({
    secondary: sides.secondary,
    token: secondary.token,
    memory: createMemory(options),
    report,
    bounds: options,
    comparison: { tolerance, ignored },
  })
  const proxy = createProxy({ primary: sides.primary, token: primary.token, second, report })
  const asked = createServer((request, response) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    const body = JSON.stringify(report.summary(), null, 2)
    response.writeHead(isRead ? 200 : 405, { 'Content-Type': 'application/json' })
    response.end(isRead ? `${body}\n` : undefined)
  })
  const url = await listening(proxy, options.host, options.port)
  const summaryUrl = await listening(asked, '127.0.0.1', options.summaryPort)
  return {
    url,
    summaryUrl,
    summary: report.summary,
    settled: second.idle,
    async close() {
      await closed(proxy)
      await second.idle()
      await closed(asked)
      sides.primary.close()
      sides.secondary.close()
      return report.summary()
    },
  }
}

export async function listening(server: Server, host: string, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const at = (server.address() as AddressInfo).port
  return `http://${host.includes(':') ? `[${host}]` : host}:${at}`
}

/** Milliseconds that calls may take after the proxy was told to stop. */
const grace = 10_000

export async function closed(server: Server): Promise<void> {
  const ended = new Promise((resolve) => server.once('close', resolve))
  server.close()
  const idle = setInterval(() => server.closeIdleConnections(), 50)
  const late = setTimeout(() => server.closeAllConnections(), grace)
  await ended
  clearInterval(idle)
  clearTimeout(late)
}
