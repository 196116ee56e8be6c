/** The listener of a server, and its end. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startDeadline } from '../system/deadline.ts'
import type { Config } from './config.ts'

const drainMilliseconds = 10_000
const idleMilliseconds = 50

/** Resolves to the base URL once the server listens. */
export async function listen(server: Server, { host, port }: Config): Promise<string> {
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(port, host, listening)
  })
  return urlOf(server, host)
}

export function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Takes no new connections, lets requests in flight finish, and then goes. */
export async function drain(server: Server): Promise<void> {
  const endDeadline = startDeadline(drainMilliseconds, () => server.closeAllConnections())
  // A request that began earlier leaves a connection behind that was told to be kept.
  const idle = setInterval(() => server.closeIdleConnections(), idleMilliseconds)
  const closed = once(server, 'close')
  server.close()
  await closed
  endDeadline()
  clearInterval(idle)
}
