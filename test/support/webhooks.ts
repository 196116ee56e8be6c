/** A receiver of events over real HTTP, which verifies them by the library of Standard Webhooks. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { createFetch } from '../../src/system/fetch.ts'
import type { System } from '../../src/system/system.ts'
import type { Json } from './server.ts'

interface Received {
  id: string
  headers: IncomingHttpHeaders
  body: string
  event: Json
}

export interface Receiver {
  url: string
  readonly received: Received[]
  /** The status of the next answers. */
  answer(status: number, headers?: Record<string, string>): void
  /** Throws unless the message was signed by the secret, now. */
  verify(message: Received, secret: string): void
  close(): Promise<void>
}

export async function receiveEvents(): Promise<Receiver> {
  const received: Received[] = []
  let status = 204
  let more: Record<string, string> = {}
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    const { headers } = request
    received.push({ id: String(headers['webhook-id']), headers, body, event: JSON.parse(body) })
    response.writeHead(status, more).end()
  })
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/events`,
    received,
    answer(next, headers = {}) {
      status = next
      more = headers
    },
    verify({ body, headers }, secret) {
      new Webhook(secret).verify(body, headers as Record<string, string>)
    },
    close: () => closed(server),
  }
}

const closed = (server: Server) =>
  new Promise<void>((done) => {
    server.close(() => done())
    server.closeAllConnections()
  })

/** A system that reaches receivers on this machine by the guarded fetch. */
export const reaching = (system: System): System => ({
  ...system,
  fetch: createFetch({ allow: ['127.0.0.1'], clock: system.clock }),
})
