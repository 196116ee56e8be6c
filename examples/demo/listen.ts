/** Serves on the loopback interface: at the port that is wished for, or at a free one. */
import { createServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'

export interface Listening {
  url: string
  close(): Promise<void>
}

export type Fetch = (
  request: Request,
  /** Where the connection is found. */
  bindings: HttpBindings,
) => Response | Promise<Response>

/** With `tls`, it serves by HTTPS. */
export async function listen(fetch: Fetch, port = 0, tls?: ServerOptions): Promise<Listening> {
  const server = createAdaptorServer({
    // HTTP/2 is not served, which the type of the bindings leaves open.
    fetch: (request, bindings) => fetch(request, bindings as HttpBindings),
    ...(tls ? { createServer, serverOptions: tls } : {}),
  })
  const open = (at: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(at, '127.0.0.1', () => resolve(void server.off('error', reject)))
    })
  await open(port).catch((error) => (error.code === 'EADDRINUSE' ? open(0) : Promise.reject(error)))
  const { port: chosen } = server.address() as AddressInfo
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${chosen}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}
