/** Serves on the loopback interface: at the port that is wished for, or at a free one. */
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'

export interface Listening {
  url: string
  close(): Promise<void>
}

type Fetch = (request: Request) => Response | Promise<Response>

export async function listen(fetch: Fetch, port = 0): Promise<Listening> {
  const server = createAdaptorServer({ fetch })
  const open = (at: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(at, '127.0.0.1', () => resolve(void server.off('error', reject)))
    })
  await open(port).catch((error) => (error.code === 'EADDRINUSE' ? open(0) : Promise.reject(error)))
  const { port: chosen } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${chosen}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}
