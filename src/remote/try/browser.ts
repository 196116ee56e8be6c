/** The redirect URI of a native client on the loopback interface, RFC 8252 §7.3. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RemoteError } from '../failure.ts'

export interface Loopback {
  redirectUri: string
  /** The next authorization response. */
  response: () => Promise<URL>
  close: () => void
}

const patience = 300_000

export async function listenForCode(): Promise<Loopback> {
  const server: Server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const redirectUri = `http://127.0.0.1:${port}/callback`
  const response = () =>
    new Promise<URL>((resolve, reject) => {
      const late = new RemoteError('failed', 'No authorization response came within five minutes.')
      const timer = setTimeout(() => reject(late), patience)
      server.on('request', (request, answer) => {
        const url = new URL(request.url ?? '/', redirectUri)
        if (url.pathname !== '/callback') {
          answer.writeHead(404).end()
          return
        }
        answer.writeHead(200, { 'Content-Type': 'text/plain' }).end('You can close this page.')
        clearTimeout(timer)
        resolve(url)
      })
    })
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { redirectUri, response, close }
}
