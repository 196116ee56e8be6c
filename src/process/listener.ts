/** Starting and draining an HTTP server. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startDeadline } from '../system/deadline.ts'

const drainMilliseconds = 10_000
const idleMilliseconds = 50

/** Timeouts of connections, in milliseconds. */
export const timeouts = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
}

interface Address {
  readonly host: string
  readonly port: number
}

/** Starts listening; resolves to the base URL. */
export async function listen(server: Server, { host, port }: Address): Promise<string> {
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(port, host, listening)
  })
  return urlOf(server, host)
}

export function urlOf(server: Server, host: string): string {
  return urlAt(host, (server.address() as AddressInfo).port)
}

export const urlAt = (host: string, port: number): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`

/** Accepts no new connections, and resolves once the requests in flight are finished. */
export async function drain(server: Server): Promise<void> {
  const endDeadline = startDeadline(drainMilliseconds, () => server.closeAllConnections())
  // Requests in flight may leave keep-alive connections behind.
  const idle = setInterval(() => server.closeIdleConnections(), idleMilliseconds)
  const closed = once(server, 'close')
  server.close()
  await closed
  endDeadline()
  clearInterval(idle)
}
