/** A listener on a socket of the loopback interface. */
import { createServer, type RequestListener } from 'node:http'
import { listen } from '../../src/process/listener.ts'

export async function listenWith(listener: RequestListener) {
  const server = createServer(listener)
  const url = await listen(server, { host: '127.0.0.1', port: 0 })
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url, close }
}
